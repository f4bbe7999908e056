import { expect } from 'chai'
import { cpuTimeOf } from '../../bench/cpu.ts'
import { summarise } from '../../bench/statistics.ts'

describe('benchmark statistics', () => {
  const cases = [
    { title: 'one round', values: [3], summary: { median: 3, min: 3, max: 3 } },
    { title: 'an odd number of rounds', values: [9, 1, 10], summary: { median: 9, min: 1, max: 10 } },
    { title: 'an even number of rounds', values: [4, 1, 2, 10], summary: { median: 3, min: 1, max: 10 } },
  ]

  for (const { title, values, summary } of cases) {
    it(title, () => expect(summarise(values)).to.deep.equal(summary))
  }
})

describe('benchmark CPU time', () => {
  it('grows while this process works', function () {
    if (process.platform !== 'linux') this.skip()
    const before = cpuTimeOf([process.pid])
    const until = process.cpuUsage().user + 50_000
    while (process.cpuUsage().user < until) Math.sqrt(until)
    expect(cpuTimeOf([process.pid]).userMicros - before.userMicros).to.be.at.least(30_000)
  })
})
