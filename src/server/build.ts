import type { ClusterStore } from '../cluster/store.ts'
import { CorefileError } from '../corefile/errors.ts'
import type { Corefile, Directive, ServerBlock, ServerKey } from '../corefile/model.ts'
import { portOf } from '../corefile/server-key.ts'
import type { Name } from '../dns/name.ts'
import { chain } from '../plugin/chain.ts'
import type { Observer } from '../plugin/observer.ts'
import { type Plugin, PluginSetupError, type SetupContext } from '../plugin/setup.ts'
import { pluginOrder } from '../plugins/order.ts'
import { formatAddress, type ListenAddress } from '../transport/listener.ts'
import type { Clock } from '../util/clock.ts'
import { ServerError, stackOf } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import { reachableAddresses, wildcardAddress } from './addresses.ts'
import { ask } from './responder.ts'
import type { ServerGroup } from './server.ts'
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
}

interface GroupDraft {
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

export type ConfigurationError = CorefileError | PluginSetupError

/** Takes an error, and may throw it; if it does not, what is wrong is left out of what is built. */
type Refuse = (error: ConfigurationError) => void

function build(corefile: Corefile, context: BuildContext, refuse: Refuse): readonly ServerGroup[] {
  const groups = new Map<string, GroupDraft>()
  for (const serverBlock of corefile.serverBlocks) {
    const keys = serverBlock.keys.filter((key) => isSupported(key, refuse))
    const placed = keys.map((key) => ({ key, group: groupOf(groups, key, context) }))
    // One chain serves all keys of a block; what it asks of the server itself is asked where its first key is served.
    const block = buildBlock(serverBlock, { ...context, home: placed[0]?.group }, refuse)
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
function groupOf(groups: Map<string, GroupDraft>, key: ServerKey, { listen }: BuildContext): GroupDraft {
  const addresses = listen.length > 0 ? listen : [{ address: wildcardAddress(), port: portOf(key, defaultPort) }]
  const place = addresses.map(formatAddress).join(' ')
  const group = groups.get(place) ?? { addresses, zones: new Map() }
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

interface BlockContext extends BuildContext {
  /** Where the block's first key is served. */
  readonly home: GroupDraft | undefined
}

function buildBlock(serverBlock: ServerBlock, context: BlockContext, refuse: Refuse): RunningBlock {
  const { cluster, log, clock, home } = context
  const setupContext: SetupContext = {
    serverBlock,
    cluster,
    log,
    clock,
    localAddresses: context.localAddresses ?? reachableAddresses(home?.addresses ?? []),
    resolve: (query) => ask(home?.zones ?? new Map(), query, log),
  }
  const plugins = setupPlugins(serverBlock, setupContext, refuse)
  return {
    chain: chain(plugins.flatMap(({ handler }) => handler ?? [])),
    observers: plugins.flatMap(({ observer }) => (observer === undefined ? [] : guarded(observer, log))),
  }
}

/** An observer that fails costs a line in the log, never the answer. */
function guarded(observer: Observer, log: Logger): Observer {
  return {
    name: observer.name,
    observe(exchange) {
      try {
        observer.observe(exchange)
      } catch (error) {
        log.error(`plugin/${observer.name}: ${stackOf(error)}`)
      }
    },
  }
}

/** In the order of the chain, which is not that of the file. */
function setupPlugins(serverBlock: ServerBlock, context: SetupContext, refuse: Refuse): Plugin[] {
  return pluginOrder.flatMap(({ name, setup }) => {
    const occurrences = serverBlock.directives.filter((directive) => directive.name === name)
    const [first] = occurrences
    if (first === undefined) return []
    const plugin = setup === undefined ? notSupported(first) : trySetup(name, () => setup(occurrences, context))
    if (!(plugin instanceof ServerError)) return plugin
    refuse(plugin)
    return []
  })
}

function trySetup(name: string, setup: () => Plugin): Plugin | PluginSetupError {
  try {
    return setup()
  } catch (error) {
    if (error instanceof CorefileError) return new PluginSetupError(name, error)
    throw error
  }
}

function notSupported(directive: Directive): CorefileError {
  return new CorefileError(directive, `directive '${directive.name}' is not supported yet`)
}
