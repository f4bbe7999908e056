import { setTimeout } from 'node:timers/promises'
import { cpuTimeOf } from '../cpu.ts'
import { summarise } from '../statistics.ts'
import { type Generated, runGenerator } from '../tools/generator.ts'
import { type LiveSize, probeName } from './cluster.ts'
import { memoryOf, resetPeak } from './memory.ts'
import type { Probed, RemoteDouble } from './remote.ts'
import { type LiveSite, prepareSite, type Start, type Started, startServer } from './server.ts'

/** A server that is measured, and how it reads the cluster. */
export interface Contender {
  readonly name: string
  readonly title: string
  command(site: LiveSite): string[]
  /** Whether the double streams lists (KEP-3157), or gives them page by page. */
  readonly lists: 'streaming' | 'paged'
  /** Only its start and a full re-list are measured. */
  readonly isShort: boolean
}

/** From an event to the answer that tells of it. */
export interface Freshness {
  readonly probes: number
  readonly p50Micros: number
  readonly p99Micros: number
  readonly maxMicros: number
  /** For so long the prober was held up by itself: of latencies that are not much longer, the server may be innocent. */
  readonly proberPauseMs: number
  /** Undefined: nothing else is asked. */
  readonly load?: {
    readonly queriesPerSecond: number
    readonly lost: number
    readonly busyShare: number
    /** How much of its core the generator had: what it lacks, the double, the prober and whatever else ran there had. */
    readonly loadCoreShare: number
  }
}

/** Changes at a pace, and nothing else. */
export interface Changes {
  readonly perSecond: number
  readonly cpuShare: number
  readonly cpuMicrosPerEvent: number
}

/** Changes as fast as they can be sent. */
export interface Burst {
  readonly events: number
  readonly eventsPerSecond: number
  readonly cpuMicrosPerEvent: number
  readonly busyShare: number
  /** The most that was resident meanwhile; octets. */
  readonly peak: number
}

/** All is listed anew, as after a pause of the API server that was too long. */
export interface Relist {
  /** From the end of the watches to answers from the new lists. */
  readonly ms: number
  readonly cpuMs: number
  /** Of memory, before and after, and the most in between; octets. */
  readonly before: number
  readonly peak: number
  readonly after: number
}

export interface LoadPhases {
  readonly rest: Freshness
  readonly half: Freshness
  readonly saturated: Freshness
  readonly changes: Changes
}

/** What one start of a server came to. */
export interface LiveRound extends Partial<LoadPhases> {
  readonly start: Start
  /** Octets that are resident once it rests: after load and changes, where there were any. */
  readonly steady: number
  readonly relist: Relist
  /** The most that was resident, from the start through all of this, but for the burst, which comes last. */
  readonly peak: number
  readonly burst?: Burst
}

export interface RoundOptions {
  readonly double: RemoteDouble
  readonly size: LiveSize
  readonly folder: string
  /** Framed queries. */
  readonly queries: string
  /** The program of native/load.c. */
  readonly generator: string
  readonly seconds: number
  /** Changes of a burst. */
  readonly events: number
}

/** 10,000 a minute. */
export const changesPerSecond = 10_000 / 60

/** Memory settles for so many of a run's lengths. */
const restFactor = 1.5

/** Starts the server, takes it through all phases, and ends it. */
export async function runRound(contender: Contender, options: RoundOptions): Promise<LiveRound> {
  const { double, folder } = options
  await double.tell('lists', contender.lists)
  const site = await prepareSite(folder, await double.tell('url', undefined))
  const started = await startServer(contender.command(site), site, probeName(0))
  try {
    return await measure(started, contender, options)
  } finally {
    await double.tell('changes', 0)
    await started.running.stop()
  }
}

async function measure({ running, start }: Started, contender: Contender, options: RoundOptions): Promise<LiveRound> {
  const pids = () => running.pids()
  const phases = contender.isShort ? {} : await runLoads({ running, start }, options)
  await setTimeout(options.seconds * restFactor * 1000)
  const { resident: steady, peak } = memoryOf(pids())
  const relist = await runRelist({ running, start }, options)
  const burst = contender.isShort ? {} : { burst: await runBurst({ running, start }, options) }
  return { start, ...phases, steady, relist, peak: Math.max(peak, relist.peak), ...burst }
}

