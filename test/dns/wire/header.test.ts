import { expect } from 'chai'
import { readHeader } from '../../../src/dns/wire/header.ts'

const none = { qr: false, opcode: 0, aa: false, tc: false, rd: false, ra: false, ad: false, cd: false, rcode: 0 }
const bits = [
  { title: 'none', octets: [0x00, 0x00], set: {} },
  { title: 'qr', octets: [0x80, 0x00], set: { qr: true } },
  { title: 'opcode', octets: [0x28, 0x00], set: { opcode: 5 } },
  { title: 'aa', octets: [0x04, 0x00], set: { aa: true } },
  { title: 'tc', octets: [0x02, 0x00], set: { tc: true } },
  { title: 'rd', octets: [0x01, 0x00], set: { rd: true } },
  { title: 'ra', octets: [0x00, 0x80], set: { ra: true } },
  { title: 'the reserved bit is not read', octets: [0x00, 0x40], set: {} },
  { title: 'ad', octets: [0x00, 0x20], set: { ad: true } },
  { title: 'cd', octets: [0x00, 0x10], set: { cd: true } },
  { title: 'rcode', octets: [0x00, 0x0f], set: { rcode: 15 } },
]

describe('the header', () => {
  for (const { title, octets, set } of bits) {
    it(title, () => {
      const header = readHeader(Uint8Array.of(0x12, 0x34, ...octets, 0, 1, 0, 2, 1, 0, 0xff, 0xff))
      expect(header).to.deep.equal({
        ...none,
        ...set,
        id: 0x1234,
        qdcount: 1,
        ancount: 2,
        nscount: 256,
        arcount: 65_535,
      })
    })
  }

  it('is not there in eleven octets', () => expect(readHeader(new Uint8Array(11))).to.equal(undefined))
})
