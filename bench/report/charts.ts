import type { LoadResult, PeerResult } from '../turns.ts'
import { type Bar, type Chart, drawChart } from './chart.ts'
import { formatNumber } from './format.ts'
import * as of from './medians.ts'

/** A chart as a file, and where it belongs on the page. */
export interface ChartFile {
  readonly file: string
  /** For those who do not see it. */
  readonly alternative: string
  readonly svg: string
}

/** Peers that are this project, whatever the filling. */
const ourNames: readonly string[] = ['batched', 'dgram']

/** Names for people, of peers whose own says too little. */
const labels: Readonly<Record<string, string>> = {
  batched: 'cluster-dns, batched',
  dgram: 'cluster-dns, dgram',
  dns2: 'bare dns2',
  knot: 'Knot DNS',
  nsd: 'NSD',
  echo: 'bare echo in C',
}

/** Peers that stand beside each other in the chart of all loads. */
const everywhere: readonly string[] = ['batched', 'knot', 'nsd']

/** Every chart that there are measurements for. */
export function drawCharts(loads: readonly LoadResult[]): ChartFile[] {
  const hits = loads.find(({ load }) => load === 'hits')?.results ?? []
  const charts: readonly { readonly file: string; readonly chart: Chart }[] = [
    { file: 'hits.svg', chart: rateChart(hits) },
    { file: 'cpu.svg', chart: cpuChart(hits) },
    { file: 'latency.svg', chart: latencyChart(hits) },
    { file: 'loads.svg', chart: loadsChart(loads) },
  ]
  return charts
    .filter(({ chart }) => chart.groups.some(({ bars }) => bars.length > 0))
    .map(({ file, chart }) => ({ file, alternative: chart.title, svg: drawChart(chart) }))
}

function rateChart(results: readonly PeerResult[]): Chart {
  return {
    title: 'Hits over 1,000 names',
    unit: 'queries/s at saturation, one core',
    legend: [],
    groups: [{ bars: results.flatMap(rateBar) }],
  }
}

function rateBar({ peer, rounds }: PeerResult): Bar[] {
  const rate = of.over(rounds, of.queriesPerSecond)
  if (rate === undefined) return []
  return [
    { label: labelOf(peer), text: formatNumber(rate.median), parts: [rate.median], spread: rate, isOurs: isOurs(peer) },
  ]
}

function cpuChart(results: readonly PeerResult[]): Chart {
  const bars = results.flatMap(({ peer, rounds }): Bar[] => {
    const [user, system] = [of.over(rounds, of.userMicros), of.over(rounds, of.systemMicros)]
    const both = of.over(rounds, of.cpuMicros)
    if (user === undefined || system === undefined || both === undefined) return []
    const parts = [user.median, system.median]
    return [{ label: labelOf(peer), text: formatNumber(both.median), parts, isOurs: isOurs(peer) }]
  })
  const unit = 'microseconds of CPU time per query, hits over 1,000 names'
  return { title: 'What a query costs', unit, legend: ['user', 'system'], groups: [{ bars }] }
}

/** From the median on, what the 99th percentile adds. */
function latencyChart(results: readonly PeerResult[]): Chart {
  const bars = results.flatMap(({ peer, rounds }): Bar[] => {
    const [p50, p99] = [of.over(rounds, of.halfP50), of.over(rounds, of.halfP99)]
    const rate = of.over(rounds, of.halfRate)
    if (p50 === undefined || p99 === undefined || rate === undefined) return []
    const parts = [p50.median, p99.median - p50.median]
    const text = `${formatNumber(p50.median)}, ${formatNumber(p99.median)} at ${Math.round(rate.median / 1000)} k/s`
    return [{ label: labelOf(peer), text, parts, isOurs: isOurs(peer) }]
  })
  const unit = 'microseconds to the answer at half load'
  return { title: 'Latency at half load', unit, legend: ['p50', 'p99'], groups: [{ bars }] }
}

function loadsChart(loads: readonly LoadResult[]): Chart {
  const groups = loads.map(({ title, results }) => ({
    title,
    bars: results.filter(({ peer }) => everywhere.includes(peer)).flatMap(rateBar),
  }))
  return { title: 'Every load', unit: 'queries/s at saturation, one core', legend: [], groups }
}

function labelOf(peer: string): string {
  return labels[peer] ?? peer
}

function isOurs(peer: string): boolean {
  return ourNames.includes(peer)
}
