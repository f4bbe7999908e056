import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../src/util/errors.ts'
import { type Equipment, equip } from './equipment.ts'
import { type HalfLoad, halfLoads } from './half-load.ts'
import type { Load } from './loads/load.ts'
import type { Skipped } from './peers/all.ts'
import type { Peer } from './peers/peer.ts'
import { type Contender, control, type Run, saturate } from './round.ts'
import { startContender } from './start.ts'

/** What one peer did in one round. */
export interface Round {
  readonly saturation: Run
  /** The same of a cluster that does not change, just before: a machine's speed drifts from one load to the next. */
  readonly rest?: Run
  /** At a fixed rate, half of what saturates: see `half-load.ts`. */
  readonly half?: HalfLoad
  readonly control?: Run
}

export interface PeerResult {
  readonly peer: string
  readonly rounds: readonly Round[]
}

export interface LoadResult {
  readonly load: string
  readonly title: string
  readonly questions: number
  readonly results: readonly PeerResult[]
}

export interface TurnOptions {
  readonly peers: readonly Peer[]
  /** The program of native/load.c. */
  readonly generator: string
  readonly rounds: number
  readonly seconds: number
  readonly folder: string
  readonly progress: (line: string) => void
}

/** Longest that warming up may take. */
const warmUpMs = 20_000

/** Runs one load: all peers are started, warmed up, and then measured in turn, round after round. */
export async function takeTurns(
  load: Load,
  options: TurnOptions,
): Promise<{ readonly result: LoadResult; readonly skipped: readonly Skipped[] }> {
  const folder = mkdtempSync(join(options.folder, `${load.name}-`))
  const questions = load.questions(load.cluster)
  const equipment = equip(load, questions, { ...options, folder })
  const contenders: Contender[] = []
  const skipped: Skipped[] = []
  try {
    const peers = options.peers.filter(({ name, isExternal }) => isExternal || load.peers.includes(name))
    options.progress(`${load.name}: starting ${peers.map(({ name }) => name).join(', ')}`)
    for (const peer of peers) {
      const started = await startContender(peer, load, { folder, first: questions[0] })
      if ('reason' in started) skipped.push({ peer: peer.name, load: load.name, reason: started.reason })
      else contenders.push(started)
    }
    const warm: Contender[] = []
    for (const contender of contenders) {
      const reason = await warmUp(contender, equipment, questions.length)
      if (reason === undefined) warm.push(contender)
      else skipped.push({ peer: contender.peer.name, load: load.name, reason })
    }
    const rounds = await runRounds(warm, equipment, options)
    const results = warm.map(({ peer }) => ({
      peer: peer.name,
      rounds: rounds.flatMap((round) => round.get(peer.name) ?? []),
    }))
    return { result: { load: load.name, title: load.title, questions: questions.length, results }, skipped }
  } finally {
    await Promise.all(contenders.map(({ running }) => running.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Given away: it fills caches and lets compilers see what is hot. Every question is asked at least once.
 *
 * @returns why an external peer cannot take part: it lacks some of the names
 */
async function warmUp(contender: Contender, equipment: Equipment, questions: number): Promise<string | undefined> {
  const until = performance.now() + warmUpMs
  let asked = 0
  try {
    do {
      const { answered, lost } = await saturate(contender, equipment)
      asked += answered + lost
    } while (asked < questions && performance.now() < until)
    return undefined
  } catch (error) {
    if (contender.peer.isExternal) return messageOf(error)
    throw error
  }
}

async function runRounds(
  contenders: readonly Contender[],
  equipment: Equipment,
  { rounds, progress }: TurnOptions,
): Promise<Map<string, Round>[]> {
  const all: Map<string, Round>[] = []
  for (let number = 1; number <= rounds; number++) {
    progress(`${equipment.load.name}: round ${number} of ${rounds}`)
    all.push(await runRound(contenders, equipment))
  }
  return all
}

/** Each peer's turns at each of the load's paces. */
async function runRound(contenders: readonly Contender[], equipment: Equipment): Promise<Map<string, Round>> {
  const { load } = equipment
  const saturated = new Map<string, Pick<Round, 'saturation' | 'rest'>>()
  for (const contender of contenders) {
    const rest = load.changing ? { rest: await saturate(contender, withoutChanges(equipment)) } : {}
    saturated.set(contender.peer.name, { ...rest, saturation: await saturate(contender, equipment) })
  }
  const rateOf = (peer: string) => saturated.get(peer)?.saturation.queriesPerSecond
  const halves = load.halfLoad ? await halfLoads(contenders, equipment, rateOf) : undefined
  const round = new Map<string, Round>()
  for (const contender of contenders) {
    const { name } = contender.peer
    const before = saturated.get(name)
    if (before === undefined) continue
    const half = halves?.get(name)
    const dnsperf = load.control ? { control: await control(contender, equipment) } : {}
    round.set(name, { ...before, ...(half && { half }), ...dnsperf })
  }
  return round
}

function withoutChanges({ changer, ...equipment }: Equipment): Equipment {
  return equipment
}
