import { expect } from 'chai'
import { Expiry } from '../../../src/plugins/secondary/expiry.ts'
import type { Timer } from '../../../src/util/timer.ts'
import { ManualTimer } from '../../support/manual-timer.ts'

describe('secondary: how long a zone is good for', () => {
  const started = (timer: Timer, ms: number) => {
    const ends: number[] = []
    const expiry = new Expiry(timer, () => ends.push(timer.now()))
    expiry.beginAnew(ms)
    return { expiry, ends }
  }

  it('is counted anew whenever it is confirmed', () => {
    const timer = new ManualTimer()
    const { expiry, ends } = started(timer, 1000)
    timer.pass(999)
    expiry.beginAnew(1000)
    timer.pass(999)
    expect([expiry.isOver, ends]).to.deep.equal([false, []])
    timer.pass(1)
    expect([expiry.isOver, ends]).to.deep.equal([true, [1999]])
    expect(timer.waiting).to.equal(0)
  })

  it('may be longer than a timer runs', () => {
    const timer = new ManualTimer()
    const longestMs = 100
    const short: Timer = { now: () => timer.now(), after: (ms, run) => timer.after(Math.min(ms, longestMs), run) }
    const { ends } = started(short, 1050)
    timer.pass(2000)
    expect(ends).to.deep.equal([1050])
  })

  it('ends no more once it is stopped', () => {
    const timer = new ManualTimer()
    const { expiry, ends } = started(timer, 1000)
    expiry.stop()
    timer.pass(2000)
    expect(ends).to.deep.equal([])
  })
})
