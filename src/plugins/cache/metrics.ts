import type { Counter, Family, Gauge, Metrics } from '../../util/metrics.ts'
import type { Kind } from './config.ts'

/** What the cache of one server block counts, under CoreDNS's names. */
export interface Counts {
  readonly request: () => void
  readonly miss: () => void
  readonly hit: Readonly<Record<Kind, () => void>>
  readonly prefetch: () => void
  readonly drop: () => void
  readonly servedStale: () => void
  readonly eviction: Readonly<Record<Kind, () => void>>
  /** Answers that are kept now. */
  entries(numbers: Readonly<Record<Kind, number>>): void
}

/** What tells the cache of one block from that of another. */
export interface CacheLabels {
  readonly server: string
  readonly zones: string
  readonly view: string
}

export function countsOf(metrics: Metrics, { server, zones, view }: CacheLabels): Counts {
  const ofBlock = (name: string, help: string) => {
    const family = metrics.counter({ name: `coredns_cache_${name}`, help, labels: ['server', 'zones', 'view'] })
    return counting(family, [server, zones, view])
  }
  const ofKind = (name: string, help: string) => {
    const labels = ['server', 'type', 'zones', 'view']
    const family = metrics.counter({ name: `coredns_cache_${name}`, help, labels })
    const counterOf = (kind: Kind) => counting(family, [server, kind, zones, view])
    return { success: counterOf('success'), denial: counterOf('denial') }
  }
  const entries: Family<Gauge> = metrics.gauge({
    name: 'coredns_cache_entries',
    help: 'The number of elements in the cache.',
    labels: ['server', 'type', 'zones', 'view'],
  })
  return {
    request: ofBlock('requests_total', 'The count of cache requests.'),
    hit: ofKind('hits_total', 'The count of cache hits.'),
    miss: ofBlock(
      'misses_total',
      'The count of cache misses. Deprecated, derive misses from cache hits/requests counters.',
    ),
    prefetch: ofBlock('prefetch_total', 'The number of times the cache has prefetched a cached item.'),
    drop: ofBlock('drops_total', 'The number responses that are not cached, because the reply is malformed.'),
    servedStale: ofBlock('served_stale_total', 'The number of requests served from stale cache entries.'),
    eviction: ofKind('evictions_total', 'The count of cache evictions.'),
    entries({ success, denial }) {
      entries.of(server, 'success', zones, view).value = success
      entries.of(server, 'denial', zones, view).value = denial
    },
  }
}

/** A series begins with what it counts first: one that is at zero is not shown. */
function counting(family: Family<Counter>, values: readonly string[]): () => void {
  let counter: Counter | undefined
  return () => {
    counter ??= family.of(...values)
    counter.value++
  }
}