async function runLoads(started: Started, options: RoundOptions): Promise<LoadPhases> {
  const { double } = options
  await generate(started, options, {}) // Given away: it fills caches and lets compilers see what is hot.
  const { queriesPerSecond } = await generate(started, options, {})
  const rest = await runProbes(started, options)
  await double.tell('changes', changesPerSecond)
  const half = await runProbes(started, options, { rate: Math.round(queriesPerSecond / 2) })
  const saturated = await runProbes(started, options, {})
  const changes = await runChanges(started, options)
  await double.tell('changes', 0)
  return { rest, half, saturated, changes }
}

function generate(
  { running }: Started,
  { queries: file, generator: program, seconds }: RoundOptions,
  pace: { readonly rate?: number },
): Promise<Generated> {
  const { host, port } = running
  return runGenerator({ host, port, program, file, start: 0, seconds, expected: 'NOERROR', yields: true, ...pace })
}

/** @param pace of the load, which is at saturation where it has no rate; undefined: there is none */
async function runProbes(
  started: Started,
  options: RoundOptions,
  pace?: { readonly rate?: number },
): Promise<Freshness> {
  const { host, port } = started.running
  const cpu = stopwatch(started)
  const load = pace === undefined ? undefined : generate(started, options, pace)
  // The load begins and ends a little outside of the probes.
  const seconds = options.seconds * 0.9
  const [probed, generated] = await Promise.all([options.double.tell('probe', { host, port, seconds }), load])
  const freshness = freshnessOf(probed)
  if (generated === undefined) return freshness
  const { queriesPerSecond, lost, loadCoreShare } = generated
  return { ...freshness, load: { queriesPerSecond, lost, busyShare: cpu().share, loadCoreShare } }
}

export function freshnessOf({ latencies, pauseMs }: Probed): Omit<Freshness, 'load'> {
  const sorted = latencies.toSorted((left, right) => left - right)
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
  const maxMicros = summarise(sorted).max
  return { probes: sorted.length, p50Micros: at(0.5), p99Micros: at(0.99), maxMicros, proberPauseMs: pauseMs }
}

/** They go on from the phase before. */
async function runChanges(started: Started, { double, seconds }: RoundOptions): Promise<Changes> {
  await double.tell('changes', changesPerSecond) // counts from here
  const cpu = stopwatch(started)
  await setTimeout(seconds * 1000)
  const { micros, share, seconds: took } = cpu()
  const made = await double.tell('changes', changesPerSecond)
  return { perSecond: made / took, cpuShare: share, cpuMicrosPerEvent: micros / made }
}

async function runBurst(started: Started, { double, events }: RoundOptions): Promise<Burst> {
  const { host, port } = started.running
  const pids = started.running.pids()
  resetPeak(pids)
  const cpu = stopwatch(started)
  const seconds = await double.tell('burst', { host, port, count: events })
  const { micros, share } = cpu()
  const { peak } = memoryOf(pids)
  return { events, eventsPerSecond: events / seconds, cpuMicrosPerEvent: micros / events, busyShare: share, peak }
}

async function runRelist(started: Started, { double, seconds }: RoundOptions): Promise<Relist> {
  const { host, port } = started.running
  const pids = started.running.pids()
  const before = memoryOf(pids).resident
  resetPeak(pids)
  const cpu = stopwatch(started)
  const took = await double.tell('expire', { host, port })
  const cpuMs = cpu().micros / 1000
  // What is left of the old lists goes by and by.
  await setTimeout(seconds * restFactor * 1000)
  const { resident: after, peak } = memoryOf(pids)
  return { ms: took * 1000, cpuMs, before, peak, after }
}

/** The server's CPU time from now until it is asked. */
function stopwatch({ running }: Started): () => { micros: number; share: number; seconds: number } {
  const used = () => {
    const { userMicros, systemMicros } = cpuTimeOf(running.pids())
    return userMicros + systemMicros
  }
  const [began, before] = [performance.now(), used()]
  return () => {
    const [micros, seconds] = [used() - before, (performance.now() - began) / 1000]
    return { micros, seconds, share: micros / (seconds * 1e6) }
  }
}
