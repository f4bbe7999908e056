import { hostname } from 'node:os'
import type { ClusterStore } from '../cluster/store.ts'
import { CorefileError } from '../corefile/errors.ts'
import type { Corefile, ServerBlock, ServerKey } from '../corefile/model.ts'
import { portOf } from '../corefile/server-key.ts'
import { noOffers } from '../plugin/offers.ts'
import { type Files, type InterfaceAddresses, PluginSetupError, type SetupContext } from '../plugin/setup.ts'
import type { Upstreams } from '../plugin/upstream.ts'
import { boundAddresses } from '../plugins/bind/bind.ts'
import { viewNameOf } from '../plugins/view/view.ts'
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
import { ask } from './ask.ts'
import { buildBlock, type ConfigurationError, type Refuse } from './block.ts'
import { ChangeFeed } from './change-feed.ts'
import { diskFiles } from './files.ts'
import { Groups, type Place } from './groups.ts'
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
  const context = { defaultPort, metrics: new Metrics(), ...given, changes: new ChangeFeed() }
  const groups = new Groups(context)
  const blocks: RunningBlock[] = []
  for (const serverBlock of corefile.serverBlocks) {
    const hosts = boundHosts(serverBlock, context)
    const keys = serverBlock.keys.filter((key) => isSupported(key, refuse))
    const placed = keys.flatMap((key) => placesOf(key, hosts, context).map((place) => ({ key, place })))
    const homes = placed.map(({ place }) => groups.at(place))
    // One chain serves all keys of a block; what it asks of the server itself is asked where its first key is served.
    const block = buildBlock(setupContextOf(serverBlock, context, homes), refuse)
    blocks.push(block)
    checkTls(serverBlock, block, refuse)
    const hasView = viewNameOf(serverBlock) !== undefined
    for (const { key, place } of placed) {
      const error = groups.add({ key, place, block, hasView })
      if (error !== undefined) refuse(error)
    }
  }
  warnOfPlainText(groups.all, context.log)
  return { groups: groups.all, blocks }
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

function placesOf(key: SupportedKey, hosts: readonly string[] | undefined, context: BuildContext): readonly Place[] {
  const listen = listenFor(key, context)
  if (listen.length > 0) return [{ addresses: listen, isMoved: true }]
  const { scheme } = key
  const port = portOf(key, context.defaultPort ?? defaultPort)
  if (hosts === undefined) return [{ addresses: [{ scheme, address: wildcardAddress(), port }] }]
  return hosts.map((address) => ({ addresses: [{ scheme, address, port }], boundTo: address }))
}

/** Where the command line has all keys of the scheme served. */
function listenFor({ scheme }: ServerKey, { listen }: BuildContext): readonly ServerAddress[] {
  return listen.filter((each) => each.scheme === scheme)
}

/** CoreDNS does the same, and says nothing. */
function warnOfPlainText(groups: readonly ServerGroup[], log: Logger): void {
  for (const group of groups) {
    const [at] = group.addresses
    if (at?.scheme === 'tls' && tlsOf(group) === undefined)
      log.warning(`${serverLabel(at)}: no server block there has the plugin tls: it is served in plain text`)
  }
}

function setupContextOf(
  serverBlock: ServerBlock,
  context: BuildContext & Pick<ServerGroup, 'changes' | 'metrics'>,
  homes: readonly ServerGroup[],
): SetupContext {
  const { cluster, clock, localAddresses, changes, metrics } = context
  const { files = diskFiles, timer = systemTimer, fatal = throwFatal } = context
  const { upstreams = socketUpstreams(timer) } = context
  const log = limitErrors(context.log, clock)
  const [home] = homes
  const server = serverLabel(home?.addresses[0])
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
    serverLabel: server,
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
    resolve: ({ asked: _, ...query }) => ask(home?.zones ?? new Map(), query, { log, server }),
  }
}

function throwFatal(message: string): never {
  throw new Error(message)
}
