import { expect } from 'chai'
import fc from 'fast-check'
import { Backoff } from '../../src/util/backoff.ts'

const delays = (random: number, count: number) => {
  const backoff = new Backoff({ firstMs: 200, capMs: 30_000, random: () => random })
  return Array.from({ length: count }, () => backoff.nextMs())
}

describe('back-off', () => {
  const cases = [
    {
      title: 'the shortest delays',
      random: 0,
      expected: [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000],
    },
    { title: 'those in the middle', random: 0.5, expected: [150, 300, 600, 1200, 2400, 4800, 9600, 19_200, 22_500] },
  ]
  for (const { title, random, expected } of cases) {
    it(title, () => expect(delays(random, expected.length)).to.deep.equal(expected))
  }

  it('each delay is in the upper half of its span, and none is above the cap, however often', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        for (const [attempt, delay] of delays(random, 2000).entries()) {
          const span = Math.min(30_000, 200 * 2 ** attempt)
          expect(delay).to.be.within(span / 2, span)
        }
      }),
      { numRuns: 10 },
    )
  })

  it('begins anew after a success', () => {
    const backoff = new Backoff({ firstMs: 10, capMs: 1000, random: () => 0 })
    for (let count = 0; count < 3; count++) backoff.nextMs()
    expect(backoff.attempts).to.equal(3)
    backoff.reset()
    expect({ attempts: backoff.attempts, next: backoff.nextMs() }).to.deep.equal({ attempts: 0, next: 5 })
  })

  it('does not wait for the same time twice, unless told otherwise', () => {
    const backoff = new Backoff({ firstMs: 1000, capMs: 1000 })
    expect(new Set(Array.from({ length: 5 }, () => backoff.nextMs())).size).to.be.above(1)
  })
})
