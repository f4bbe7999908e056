import { expect } from 'chai'
import { ValueSyntaxError } from '../../src/corefile/errors.ts'
import { parseInteger, tryParseInteger } from '../../src/corefile/integer.ts'

const integers: Readonly<Record<string, number>> = { '0': 0, '-0': 0, '30': 30, '+5': 5, '-5': -5, '0030': 30 }

const errors: Readonly<Record<string, string>> = {
  '': 'strconv.Atoi: parsing "": invalid syntax',
  '5s': 'strconv.Atoi: parsing "5s": invalid syntax',
  '+': 'strconv.Atoi: parsing "+": invalid syntax',
  '1.0': 'strconv.Atoi: parsing "1.0": invalid syntax',
  '0x10': 'strconv.Atoi: parsing "0x10": invalid syntax',
  '1_000': 'strconv.Atoi: parsing "1_000": invalid syntax',
  ' 1': 'strconv.Atoi: parsing " 1": invalid syntax',
  '99999999999999999999': 'strconv.Atoi: parsing "99999999999999999999": value out of range',
}

describe("corefile: parseInteger (Go's strconv.Atoi)", () => {
  for (const [text, value] of Object.entries(integers)) {
    it(`${text} is ${value}`, () => expect(parseInteger(text)).to.equal(value))
  }

  for (const [text, message] of Object.entries(errors)) {
    it(message, () => {
      expect(() => parseInteger(text))
        .to.throw(ValueSyntaxError)
        .with.property('message', message)
      expect(tryParseInteger(text)).to.equal(undefined)
    })
  }
})
