import { expect } from 'chai'
import { defaultLimits, RequestGate, type RequestLimits } from '../../../src/cluster/live/limits.ts'
import { ManualTimer } from '../../support/manual-timer.ts'

/** A gate before which requests wait, each with a name. */
function gateOf(limits: Partial<RequestLimits>) {
  const timer = new ManualTimer()
  const gate = new RequestGate({ ...defaultLimits, ...limits }, timer)
  const entered: number[] = []
  const refused: unknown[] = []
  const signal = new AbortController().signal
  return {
    timer,
    gate,
    entered,
    refused,
    ask(count: number, from = 0, by = signal) {
      for (let name = from; name < from + count; name++) {
        gate.enter(by).then(
          () => entered.push(name),
          (reason) => refused.push(reason),
        )
      }
    },
  }
}

/** Until what is resolved by now has been heard of. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('live cluster: how hard the API server is pressed', () => {
  const steps = [
    { atMs: 0, entered: 3 },
    { atMs: 499, entered: 3 },
    { atMs: 500, entered: 4 },
    { atMs: 999, entered: 4 },
    { atMs: 1000, entered: 5 },
    { atMs: 2500, entered: 8 },
    { atMs: 60_000, entered: 8 },
  ]
  it('a burst at first, then so many a second, in the order in which they came', async () => {
    const { timer, entered, ask } = gateOf({ qps: 2, burst: 3 })
    ask(8)
    for (const { atMs, entered: count } of steps) {
      timer.goTo(atMs)
      await settled()
      expect(entered, `after ${atMs} ms`).to.deep.equal(Array.from({ length: count }, (_, name) => name))
    }
    expect(timer.waiting).to.equal(0)
  })

  it('a rest brings the burst back, and no more than that', async () => {
    const { timer, entered, ask } = gateOf({ qps: 10, burst: 3 })
    ask(3)
    timer.pass(3_600_000)
    ask(5, 3)
    await settled()
    expect(entered).to.have.length(6)
  })

  it('half a rest brings half of it', async () => {
    const { timer, entered, ask } = gateOf({ qps: 2, burst: 4 })
    ask(4)
    timer.pass(1000)
    ask(4, 4)
    await settled()
    expect(entered).to.have.length(6)
  })

  it('a rate that no millisecond divides lets everybody in', async () => {
    const { timer, entered, ask } = gateOf({ qps: 3, burst: 1 })
    ask(31)
    timer.goTo(10_100)
    await settled()
    expect(entered).to.have.length(31)
    expect(timer.waiting).to.equal(0)
  })

  it('no more at once than may be in flight', async () => {
    const { timer, gate, entered, ask } = gateOf({ qps: 100, burst: 100, maxInflight: 2 })
    ask(4)
    timer.pass(1000)
    await settled()
    expect(entered).to.deep.equal([0, 1])
    expect(timer.waiting, 'for a place no time has to pass').to.equal(0)
    gate.leave()
    await settled()
    expect(entered).to.deep.equal([0, 1, 2])
    gate.leave()
    gate.leave()
    await settled()
    expect(entered).to.deep.equal([0, 1, 2, 3])
  })

  it('whoever waits for a place may have to wait for the rate, too', async () => {
    const { timer, gate, entered, ask } = gateOf({ qps: 1, burst: 1, maxInflight: 1 })
    ask(2)
    gate.leave()
    await settled()
    expect(entered).to.deep.equal([0])
    timer.pass(1000)
    await settled()
    expect(entered).to.deep.equal([0, 1])
    expect(timer.waiting).to.equal(0)
  })

  it('as client-go has it, unless told otherwise', async () => {
    const { timer, entered, ask } = gateOf({})
    ask(100)
    await settled()
    expect(entered).to.have.length(10)
    timer.pass(1000)
    await settled()
    expect(entered).to.have.length(15)
  })

  it('whoever gives up does not wait any more, takes no turn and leaves no timer', async () => {
    const { timer, entered, refused, ask } = gateOf({ qps: 1, burst: 1 })
    const controller = new AbortController()
    ask(1)
    ask(3, 1, controller.signal)
    ask(1, 4)
    controller.abort('enough')
    timer.pass(1000)
    await settled()
    expect({ entered, refused }).to.deep.equal({ entered: [0, 4], refused: ['enough', 'enough', 'enough'] })
    expect(timer.waiting).to.equal(0)
  })

  it('where everybody gives up, nothing is waited for', async () => {
    const { timer, refused, ask } = gateOf({ qps: 1, burst: 1 })
    const controller = new AbortController()
    ask(3, 0, controller.signal)
    expect(timer.waiting).to.equal(1)
    controller.abort('enough')
    expect(timer.waiting).to.equal(0)
    await settled()
    expect(refused).to.deep.equal(['enough', 'enough'])
  })

  it('nobody is let in who has given up before', async () => {
    const { entered, refused, ask } = gateOf({ burst: 1 })
    ask(1, 0, AbortSignal.abort('enough'))
    ask(1, 1)
    await settled()
    expect({ entered, refused }).to.deep.equal({ entered: [1], refused: ['enough'] })
  })
})
