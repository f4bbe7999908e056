import { type Summary, summarise } from '../statistics.ts'
import type { LoadResult, Round } from '../turns.ts'

/** One number of a round; undefined where it was not measured. */
export type Measure = (round: Round) => number | undefined

export const queriesPerSecond: Measure = ({ saturation }) => saturation.queriesPerSecond
export const restQueriesPerSecond: Measure = ({ rest }) => rest?.queriesPerSecond
export const lost: Measure = ({ saturation }) => saturation.lost
export const userMicros: Measure = ({ saturation }) => saturation.userMicrosPerQuery
export const systemMicros: Measure = ({ saturation }) => saturation.systemMicrosPerQuery
export const busyShare: Measure = ({ saturation }) => saturation.busyShare
export const halfRate: Measure = ({ half }) => half?.rate
export const halfP50: Measure = ({ half }) => half?.p50Micros
export const halfP99: Measure = ({ half }) => half?.p99Micros

/** User and system time together. */
export const cpuMicros: Measure = (round) => {
  const [user, system] = [userMicros(round), systemMicros(round)]
  return user === undefined || system === undefined ? undefined : user + system
}

/** A number's median, lowest and highest over the rounds; undefined where some round lacks it, or there is none. */
export function over(rounds: readonly Round[], measure: Measure): Summary | undefined {
  const values = rounds.map(measure)
  return values.length === 0 || values.includes(undefined)
    ? undefined
    : summarise(values.filter((value) => value !== undefined))
}

/** What is compared: one number of a peer. */
export interface Compared {
  readonly peer: string
  readonly measure: Measure
}

/**
 * The median of what two numbers of one load come to in each round, the first divided by the second: they were measured within
 * seconds, and what slows the machine for a minute slows both. NaN as in `Medians`.
 */
export type Ratios = (load: string, of: Compared, to: Compared) => number

export function ratiosOf(loads: readonly LoadResult[]): Ratios {
  return (load, of, to) => {
    const results = loads.find((each) => each.load === load)?.results
    const valuesOf = ({ peer, measure }: Compared) =>
      (results?.find((each) => each.peer === peer)?.rounds ?? []).map((round) => measure(round) ?? Number.NaN)
    const divisors = valuesOf(to)
    return summarise(valuesOf(of).map((value, round) => value / (divisors[round] ?? Number.NaN))).median
  }
}

/** Medians by load and peer: NaN where nothing was measured, so that what is computed from one is NaN as well. */
export type Medians = (load: string, peer: string, measure: Measure) => number

export function mediansOf(loads: readonly LoadResult[]): Medians {
  return (load, peer, measure) => {
    const results = loads.find((each) => each.load === load)?.results
    const rounds = results?.find((each) => each.peer === peer)?.rounds ?? []
    return over(rounds, measure)?.median ?? Number.NaN
  }
}
