import { expect } from 'chai'
import { rcodeName } from '../../src/dns/iana.ts'
import { edns, query, records } from '../dns/messages.ts'
import { answerOf, octetsOf, patched, testResponder, zonesOf } from './harness.ts'

const web = 'web.shop.svc.cluster.local.'
const plain = octetsOf(query(web))
const outside = octetsOf(query('www.example.com.'))
const withEdns = octetsOf(query(web, { edns: edns({ dnssecOk: true }) }))

/** Offsets in the header, and in the question's end, of what the cases change. */
const at = { flags: 2, qdcount: 4, ancount: 6, nscount: 8, arcount: 10, qclass: plain.length - 2 } as const
/** The OPT record's TTL: extended rcode and version in its upper half. */
const optVersionAt = plain.length + 5

const opcode = (code: number) => ({ [at.flags]: code << 11 })

/** A query with so many A records. */
function withRecords(counts: { readonly [section in 'answer' | 'authority' | 'additional']?: number }): Uint8Array {
  const some = (count = 0) =>
    records(...Array.from({ length: count }, (_, index) => `a${index}.test. 5 IN A 192.0.2.1`))
  const { answer, authority, additional } = counts
  return octetsOf(query(web, { answer: some(answer), authority: some(authority), additional: some(additional) }))
}

const silent = [
  { title: 'nothing at all', octets: new Uint8Array() },
  { title: 'eleven octets', octets: plain.subarray(0, 11) },
  { title: 'a response', octets: patched(plain, { [at.flags]: 0x8000 }) },
  { title: 'a response that is malformed', octets: patched(plain, { [at.flags]: 0x8000, [at.qdcount]: 7 }) },
  { title: 'a response of another opcode', octets: patched(plain, { [at.flags]: 0xa000 }) },
]

interface Refusal {
  readonly title: string
  readonly octets: Uint8Array
  readonly rcode: string
  /** What of the query stands in the response. */
  readonly echoes?: 'nothing' | 'question' | 'question and OPT'
}

const opcodes: readonly Refusal[] = [1, 2, 3, 4, 5, 6, 15].flatMap((code): Refusal[] => [
  { title: `opcode ${code}`, octets: patched(plain, opcode(code)), rcode: 'NOTIMP', echoes: 'question' },
  {
    title: `opcode ${code} with EDNS`,
    octets: patched(withEdns, opcode(code)),
    rcode: 'NOTIMP',
    echoes: 'question and OPT',
  },
])

const counts: readonly Refusal[] = [
  { title: 'no question', octets: patched(plain, { [at.qdcount]: 0 }), rcode: 'FORMERR' },
  { title: 'two questions', octets: patched(plain, { [at.qdcount]: 2 }), rcode: 'FORMERR' },
  { title: '65,535 questions', octets: patched(plain, { [at.qdcount]: 0xffff }), rcode: 'FORMERR' },
  { title: 'two answers', octets: patched(plain, { [at.ancount]: 2 }), rcode: 'FORMERR' },
  { title: 'two authority records', octets: patched(plain, { [at.nscount]: 2 }), rcode: 'FORMERR' },
  { title: 'three additional records', octets: patched(plain, { [at.arcount]: 3 }), rcode: 'FORMERR' },
  { title: 'two answers that are there', octets: withRecords({ answer: 2 }), rcode: 'FORMERR' },
  { title: 'two authority records that are there', octets: withRecords({ authority: 2 }), rcode: 'FORMERR' },
  { title: 'three additional records that are there', octets: withRecords({ additional: 3 }), rcode: 'FORMERR' },
  { title: 'a header alone', octets: plain.subarray(0, 12), rcode: 'FORMERR' },
  { title: 'a header alone, without a question', octets: patched(new Uint8Array(12), { 0: 0x1234 }), rcode: 'FORMERR' },
]

const malformed: readonly Refusal[] = [
  { title: 'a question that is cut off', octets: plain.subarray(0, -1), rcode: 'FORMERR' },
  { title: 'a name that points to itself', octets: patched(plain, { 12: 0xc00c }), rcode: 'FORMERR' },
  { title: 'a name with a label type of no meaning', octets: patched(plain, { 12: 0x8000 }), rcode: 'FORMERR' },
  { title: 'an answer that is announced and not there', octets: patched(plain, { [at.ancount]: 1 }), rcode: 'FORMERR' },
  { title: 'an OPT record that is cut off', octets: withEdns.subarray(0, -1), rcode: 'FORMERR' },
  {
    title: 'two OPT records',
    octets: patched(Buffer.concat([withEdns, withEdns.subarray(plain.length)]), { [at.arcount]: 2 }),
    rcode: 'FORMERR',
  },
]

const refused: readonly Refusal[] = [
  {
    title: 'EDNS version 1',
    octets: patched(withEdns, { [optVersionAt]: 0x0001 }),
    rcode: 'BADVERS',
    echoes: 'question and OPT',
  },
  { title: 'class CH', octets: patched(plain, { [at.qclass]: 3 }), rcode: 'REFUSED', echoes: 'question' },
  { title: 'class ANY', octets: patched(plain, { [at.qclass]: 255 }), rcode: 'REFUSED', echoes: 'question' },
  {
    title: 'class NONE with EDNS',
    octets: patched(withEdns, { [at.qclass]: 254 }),
    rcode: 'REFUSED',
    echoes: 'question and OPT',
  },
  {
    title: 'a name of no zone',
    octets: outside,
    rcode: 'REFUSED',
    echoes: 'question',
  },
  {
    title: 'the root, which is no zone of ours',
    octets: octetsOf(query('.', { edns: edns() })),
    rcode: 'REFUSED',
    echoes: 'question and OPT',
  },
]

