import { expect } from 'chai'
import fc from 'fast-check'
import { maximumMessageOctets, minimumPayloadSize } from '../../../src/dns/edns.ts'
import { WireFormatError } from '../../../src/dns/errors.ts'
import type { Message } from '../../../src/dns/message.ts'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../../src/dns/wire/encode.ts'
import { headerOctets } from '../../../src/dns/wire/header.ts'
import {
  asksTheSame,
  encodeRaw,
  type RawChanges,
  type RawMessage,
  rcodeOfRaw,
  readRawMessage,
  ttlOffsetsOf,
  unpackRaw,
} from '../../../src/dns/wire/raw.ts'
import { message as anyMessage } from '../arbitraries.ts'
import { addresses, edns, question, records, response } from '../messages.ts'

const octetsOf = (message: Message) => encodeMessage(message, maximumMessageOctets).octets
const uint32At = (octets: Uint8Array, at: number) => Buffer.from(octets).readUInt32BE(at)

/** A message with a question, as another server sends it. */
const relayed = anyMessage
  .filter((message) => message.question !== undefined)
  .map((message) => ({ ...message, question: message.question ?? question('.') }))

/** What leaves a message as it is. */
function unchanged({ octets, questionEnd, opt, ...raw }: RawMessage, asked = question('www.example. A')): RawChanges {
  const questionOctets = octets.subarray(headerOctets, questionEnd)
  const head = {
    ...raw.header,
    rcode: rcodeOfRaw({ octets, questionEnd, ...(opt && { opt }), ...raw }),
    question: asked,
  }
  return { head, questionOctets, ...(opt && { edns: opt }) }
}

/** Records of which nothing is known, in all sections: what stands behind the question. */
const oddRecords = fc.array(
  fc.record({
    section: fc.nat(2),
    owner: fc.constantFrom('c00c', '0161c00c', '00', '0777777777777777c00c', '04057000ffc00c'),
    type: fc.integer({ min: 0, max: 0xffff }).filter((type) => type !== 41),
    rrclass: fc.integer({ min: 0, max: 0xffff }),
    ttl: fc.integer({ min: 0, max: 0xffff_ffff }),
    rdata: fc.uint8Array({ maxLength: 60 }),
  }),
  { maxLength: 30 },
)

type OddRecords = typeof oddRecords extends fc.Arbitrary<infer T> ? T : never

function oddMessage(odd: OddRecords): Uint8Array {
  const inOrder = odd.toSorted((left, right) => left.section - right.section)
  const message = Buffer.concat([octetsOf(response('www.example. A')), ...inOrder.map(oddRecord)])
  for (const section of [0, 1, 2]) {
    message.writeUInt16BE(odd.filter((record) => record.section === section).length, 6 + 2 * section)
  }
  return message
}

function oddRecord({ owner, type, rrclass, ttl, rdata }: OddRecords[number]): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(rrclass, 2)
  head.writeUInt32BE(ttl, 4)
  head.writeUInt16BE(rdata.length, 8)
  return Buffer.concat([Buffer.from(owner, 'hex'), head, rdata])
}

