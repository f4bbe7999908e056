import { hostname } from 'node:os'
import type { ClusterStore } from '../cluster/store.ts'
import { CorefileError } from '../corefile/errors.ts'
import type { Corefile, ServerBlock, ServerKey } from '../corefile/model.ts'
import { portOf } from '../corefile/server-key.ts'
import { type Name, root } from '../dns/name.ts'
import { noOffers } from '../plugin/offers.ts'
import { type Files, type InterfaceAddresses, PluginSetupError, type SetupContext } from '../plugin/setup.ts'
import type { Upstreams } from '../plugin/upstream.ts'
import { boundAddresses } from '../plugins/bind/bind.ts'
import { viewNameOf } from '../plugins/view/view.ts'
import { formatAddress, type ListenAddress } from '../transport/listener.ts'
import { tlsProblem } from '../transport/tcp/tls.ts'
import { socketUpstreams } from '../transport/upstream/upstreams.ts'
import type { Clock } from '../util/clock.ts'
import { limitErrors } from '../util/line-limit.ts'
import type { Logger } from '../util/log.ts'
import { Metrics } from '../util/metrics.ts'
import { systemTimer, type Timer } from '../util/timer.ts'
import {
  interfaceAddresses,
  isServed,
  reachableAddresses,
  type ServedScheme,
  type ServerAddress,
  wildcardAddress,
} from './addresses.ts'
import { buildBlock, type ConfigurationError, type Refuse } from './block.ts'
import { ChangeFeed } from './change-feed.ts'
import { diskFiles } from './files.ts'
import { Overlaps } from './overlaps.ts'
import { ask } from './responder.ts'
import { type ServerGroup, tlsOf } from './server.ts'
import { serverLabel } from './server-label.ts'
import type { RunningBlock } from './zones.ts'

/** The port of a key that names none; CoreDNS's `-dns.port`. */
export const defaultPort = 53

export interface BuildContext {
  readonly cluster: ClusterStore
  readonly log: Logger
  readonly clock: Clock
  /** Where all keys of a scheme are served, whatever they say; those of a scheme that is not among them: where they say. */
  readonly listen: readonly ServerAddress[]
  /** What the zones' name server resolves to, if not the addresses listened at: for answers without a socket. */
  readonly localAddresses?: readonly string[]
  /** Where keys of the scheme `dns` are served that name no port; `defaultPort` if not given. */
  readonly defaultPort?: number
  /** If not given, those of the machine. */
  readonly interfaceAddresses?: InterfaceAddresses
  /** Where the files are that directives name; if not given, on disk. */
  readonly files?: Files
  /** Other DNS servers; if not given, over sockets. */
  readonly upstreams?: Upstreams
  /** If not given, counts are kept for nobody. */
  readonly metrics?: Metrics
  readonly timer?: Timer
  /** Ends the process; if not given, by an error that nobody catches. */
  readonly fatal?: (message: string) => void
}

/** What a Corefile describes. */
export interface Configuration {
  readonly groups: readonly ServerGroup[]
  /** One for each server block, in the order of the file. */
  readonly blocks: readonly RunningBlock[]
}

interface GroupDraft extends ServerGroup {
  readonly zones: Map<Name, RunningBlock[]>
  /** Those that have a block without a view. */
  readonly taken: Set<Name>
}

/**
 * Makes what a Corefile describes: the plugins of each block in their order, and the groups of zones that share sockets.
 *
 * @throws CorefileError a scheme or directive that we do not serve, zones that collide on one address
 * @throws PluginSetupError a directive that its plugin refuses
 */
export function buildConfiguration(corefile: Corefile, context: BuildContext): Configuration {
  return build(corefile, context, (error) => {
    throw error
  })
}

/** The groups of `buildConfiguration`. */
export function buildGroups(corefile: Corefile, context: BuildContext): readonly ServerGroup[] {
  return buildConfiguration(corefile, context).groups
}

/** All that `buildConfiguration` would refuse, of which it throws one: file by file, in the order of their lines. */
export function configurationErrors(corefile: Corefile, context: BuildContext): readonly ConfigurationError[] {
  const errors: ConfigurationError[] = []
  build(corefile, context, (error) => errors.push(error))
  const files = [...new Set(errors.map(({ file }) => file))]
  return errors.sort((left, right) => files.indexOf(left.file) - files.indexOf(right.file) || left.line - right.line)
}

