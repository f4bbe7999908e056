import { expect } from 'chai'
import type { Message } from '../../src/dns/message.ts'
import { parseName } from '../../src/dns/name.ts'
import type { RRset } from '../../src/dns/record.ts'
import { formatRRset } from '../../src/dns/text/record.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import type { Answer } from '../../src/plugin/handler.ts'
import type { TransferAnswer } from '../../src/plugin/transfer.ts'
import type { AnswerNote } from '../../src/server/observe.ts'
import { createResponder } from '../../src/server/responder.ts'
import { AnswerCache } from '../../src/transport/answer-cache.ts'
import { messagesOf } from '../../src/transport/listener.ts'
import { createLogger } from '../../src/util/log.ts'
import { edns, query, records } from '../dns/messages.ts'
import { recordExchanges } from '../support/exchanges.ts'
import { answerOf, octetsOf, zonesOf } from './harness.ts'

const zone = 'z.test.'
const [soa] = records(`${zone} 5 IN SOA ns.dns.${zone} hostmaster.${zone} 1 7200 1800 86400 5`)

function addressOf(index: number): RRset {
  const owner = parseName(`name-${index}.${zone}`)
  return { owner, type: 'A', ttl: 5, rdata: [{ address: `10.0.${index >> 8}.${index & 0xff}` }] }
}

function* addresses(count: number): Generator<RRset, void> {
  for (let index = 0; index < count; index++) yield addressOf(index)
  if (soa !== undefined) yield soa
}

/** A server whose zone has these records behind its SOA; over UDP it would answer the same. */
function serve(rest: () => Iterable<RRset>, transport: 'udp' | 'tcp' = 'tcp') {
  const { observer, seen: exchanges } = recordExchanges()
  const lines: string[] = []
  const chain = (): Answer => {
    const answer: TransferAnswer = {
      ...answerOf({ answer: soa === undefined ? [] : [soa], validity: { kind: 'once' } }),
      rest: rest(),
    }
    return answer
  }
  const zones = zonesOf({ [zone]: chain }, [observer])
  const log = createLogger((line) => lines.push(line))
  const cache = new AnswerCache<AnswerNote>({ maxEntries: 10, maxOctets: 10_000 })
  const respond = createResponder({ zones, cache, log, transport, localAddress: '192.0.2.53' })
  const start = async (message: Message) =>
    messagesOf(await respond(octetsOf(message), { address: '192.0.2.1', port: 40_000 }))
  return { exchanges, lines, start }
}

const axfr = query(`${zone} AXFR`, { id: 0x4242, rd: true, edns: edns() })

describe('the responder: a transfer', () => {
  it('is cut into messages of which each is valid, and says the same as the first', async () => {
    const { start } = serve(() => addresses(10_000))
    const octets = [...(await start(axfr))]
    const messages = octets.map(decodeMessage)
    expect(octets).to.have.length.above(3)
    expect(octets.every(({ length }) => length <= 63_000)).to.equal(true)
    for (const { id, qr, aa, tc, rd, ra, rcode, question, authority, additional } of messages) {
      expect({ id, qr, aa, tc, rd, ra, rcode }).to.deep.equal({
        id: 0x4242,
        qr: true,
        aa: true,
        tc: false,
        rd: true,
        ra: false,
        rcode: 0,
      })
      expect(question).to.deep.equal(axfr.question)
      expect([authority, additional]).to.deep.equal([[], []])
    }
    expect(messages[0]?.edns?.payloadSize).to.equal(1232)
    const sent = messages.flatMap(({ answer }) => answer)
    expect([sent.at(0), sent.at(-1)]).to.deep.equal([soa, soa])
    expect(sent.slice(1, -1)).to.deep.equal(Array.from({ length: 10_000 }, (_, index) => addressOf(index)))
  })

  it('goes on with an RRset in the next message where it does not fit', async () => {
    const owner = parseName(`many.${zone}`)
    const rdata = Array.from({ length: 10_000 }, (_, index) => ({ address: `10.0.${index >> 8}.${index & 0xff}` }))
    const { start } = serve(() => [{ owner, type: 'A', ttl: 5, rdata }])
    const messages = [...(await start(axfr))].map(decodeMessage)
    expect(messages.length).to.be.above(3)
    const sent = messages.flatMap(({ answer }) => answer.filter(({ type }) => type === 'A'))
    const texts = sent.flatMap(formatRRset)
    expect(texts).to.deep.equal(formatRRset({ owner, type: 'A', ttl: 5, rdata }))
  })

  it('reads no more of the zone than the next message needs', async () => {
    let read = 0
    const { start } = serve(function* count() {
      for (const rrset of addresses(10_000)) {
        read++
        yield rrset
      }
    })
    const messages = (await start(axfr))[Symbol.iterator]()
    expect(read).to.equal(0)
    messages.next()
    expect(read).to.be.within(1, 5_000)
  })

  it('is one exchange for the observers, told at its end', async () => {
    const { start, exchanges } = serve(() => addresses(10_000))
    let octets = 0
    for (const message of await start(axfr)) {
      expect(exchanges).to.deep.equal([])
      octets += message.length
    }
    expect(exchanges).to.have.length(1)
    const told = { id: 0x4242, rcode: 0, flags: 0x8500, responseSize: octets, answerCount: 10_002 }
    expect(exchanges[0]).to.include(told)
    expect(exchanges[0]?.question.qtype).to.equal(252)
  })

  it('is told of what was sent, where the client is gone before the end', async () => {
    const { start, exchanges } = serve(() => addresses(10_000))
    const [first] = await start(axfr)
    expect(exchanges.map(({ responseSize }) => responseSize)).to.deep.equal([first?.length])
  })

  it('that fails before its first message is SERVFAIL', async () => {
    const { start, exchanges, lines } = serve(() => {
      return (function* fail() {
        yield addressOf(0)
        throw new Error('lost')
      })()
    })
    const messages = [...(await start(axfr))].map(decodeMessage)
    expect(messages.map(({ rcode, aa, answer }) => ({ rcode, aa, answer }))).to.deep.equal([
      { rcode: 2, aa: false, answer: [] },
    ])
    expect(exchanges.map(({ rcode }) => rcode)).to.deep.equal([2])
    expect(lines.join('\n')).to.match(/^\[ERROR\] z\.test\.: the transfer cannot go on: Error: lost/)
  })

  it('that fails later just ends, without the last SOA', async () => {
    const { start, exchanges } = serve(function* fail() {
      yield* Array.from({ length: 3_000 }, (_, index) => addressOf(index))
      throw new Error('lost')
    })
    const messages = (await start(axfr))[Symbol.iterator]()
    expect(messages.next().done).to.equal(false)
    expect(() => messages.next()).to.throw('lost')
    expect(exchanges).to.have.length(1)
  })

  it('over UDP is its first record alone', async () => {
    const { start } = serve(() => addresses(10), 'udp')
    const messages = [...(await start(axfr))].map(decodeMessage)
    expect(messages.map(({ answer }) => answer)).to.deep.equal([[soa]])
  })
})
