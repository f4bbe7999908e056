import { expect } from 'chai'
import fc from 'fast-check'
import { CLASS, TYPE } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import { formatLabels, type Label, nameOf } from '../../src/dns/name.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { readHeader } from '../../src/dns/wire/header.ts'
import type { Transport } from '../../src/plugin/handler.ts'
import type { Zones } from '../../src/server/zones.ts'
import { labels } from '../dns/arbitraries.ts'
import { query } from '../dns/messages.ts'
import { fixtureZones } from './fixture-zones.ts'
import { octetsOf, type TestResponder, testResponder } from './harness.ts'

/** Names that the fixture has, and some that it has not. */
const known = [
  'web.shop.svc.cluster.local',
  'db.shop.svc.cluster.local',
  'db-0.db.shop.svc.cluster.local',
  '_postgres._tcp.db.shop.svc.cluster.local',
  'website.shop.svc.cluster.local',
  'payments.shop.svc.cluster.local',
  'no.shop.svc.cluster.local',
  'shop.svc.cluster.local',
  'cluster.local',
  'dns-version.cluster.local',
  'ns.dns.cluster.local',
  '12.0.244.10.in-addr.arpa',
  'www.example.com',
]

const uint16 = fc.nat(0xffff)
const bit = fc.boolean()
const qname = fc.oneof(
  { weight: 3, arbitrary: fc.mixedCase(fc.constantFrom(...known)).map((name): Label[] => name.split('.')) },
  { weight: 1, arbitrary: labels },
  {
    weight: 1,
    arbitrary: fc
      .tuple(labels, fc.constantFrom(...known))
      .map(below)
      .filter(fits),
  },
)
const qtype = fc.oneof(fc.constantFrom(...Object.values(TYPE)), uint16)
const edns = fc.record({ version: fc.constant(0), dnssecOk: bit, payloadSize: uint16 })

/** A query that RFC 1035 and RFC 6891 have nothing against. */
const wellFormed: fc.Arbitrary<Message> = fc
  .record({ id: uint16, rd: bit, cd: bit, ad: bit, qname, qtype, edns: fc.option(edns, { nil: undefined }) })
  .map(({ qname, qtype, edns, ...bits }) => ({
    ...query('.', bits),
    question: { qname: nameOf(qname), spelling: formatLabels(qname), qtype, qclass: CLASS.IN },
    ...(edns && { edns }),
  }))

/** Octets of all kinds: mere noise, and queries with some of their octets changed, left out or added. */
const anyOctets = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc
    .record({
      message: wellFormed.map(octetsOf),
      changes: fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 5 }),
      length: fc.option(fc.nat(300), { nil: undefined }),
      behind: fc.uint8Array({ maxLength: 20 }),
    })
    .map(({ message, changes, length, behind }) => {
      const octets = Buffer.concat([message.subarray(0, length), behind])
      for (const [offset, octet] of changes) if (offset < octets.length) octets[offset] = octet
      return octets
    }),
)

const runs = { numRuns: 500 }

for (const transport of ['udp', 'tcp'] as const satisfies readonly Transport[]) {
  describe(`the responder over ${transport}, for anything that is sent`, () => {
    let zones: Zones
    let responder: TestResponder
    before(async () => {
      zones = await fixtureZones('shop')
      responder = testResponder(zones, transport)
    })

    it('says nothing, or what can be read: a response with the id of the message', () =>
      fc.assert(
        fc.asyncProperty(anyOctets, async (octets) => {
          const response = await responder.send(octets)
          const header = readHeader(octets)
          const isDue = header !== undefined && !header.qr
          expect(response !== undefined).to.equal(isDue)
          if (response === undefined) return
          expect(response.length).to.be.at.most(transport === 'udp' ? 1232 : 65_535)
          expect(decodeMessage(response)).to.include({ id: header?.id, qr: true, ra: false, ad: false })
          expect(responder.lines).to.deep.equal([])
        }),
        runs,
      ))

    it('gives every well-formed query one response, to its question and no other', () =>
      fc.assert(
        fc.asyncProperty(wellFormed, async (message) => {
          const octets = octetsOf(message)
          const response = await responder.ask(octets)
          expect(response.question).to.deep.equal(message.question)
          expect(response.edns !== undefined).to.equal(message.edns !== undefined)
          expect(response).to.include({ id: message.id, opcode: 0, qr: true, rd: message.rd, cd: message.cd })
          expect(response.rcode).to.be.oneOf([0, 3, 5])
        }),
        runs,
      ))

    it('gives from the cache what it gives fresh', () =>
      fc.assert(
        fc.asyncProperty(wellFormed, uint16, async (message, otherId) => {
          await responder.send(octetsOf({ ...message, id: otherId, rd: !message.rd, cd: !message.cd }))
          const octets = octetsOf(message)
          const fresh = await testResponder(zones, transport).send(octets)
          expect(await responder.send(octets)).to.deep.equal(fresh)
        }),
        runs,
      ))
  })
}

function below([labels, suffix]: [Label[], string]): Label[] {
  return [...labels.slice(0, 3), ...suffix.split('.')]
}

function fits(labels: readonly Label[]): boolean {
  return labels.reduce((octets, label) => octets + label.length + 1, 1) <= 255
}