function build(corefile: Corefile, given: BuildContext, refuse: Refuse): Configuration {
  const groups = new Map<string, GroupDraft>()
  const overlaps = new Overlaps()
  const context = { metrics: new Metrics(), ...given, changes: new ChangeFeed() }
  const { defaultPort: portIfNone = defaultPort } = context
  const blocks: RunningBlock[] = []
  for (const serverBlock of corefile.serverBlocks) {
    const hosts = boundHosts(serverBlock, context)
    const keys = serverBlock.keys.filter((key) => isSupported(key, refuse))
    const placed = keys.flatMap((key) => placesOf(key, hosts, context).map((place) => ({ key, place })))
    const homes = placed.map(({ place }) => groupAt(groups, place, context))
    // One chain serves all keys of a block; what it asks of the server itself is asked where its first key is served.
    const block = buildBlock(setupContextOf(serverBlock, context, homes), refuse)
    blocks.push(block)
    checkTls(serverBlock, block, refuse)
    const hasView = viewNameOf(serverBlock) !== undefined
    for (const { key, place } of placed) {
      const isMoved = listenFor(key, context).length > 0
      const error = isMoved ? undefined : overlaps.add({ key, boundTo: place.boundTo, hasView }, portIfNone)
      const taken = takenBy([...groups.values()], place)
      if (error !== undefined) refuse(error)
      else if (taken !== undefined) refuse(portTaken(key, place, taken))
      else {
        const group = groupAt(groups, place, context)
        if (hasView && group.taken.has(key.zone)) context.log.warning(shadowed(key))
        addZone(group, { key, block, hasView }, refuse)
      }
    }
  }
  warnOfPlainText([...groups.values()], context.log)
  return { groups: [...groups.values()], blocks }
}

/** A view comes too late; for DS the last block of a zone goes first, unless that is the root's (zones.ts). */
function shadowed({ file, line, zone }: ServerKey): string {
  const taken = zone === root ? 'all queries' : 'all queries but DS'
  return `plugin/view: ${file}:${line}: ${taken} for ${zone} go to a server block without a view that stands before this one`
}

interface SupportedKey extends ServerKey {
  readonly scheme: ServedScheme
}

function isSupported(key: ServerKey, refuse: Refuse): key is SupportedKey {
  if (isServed(key.scheme)) return true
  refuse(new CorefileError(key, `scheme '${key.scheme}://' is not supported by cluster-dns`))
  return false
}

/** The addresses that the block's `bind` names; undefined: there is none, or one that its setup will refuse. */
function boundHosts(serverBlock: ServerBlock, context: BuildContext): readonly string[] | undefined {
  try {
    return boundAddresses(serverBlock, context.interfaceAddresses ?? interfaceAddresses)
  } catch (error) {
    if (error instanceof CorefileError) return undefined
    throw error
  }
}

/** What its setup can read may still be of no use: told before anything is opened. */
function checkTls({ directives }: ServerBlock, { settings }: RunningBlock, refuse: Refuse): void {
  const directive = directives.findLast(({ name }) => name === 'tls')
  if (directive === undefined || settings?.tls === undefined) return
  const problem = tlsProblem(settings.tls)
  if (problem === undefined) return
  refuse(new PluginSetupError('tls', new CorefileError(directive, `could not load TLS cert: tls: ${problem}`)))
}

/** What all groups share. */
type Shared = Pick<ServerGroup, 'changes' | 'metrics'>

/** Where a key's zone is served: all of `addresses` together, or the one address that the block is bound to. */
type Place = Pick<ServerGroup, 'addresses' | 'boundTo'>

function placesOf(key: SupportedKey, hosts: readonly string[] | undefined, context: BuildContext): readonly Place[] {
  const listen = listenFor(key, context)
  if (listen.length > 0) return [{ addresses: listen }]
  const { scheme } = key
  const port = portOf(key, context.defaultPort ?? defaultPort)
  if (hosts === undefined) return [{ addresses: [{ scheme, address: wildcardAddress(), port }] }]
  return hosts.map((address) => ({ addresses: [{ scheme, address, port }], boundTo: address }))
}

