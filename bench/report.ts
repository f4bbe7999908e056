import { execFileSync } from 'node:child_process'
import { cpus, release } from 'node:os'
import { unpinnedReason } from './pin.ts'
import type { Round, Scenario } from './scenario.ts'
import { type Summary, summarise } from './statistics.ts'

/** What was measured, and on what: figures of two machines are not to be compared. */
export interface Report {
  readonly date: string
  readonly commit: string | null
  readonly node: string
  readonly cpu: string
  readonly kernel: string
  readonly pinned: boolean
  readonly secondsPerRound: number
  readonly results: readonly Result[]
}

export interface Result extends Scenario {
  readonly rounds: readonly Round[]
}

export function buildReport(secondsPerRound: number, results: readonly Result[]): Report {
  return {
    date: new Date().toISOString(),
    commit: currentCommit(),
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    kernel: release(),
    pinned: unpinnedReason() === undefined,
    secondsPerRound,
    results,
  }
}

/** The report as lines for people: the median of the rounds, with the lowest and the highest. */
export function formatReport({ results, node, cpu, kernel }: Report): string {
  const rows = results.map(formatResult)
  return [`Node.js ${node}, ${cpu}, kernel ${kernel}`, '', header, ...rows].join('\n')
}

const header = row(['load', 'Services', 'queries/s', 'CPU µs/query', 'user', 'system', 'lost'])

function formatResult({ name, services, rounds }: Result): string {
  const user = summarise(rounds.map((round) => round.userMicrosPerQuery))
  const system = summarise(rounds.map((round) => round.systemMicrosPerQuery))
  const both = summarise(rounds.map((round) => round.userMicrosPerQuery + round.systemMicrosPerQuery))
  const rate = summarise(rounds.map((round) => round.queriesPerSecond))
  const lost = rounds.reduce((sum, round) => sum + round.lost, 0)
  return row([
    name,
    String(services),
    spread(rate, 0),
    spread(both, 2),
    user.median.toFixed(2),
    system.median.toFixed(2),
    String(lost),
  ])
}

function spread({ median, min, max }: Summary, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`
}

function row(cells: readonly string[]): string {
  const widths = [8, 10, 26, 22, 8, 8, 6]
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('')
    .trimEnd()
}

/** The commit of the checkout; null where there is none, as in an unpacked archive. */
function currentCommit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}