describe('a relayed message', () => {
  it('is decoded to what the message was that came', () => {
    fc.assert(
      fc.property(relayed, (message) => {
        const raw = readRawMessage(octetsOf(message))
        const { octets, complete, truncated } = encodeRaw(raw, unchanged(raw, message.question), maximumMessageOctets)
        expect(decodeMessage(octets)).to.deep.equal(message)
        expect({ complete, truncated }).to.deep.equal({ complete: !message.tc, truncated: message.tc })
        expect(unpackRaw(raw)).to.deep.equal(message)
      }),
      { numRuns: 500 },
    )
  })

  it('has records of any type and class, octet for octet', () => {
    fc.assert(
      fc.property(oddRecords, fc.boolean(), (odd, hasOpt) => {
        const sent = oddMessage(odd)
        const raw = readRawMessage(sent)
        expect(raw.records.map(({ type }) => type)).to.have.lengthOf(odd.length)
        const { octets } = encodeRaw(raw, { ...unchanged(raw), ...(hasOpt && { edns: edns() }) }, maximumMessageOctets)
        const counts = { ...raw.header, arcount: raw.header.arcount + (hasOpt ? 1 : 0) }
        expect(readRawMessage(octets).header).to.deep.equal(counts)
        expect(Buffer.from(octets).subarray(headerOctets, sent.length)).to.deep.equal(
          Buffer.from(sent).subarray(headerOctets),
        )
        expect(octets.length).to.equal(sent.length + (hasOpt ? 11 : 0))
      }),
      { numRuns: 300 },
    )
  })

  it('keeps within the limit, leaves out whole RRsets only, and sets TC exactly where some of answer or authority went', () => {
    fc.assert(
      fc.property(oddRecords, fc.integer({ min: 0, max: 1500 }), (odd, limit) => {
        const raw = readRawMessage(oddMessage(odd))
        const encoded = encodeRaw(raw, { ...unchanged(raw), edns: edns() }, limit)
        const { header, records, opt } = readRawMessage(encoded.octets)
        expect(encoded.octets.length).to.be.at.most(Math.max(limit, minimumPayloadSize))
        expect(opt).to.include({ payloadSize: 1232 })
        expect(encoded.optAt).to.equal(encoded.octets.length - 11)
        const kept = records.length
        expect(records).to.deep.equal(raw.records.slice(0, kept))
        const [last, first] = [raw.records[kept - 1], raw.records[kept]]
        const isTruncated = first !== undefined && first.section !== 'additional'
        expect({ ...encoded, tc: header.tc }).to.include({
          tc: isTruncated,
          truncated: isTruncated,
          complete: first === undefined,
        })
        if (last === undefined || first === undefined) return
        const owner = ({ offset, ttlAt }: typeof last) =>
          Buffer.from(raw.octets.subarray(offset, ttlAt - 2)).toString('hex')
        expect(last.section === first.section && owner(last) === owner(first), 'half an RRset').to.equal(false)
      }),
      { numRuns: 500 },
    )
  })

  it('has the TTL that is said in all its records', () => {
    fc.assert(
      fc.property(oddRecords, fc.nat(0x7fff_ffff), (odd, ttl) => {
        const raw = readRawMessage(oddMessage(odd))
        const { octets } = encodeRaw(
          raw,
          { ...unchanged(raw), ttl, edns: edns({ dnssecOk: true }) },
          maximumMessageOctets,
        )
        const offsets = ttlOffsetsOf(octets)
        expect(offsets).to.have.lengthOf(odd.length)
        expect(offsets.map((at) => uint32At(octets, at))).to.deep.equal(odd.map(() => ttl))
        expect(readRawMessage(octets).opt, 'the OPT record has no TTL').to.include({ dnssecOk: true })
        const again = readRawMessage(octets)
        expect(again.records.map(({ rdataAt, end }) => Buffer.from(octets.subarray(rdataAt, end)))).to.deep.equal(
          raw.records.map(({ rdataAt, end }) => Buffer.from(raw.octets.subarray(rdataAt, end))),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('has the question in the letters of the client', () => {
    const raw = readRawMessage(
      octetsOf(response('www.EXAMPLE. A', { answer: records('www.example. 5 IN A 192.0.2.1') })),
    )
    const asked = question('WwW.example. A')
    const questionOctets = octetsOf(response('WwW.example. A')).subarray(headerOctets)
    const { octets } = encodeRaw(raw, { ...unchanged(raw, asked), questionOctets }, maximumMessageOctets)
    expect(decodeMessage(octets).question).to.deep.equal(asked)
    expect(octets.length, 'nothing else is another').to.equal(raw.octets.length)
  })

  it('may answer another question than it was asked for: all its records are there', () => {
    fc.assert(
      fc.property(relayed, (message) => {
        const raw = readRawMessage(octetsOf(message))
        const asked = { ...question('a.rather.long.name.of.another.zone. A'), qclass: message.question.qclass }
        const questionOctets = octetsOf({ ...response('.'), question: asked }).subarray(headerOctets)
        const { octets } = encodeRaw(raw, { ...unchanged(raw, asked), questionOctets }, maximumMessageOctets)
        expect(decodeMessage(octets)).to.deep.equal({ ...message, question: asked })
      }),
    )
  })

  it('may have its OPT record before others: it is the last one then', () => {
    const [answer, additional] = [records('www.example. 5 IN A 192.0.2.1'), records('ns.example. 5 IN A 192.0.2.53')]
    const sent = octetsOf(
      response('www.example. A', { answer, edns: edns({ options: [{ code: 9, data: Uint8Array.of(1) }] }) }),
    )
    const glue = octetsOf(response('www.example. A', { additional })).subarray(headerOctets + 17)
    const misplaced = Buffer.concat([sent, glue])
    misplaced.writeUInt16BE(2, 10)
    const raw = readRawMessage(misplaced)
    const { octets, optAt } = encodeRaw(raw, unchanged(raw), maximumMessageOctets)
    expect(decodeMessage(octets)).to.deep.include({ answer, additional })
    expect(readRawMessage(octets).opt).to.deep.include({
      offset: optAt,
      options: [{ code: 9, data: Uint8Array.of(1) }],
    })
  })

  it('loses its OPT record where the client has none', () => {
    const raw = readRawMessage(octetsOf(response('www.example. A', { edns: edns() })))
    const { edns: _, ...changes } = unchanged(raw)
    expect(decodeMessage(encodeRaw(raw, changes, maximumMessageOctets).octets)).not.to.have.property('edns')
  })

  it('says TC where it did, and is not complete', () => {
    const raw = readRawMessage(octetsOf(response('www.example. A', { tc: true })))
    const encoded = encodeRaw(raw, unchanged(raw), maximumMessageOctets)
    expect(encoded).to.include({ truncated: true, complete: false })
    expect(decodeMessage(encoded.octets).tc).to.equal(true)
  })

  it('has an rcode of twelve bits', () => {
    const raw = readRawMessage(octetsOf(response('www.example. A', { rcode: 0xabc, edns: edns() })))
    expect(rcodeOfRaw(raw)).to.equal(0xabc)
    expect(decodeMessage(encodeRaw(raw, unchanged(raw), maximumMessageOctets).octets).rcode).to.equal(0xabc)
  })

  it('knows which addresses of the answer may change places', () => {
    const answer = [...records('www.example. 5 IN CNAME web.example.'), addresses('web.example.', 3)]
    const additional = [addresses('ns.example.', 2)]
    const raw = readRawMessage(octetsOf(response('www.example. A', { answer, additional })))
    const { rotations } = encodeRaw(raw, unchanged(raw), maximumMessageOctets)
    const [, second, third] = raw.records
    expect(rotations).to.deep.equal([
      { offset: second?.offset, size: (third?.offset ?? 0) - (second?.offset ?? 0), count: 3 },
    ])
  })

  it('is the same question without letter case, but for type and class', () => {
    const { octets, questionEnd } = readRawMessage(octetsOf(response('www.example. TYPE65')))
    const asks = (ask: string) => asksTheSame(octets, octetsOf(response(ask)).subarray(headerOctets), questionEnd)
    expect(
      ['WWW.eXample. TYPE65', 'www.example. TYPE97', 'wwv.example. TYPE65', 'www.exampl. TYPE65'].map(asks),
    ).to.deep.equal([true, false, false, false])
  })
})

describe('octets that are no message to relay', () => {
  const good = octetsOf(
    response('www.example. A', {
      answer: records('www.example. 5 IN A 192.0.2.1'),
      edns: edns({ options: [{ code: 9, data: new Uint8Array(3) }] }),
    }),
  )

  it('every part of one', () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => readRawMessage(good.subarray(0, length)), `${length} octets`).to.throw(WireFormatError)
    }
  })

  for (const { title, at, value } of [
    { title: 'no question', at: 4, value: 0 },
    { title: 'two questions', at: 4, value: 2 },
    { title: 'an OPT record in the answer', at: 6, value: 2 },
    { title: 'two OPT records', at: 10, value: 2 },
  ]) {
    it(title, () => {
      const bad = Buffer.concat([good, good.subarray(-18)])
      bad.writeUInt16BE(value, at)
      if (at === 6) bad.writeUInt16BE(0, 10)
      expect(() => readRawMessage(bad)).to.throw(WireFormatError)
    })
  }

  it('octets behind it are not part of it', () => {
    expect(readRawMessage(Buffer.concat([good, Buffer.alloc(9)])).octets).to.deep.equal(good)
  })

  it('any: they are read, or refused', () => {
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, value]) => {
        const copy = Uint8Array.from(good)
        copy[at] = value
        return copy
      }),
    )
    fc.assert(
      fc.property(any, (octets) => {
        try {
          const raw = readRawMessage(octets)
          expect(encodeRaw(raw, unchanged(raw), maximumMessageOctets).octets.length).to.be.at.least(headerOctets)
        } catch (error) {
          if (!(error instanceof WireFormatError)) throw error
        }
      }),
      { numRuns: 1000 },
    )
  })
})