/** Where the command line has all keys of the scheme served. */
function listenFor({ scheme }: ServerKey, { listen }: BuildContext): readonly ServerAddress[] {
  return listen.filter((each) => each.scheme === scheme)
}

/** The group of zones that listen at the same place. */
function groupAt(groups: Map<string, GroupDraft>, place: Place, { changes, metrics }: Shared): GroupDraft {
  const id = `${place.addresses.map((at) => `${at.scheme}://${formatAddress(at)}`).join(' ')} ${place.boundTo ?? ''}`
  const group = groups.get(id) ?? { ...place, zones: new Map(), taken: new Set(), changes, metrics }
  groups.set(id, group)
  return group
}

/** What is served there by another scheme already: TCP of one port is either in plain text or secured. */
function takenBy(groups: readonly GroupDraft[], { addresses }: Place): ServerAddress | undefined {
  const served = groups.filter(({ zones }) => zones.size > 0).flatMap((group) => group.addresses)
  return served.find((one) => addresses.some((other) => one.scheme !== other.scheme && isSamePort(one, other)))
}

function isSamePort(one: ListenAddress, other: ListenAddress): boolean {
  return one.port !== 0 && one.port === other.port && one.address === other.address
}

function portTaken(key: ServerKey, { addresses }: Place, by: ServerAddress): CorefileError {
  const where = addresses.map(serverLabel).join(', ')
  return new CorefileError(key, `cannot serve ${key.zone} at ${where} - the port is that of ${serverLabel(by)}`)
}

/** CoreDNS does the same, and says nothing. */
function warnOfPlainText(groups: readonly ServerGroup[], log: Logger): void {
  for (const group of groups) {
    const [at] = group.addresses
    if (at?.scheme === 'tls' && tlsOf(group) === undefined)
      log.warning(`${serverLabel(at)}: no server block there has the plugin tls: it is served in plain text`)
  }
}

/** Two keys that differ in their ports alone meet where `--listen` puts both on one. */
function addZone({ addresses, zones, taken }: GroupDraft, { key, block, hasView }: ServedKey, refuse: Refuse): void {
  if (!hasView && taken.has(key.zone)) {
    const where = addresses.map(formatAddress).join(', ')
    refuse(new CorefileError(key, `cannot serve ${key.scheme}://${key.zone} on ${where} - it is already defined`))
    return
  }
  zones.set(key.zone, [...(zones.get(key.zone) ?? []), block])
  if (!hasView) taken.add(key.zone)
}

interface ServedKey {
  readonly key: ServerKey
  readonly block: RunningBlock
  /** As the Corefile has it: a view that is refused has not come into the block. */
  readonly hasView: boolean
}

function setupContextOf(
  serverBlock: ServerBlock,
  context: BuildContext & Shared,
  homes: readonly ServerGroup[],
): SetupContext {
  const { cluster, clock, localAddresses, changes, metrics } = context
  const { files = diskFiles, timer = systemTimer, fatal = throwFatal } = context
  const { upstreams = socketUpstreams(timer) } = context
  const log = limitErrors(context.log, clock)
  const [home] = homes
  return {
    serverBlock,
    cluster,
    log,
    clock,
    timer,
    metrics,
    files,
    interfaceAddresses: context.interfaceAddresses ?? interfaceAddresses,
    upstreams,
    fatal,
    hostname: hostname(),
    serverLabel: serverLabel(home?.addresses[0]),
    viewLabel: viewNameOf(serverBlock) ?? '',
    invalidate: (tags) => changes.tell(tags),
    onChange(listener) {
      const ends = [cluster.onChange(({ tags }) => listener(tags)), changes.onChange(listener)]
      return () => {
        for (const end of ends) end()
      }
    },
    offers: noOffers(),
    localAddresses: localAddresses ?? reachableAddresses(homes.flatMap(({ addresses }) => addresses)),
    resolve: ({ asked: _, ...query }) => ask(home?.zones ?? new Map(), query, log),
  }
}

function throwFatal(message: string): never {
  throw new Error(message)
}
