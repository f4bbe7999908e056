import type { ClusterObject, Service } from '../model.ts'
import type { ClusterStore } from '../store.ts'
import { type Json, recordOf, stringOf } from './json.ts'

/** When the change happened that an EndpointSlice tells of: its controller writes it down, in RFC 3339. */
const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'

/** Upper bounds of the buckets in seconds, CoreDNS's own: 1 ms, doubled 19 times. */
export const programmingBuckets: readonly number[] = Array.from({ length: 20 }, (_, power) => 0.001 * 2 ** power)

/** Kinds of Services, in CoreDNS's words, which does not tell of headless ones without a selector either. */
export type ServiceKind = 'cluster_ip' | 'headless_with_selector'

/** A histogram in seconds. */
export interface Durations {
  /** How many were at most as long as each of `programmingBuckets`, and longer than the one before. */
  readonly counts: readonly number[]
  readonly count: number
  readonly sum: number
}

/**
 * How long it took from a change in the cluster until answers could tell of it.
 *
 * The metric `coredns_kubernetes_dns_programming_duration_seconds` is made of these. Only what a watch tells counts: what a list
 * holds may have changed at any time.
 */
export class ProgrammingDurations {
  readonly #serviceOf: (namespace: string, name: string) => Service | undefined
  readonly #now: () => number
  readonly #byKind = new Map<ServiceKind, { counts: number[]; count: number; sum: number }>()

  /** @param now milliseconds since the Unix epoch */
  constructor(serviceOf: ClusterStore['service'], now: () => number) {
    this.#serviceOf = serviceOf
    this.#now = now
  }

  get byKind(): ReadonlyMap<ServiceKind, Durations> {
    return this.#byKind
  }

  /** @param raw the object as the API server sent it, with its annotations */
  observe(raw: Json, object: ClusterObject): void {
    if (object.kind !== 'EndpointSlice' || object.serviceName === undefined) return
    const trigger = stringOf(recordOf(recordOf(raw.metadata).annotations)[triggerTimeAnnotation])
    const service = this.#serviceOf(object.namespace, object.serviceName)
    if (trigger === undefined || service === undefined) return
    const seconds = (this.#now() - Date.parse(trigger)) / 1000
    if (Number.isNaN(seconds)) return
    const kind = service.headless ? 'headless_with_selector' : 'cluster_ip'
    const durations = this.#byKind.get(kind) ?? { counts: programmingBuckets.map(() => 0), count: 0, sum: 0 }
    this.#byKind.set(kind, durations)
    durations.count++
    durations.sum += seconds
    const bucket = programmingBuckets.findIndex((bound) => seconds <= bound)
    if (bucket >= 0) durations.counts[bucket] = (durations.counts[bucket] ?? 0) + 1
  }
}
