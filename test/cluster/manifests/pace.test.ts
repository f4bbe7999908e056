import { expect } from 'chai'
import { Pace } from '../../../src/cluster/manifests/pace.ts'
import { ManualTimer } from '../../support/manual-timer.ts'

describe('Pace', () => {
  let timer: ManualTimer
  let pace: Pace
  /** When readings began. */
  let began: number[]
  /** Ends the reading that is under way. */
  let end: () => Promise<void>

  beforeEach(() => {
    timer = new ManualTimer()
    began = []
    const read = () => {
      began.push(timer.now())
      const { promise, resolve } = Promise.withResolvers<void>()
      end = async () => {
        resolve()
        await promise
      }
      return promise
    }
    pace = new Pace(read, timer)
    pace.begin()
  })

  /** A change at each of these times. */
  function changeAt(...times: readonly number[]): void {
    for (const time of times) {
      timer.goTo(time)
      pace.change()
    }
  }

  it('reads when all has been quiet for a while', () => {
    changeAt(0, 20, 60)
    timer.goTo(109)
    expect(began).to.deep.equal([])
    timer.goTo(1000)
    expect(began).to.deep.equal([110])
  })

  it('reads while something changes all the time, at steady distances', async () => {
    for (let time = 0; time < 1000; time += 10) {
      changeAt(time)
      await end?.()
    }
    expect(began).to.deep.equal([250, 500, 750])
  })

  it('is behind from a change to the reading that takes it up', () => {
    expect(pace.isBehind).to.equal(false)
    changeAt(0)
    expect(pace.isBehind).to.equal(true)
    timer.goTo(50)
    expect(pace.isBehind).to.equal(false)
    changeAt(60)
    expect(pace.isBehind).to.equal(true)
  })

  it('reads once at a time, and again after a rest where a change has waited for that', async () => {
    changeAt(0)
    timer.goTo(50)
    changeAt(60, 70)
    timer.goTo(500)
    expect(began).to.deep.equal([50])
    await end()
    timer.goTo(749)
    expect(began).to.deep.equal([50])
    timer.goTo(750)
    expect(began).to.deep.equal([50, 750])
    await end()
    timer.goTo(2000)
    expect(began).to.deep.equal([50, 750])
  })

  it('rests three times as long as a reading took, where one change follows the other', async () => {
    for (let time = 0; time < 900; time += 10) {
      if (time % 100 === 0) changeAt(time)
      timer.goTo(time)
      if (time === (began.at(-1) ?? 0) + 40) await end?.() // each takes 40 ms
    }
    expect(began).to.deep.equal([50, 250, 450, 650, 850])
  })

  it('makes a change wait for the end of the rest, however quiet it is', async () => {
    changeAt(0)
    timer.goTo(90)
    await end()
    changeAt(100)
    timer.goTo(209)
    expect(began).to.deep.equal([50])
    timer.goTo(210)
    expect(began).to.deep.equal([50, 210])
  })

  it('reads nothing before the first reading has ended', () => {
    pace = new Pace(async () => void began.push(timer.now()), timer)
    changeAt(0)
    timer.goTo(500)
    expect(began).to.deep.equal([])
    pace.begin()
    timer.goTo(501)
    expect(began).to.deep.equal([500])
  })

  it('still waits for quiet after a reading that took less than that', async () => {
    changeAt(0)
    timer.goTo(50)
    changeAt(60)
    await end()
    timer.goTo(109)
    expect(began).to.deep.equal([50])
    timer.goTo(110)
    expect(began).to.deep.equal([50, 110])
  })

  it('reads no more once it is stopped', async () => {
    changeAt(0)
    timer.goTo(50)
    changeAt(60)
    timer.goTo(200)
    pace.stop()
    await end()
    changeAt(300)
    timer.goTo(1000)
    expect(began).to.deep.equal([50])
  })
})
