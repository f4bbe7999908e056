import type { LoadResult, Round } from '../../bench/turns.ts'

/** What one peer did, as much of it as a figure may be computed from. */
export interface Measured {
  readonly rate?: number
  /** Without changes. */
  readonly rest?: number
  readonly cpu?: number
  readonly half?: { readonly rate: number; readonly p99: number }
  readonly busyShare?: number
  readonly loadCoreShare?: number
}

/** Results of loads, by load and peer; each peer has three rounds, of which the given one is the median. */
export function loadResults(loads: Readonly<Record<string, Readonly<Record<string, Measured>>>>): LoadResult[] {
  return Object.entries(loads).map(([load, peers]) => ({
    load,
    title: `the load ${load}`,
    questions: 1,
    results: Object.entries(peers).map(([peer, measured]) => ({
      peer,
      rounds: [0.5, 1, 3].map((factor) => round(measured, factor)),
    })),
  }))
}

function round({ rate = 1000, rest, cpu, half, busyShare = 1, loadCoreShare = 1 }: Measured, factor: number): Round {
  const run = { tool: 'load.c', answered: 1, lost: 0 } as const
  const [user, system] = [((cpu ?? 0) * factor) / 4, ((cpu ?? 0) * factor * 3) / 4]
  const costs = cpu === undefined ? {} : { userMicrosPerQuery: user, systemMicrosPerQuery: system, busyShare }
  const saturation = { ...run, queriesPerSecond: rate * factor, loadCoreShare, ...costs }
  if (rest !== undefined) return { saturation, rest: { ...run, queriesPerSecond: rest * factor } }
  if (half === undefined) return { saturation }
  const latency = { p50Micros: (half.p99 * factor) / 2, p99Micros: half.p99 * factor }
  return { saturation, half: { ...run, rate: half.rate, queriesPerSecond: half.rate, ...latency } }
}
