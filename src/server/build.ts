import type { ClusterStore } from '../cluster/store.ts'
import { CorefileError } from '../corefile/errors.ts'
import type { Corefile, Directive, ServerBlock, ServerKey } from '../corefile/model.ts'
import { portOf } from '../corefile/server-key.ts'
import type { Name } from '../dns/name.ts'
import { chain } from '../plugin/chain.ts'
import { type Plugin, PluginSetupError, type SetupContext } from '../plugin/setup.ts'
import { pluginOrder } from '../plugins/order.ts'
import { formatAddress, type ListenAddress } from '../transport/listener.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { reachableAddresses } from './addresses.ts'
import { ask } from './responder.ts'
import type { ServerGroup } from './server.ts'
import type { RunningBlock } from './zones.ts'

/** The port of a key that names none; CoreDNS's `-dns.port`. */
export const defaultPort = 53

/** All interfaces, both families. */
const everywhere = '::'

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
  const groups = new Map<string, GroupDraft>()
  for (const serverBlock of corefile.serverBlocks) {
    const placed = serverBlock.keys.map((key) => ({ key, group: groupOf(groups, key, context) }))
    // One chain serves all keys of a block; what it asks of the server itself is asked where its first key is served.
    const block = buildBlock(serverBlock, context, placed[0]?.group)
    for (const { key, group } of placed) addZone(group, key, block)
  }
  return [...groups.values()]
}

/** The group of zones that a key's zone belongs to: those that listen at the same places. */
function groupOf(groups: Map<string, GroupDraft>, key: ServerKey, { listen }: BuildContext): GroupDraft {
  if (key.scheme !== 'dns') throw new CorefileError(key, `scheme '${key.scheme}://' is not supported yet`)
  const addresses = listen.length > 0 ? listen : [{ address: everywhere, port: portOf(key, defaultPort) }]
  const place = addresses.map(formatAddress).join(' ')
  const group = groups.get(place) ?? { addresses, zones: new Map() }
  groups.set(place, group)
  return group
}

/** Two keys that differ in their ports alone meet where `--listen` puts both on one. */
function addZone({ addresses, zones }: GroupDraft, key: ServerKey, block: RunningBlock): void {
  if (zones.has(key.zone)) {
    const where = addresses.map(formatAddress).join(', ')
    throw new CorefileError(key, `cannot serve dns://${key.zone} on ${where} - it is already defined`)
  }
  zones.set(key.zone, block)
}

function buildBlock(serverBlock: ServerBlock, context: BuildContext, home: GroupDraft | undefined): RunningBlock {
  const { cluster, log, clock } = context
  const setupContext: SetupContext = {
    serverBlock,
    cluster,
    log,
    clock,
    localAddresses: () => context.localAddresses ?? reachableAddresses(home?.addresses ?? []),
    resolve: (query) => ask(home?.zones ?? new Map(), query, log),
  }
  const plugins = setupPlugins(serverBlock, setupContext)
  return {
    chain: chain(plugins.flatMap(({ handler }) => handler ?? [])),
    observers: plugins.flatMap(({ observer }) => observer ?? []),
  }
}

/** In the order of the chain, which is not that of the file. */
function setupPlugins(serverBlock: ServerBlock, context: SetupContext): Plugin[] {
  return pluginOrder.flatMap(({ name, setup }) => {
    const occurrences = serverBlock.directives.filter((directive) => directive.name === name)
    const [first] = occurrences
    if (first === undefined) return []
    if (setup === undefined) throw notSupported(first)
    try {
      return setup(occurrences, context)
    } catch (error) {
      throw error instanceof CorefileError ? new PluginSetupError(name, error) : error
    }
  })
}

function notSupported(directive: Directive): CorefileError {
  return new CorefileError(directive, `directive '${directive.name}' is not supported yet`)
}
