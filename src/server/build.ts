import type { ClusterStore } from '../cluster/store.ts'
import { CorefileError } from '../corefile/errors.ts'
import type { Corefile, ServerBlock, ServerKey } from '../corefile/model.ts'
import { portOf } from '../corefile/server-key.ts'
import type { Name } from '../dns/name.ts'
import { noOffers } from '../plugin/offers.ts'
import type { Files, SetupContext } from '../plugin/setup.ts'
import { formatAddress, type ListenAddress } from '../transport/listener.ts'
import type { Clock } from '../util/clock.ts'
import { limitErrors } from '../util/line-limit.ts'
import type { Logger } from '../util/log.ts'
import { Metrics } from '../util/metrics.ts'
import { systemTimer, type Timer } from '../util/timer.ts'
import { reachableAddresses, wildcardAddress } from './addresses.ts'
import { buildBlock, type ConfigurationError, type Refuse } from './block.ts'
import { ChangeFeed } from './change-feed.ts'
import { diskFiles } from './files.ts'
import { ask } from './responder.ts'
import type { ServerGroup } from './server.ts'
import { serverLabel } from './server-label.ts'
import type { RunningBlock } from './zones.ts'

/** The port of a key that names none; CoreDNS's `-dns.port`. */
export const defaultPort = 53

export interface BuildContext {
  readonly cluster: ClusterStore
  readonly log: Logger
  readonly clock: Clock
  /** Where every `dns://` block listens, whatever its keys say; none: where the keys say. */
  readonly listen: readonly ListenAddress[]
  /** What the zones' name server resolves to, if not the addresses listened at: for answers without a socket. */
  readonly localAddresses?: readonly string[]
  /** Where the files are that directives name; if not given, on disk. */
  readonly files?: Files
  /** If not given, counts are kept for nobody. */
  readonly metrics?: Metrics
  readonly timer?: Timer
  /** Ends the process; if not given, by an error that nobody catches. */
  readonly fatal?: (message: string) => void
}

interface GroupDraft {
  readonly changes: ChangeFeed
  readonly addresses: readonly ListenAddress[]
  readonly zones: Map<Name, RunningBlock>
}

/**
 * Makes what a Corefile describes: the plugins of each block in their order, and the groups of zones that share sockets.
 *
 * @throws CorefileError a scheme or directive that we do not serve, zones that collide on one address
 * @throws PluginSetupError a directive that its plugin refuses
 */
export function buildGroups(corefile: Corefile, context: BuildContext): readonly ServerGroup[] {
  return build(corefile, context, (error) => {
    throw error
  })
}

/** All that `buildGroups` would refuse, of which it throws one: file by file, in the order of their lines. */
export function configurationErrors(corefile: Corefile, context: BuildContext): readonly ConfigurationError[] {
  const errors: ConfigurationError[] = []
  build(corefile, context, (error) => errors.push(error))
  const files = [...new Set(errors.map(({ file }) => file))]
  return errors.sort((left, right) => files.indexOf(left.file) - files.indexOf(right.file) || left.line - right.line)
}

function build(corefile: Corefile, context: BuildContext, refuse: Refuse): readonly ServerGroup[] {
  const groups = new Map<string, GroupDraft>()
  const changes = new ChangeFeed()
  for (const serverBlock of corefile.serverBlocks) {
    const keys = serverBlock.keys.filter((key) => isSupported(key, refuse))
    const placed = keys.map((key) => ({ key, group: groupOf(groups, key, { ...context, changes }) }))
    // One chain serves all keys of a block; what it asks of the server itself is asked where its first key is served.
    const block = buildBlock(setupContextOf(serverBlock, { ...context, changes }, placed[0]?.group), refuse)
    for (const { key, group } of placed) addZone(group, { key, block }, refuse)
  }
  return [...groups.values()]
}

function isSupported(key: ServerKey, refuse: Refuse): boolean {
  if (key.scheme === 'dns') return true
  refuse(new CorefileError(key, `scheme '${key.scheme}://' is not supported yet`))
  return false
}

/** The group of zones that a key's zone belongs to: those that listen at the same places. */
function groupOf(
  groups: Map<string, GroupDraft>,
  key: ServerKey,
  { listen, changes }: BuildContext & Pick<GroupDraft, 'changes'>,
): GroupDraft {
  const addresses = listen.length > 0 ? listen : [{ address: wildcardAddress(), port: portOf(key, defaultPort) }]
  const place = addresses.map(formatAddress).join(' ')
  const group = groups.get(place) ?? { addresses, zones: new Map(), changes }
  groups.set(place, group)
  return group
}

/** Two keys that differ in their ports alone meet where `--listen` puts both on one. */
function addZone({ addresses, zones }: GroupDraft, { key, block }: ServedKey, refuse: Refuse): void {
  if (zones.has(key.zone)) {
    const where = addresses.map(formatAddress).join(', ')
    refuse(new CorefileError(key, `cannot serve dns://${key.zone} on ${where} - it is already defined`))
    return
  }
  zones.set(key.zone, block)
}

interface ServedKey {
  readonly key: ServerKey
  readonly block: RunningBlock
}

function setupContextOf(
  serverBlock: ServerBlock,
  context: BuildContext & Pick<GroupDraft, 'changes'>,
  home: GroupDraft | undefined,
): SetupContext {
  const { cluster, clock, localAddresses, changes } = context
  const { files = diskFiles, metrics = new Metrics(), timer = systemTimer, fatal = throwFatal } = context
  const log = limitErrors(context.log, clock)
  return {
    serverBlock,
    cluster,
    log,
    clock,
    timer,
    metrics,
    files,
    fatal,
    serverLabel: serverLabel(home?.addresses[0]),
    invalidate: (tags) => changes.tell(tags),
    onChange(listener) {
      const ends = [cluster.onChange(({ tags }) => listener(tags)), changes.onChange(listener)]
      return () => {
        for (const end of ends) end()
      }
    },
    offers: noOffers(),
    localAddresses: localAddresses ?? reachableAddresses(home?.addresses ?? []),
    resolve: (query) => ask(home?.zones ?? new Map(), query, log),
  }
}

function throwFatal(message: string): never {
  throw new Error(message)
}
