import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ServerProcess, startServer } from '../scripts/server-process.ts'
import { writeServices } from './cluster.ts'
import { type CpuTime, cpuTimeOf } from './cpu.ts'
import { runDnsperf } from './dnsperf.ts'
import { pinned } from './pin.ts'

/** A cluster, and the names of it that are asked in a circle. */
export interface Scenario {
  readonly name: string
  readonly services: number
}

export interface Round {
  readonly queriesPerSecond: number
  readonly userMicrosPerQuery: number
  readonly systemMicrosPerQuery: number
  readonly lost: number
}

export interface Plan {
  /** The program and its first arguments, up to where `serve` stands. */
  readonly server: readonly string[]
  /** Takes manifests and queries; it is the caller's to remove. */
  readonly folder: string
  readonly rounds: number
  readonly seconds: number
}

/** Starts a server on the scenario's cluster, warms it up, and measures. */
export async function measure(scenario: Scenario, { server, folder, rounds, seconds }: Plan): Promise<Round[]> {
  const manifests = join(folder, scenario.name)
  const circle = new Circle(writeServices(manifests, scenario.services), join(folder, `${scenario.name}.txt`))
  const command = pinned('server', [...server, 'serve', '-f', manifests, '--listen', '127.0.0.1:0'])
  const running = await startServer(command)
  try {
    // The first round is given away: it fills the cache and lets the compiler see what is hot.
    await measureRound(running, circle, seconds)
    const measured: Round[] = []
    for (let round = 0; round < rounds; round++) measured.push(await measureRound(running, circle, seconds))
    return measured
  } finally {
    await running.stop()
  }
}

async function measureRound({ pid, udpPort }: ServerProcess, circle: Circle, seconds: number): Promise<Round> {
  const queries = circle.write()
  const before = cpuTimeOf(pid)
  const { completed, lost, queriesPerSecond } = await runDnsperf({ port: udpPort, queries, seconds })
  const after = cpuTimeOf(pid)
  circle.advance(completed + lost)
  const perQuery = (key: keyof CpuTime): number => (after[key] - before[key]) / completed
  return {
    queriesPerSecond,
    userMicrosPerQuery: perQuery('userMicros'),
    systemMicrosPerQuery: perQuery('systemMicros'),
    lost,
  }
}

/**
 * Names to ask, over and over, through runs of dnsperf that each begin at the start of their file.
 *
 * Each run's file begins where the last run ended: else a short run would ask again what the cache still holds.
 */
class Circle {
  readonly #names: readonly string[]
  readonly #file: string
  #next = 0

  constructor(names: readonly string[], file: string) {
    this.#names = names
    this.#file = file
  }

  write(): string {
    const names = [...this.#names.slice(this.#next), ...this.#names.slice(0, this.#next)]
    writeFileSync(this.#file, names.map((name) => `${name} A\n`).join(''))
    return this.#file
  }

  advance(asked: number): void {
    this.#next = (this.#next + asked) % this.#names.length
  }
}
