import { type Family, type Histogram, type Metrics, observe } from '../../util/metrics.ts'
import type { ClusterObject, Service } from '../model.ts'
import type { ClusterStore } from '../store.ts'
import { type Json, recordOf, stringOf } from './json.ts'

/** When the change happened that an EndpointSlice tells of: its controller writes it down, in RFC 3339. */
const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'

/** Upper bounds of the buckets in seconds, CoreDNS's own: 1 ms, doubled 19 times. */
export const programmingBuckets: readonly number[] = Array.from({ length: 20 }, (_, power) => 0.001 * 2 ** power)

/** Kinds of Services, in CoreDNS's words, which does not tell of headless ones without a selector either. */
type ServiceKind = 'cluster_ip' | 'headless_with_selector'

/**
 * How long it took from a change in the cluster until answers could tell of it.
 *
 * Only what a watch tells counts: what a list holds may have changed at any time.
 */
export class ProgrammingDurations {
  readonly #serviceOf: (namespace: string, name: string) => Service | undefined
  readonly #now: () => number
  readonly #durations: Family<Histogram>

  /** @param now milliseconds since the Unix epoch */
  constructor(serviceOf: ClusterStore['service'], now: () => number, metrics: Metrics) {
    this.#serviceOf = serviceOf
    this.#now = now
    this.#durations = metrics.histogram({
      name: 'coredns_kubernetes_dns_programming_duration_seconds',
      help: 'Seconds from a change of endpoints until answers could tell of it, by the kind of their Service.',
      labels: ['service_kind'],
      bounds: programmingBuckets,
    })
  }

  /** @param raw the object as the API server sent it, with its annotations */
  observe(raw: Json, object: ClusterObject): void {
    if (object.kind !== 'EndpointSlice' || object.serviceName === undefined) return
    const trigger = stringOf(recordOf(recordOf(raw.metadata).annotations)[triggerTimeAnnotation])
    const service = this.#serviceOf(object.namespace, object.serviceName)
    if (trigger === undefined || service === undefined) return
    const seconds = (this.#now() - Date.parse(trigger)) / 1000
    if (Number.isNaN(seconds)) return
    const kind: ServiceKind = service.headless ? 'headless_with_selector' : 'cluster_ip'
    observe(this.#durations, this.#durations.of(kind), seconds)
  }
}