/** Of two faults, the one that is told. */
const order: readonly Refusal[] = [
  {
    title: 'opcode before counts',
    octets: patched(plain, { ...opcode(2), [at.qdcount]: 2 }),
    rcode: 'NOTIMP',
  },
  { title: 'opcode before malformed names', octets: patched(plain, { ...opcode(5), 12: 0xc00c }), rcode: 'NOTIMP' },
  {
    title: 'opcode before the EDNS version',
    octets: patched(withEdns, { ...opcode(4), [optVersionAt]: 0x0001 }),
    rcode: 'NOTIMP',
    echoes: 'question and OPT',
  },
  {
    title: 'malformed before the EDNS version',
    octets: patched(withEdns, { [at.nscount]: 2, [optVersionAt]: 0x0001 }),
    rcode: 'FORMERR',
  },
  {
    title: 'the class before the EDNS version',
    octets: patched(withEdns, { [optVersionAt]: 0x0001, [at.qclass]: 3 }),
    rcode: 'REFUSED',
    echoes: 'question and OPT',
  },
  {
    title: 'the class before the zone',
    octets: patched(outside, { [outside.length - 2]: 3 }),
    rcode: 'REFUSED',
    echoes: 'question',
  },
]

describe('the responder: what is no query of ours', () => {
  const chainCalls = { count: 0 }
  const responder = testResponder(
    zonesOf({
      'cluster.local.': () => {
        chainCalls.count++
        return answerOf()
      },
    }),
  )
  beforeEach(() => {
    chainCalls.count = 0
  })

  describe('is met with silence', () => {
    for (const { title, octets } of silent) {
      it(title, async () => expect(await responder.send(octets)).to.equal(undefined))
    }
  })

  for (const [kind, cases] of Object.entries({
    opcodes,
    counts,
    malformed,
    refused,
    'one fault before another': order,
  })) {
    describe(`is answered with its rcode: ${kind}`, () => {
      for (const { title, octets, rcode, echoes = 'nothing' } of cases) {
        it(`${title}: ${rcode}`, async () => {
          const response = await responder.ask(octets)
          expect(rcodeName(response.rcode)).to.equal(rcode)
          expect(response).to.include({ id: 0x1234, qr: true, aa: false, tc: false, ra: false, ad: false })
          expect(response.opcode).to.equal(((octets[2] ?? 0) >> 3) & 0x0f)
          expect(response.question !== undefined, 'has the question').to.equal(echoes !== 'nothing')
          expect(response.edns !== undefined, 'has an OPT record').to.equal(echoes === 'question and OPT')
          expect([response.answer, response.authority, response.additional]).to.deep.equal([[], [], []])
          expect(chainCalls.count, 'times that the plugins are asked').to.equal(0)
        })
      }
    })
  }

  it('BADVERS says which version there is', async () => {
    const { edns: opt } = await responder.ask(patched(withEdns, { [optVersionAt]: 0x00ff }))
    expect(opt).to.deep.equal({ version: 0, dnssecOk: true, payloadSize: 1232 })
  })

  it('BADVERS echoes no option', async () => {
    const cookie = { code: 10, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }
    const octets = octetsOf(query(web, { edns: edns({ options: [cookie] }) }))
    const { rcode, edns: opt } = await responder.ask(patched(octets, { [optVersionAt]: 0x0001 }))
    expect(rcodeName(rcode)).to.equal('BADVERS')
    expect(opt).not.to.have.property('options')
  })
})

describe('the responder: what is a query although it is odd', () => {
  const responder = testResponder(zonesOf({ 'cluster.local.': () => answerOf() }))
  const serial = records('cluster.local. 5 IN SOA ns.cluster.local. host.cluster.local. 1 2 3 4 5')
  const cases = [
    { title: 'octets behind the message', octets: Buffer.concat([plain, Buffer.from('rest')]) },
    { title: 'octets behind the OPT record', octets: Buffer.concat([withEdns, Buffer.from('rest')]) },
    {
      title: 'one record in the authority section, as IXFR has it',
      octets: octetsOf(query(web, { authority: serial })),
    },
    { title: 'AA, TC, RA and an rcode in the header', octets: patched(plain, { [at.flags]: 0x068f }) },
    { title: 'the Z bit', octets: patched(plain, { [at.flags]: 0x0040 }) },
    { title: 'a type of no name', octets: patched(plain, { [at.qclass - 2]: 65_280 }) },
    { title: 'EDNS options', octets: octetsWithOption() },
  ]

  for (const { title, octets } of cases) {
    it(title, async () => {
      for (const which of ['fresh', 'again']) {
        const response = await responder.ask(octets)
        expect(response, which).to.include({
          id: 0x1234,
          rcode: 0,
          qr: true,
          aa: true,
          tc: false,
          ra: false,
          ad: false,
        })
        expect(response.question?.spelling, which).to.equal(web)
      }
    })
  }

  it('reserved bits are zero in the response', async () => {
    for (const which of ['fresh', 'again']) {
      const response = await responder.send(patched(octetsOf(query('z.cluster.local.')), { [at.flags]: 0x0040 }))
      expect((response?.[3] ?? 0xff) & 0x40, which).to.equal(0)
    }
  })
})

/** A cookie (RFC 7873) of eight octets. */
function octetsWithOption(): Uint8Array {
  const option = Buffer.from('000a0008' + '0102030405060708', 'hex')
  return patched(Buffer.concat([withEdns, option]), { [withEdns.length - 2]: option.length })
}
