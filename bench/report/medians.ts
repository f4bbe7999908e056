import { type Summary, summarise } from '../statistics.ts'
import type { LoadResult, Round } from '../turns.ts'

/** One number of a round; undefined where it was not measured. */
export type Pick = (round: Round) => number | undefined

export const queriesPerSecond: Pick = ({ saturation }) => saturation.queriesPerSecond
export const lost: Pick = ({ saturation }) => saturation.lost
export const userMicros: Pick = ({ saturation }) => saturation.userMicrosPerQuery
export const systemMicros: Pick = ({ saturation }) => saturation.systemMicrosPerQuery
export const busyShare: Pick = ({ saturation }) => saturation.busyShare
export const halfRate: Pick = ({ half }) => half?.rate
export const halfP50: Pick = ({ half }) => half?.p50Micros
export const halfP99: Pick = ({ half }) => half?.p99Micros

/** User and system time together. */
export const cpuMicros: Pick = (round) => {
  const [user, system] = [userMicros(round), systemMicros(round)]
  return user === undefined || system === undefined ? undefined : user + system
}

/** A number's median, lowest and highest over the rounds; undefined where some round lacks it, or there is none. */
export function over(rounds: readonly Round[], pick: Pick): Summary | undefined {
  const values = rounds.map(pick)
  return values.length === 0 || values.includes(undefined)
    ? undefined
    : summarise(values.filter((value) => value !== undefined))
}

/** Medians by load and peer: NaN where nothing was measured, so that what is computed from one is NaN as well. */
export type Medians = (load: string, peer: string, pick: Pick) => number

export function mediansOf(loads: readonly LoadResult[]): Medians {
  return (load, peer, pick) => {
    const results = loads.find((each) => each.load === load)?.results
    const rounds = results?.find((each) => each.peer === peer)?.rounds ?? []
    return over(rounds, pick)?.median ?? Number.NaN
  }
}
