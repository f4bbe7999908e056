import { expect } from 'chai'
import { drawChart, escapeXml, ticksTo } from '../../bench/report/chart.ts'
import { drawCharts } from '../../bench/report/charts.ts'
import { computeFigures } from '../../bench/report/figures.ts'
import { formatNumber, formatTable } from '../../bench/report/format.ts'
import { formatPage } from '../../bench/report/page.ts'
import type { Report } from '../../bench/report/report.ts'
import { formatReport } from '../../bench/report/text.ts'
import { loadResults } from './results.ts'

const loads = loadResults({
  hits: {
    batched: { rate: 200_000, cpu: 5, half: { rate: 100_000, p99: 300 } },
    knot: { rate: 210_000, cpu: 4.8, half: { rate: 100_000, p99: 250 } },
  },
  tcp: { batched: { rate: 90_000 } },
})

const report: Report = {
  format: 1,
  date: '2026-11-23T03:00:00.000Z',
  command: 'npm run bench -- --chart',
  commit: 'c0ffee',
  machine: {
    cpu: 'A CPU',
    cores: 2,
    memoryGiB: 4,
    kernel: '6.1',
    node: '26.0.0',
    tools: { dnsperf: '2.10.0', cc: '12.2.0' },
  },
  pinned: true,
  secondsPerRun: 2,
  rounds: 3,
  scale: 1,
  peers: [{ name: 'batched', title: 'cluster-dns' }],
  skipped: [
    { peer: 'nsd', reason: 'nsd is not installed' },
    { peer: 'coredns', load: 'tcp', reason: 'no answer' },
  ],
  loads,
  encode: { records: 1000, encodeMs: { median: 0.4, min: 0.3, max: 0.5 }, copies: { median: 90, min: 80, max: 99 } },
  figures: computeFigures(loads, false),
}

describe('the report of the benchmark', () => {
  it('names who is missing, and where', () => {
    const text = formatReport(report)
    expect(text).to.include('skipped: nsd: nsd is not installed').and.to.include('skipped: coredns in tcp: no answer')
    const page = formatPage(report, [])
    expect(page).to.include('- not measured: nsd: nsd is not installed')
    expect(page).to.include('- not measured: coredns in tcp: no answer')
  })

  it('says so where somebody else was on a core', () => {
    const disturbed = loadResults({ hits: { batched: { loadCoreShare: 0.8 }, knot: {} } })
    expect(formatReport({ ...report, loads: disturbed })).to.include('disturbed: in 3 of 6 runs')
    const idle = loadResults({ hits: { batched: { cpu: 5, busyShare: 0.8 } } })
    expect(formatReport({ ...report, loads: idle })).to.include('disturbed: in 3 of 3 runs')
    expect(formatReport(report)).to.include('undisturbed:').and.not.to.include(' disturbed:')
  })

  it('says so where the loads were scaled', () => {
    const scaled = { ...report, scale: 0.02 }
    expect(formatReport(scaled)).to.include('scaled by 0.02')
    expect(formatPage(scaled, [])).to.include('scaled by 0.02')
  })

  it('shows medians with their spread, user and system apart, and a dash for what is not known', () => {
    const rows = formatReport(report)
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' '))
    const batched = rows.filter((row) => row.startsWith('| batched |'))
    expect(batched[0]).to.include('| 200,000 (100,000 to 600,000) | 0 | 100 % | 5.00 (2.50 to 15.0) | 1.25 | 3.75 |')
    expect(batched[1]).to.include('| 100,000 | 0 | 150 (75.0 to 450) | 300 (150 to 900) |')
    expect(batched[2]).to.equal('| batched | 90,000 (45,000 to 270,000) | 0 | - | - | - | - | - | - |')
  })

  it('is a page with its machine, its command and its charts', () => {
    const page = formatPage(report, drawCharts(loads))
    expect(page).to.include('`npm run bench -- --chart`').and.to.include('A CPU, 2 cores').and.to.include('c0ffee')
    const shown = [...page.matchAll(/\(performance\/(\w+)\.svg\)/g)].map(([, name]) => name)
    expect(shown).to.deep.equal(['hits', 'cpu', 'latency', 'loads'])
  })

  it('has no chart of what was not measured', () => {
    const files = drawCharts(loadResults({ tcp: { batched: {} } })).map(({ file }) => file)
    expect(files).to.deep.equal(['loads.svg'])
  })
})

describe('numbers and tables of the report', () => {
  const numbers = [
    { value: 312_345, text: '312,000' },
    { value: 2.967, text: '2.97' },
    { value: 5, text: '5.00' },
    { value: 0, text: '0.00' },
  ]
  for (const { value, text } of numbers) it(`${value}: ${text}`, () => expect(formatNumber(value)).to.equal(text))

  it('columns are aligned', () => {
    const rows = [
      ['a', '1'],
      ['long', '1,000'],
    ]
    expect(formatTable(['peer', 'n'], rows).split('\n')).to.deep.equal([
      '| peer |     n |',
      '| ---- | ----: |',
      '| a    |     1 |',
      '| long | 1,000 |',
    ])
  })
})

describe('charts', () => {
  it('escape what XML would read as markup', () => {
    expect(escapeXml('a < b & "c" > d')).to.equal('a &lt; b &amp; &quot;c&quot; &gt; d')
    const bar = { label: '<peer>', text: 'R&D', parts: [1], isOurs: false }
    const svg = drawChart({ title: 'p50 < p99', unit: '"µs"', legend: [], groups: [{ title: 'a & b', bars: [bar] }] })
    for (const text of ['&lt;peer&gt;', 'R&amp;D', 'p50 &lt; p99', '&quot;µs&quot;', 'a &amp; b']) {
      expect(svg).to.include(`>${text}</text>`)
    }
  })

  const highest = [
    { highest: 0, ticks: [0, 1] },
    { highest: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
    { highest: 26, ticks: [0, 10, 20, 30] },
    { highest: 288_000, ticks: [0, 100_000, 200_000, 300_000] },
  ]
  for (const { highest: value, ticks } of highest) {
    it(`the axis of ${value}`, () => expect(ticksTo(value)).to.deep.equal(ticks))
  }
})
