import type { Figure } from '../../report/figures.ts'
import { summarise } from '../../statistics.ts'
import type { LiveRound } from '../round.ts'
import type { SizeResult } from './report.ts'

/** Memory in the units in which it is asked for. */
export const MB = 1e6
const MiB = 2 ** 20

/** What is asked of the server with one size of the cluster. */
interface Criterion {
  readonly size: string
  readonly title: string
  readonly limit: number
  readonly formula: string
  /** Undefined: not measured. */
  readonly measure: (round: LiveRound) => number | undefined
  /** Whether the highest of all rounds counts, or their median. */
  readonly takes: 'median' | 'highest'
}

const large = '10000/100000'
const small = '1000/10000'

/** At rest, whatever has happened before. */
export const steadyOctets = ({ steady, relist }: LiveRound): number => Math.max(steady, relist.after)

/** Limits of one size, each for how lists come: memory and time differ. */
const criteria: readonly Criterion[] = [
  {
    size: large,
    title: '10,000/100,000: ready, s',
    limit: 4,
    formula: 'from the start of the process to the first right answer; median',
    measure: ({ start }) => start.readyMs / 1000,
    takes: 'median',
  },
  {
    size: large,
    title: '10,000/100,000: steady RSS, MB',
    limit: 260,
    formula: 'VmRSS at rest, after load and changes or after a full re-list, the higher; highest of all rounds',
    measure: (round) => steadyOctets(round) / MB,
    takes: 'highest',
  },
  {
    size: large,
    title: '10,000/100,000: peak RSS, MB',
    limit: 400,
    formula: 'VmHWM through start, load, changes and full re-list; highest of all rounds',
    measure: ({ peak }) => peak / MB,
    takes: 'highest',
  },
  {
    size: small,
    title: '1,000/10,000: peak RSS, MiB',
    limit: 128,
    formula: 'VmHWM through start, load, changes and full re-list; highest of all rounds',
    measure: ({ peak }) => peak / MiB,
    takes: 'highest',
  },
  ...[small, large].flatMap((size) => [
    {
      size,
      title: `${formatSize(size)}: event to answer at half load, p99, ms`,
      limit: 5,
      formula: 'p99 of the probes while half of what saturates is asked and 10,000 objects a minute change; median',
      measure: ({ half }: LiveRound) => half && half.p99Micros / 1000,
      takes: 'median' as const,
    },
    {
      size,
      title: `${formatSize(size)}: event to answer at saturation, p99, ms`,
      limit: 5,
      formula: 'the same with as many queries as are answered; median',
      measure: ({ saturated }: LiveRound) => saturated && saturated.p99Micros / 1000,
      takes: 'median' as const,
    },
  ]),
]

/** Our own ways to read a cluster: what is asked holds for both. */
const ours = ['cluster-dns', 'paged']

/** @param isSmoke nothing counts as measured */
export function computeFigures(sizes: readonly SizeResult[], isSmoke: boolean): Figure[] {
  return criteria.map(({ size, title, limit, formula, measure, takes }) => {
    const asked = { title, asked: 'at most' as const, limit, formula }
    const results = sizes.find(({ services, endpoints }) => `${services}/${endpoints}` === size)?.results ?? []
    const values = results
      .filter(({ contender }) => !isSmoke && ours.includes(contender))
      .map(({ rounds }) => summarise(rounds.flatMap((round) => measure(round) ?? [])))
      .map(({ median, max }) => (takes === 'median' ? median : max))
      .filter(Number.isFinite)
    if (values.length === 0) return { ...asked, measured: null, met: null }
    const measured = Math.max(...values)
    return { ...asked, measured, met: measured <= limit }
  })
}

/** `10,000/100,000`. */
export function formatSize(size: string): string {
  return size
    .split('/')
    .map((number) => Number(number).toLocaleString('en'))
    .join('/')
}
