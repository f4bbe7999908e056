import { formatNumber, formatPercent, formatSpread, formatTable } from '../../report/format.ts'
import { type Summary, summarise } from '../../statistics.ts'
import type { Freshness, LiveRound } from '../round.ts'
import type { Start } from '../server.ts'
import { MB } from './figures.ts'
import type { ContenderResult, SizeResult } from './report.ts'

type Measure = (round: LiveRound) => number | undefined

/** What CoreDNS takes for the same, as DESIGN.md has it: another machine, so for orientation only. */
export const coreDns = {
  title: 'CoreDNS 1.14.7, GOMAXPROCS=1, 10,000/100,000, measured once on another machine',
  readySeconds: '1.8-2.0',
  readyMB: '178',
  loadMB: '222-254',
}

/** Start and memory: a row for each server. */
export function formatStart({ results }: SizeResult): string {
  const header = ['server', 'ready s', 'of it lists s', 'CPU s', 'RSS ready MB', 'steady', 'peak', 'anonymous, ready']
  return formatTable(
    header,
    results.map(({ contender, rounds }) => [
      contender,
      formatOver(rounds, ({ start }) => start.readyMs / 1000),
      medianOver(rounds, ({ start }) => start.listMs && start.listMs / 1000),
      medianOver(rounds, ({ start }) => start.cpuMs / 1000),
      formatOver(rounds, ({ start }) => start.memory.resident / MB),
      formatOver(rounds, ({ steady }) => steady / MB),
      formatOver(rounds, ({ peak }) => peak / MB),
      medianOver(rounds, ({ start }) => start.memory.anonymous / MB),
    ]),
  )
}

export function formatRelist({ results }: SizeResult): string {
  return formatTable(
    ['full re-list', 'to new answers s', 'CPU s', 'RSS before MB', 'peak', 'after'],
    results.map(({ contender, rounds }) => [
      contender,
      formatOver(rounds, ({ relist }) => relist.ms / 1000),
      medianOver(rounds, ({ relist }) => relist.cpuMs / 1000),
      medianOver(rounds, ({ relist }) => relist.before / MB),
      formatOver(rounds, ({ relist }) => relist.peak / MB),
      formatOver(rounds, ({ relist }) => relist.after / MB),
    ]),
  )
}

/** From event to answer: a row for each load of each server. */
export function formatFreshness(size: SizeResult): string {
  const loads: readonly { readonly label: string; readonly of: (round: LiveRound) => Freshness | undefined }[] = [
    { label: 'at rest', of: ({ rest }) => rest },
    { label: 'half load, 10,000 changes/min', of: ({ half }) => half },
    { label: 'saturated, 10,000 changes/min', of: ({ saturated }) => saturated },
  ]
  const header = [
    'event to answer',
    'probes',
    'p50 ms',
    'p99 ms',
    'highest ms',
    'own pauses ms',
    'queries/s',
    'lost',
    'busy',
    "load's core",
  ]
  const rows = measuredOf(size).flatMap(({ contender, rounds }) =>
    loads.map(({ label, of }) => [
      `${contender}, ${label}`,
      sumOver(rounds, (round) => of(round)?.probes),
      formatOver(rounds, (round) => ms(of(round)?.p50Micros)),
      formatOver(rounds, (round) => ms(of(round)?.p99Micros)),
      formatNumber(over(rounds, (round) => ms(of(round)?.maxMicros))?.max ?? Number.NaN),
      medianOver(rounds, (round) => of(round)?.proberPauseMs),
      medianOver(rounds, (round) => of(round)?.load?.queriesPerSecond),
      sumOver(rounds, (round) => of(round)?.load?.lost),
      formatPercent(over(rounds, (round) => of(round)?.load?.busyShare)?.median),
      formatPercent(over(rounds, (round) => of(round)?.load?.loadCoreShare)?.median),
    ]),
  )
  return formatTable(header, rows)
}

export function formatChanges(size: SizeResult): string {
  return formatTable(
    ['changes of slices', 'burst events/s', 'CPU µs/event', 'busy', 'peak MB', 'at 10,000/min: CPU %', 'CPU µs/event'],
    measuredOf(size).map(({ contender, rounds }) => [
      contender,
      formatOver(rounds, ({ burst }) => burst?.eventsPerSecond),
      medianOver(rounds, ({ burst }) => burst?.cpuMicrosPerEvent),
      formatPercent(over(rounds, ({ burst }) => burst?.busyShare)?.median),
      formatOver(rounds, ({ burst }) => burst && burst.peak / MB),
      formatOver(rounds, ({ changes }) => changes && changes.cpuShare * 100),
      medianOver(rounds, ({ changes }) => changes?.cpuMicrosPerEvent),
    ]),
  )
}

/** Starts from manifests. */
export function describeManifests(starts: readonly Start[]): string {
  const ready = summarise(starts.map(({ readyMs }) => readyMs))
  const resident = summarise(starts.map(({ memory }) => memory.resident / MB))
  return `manifests alone (fixtures/shop), ${starts.length} starts: ready in ${formatSpread(ready)} ms, RSS ${formatSpread(resident)} MB`
}

/** Servers that are more than started. */
function measuredOf({ results }: SizeResult): readonly ContenderResult[] {
  return results.filter(({ rounds }) => rounds.some(({ burst }) => burst !== undefined))
}

const ms = (micros: number | undefined): number | undefined => micros && micros / 1000

function over(rounds: readonly LiveRound[], measure: Measure): Summary | undefined {
  const values = rounds.flatMap((round) => measure(round) ?? [])
  return values.length === 0 ? undefined : summarise(values)
}

function formatOver(rounds: readonly LiveRound[], measure: Measure): string {
  return formatSpread(over(rounds, measure))
}

function medianOver(rounds: readonly LiveRound[], measure: Measure): string {
  const summary = over(rounds, measure)
  return summary === undefined ? '-' : formatNumber(summary.median)
}

function sumOver(rounds: readonly LiveRound[], measure: Measure): string {
  const values = rounds.flatMap((round) => measure(round) ?? [])
  return values.length === 0 ? '-' : values.reduce((total, value) => total + value, 0).toLocaleString('en')
}
