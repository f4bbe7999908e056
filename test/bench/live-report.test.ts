import { expect } from 'chai'
import { computeFigures } from '../../bench/live/report/figures.ts'
import { formatPage } from '../../bench/live/report/page.ts'
import type { LiveReport, SizeResult } from '../../bench/live/report/report.ts'
import { formatReport } from '../../bench/live/report/text.ts'
import type { LiveRound } from '../../bench/live/round.ts'

const MB = 1e6

/** A round whose every figure is so many times what is usual; a short one has no load. */
function round(factor: number, isShort = false): LiveRound {
  const memory = { resident: 200 * MB * factor, anonymous: 150 * MB * factor, peak: 210 * MB * factor }
  const freshness = {
    probes: 100,
    p50Micros: 400 * factor,
    p99Micros: 2000 * factor,
    maxMicros: 3000 * factor,
    proberPauseMs: 0,
  }
  const load = { queriesPerSecond: 100_000 * factor, lost: 1, busyShare: 0.9, loadCoreShare: 0.9 }
  const loads = {
    rest: freshness,
    half: { ...freshness, load },
    saturated: { ...freshness, p99Micros: 4000 * factor, load },
    changes: { perSecond: 167, cpuShare: 0.1 * factor, cpuMicrosPerEvent: 500 * factor },
    burst: {
      events: 1000,
      eventsPerSecond: 2000 * factor,
      cpuMicrosPerEvent: 400 * factor,
      busyShare: 1,
      peak: 310 * MB * factor,
    },
  }
  return {
    start: { readyMs: 1000 * factor, listMs: 800 * factor, cpuMs: 900 * factor, memory },
    ...(isShort ? {} : loads),
    steady: 220 * MB * factor,
    relist: { ms: 500, cpuMs: 400, before: 220 * MB * factor, peak: 300 * MB * factor, after: 230 * MB * factor },
    peak: 300 * MB * factor,
  }
}

function sizeOf(services: number, endpoints: number): SizeResult {
  const factors = [1, 0.5, 2]
  return {
    services,
    endpoints,
    results: [
      { contender: 'cluster-dns', rounds: factors.map((factor) => round(factor)) },
      { contender: 'paged', rounds: factors.map((factor) => round(factor * 1.1, true)) },
      { contender: 'coredns', rounds: [round(10)] },
    ],
  }
}

const sizes = [sizeOf(1000, 10_000), sizeOf(10_000, 100_000)]
const start = { readyMs: 150, cpuMs: 120, memory: { resident: 80 * MB, anonymous: 30 * MB, peak: 81 * MB } }
const summary = { median: 20, min: 18, max: 26 }

const report: LiveReport = {
  format: 1,
  date: '2026-11-23T03:00:00.000Z',
  command: 'npm run bench:cluster -- --chart',
  commit: 'c0ffee',
  machine: {
    cpu: 'A CPU',
    cores: 2,
    memoryGiB: 4,
    kernel: '6.1',
    node: '26.0.0',
    tools: { dnsperf: null, cc: '12.2.0' },
  },
  pinned: true,
  flags: '',
  rounds: 3,
  secondsPerRun: 4,
  isSmoke: false,
  contenders: [{ name: 'cluster-dns', title: 'lists are streamed' }],
  sizes,
  manifests: [start],
  event: [{ endpoints: 100, takeMicros: summary, answerMicros: summary }],
  bundle: { program: 7e5, chunks: 8e5, native: 2.5e6, licenses: 5e4, all: 4.05e6 },
  figures: computeFigures(sizes, false),
}

describe('figures of the benchmark with a live cluster', () => {
  const measured = new Map(report.figures.map((figure) => [figure.title, figure]))

  const expected = [
    // The median of the slower way of ours; another server does not count.
    { title: '10,000/100,000: ready, s', value: 1.1, met: true },
    // The highest round, after the re-list.
    { title: '10,000/100,000: steady RSS, MB', value: 506, met: false },
    { title: '10,000/100,000: peak RSS, MB', value: 660, met: false },
    { title: '1,000/10,000: peak RSS, MiB', value: (660 * MB) / 2 ** 20, met: false },
    { title: '1,000/10,000: event to answer at half load, p99, ms', value: 2, met: true },
    { title: '10,000/100,000: event to answer at saturation, p99, ms', value: 4, met: true },
  ]
  for (const { title, value, met } of expected) {
    it(title, () => {
      expect(measured.get(title)?.measured).to.be.closeTo(value, 1e-9)
      expect(measured.get(title)?.met).to.equal(met)
    })
  }

  it('are not measured of other sizes, nor by a smoke run', () => {
    for (const figures of [computeFigures([sizeOf(5, 50)], false), computeFigures(sizes, true)]) {
      expect(figures.map(({ measured: value, met }) => [value, met])).to.deep.equal(figures.map(() => [null, null]))
    }
  })
})

describe('the report of the benchmark with a live cluster', () => {
  const lines = formatReport(report)
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '))

  it('has a row for each server, and a dash for what it was not asked', () => {
    const row = '| paged | 1.10 (0.550 to 2.20) | 0.880 | 0.990 | 220 (110 to 440) |'
    expect(lines.filter((line) => line.startsWith(row))).to.have.length(2)
    expect(lines.filter((line) => line.startsWith('| coredns, '))).to.have.length(6)
    expect(lines.filter((line) => line.startsWith('| paged, '))).to.deep.equal([])
    expect(lines).to.include(
      '| cluster-dns, at rest | 300 | 0.400 (0.200 to 0.800) | 2.00 (1.00 to 4.00) | 6.00 | 0.00 | - | - | - | - |',
    )
  })

  it('says what it was measured with, and that CoreDNS was measured elsewhere', () => {
    const text = lines.join('\n')
    for (const part of ['A CPU, 2 cores', 'flags of the image: none', 'on another machine', 'bundle: 4.05 MB']) {
      expect(text).to.include(part)
    }
    expect(formatReport({ ...report, flags: '--max-semi-space-size=2' })).to.include(': --max-semi-space-size=2\n')
  })

  it('is a page with its machine, its command and its commit', () => {
    const page = formatPage(report)
    for (const part of [
      '`npm run bench:cluster -- --chart`',
      'c0ffee',
      'A CPU',
      '## 10,000 Services, 100,000 endpoints',
    ]) {
      expect(page).to.include(part)
    }
    expect(page).not.to.include('smoke')
  })

  it('says so where it was a smoke run', () => {
    const smoke = { ...report, isSmoke: true }
    expect(formatReport(smoke)).to.include('no figure of it says anything')
    expect(formatPage(smoke)).to.include('no figure of this page says anything')
  })
})
