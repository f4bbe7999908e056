import type { ClusterStore } from '../cluster/store.ts'
import type { Corefile } from '../corefile/model.ts'
import type { Name } from '../dns/name.ts'
import { buildGroups } from '../server/build.ts'
import { ChangeFeed } from '../server/change-feed.ts'
import type { ServerGroup } from '../server/server.ts'
import { blockOf } from '../server/zones.ts'
import { systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'

/** Where answers without a socket are as if they came from: what `ns.dns` of a zone resolves to in them. */
export const loopback = '127.0.0.1'

/** A server without sockets: the groups of a Corefile over a cluster that is at hand. */
export function buildWithoutSockets(corefile: Corefile, cluster: ClusterStore, log: Logger): readonly ServerGroup[] {
  return buildGroups(corefile, { cluster, log, clock: systemClock, listen: [], localAddresses: [loopback] })
}

/** The group that serves a name; the first one where several or none do. */
export function groupFor(groups: readonly ServerGroup[], qname: Name, qtype: number): ServerGroup {
  const group = groups.find(({ zones }) => blockOf(zones, qname, qtype) !== undefined) ?? groups[0]
  return group ?? { addresses: [], zones: new Map(), changes: new ChangeFeed() }
}
