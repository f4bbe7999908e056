import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'
import { cpuTimeOf, processTree } from '../../bench/cpu.ts'
import { percentile } from '../../bench/histogram.ts'
import { summarise } from '../../bench/statistics.ts'

describe('benchmark statistics', () => {
  const cases = [
    { title: 'no rounds', values: [], summary: { median: Number.NaN, min: Number.NaN, max: Number.NaN } },
    { title: 'one round', values: [3], summary: { median: 3, min: 3, max: 3 } },
    { title: 'an odd number of rounds', values: [9, 1, 10], summary: { median: 9, min: 1, max: 10 } },
    { title: 'an even number of rounds', values: [4, 1, 2, 10], summary: { median: 3, min: 1, max: 10 } },
  ]

  for (const { title, values, summary } of cases) {
    it(title, () => expect(summarise(values)).to.deep.equal(summary))
  }
})

describe('benchmark percentiles', () => {
  const histogram = [
    [0, 10, 50],
    [10, 20, 49],
    [500, 600, 1],
  ] as const
  const cases = [
    { title: 'the lowest', share: 0, value: 5 },
    { title: 'the median, at the end of its bucket', share: 0.5, value: 5 },
    { title: 'just behind the median', share: 0.51, value: 15 },
    { title: 'the 99th of a hundred', share: 0.99, value: 15 },
    { title: 'the highest', share: 1, value: 550 },
  ]

  for (const { title, share, value } of cases) {
    it(title, () => expect(percentile(histogram, share)).to.equal(value))
  }

  it('has none where nothing was counted', () => expect(percentile([], 0.5)).to.be.NaN)
})

describe('benchmark CPU time', () => {
  before(function onLinux() {
    if (process.platform !== 'linux') this.skip()
  })

  it('grows while this process works', () => {
    const before = cpuTimeOf([process.pid])
    const until = process.cpuUsage().user + 50_000
    while (process.cpuUsage().user < until) Math.sqrt(until)
    expect(cpuTimeOf([process.pid]).userMicros - before.userMicros).to.be.at.least(30_000)
  })

  it('is nothing of no process', () => expect(cpuTimeOf([])).to.deep.equal({ userMicros: 0, systemMicros: 0 }))

  it('counts the processes that a process has started', async () => {
    const child = spawn('sh', ['-c', 'sleep 30 & echo begun; wait'], { detached: true })
    await once(child.stdout, 'data')
    const tree = processTree(child.pid ?? 0)
    process.kill(-(child.pid ?? 0))
    await once(child, 'exit')
    expect(tree).to.have.lengthOf(2).and.to.include(child.pid)
  })
})
