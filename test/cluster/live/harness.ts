import type { ApiLocation } from '../../../src/cluster/live/access.ts'
import type { RequestLimits } from '../../../src/cluster/live/limits.ts'
import type { Needs } from '../../../src/cluster/live/resources.ts'
import { liveSource } from '../../../src/cluster/live/source.ts'
import { type ChangeEvent, ClusterStore } from '../../../src/cluster/store.ts'
import { systemClock } from '../../../src/util/clock.ts'
import { createLogger } from '../../../src/util/log.ts'
import type { Timer } from '../../../src/util/timer.ts'
import { apiNamespace, apiService, apiSlice } from '../../support/api-objects.ts'
import { ApiServer, type ApiServerOptions } from '../../support/api-server/api-server.ts'

export const plainNeeds: Needs = { endpointSlices: true, pods: false, serviceImports: false, labels: false }

export interface LiveOptions {
  readonly needs?: Partial<Needs>
  readonly limits?: Partial<RequestLimits>
  readonly timer?: Timer
  /** The server without any credentials, unless given. */
  readonly location?: ApiLocation
  /** Where it goes; a new one, unless given. */
  readonly store?: ClusterStore
}

/** A store that follows an API server. */
export interface Live {
  readonly api: ApiServer
  readonly store: ClusterStore
  readonly source: ReturnType<typeof liveSource>
  readonly events: ChangeEvent[]
  readonly lines: string[]
  /** Resolves when all has been read. */
  readonly started: Promise<void>
  stop(): void
}

/** Follows an API server, from its start. */
export function follow(
  api: ApiServer,
  { needs, limits, timer, location, store = new ClusterStore(systemClock) }: LiveOptions = {},
): Live {
  const lines: string[] = []
  const abort = new AbortController()
  const events: ChangeEvent[] = []
  store.onChange((event) => events.push(event))
  const source = liveSource({
    location: location ?? { kind: 'endpoint', url: api.url },
    needs: { ...plainNeeds, ...needs },
    limits: { qps: 1000, burst: 1000, ...limits },
    logger: createLogger((line) => lines.push(line), 'debug'),
    userAgent: 'cluster-dns/test',
    cluster: store,
    random: () => 0,
    ...(timer !== undefined && { timer }),
  })
  const started = source.start(store, abort.signal)
  return { api, store, source, events, lines, started, stop: () => abort.abort() }
}

/** A small cluster: Namespace shop, with Services web and db. */
export async function startApi(options: ApiServerOptions = {}): Promise<ApiServer> {
  const api = await ApiServer.start(options)
  api.load([
    apiNamespace('shop'),
    apiService('shop/web', { clusterIP: '10.96.0.10', ports: [{ name: 'http', port: 80 }] }),
    apiSlice('shop/web-1', 'web', ['10.1.0.1']),
    apiService('shop/db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }),
    apiSlice('shop/db-1', 'db', ['10.1.0.3', '10.1.0.4']),
  ])
  return api
}
