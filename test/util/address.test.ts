import { expect } from 'chai'
import { canonicalAddress, familyOf, formatAddressPart } from '../../src/util/address.ts'

const cases = [
  { text: '10.0.0.1', canonical: '10.0.0.1', family: 4, part: '10.0.0.1' },
  { text: '::', canonical: '::', family: 6, part: '[::]' },
  { text: 'FD00:0:0:1::', canonical: 'fd00:0:0:1::', family: 6, part: '[fd00:0:0:1::]' },
  { text: 'fd00:0:0:0:0:0:0:2', canonical: 'fd00::2', family: 6, part: '[fd00::2]' },
  { text: '2001:db8:0:0:1:0:0:1', canonical: '2001:db8::1:0:0:1', family: 6, part: '[2001:db8::1:0:0:1]' },
  { text: '::ffff:10.9.9.9', canonical: '10.9.9.9', family: 4, part: '10.9.9.9' },
  { text: '::ffff:a09:909', canonical: '10.9.9.9', family: 4, part: '10.9.9.9' },
] as const

describe('util: addresses', () => {
  for (const { text, canonical, family, part } of cases) {
    it(`${text} is ${canonical}, of IPv${family}, and ${part} before a port`, () => {
      expect(canonicalAddress(text)).to.equal(canonical)
      expect(familyOf(canonical)).to.equal(family)
      expect(formatAddressPart(canonical)).to.equal(part)
    })
  }
})
