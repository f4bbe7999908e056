import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { BufferedLines } from '../../src/cli/buffered-lines.ts'

describe('buffered lines', () => {
  const start = () => {
    const written: string[] = []
    return { written, lines: new BufferedLines((text) => written.push(text)) }
  }

  it('are written together at the end of a turn of the event loop, in their order', async () => {
    const { written, lines } = start()
    lines.add('one')
    lines.add('two\nthree')
    expect(written).to.deep.equal([])
    await setImmediate()
    expect(written).to.deep.equal(['one\ntwo\nthree\n'])
    lines.add('four')
    await setImmediate()
    expect(written).to.deep.equal(['one\ntwo\nthree\n', 'four\n'])
  })

  it('are written at once when they are asked for, and not again', async () => {
    const { written, lines } = start()
    lines.add('one')
    lines.flush()
    lines.flush()
    await setImmediate()
    expect(written).to.deep.equal(['one\n'])
  })

  it('are not held beyond a bound', () => {
    const { written, lines } = start()
    for (let number = 0; number < 1000; number++) lines.add('x'.repeat(99))
    expect(written.length).to.be.greaterThan(0)
    lines.flush()
    expect(written.join('')).to.equal(`${'x'.repeat(99)}\n`.repeat(1000))
  })
})
