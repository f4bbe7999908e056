import { summarise } from '../statistics.ts'
import type { LoadResult, PeerResult, Round } from '../turns.ts'
import { countDisturbed, undisturbed } from './disturbed.ts'
import type { Figure } from './figures.ts'
import { formatMedian, formatNumber, formatPercent, formatSpread, formatTable } from './format.ts'
import * as of from './medians.ts'

/** What is judged: measured against what is asked. */
export function formatFigures(figures: readonly Figure[]): string {
  return formatTable(
    ['figure', 'measured', 'asked', 'met'],
    figures.map(({ title, measured, asked, limit, met }) => [
      title,
      measured === null ? 'not measured' : measured.toFixed(2),
      `${asked} ${limit.toFixed(2)}`,
      met === null ? '-' : met ? 'yes' : 'no',
    ]),
  )
}

/** What one load came to at saturation: a row for each peer. */
export function formatLoad({ results }: LoadResult): string {
  const header = ['peer', 'queries/s', 'lost', 'busy', 'CPU µs/query', 'user', 'system', 'p50 µs', 'p99 µs']
  return formatTable(header, results.map(saturationRow))
}

function saturationRow({ peer, rounds }: PeerResult): string[] {
  const median = (measure: of.Measure): string => formatMedian(of.over(rounds, measure))
  return [
    peer,
    formatSpread(of.over(rounds, of.queriesPerSecond)),
    formatCount(rounds, of.lost),
    formatPercent(of.over(rounds, of.busyShare)?.median),
    formatSpread(of.over(rounds, of.cpuMicros)),
    median(of.userMicros),
    median(of.systemMicros),
    median(({ saturation }) => saturation.p50Micros),
    median(({ saturation }) => saturation.p99Micros),
  ]
}

/** What the peers did at a fixed rate; undefined: the load has no such part. */
export function formatHalfLoad({ results }: LoadResult): string | undefined {
  const measured = results.filter(({ rounds }) => rounds.some(({ half }) => half !== undefined))
  if (measured.length === 0) return undefined
  return formatTable(
    ['peer at half load', 'queries/s', 'lost', 'p50 µs', 'p99 µs'],
    measured.map(({ peer, rounds }) => [
      peer,
      formatMedian(of.over(rounds, of.halfRate)),
      formatCount(rounds, ({ half }) => half?.lost),
      formatSpread(of.over(rounds, of.halfP50)),
      formatSpread(of.over(rounds, of.halfP99)),
    ]),
  )
}

/** What dnsperf made of the same; undefined: it was not asked. */
export function formatControl({ results }: LoadResult): string | undefined {
  const measured = results.filter(({ rounds }) => rounds.some(({ control }) => control !== undefined))
  if (measured.length === 0) return undefined
  return formatTable(
    ['peer asked by dnsperf', 'queries/s', 'lost', 'busy', 'CPU µs/query', 'average µs'],
    measured.map(({ peer, rounds }) => [
      peer,
      formatSpread(of.over(rounds, ({ control }) => control?.queriesPerSecond)),
      formatCount(rounds, ({ control }) => control?.lost),
      formatPercent(of.over(rounds, ({ control }) => control?.busyShare)?.median),
      formatMedian(of.over(rounds, ({ control }) => control && cpuOf(control))),
      formatMedian(of.over(rounds, ({ control }) => control?.averageMicros)),
    ]),
  )
}

/** What the load has to say beside its tables. */
export function notesOf({ results }: LoadResult): string[] {
  const ofPeers = results.flatMap(({ peer, rounds }) => {
    const truncated = of.over(rounds, ({ saturation }) => saturation.truncatedShare)?.median ?? 0
    const octets = of.over(rounds, ({ saturation }) => saturation.octetsPerAnswer)
    return [
      ...(truncated > 0 && octets !== undefined
        ? [`${peer}: ${formatPercent(truncated)} of the answers truncated, ${Math.round(octets.median)} octets each`]
        : []),
      ...changesNote(peer, rounds),
    ]
  })
  return [...ofPeers, ...disturbanceNote(results)]
}

function disturbanceNote(results: readonly PeerResult[]): string[] {
  const { disturbed, runs } = countDisturbed(results)
  if (disturbed === 0) return []
  return [
    `disturbed: in ${disturbed} of ${runs} runs at saturation, server or load had less than ` +
      `${formatPercent(undisturbed)} of its core; something else was running on this machine`,
  ]
}

function changesNote(peer: string, rounds: readonly Round[]): string[] {
  const changes = rounds.flatMap(({ saturation }) => saturation.changes ?? [])
  if (changes.length === 0) return []
  const median = (values: readonly number[]): string => formatNumber(summarise(values).median)
  const objects = median(changes.map(({ objectsPerSecond }) => objectsPerSecond))
  const reloads = median(changes.map(({ reloadsPerSecond }) => reloadsPerSecond))
  const visible = median(changes.map(({ visibleAfterMs }) => visibleAfterMs))
  const rest = of.over(rounds, of.restQueriesPerSecond)
  return [
    ...(rest === undefined
      ? []
      : [`${peer}, at rest, just before each of these runs: ${formatNumber(rest.median)} queries/s`]),
    `${peer}: ${objects} objects a second were written, in ten files a second, and read in ${reloads} times a second; ` +
      `the last change was in the answers ${visible} ms after the end of the load`,
  ]
}

function cpuOf({ userMicrosPerQuery: user, systemMicrosPerQuery: system }: Round['saturation']): number | undefined {
  return user === undefined || system === undefined ? undefined : user + system
}

/** The sum over all rounds: one lost query is one too many to be rounded away. */
function formatCount(rounds: readonly Round[], measure: of.Measure): string {
  return rounds.reduce((sum, round) => sum + (measure(round) ?? 0), 0).toLocaleString('en')
}
