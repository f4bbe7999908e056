import { expect } from 'chai'
import { defaultTcpLimits, isOverdue, never, type WaitingSince } from '../../../src/transport/tcp/limits.ts'

const limits = { ...defaultTcpLimits, readTimeoutMs: 3, writeTimeoutMs: 5, idleTimeoutMs: 10 }
const nothing: WaitingSince = { message: never, write: never, idle: never, close: never }

describe('TCP time limits', () => {
  const cases: { waitsFor: keyof WaitingSince; limitMs: number }[] = [
    { waitsFor: 'message', limitMs: 3 },
    { waitsFor: 'write', limitMs: 5 },
    { waitsFor: 'idle', limitMs: 10 },
    { waitsFor: 'close', limitMs: 3 },
  ]
  for (const { waitsFor, limitMs } of cases) {
    it(`${waitsFor}: ${limitMs} ms, and not before`, () => {
      const since = { ...nothing, [waitsFor]: 100 }
      expect(isOverdue(since, limits, 100 + limitMs - 1)).to.equal(false)
      expect(isOverdue(since, limits, 100 + limitMs)).to.equal(true)
    })
  }

  it('none for a connection that waits for our answer', () => {
    expect(isOverdue(nothing, limits, Number.MAX_SAFE_INTEGER)).to.equal(false)
  })

  it('are those of CoreDNS by default', () => {
    expect(defaultTcpLimits).to.include({ readTimeoutMs: 3_000, writeTimeoutMs: 5_000, idleTimeoutMs: 10_000 })
  })
})
