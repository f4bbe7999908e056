import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { pause, systemTimer } from '../../src/util/timer.ts'
import { ManualTimer } from '../support/manual-timer.ts'

/** Whether it has come to its end, as soon as that can be told. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  const later = new Promise<string>((resolve) => setImmediate(() => resolve('later')))
  return (await Promise.race([promise, later])) !== 'later'
}

describe('pause', () => {
  it('ends with its time, and leaves nothing', async () => {
    const timer = new ManualTimer()
    const { signal } = new AbortController()
    const paused = pause(timer, 1000, signal)
    timer.pass(999)
    expect(await isOver(paused)).to.equal(false)
    timer.pass(1)
    expect(await isOver(paused)).to.equal(true)
    expect(getEventListeners(signal, 'abort')).to.deep.equal([])
  })

  it('ends as soon as it is aborted, and leaves nothing', async () => {
    const timer = new ManualTimer()
    const controller = new AbortController()
    const paused = pause(timer, 1000, controller.signal)
    controller.abort()
    expect(await isOver(paused)).to.equal(true)
    expect(timer.waiting).to.equal(0)
    expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([])
  })

  it('does not begin after that', async () => {
    const timer = new ManualTimer()
    expect(await isOver(pause(timer, 1000, AbortSignal.abort()))).to.equal(true)
    expect(timer.calls).to.equal(0)
  })
})

describe("the system's timer", () => {
  it('goes on, and wakes', async () => {
    const began = systemTimer.now()
    await pause(systemTimer, 2, new AbortController().signal)
    // Its clock and that of setTimeout may differ by less than a millisecond.
    expect(systemTimer.now() - began).to.be.at.least(1)
  })

  it('can be called off', async () => {
    let calls = 0
    systemTimer.after(1, () => calls++)()
    await pause(systemTimer, 5, new AbortController().signal)
    expect(calls).to.equal(0)
  })

  it('waits as long as it can where it should wait longer: setTimeout would not wait at all', async () => {
    let calls = 0
    const callOff = systemTimer.after(2 ** 40, () => calls++)
    await pause(systemTimer, 10, new AbortController().signal)
    callOff()
    expect(calls).to.equal(0)
  })
})
