import { expect } from 'chai'
import fc from 'fast-check'
import { formatDuration, parseDuration } from '../../src/corefile/duration.ts'
import { ValueSyntaxError } from '../../src/corefile/errors.ts'

const durations: Readonly<Record<string, number>> = {
  '0': 0,
  '-0': 0,
  '+0': 0,
  '-0s': 0,
  '5s': 5_000,
  '300ms': 300,
  '1.5s': 1_500,
  '.5m': 30_000,
  '1.s': 1_000,
  '1h15m': 4_500_000,
  '1h15m30.918273645s': 4_530_918.273645,
  '+5s': 5_000,
  '-5s': -5_000,
  '5us': 0.005,
  '5µs': 0.005,
  '5μs': 0.005,
  '1ns': 0.000001,
  '0.3ns': 0,
  '0.1s': 100,
  '00008h': 28_800_000,
  '2562047h47m16.854775807s': 9_223_372_036_854.775,
}

const errors: Readonly<Record<string, string>> = {
  '': 'time: invalid duration ""',
  x: 'time: invalid duration "x"',
  '-': 'time: invalid duration "-"',
  '.s': 'time: invalid duration ".s"',
  '1.2.3s': 'time: missing unit in duration "1.2.3s"',
  '--5s': 'time: invalid duration "--5s"',
  '5': 'time: missing unit in duration "5"',
  '1h5': 'time: missing unit in duration "1h5"',
  '1d': 'time: unknown unit "d" in duration "1d"',
  '5S': 'time: unknown unit "S" in duration "5S"',
  '5 s': 'time: unknown unit " s" in duration "5 s"',
  '１s': 'time: invalid duration "\\xef\\xbc\\x91s"',
  '1é': 'time: unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9"',
  '"\\\n': 'time: invalid duration "\\"\\\\\\x0a"',
  '1s,': 'time: unknown unit "s," in duration "1s,"',
  '2562047h47m16.854775808s': 'time: invalid duration "2562047h47m16.854775808s"',
}

describe("corefile: parseDuration (Go's time.ParseDuration)", () => {
  for (const [text, milliseconds] of Object.entries(durations)) {
    it(`${text} is ${milliseconds} ms`, () => expect(parseDuration(text)).to.equal(milliseconds))
  }

  for (const [text, message] of Object.entries(errors)) {
    it(message, () => {
      expect(() => parseDuration(text))
        .to.throw(ValueSyntaxError)
        .with.property('message', message)
    })
  }

  it('reads a duration or throws ValueSyntaxError', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'+-.019nuµmsh') }))
    fc.assert(
      fc.property(text, (written) => {
        try {
          expect(parseDuration(written)).to.be.finite
        } catch (error) {
          expect(error).to.be.instanceOf(ValueSyntaxError)
        }
      }),
    )
  })
})

/** As Go's Duration.String has them. */
const texts: Readonly<Record<string, number>> = {
  '0s': 0,
  '1ns': 0.000001,
  '1.5µs': 0.0015,
  '1.1ms': 1.1,
  '300ms': 300,
  '999.999999ms': 999.999999,
  '1s': 1_000,
  '5s': 5_000,
  '59.999s': 59_999,
  '1m0s': 60_000,
  '1m30s': 90_000,
  '1h0m0s': 3_600_000,
  '1h15m30.918273645s': 4_530_918.273645,
  '100h0m1s': 360_001_000,
  '-1m30s': -90_000,
}

describe("corefile: formatDuration (Go's Duration.String)", () => {
  for (const [text, milliseconds] of Object.entries(texts)) {
    it(`${milliseconds} ms is ${text}`, () => expect(formatDuration(milliseconds)).to.equal(text))
  }

  it('writes what is read as the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).to.equal(milliseconds)
      }),
    )
  })
})
