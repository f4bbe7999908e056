import type { Equipment } from './equipment.ts'
import { atRate, type Contender, type Run } from './round.ts'

/** What a peer did in one round at a fixed rate. */
export interface HalfLoad extends Run {
  readonly rate: number
}

/** The peer that sets the rate, for all alike. */
const reference = 'knot'

/** A peer that has less room than this above the common rate would be measured while it is overrun. */
const leastRoom = 1.25

/**
 * Turns of each peer in a round.
 *
 * A pause of a few milliseconds in a second, of the machine and of nobody's making, decides what p99 is: so it takes more
 * turns than a rate does until the middle one tells what is usual.
 */
const turns = 5

/**
 * Asks all peers at half of what saturates, turn after turn.
 *
 * @param saturating queries per second that each peer did
 * @returns of each peer the turn in the middle by its p99, with the losses of all
 */
export async function halfLoads(
  contenders: readonly Contender[],
  equipment: Equipment,
  saturating: (peer: string) => number | undefined,
): Promise<Map<string, HalfLoad>> {
  const runs = new Map<string, HalfLoad[]>()
  for (let turn = 0; turn < turns; turn++) {
    for (const contender of contenders) {
      const { name } = contender.peer
      const rate = halfRate(saturating(name) ?? 0, saturating(reference))
      const run = await atRate(contender, equipment, rate)
      runs.set(name, [...(runs.get(name) ?? []), { ...run, rate }])
    }
  }
  return new Map(Array.from(runs, ([name, own]) => [name, middleOf(own)]))
}

/**
 * The rate of the half load: half of what saturates the reference, so that all are asked at one rate.
 *
 * A peer that could not keep up with it, and all of them where there is no reference, get half of their own.
 */
export function halfRate(own: number, reference: number | undefined): number {
  const common = (reference ?? own) / 2
  return Math.round(own >= common * leastRoom ? common : own / 2)
}

/** The run whose p99 is the median, with what all of them lost. */
export function middleOf<R extends Pick<Run, 'p99Micros' | 'lost'>>(runs: readonly R[]): R {
  const sorted = runs.toSorted((left, right) => (left.p99Micros ?? 0) - (right.p99Micros ?? 0))
  const middle = sorted[Math.floor(runs.length / 2)]
  if (middle === undefined) throw new RangeError('expected runs, found none')
  return { ...middle, lost: runs.reduce((sum, { lost }) => sum + lost, 0) }
}
