import type { Changes } from './changes/changes.ts'
import { type CpuTime, cpuTimeOf } from './cpu.ts'
import type { Equipment } from './equipment.ts'
import type { Peer, RunningPeer } from './peers/peer.ts'
import { runDnsperf } from './tools/dnsperf.ts'
import { type GeneratorRun, runGenerator } from './tools/generator.ts'

/** What one run of a load generator came to. */
export interface Run {
  readonly tool: 'load.c' | 'dnsperf'
  readonly answered: number
  readonly lost: number
  readonly queriesPerSecond: number
  /** Of the server; undefined where its processes are not known. */
  readonly userMicrosPerQuery?: number
  readonly systemMicrosPerQuery?: number
  /** The part of the time that the server's core was busy with it: at less than 1 the load was the limit. */
  readonly busyShare?: number
  /** Only load.c tells percentiles, only dnsperf an average. */
  readonly p50Micros?: number
  readonly p99Micros?: number
  readonly averageMicros?: number
  readonly truncatedShare?: number
  readonly octetsPerAnswer?: number
  /** How much of its core load.c had: less than 1 means that something else was running there. */
  readonly loadCoreShare?: number
  readonly changes?: Changes
}

/** A peer that takes its turns in a load. */
export interface Contender {
  readonly peer: Peer
  readonly running: RunningPeer
  /** The question that its circle goes on with: each has a circle of its own, for each has a cache of its own. */
  next: number
}

/** As many queries as the peer answers, by the generator that the load's transport asks for. */
export function saturate(contender: Contender, equipment: Equipment): Promise<Run> {
  return equipment.load.transport === 'tcp' ? control(contender, equipment) : generate(contender, equipment)
}

/** Queries at a fixed rate, which the peer should be able to answer. */
export function atRate(contender: Contender, equipment: Equipment, rate: number): Promise<Run> {
  return generate(contender, equipment, { rate })
}

/** The same questions by dnsperf. */
export function control(contender: Contender, { load, lines, seconds }: Equipment): Promise<Run> {
  const { running } = contender
  const { transport, option, expected } = load
  const extra = option === undefined ? {} : { option }
  return measured(running, 'dnsperf', () =>
    runDnsperf({ host: running.host, port: running.port, file: lines, seconds, transport, expected, ...extra }),
  )
}

async function generate(
  contender: Contender,
  { load, generator, queries, seconds, changer }: Equipment,
  rate: Pick<GeneratorRun, 'rate'> = {},
): Promise<Run> {
  const { running, next: start } = contender
  const { host, port } = running
  const generatorRun = {
    host,
    port,
    program: generator,
    file: queries,
    start,
    seconds,
    expected: load.expected,
    ...rate,
  }
  const work = () =>
    measured(running, 'load.c', async () => {
      const { sent: _, next, ...generated } = await runGenerator(generatorRun)
      contender.next = next
      return generated
    })
  if (changer === undefined) return work()
  const { result, changes } = await changer.during(running, work)
  return { ...result, changes }
}

interface Figures {
  readonly answered: number
  readonly queriesPerSecond: number
  readonly lost: number
}

async function measured<F extends Figures>(
  running: RunningPeer,
  tool: Run['tool'],
  work: () => Promise<F>,
): Promise<Run> {
  const before = cpuTimeOf(running.pids())
  const figures = await work()
  const pids = running.pids()
  return { tool, ...figures, ...(pids.length === 0 ? {} : costs(before, cpuTimeOf(pids), figures)) }
}

function costs(before: CpuTime, after: CpuTime, { answered, queriesPerSecond }: Figures) {
  const userMicrosPerQuery = (after.userMicros - before.userMicros) / answered
  const systemMicrosPerQuery = (after.systemMicros - before.systemMicros) / answered
  const busyShare = ((userMicrosPerQuery + systemMicrosPerQuery) * queriesPerSecond) / 1e6
  return { userMicrosPerQuery, systemMicrosPerQuery, busyShare }
}
