import { expect } from 'chai'
import { limitLines } from '../../src/util/line-limit.ts'

describe('util: limitLines', () => {
  let clock: { nowMs: number }
  let written: string[]
  let write: (count: number) => void

  beforeEach(() => {
    clock = { nowMs: 1000 }
    written = []
    const limited = limitLines((line) => written.push(line), { now: () => clock.nowMs })
    write = (count) => {
      for (let line = 1; line <= count; line++) limited(`line ${line}`)
    }
  })

  it('passes on 100 lines a second', () => {
    write(100)
    expect(written).to.have.lengthOf(100)
    write(1)
    expect(written).to.have.lengthOf(100)
  })

  it('tells how many were left out, with the first line of the next second', () => {
    write(142)
    clock.nowMs += 999
    write(1)
    expect(written).to.have.lengthOf(100)
    clock.nowMs += 1
    write(1)
    expect(written.slice(100)).to.deep.equal(['43 more lines like the last were left out', 'line 1'])
  })

  it('tells nothing where nothing was left out', () => {
    write(100)
    clock.nowMs += 5000
    write(100)
    expect(written).to.have.lengthOf(200)
    expect(written.some((line) => line.includes('left out'))).to.equal(false)
  })
})
