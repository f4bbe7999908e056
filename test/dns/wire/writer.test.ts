import { expect } from 'chai'
import { uncompressedDns2Name } from '../../../src/dns/wire/dns2-name.ts'
import { NameTable } from '../../../src/dns/wire/name-table.ts'
import { OctetWriter } from '../../../src/dns/wire/writer.ts'

const newWriter = () => new OctetWriter(new NameTable())
const hex = (writer: OctetWriter) => writer.toBuffer().toString('hex')

describe('the writer given to dns2', () => {
  it('writes fields of 1 to 32 bits, the highest bit first', () => {
    const writer = newWriter()
    for (const [value, bits] of [
      [1, 1],
      [2, 4],
      [0b101, 3],
      [0x1ff, 8],
      [0xabcdef, 16],
      [0xffff_fffe, 32],
    ] as const) {
      writer.write(value, bits)
    }
    expect(hex(writer)).to.equal('95ffcdeffffffffe')
    expect(writer.byteLength()).to.equal(8)
  })

  it('counts bits that make no octet yet', () => {
    const writer = newWriter()
    writer.write(0, 16)
    writer.write(1, 3)
    expect(writer.bitLength()).to.equal(19)
  })

  it('patches octets written before', () => {
    const writer = newWriter()
    writer.write(0, 32)
    writer.patch(8, 0x1234, 16)
    expect(hex(writer)).to.equal('00123400')
  })

  it('appends another writer', () => {
    const [writer, other] = [newWriter(), newWriter()]
    writer.write(1, 8)
    other.write(0x0203, 16)
    writer.writeBuffer(other)
    expect(hex(writer)).to.equal('010203')
  })

  it('grows past what a message may have, and keeps what was written', () => {
    const writer = newWriter()
    for (let value = 0; value < 70_000; value++) writer.write(value, 8)
    const octets = writer.toBuffer()
    expect(octets.length).to.equal(70_000)
    expect(octets.every((octet, index) => octet === (index & 0xff))).to.equal(true)
  })

  it('forgets the names that it rolls back over', () => {
    const writer = newWriter()
    writer.names.set('local', 12)
    writer.names.set('web.local', 40)
    writer.rollBack(40)
    expect([...writer.names]).to.deep.equal([['local', 12]])
    expect(writer.byteLength()).to.equal(40)
  })

  it('neither finds nor keeps names that are not to be compressed', () => {
    const { names } = newWriter()
    const target = uncompressedDns2Name('web.local.')
    names.set(target, 12).set('web.local', 30)
    expect([names.size, names.has(target), names.has('web.local')]).to.deep.equal([1, false, true])
  })
})
