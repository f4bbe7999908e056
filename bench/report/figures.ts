import type { LoadResult } from '../turns.ts'
import {
  type Compared,
  cpuMicros,
  halfP99,
  halfRate,
  type Medians,
  mediansOf,
  queriesPerSecond,
  type Ratios,
  ratiosOf,
  restQueriesPerSecond,
} from './medians.ts'

/**
 * What the project is judged by: one number of one run. Within a load it is the median of the rounds' ratios, between two loads
 * the ratio of medians.
 */
interface Criterion {
  readonly title: string
  readonly asked: 'at least' | 'at most'
  readonly limit: number
  /** How it is computed, for people; `measure` does it. */
  readonly formula: string
  readonly measure: (measured: Measured) => number
}

/** What figures are computed from. */
interface Measured {
  readonly median: Medians
  readonly ratio: Ratios
}

/** A criterion and what came of it; null: what it is computed from was not measured. */
export interface Figure extends Omit<Criterion, 'measure'> {
  readonly measured: number | null
  readonly met: boolean | null
}

/** CoreDNS without its cache did so much of what Knot did in hits, in one run on one machine. */
const coreDnsUncachedOfKnot = 56 / 540

const rateOf = (peer: string): Compared => ({ peer, measure: queriesPerSecond })
const cpuOf = (peer: string): Compared => ({ peer, measure: cpuMicros })

const criteria: readonly Criterion[] = [
  {
    title: 'hits: queries/s against Knot DNS',
    asked: 'at least',
    limit: 0.95,
    formula: 'hits, median of the rounds: rate(batched) / rate(knot)',
    measure: ({ ratio }) => ratio('hits', rateOf('batched'), rateOf('knot')),
  },
  {
    title: 'hits: CPU per query against Knot DNS',
    asked: 'at most',
    limit: 1.1,
    formula: 'hits, median of the rounds: cpu(batched) / cpu(knot)',
    measure: ({ ratio }) => ratio('hits', cpuOf('batched'), cpuOf('knot')),
  },
  {
    title: 'hits: CPU per query against the bare echo in C',
    asked: 'at most',
    limit: 1.4,
    formula: 'hits, median of the rounds: cpu(batched) / cpu(echo)',
    measure: ({ ratio }) => ratio('hits', cpuOf('batched'), cpuOf('echo')),
  },
  {
    title: 'hits: queries/s, batched against dgram',
    asked: 'at least',
    limit: 1.4,
    formula: 'hits, median of the rounds: rate(batched) / rate(dgram)',
    measure: ({ ratio }) => ratio('hits', rateOf('batched'), rateOf('dgram')),
  },
  {
    title: "hits with kubeadm's whole Corefile, against the bare server",
    asked: 'at least',
    limit: 0.85,
    formula: 'hits, median of the rounds: rate(kubeadm) / rate(batched)',
    measure: ({ ratio }) => ratio('hits', rateOf('kubeadm'), rateOf('batched')),
  },
  {
    title: 'forwarded names from the cache, against names of the cluster',
    asked: 'at least',
    limit: 0.8,
    formula: 'rate(kubeadm) in forwarded / rate(kubeadm) in hits',
    measure: ({ median }) =>
      median('forwarded', 'kubeadm', queriesPerSecond) / median('hits', 'kubeadm', queriesPerSecond),
  },
  {
    title: 'hits while 1,000 objects a second change, against hits at rest',
    asked: 'at least',
    limit: 0.85,
    formula: 'changes, median of the rounds: rate(batched) / rate(batched, at rest, just before)',
    measure: ({ ratio }) => ratio('changes', rateOf('batched'), { peer: 'batched', measure: restQueriesPerSecond }),
  },
  {
    title: 'hits over 100,000 names against 1,000 names',
    asked: 'at least',
    limit: 0.75,
    formula: 'rate(batched) in hits-100k / rate(batched) in hits',
    measure: ({ median }) =>
      median('hits-100k', 'batched', queriesPerSecond) / median('hits', 'batched', queriesPerSecond),
  },
  {
    title: 'misses: queries/s against CoreDNS without cache, scaled by Knot DNS',
    asked: 'at least',
    limit: 1.5,
    formula: 'rate(batched) in misses / (56/540 × rate(knot) in hits)',
    measure: ({ median }) =>
      median('misses', 'batched', queriesPerSecond) /
      (coreDnsUncachedOfKnot * median('hits', 'knot', queriesPerSecond)),
  },
  {
    title: 'CPU per query: headless of 10 endpoints, rotated, against one address',
    asked: 'at most',
    limit: 1.3,
    formula: 'cpu(batched) in headless-10 / cpu(batched) in hits',
    measure: ({ median }) => median('headless-10', 'batched', cpuMicros) / median('hits', 'batched', cpuMicros),
  },
  {
    title: 'p99 latency at half of what saturates Knot DNS, against Knot DNS',
    asked: 'at most',
    limit: 1.5,
    formula: 'hits: p99 at half load(batched) / p99 at half load(knot), at one rate',
    measure: ({ median }) =>
      median('hits', 'batched', halfRate) === median('hits', 'knot', halfRate)
        ? median('hits', 'batched', halfP99) / median('hits', 'knot', halfP99)
        : Number.NaN,
  },
]

/** @param isScaled the loads were made smaller: their figures say nothing, and none counts as measured */
export function computeFigures(loads: readonly LoadResult[], isScaled: boolean): Figure[] {
  const counted = isScaled ? [] : loads
  const from = { median: mediansOf(counted), ratio: ratiosOf(counted) }
  return criteria.map(({ measure, ...criterion }) => {
    const measured = measure(from)
    if (!Number.isFinite(measured)) return { ...criterion, measured: null, met: null }
    const { asked, limit } = criterion
    return { ...criterion, measured, met: asked === 'at least' ? measured >= limit : measured <= limit }
  })
}
