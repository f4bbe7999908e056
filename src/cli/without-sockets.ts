import type { ClusterStore } from '../cluster/store.ts'
import type { Corefile } from '../corefile/model.ts'
import type { Client, Query } from '../plugin/handler.ts'
import { UpstreamError, type Upstreams } from '../plugin/upstream.ts'
import { buildGroups } from '../server/build.ts'
import { ChangeFeed } from '../server/change-feed.ts'
import { unchangedFiles } from '../server/files.ts'
import { type ServerGroup, servicesOf } from '../server/server.ts'
import { chooseBlock } from '../server/zones.ts'
import { systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { Metrics } from '../util/metrics.ts'

/** Where answers without a socket are as if they came from: what `ns.dns` of a zone resolves to in them. */
export const loopback = '127.0.0.1'

/** Who asks where nobody does, over TCP. */
export function clientAt(address = loopback): Client {
  return { transport: 'tcp', address, port: 0, localAddress: loopback }
}

export interface WithoutSocketsOptions {
  readonly corefile: Corefile
  readonly cluster: ClusterStore
  readonly log: Logger
  /** Other DNS servers; if not given, they are asked over sockets after all. */
  readonly upstreams?: Upstreams
}

/** Lets a server without sockets be used: the groups of a Corefile over a cluster that is at hand. */
export async function withoutSockets<T>(
  { corefile, ...options }: WithoutSocketsOptions,
  use: (groups: readonly ServerGroup[]) => Promise<T>,
): Promise<T> {
  const groups = buildGroups(corefile, {
    ...options,
    clock: systemClock,
    files: unchangedFiles,
    listen: [],
    localAddresses: [loopback],
  })
  try {
    return await use(groups)
  } finally {
    for (const service of servicesOf(groups)) await service.stop() // or what plugins have opened would keep the process
  }
}

/** No other server can be reached. */
export const noUpstreams: Upstreams = {
  open: () => ({ exchange: async () => Promise.reject(new UpstreamError(notAsked)), close() {} }),
  lookup: async () => Promise.reject(new UpstreamError(notAsked)),
  receive: async () => Promise.reject(new UpstreamError(notAsked)),
}

const notAsked = 'other servers are not asked'

/** The group that serves a query; the first one where several or none do. */
export function groupFor(groups: readonly ServerGroup[], query: Query): ServerGroup {
  const group = groups.find(({ zones }) => chooseBlock(zones, query).block !== undefined) ?? groups[0]
  return group ?? { addresses: [], zones: new Map(), changes: new ChangeFeed(), metrics: new Metrics() }
}
