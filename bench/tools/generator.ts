import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Rcode, rcodeName } from '../../src/dns/iana.ts'
import { type Histogram, percentile } from '../histogram.ts'
import { pinned } from '../pin.ts'

/** Queries under way at saturation: enough to keep a server busy, few enough that no socket buffer overflows. */
export const outstanding = 128

export interface GeneratorRun {
  readonly host: string
  readonly port: number
  /** The program that `compile` made of native/load.c. */
  readonly program: string
  /** Framed queries. */
  readonly file: string
  /** The query to begin with. */
  readonly start: number
  readonly seconds: number
  /** Queries per second; undefined: as many as are answered. */
  readonly rate?: number
  readonly expected: Rcode
  /** It has its core only while nobody else wants it (SCHED_IDLE), which must not wait for it. */
  readonly yields?: boolean
}

/** What native/load.c prints. Latencies are in nanoseconds. */
interface Printed {
  readonly sent: number
  readonly answered: number
  readonly lost: number
  readonly unexpected: number
  readonly truncated: number
  readonly answerOctets: number
  readonly seconds: number
  readonly coreShare: number
  readonly next: number
  /** How often each rcode came, from 0 on. */
  readonly rcodes: readonly number[]
  readonly histogram: Histogram
}

export interface Generated {
  readonly sent: number
  readonly answered: number
  readonly lost: number
  readonly queriesPerSecond: number
  readonly p50Micros: number
  readonly p99Micros: number
  readonly truncatedShare: number
  readonly octetsPerAnswer: number
  /** How much of its core the generator had: it never sleeps, so less than 1 means that something else was running. */
  readonly loadCoreShare: number
  /** The query that the circle goes on with. */
  readonly next: number
}

/**
 * Drives a server over UDP with our own load generator, from the core that the server does not have.
 *
 * @throws Error an answer had another rcode than expected: then it is not the load that is meant to be measured
 */
export async function runGenerator(run: GeneratorRun): Promise<Generated> {
  const { host, port, program, file, start, seconds, rate = 0, expected, yields = false } = run
  // One that yields must not make up with a burst for the time in which it was not let run: the burst would be measured.
  const window = rate === 0 || yields ? outstanding : 0
  const args = [host, port, file, start, seconds, rate, window].map(String)
  const [command = '', ...rest] = pinned('load', [...(yields ? ['chrt', '--idle', '0'] : []), program, ...args])
  const { stdout } = await promisify(execFile)(command, rest)
  return readGenerated(stdout, expected)
}

export function readGenerated(stdout: string, expected: Rcode): Generated {
  // Nothing but native/load.c prints it.
  const printed = JSON.parse(stdout) as Printed
  const { sent, answered, lost, next, histogram } = printed
  if (answered === 0) throw new Error(`none of ${sent} queries was answered`)
  const others = printed.rcodes.flatMap((count, rcode) =>
    count === 0 || rcodeName(rcode) === expected ? [] : [`${rcodeName(rcode)} ${count}`],
  )
  if (others.length > 0) throw new Error(`expected ${expected} alone, got: ${others.join(', ')}`)
  return {
    sent,
    answered,
    lost,
    queriesPerSecond: answered / printed.seconds,
    p50Micros: percentile(histogram, 0.5) / 1000,
    p99Micros: percentile(histogram, 0.99) / 1000,
    truncatedShare: printed.truncated / answered,
    octetsPerAnswer: printed.answerOctets / answered,
    loadCoreShare: printed.coreShare,
    next,
  }
}
