import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { atOnce, inTurns, type Steps, stepThrough } from '../../src/util/steps.ts'

describe('util: steps', () => {
  function* count(to: number, wait = () => {}): Steps<number> {
    for (let step = 0; step < to; step++) {
      wait()
      yield
    }
    return to
  }

  it('are done at once', () => {
    expect(atOnce(count(3))).to.equal(3)
  })

  it('are done in turns with what else there is to do', async () => {
    let isDone = false
    let others = 0
    const work = inTurns(count(5, busy)).then((counted) => {
      isDone = true
      return counted
    })
    while (!isDone) {
      await setImmediate()
      others++
    }
    expect(await work).to.equal(5)
    expect(others).to.be.at.least(4)
  })

  it('reject with what they throw', async () => {
    const fail = () => {
      throw new Error('no')
    }
    const error = await inTurns(count(1, fail)).catch((thrown: unknown) => thrown)
    expect(error).to.have.property('message', 'no')
  })

  it('go through every item, in order, a few at a time', () => {
    const items = Array.from({ length: 1000 }, (_, index) => index)
    const seen: number[] = []
    const steps = stepThrough(items, (item) => seen.push(item))
    steps.next()
    expect(seen.length).to.be.within(1, 999)
    atOnce(steps)
    expect(seen).to.deep.equal(items)
  })
})

/** Takes longer than a turn is to take. */
function busy(): void {
  const began = performance.now()
  while (performance.now() - began < 5);
}
