import { expect } from 'chai'
import { defaultPayloadSize, minimumPayloadSize } from '../../src/dns/edns.ts'
import { CLASS } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import { readRawMessage } from '../../src/dns/wire/raw.ts'
import type { Next, RelayedAnswer } from '../../src/plugin/handler.ts'
import type { Exchange } from '../../src/plugin/observer.ts'
import type { Zones } from '../../src/server/zones.ts'
import { edns, query, records, response } from '../dns/messages.ts'
import { octetsOf, testResponder, zonesOf } from './harness.ts'

/** What a plugin makes of this message of another server. */
function relay(message: Message, changes: Partial<RelayedAnswer> = {}): RelayedAnswer {
  return {
    message: readRawMessage(octetsOf(message)),
    rcode: 'NOERROR',
    authoritative: false,
    recursionAvailable: true,
    validity: { kind: 'once' },
    ...changes,
  }
}

const ask = 'www.example. TXT'
const texts = (count: number) =>
  records(...Array.from({ length: count }, (_, index) => `t${index}.example. 5 IN TXT "${'x'.repeat(200)}"`))

const sizes: readonly {
  readonly title: string
  readonly transport: 'udp' | 'tcp'
  readonly payloadSize?: number
  readonly payloadLimit?: number
  /** RRsets of 220 octets or so that there are, and that arrive. */
  readonly count: number
  readonly arrived: number
  readonly limit: number
}[] = [
  { title: 'UDP without EDNS', transport: 'udp', count: 5, arrived: 2, limit: minimumPayloadSize },
  { title: 'UDP', transport: 'udp', payloadSize: 1000, count: 9, arrived: 4, limit: 1000 },
  {
    title: 'UDP, and a client that takes more than we send',
    transport: 'udp',
    payloadSize: 4096,
    count: 9,
    arrived: 5,
    limit: defaultPayloadSize,
  },
  {
    title: 'UDP, and a plugin that wants less',
    transport: 'udp',
    payloadSize: 1232,
    payloadLimit: 700,
    count: 9,
    arrived: 3,
    limit: 700,
  },
  { title: 'UDP, and all fits', transport: 'udp', payloadSize: 1232, count: 5, arrived: 5, limit: 1232 },
  { title: 'TCP', transport: 'tcp', count: 200, arrived: 200, limit: 65_535 },
  {
    title: 'TCP, and a plugin that wants less of UDP',
    transport: 'tcp',
    payloadLimit: 512,
    count: 9,
    arrived: 9,
    limit: 65_535,
  },
]

describe('a relayed answer: how much of it arrives', () => {
  for (const { title, transport, payloadSize, payloadLimit, count, arrived, limit } of sizes) {
    it(title, async () => {
      const answer = texts(count)
      const opt = edns({ payloadSize: 4096 })
      const chain: Next = () => relay(response(ask, { answer, edns: opt }), { ...(payloadLimit && { payloadLimit }) })
      const responder = testResponder(zonesOf({ '.': chain }), transport)
      const asked = query(ask, payloadSize === undefined ? {} : { edns: edns({ payloadSize }) })
      const octets = await responder.send(octetsOf(asked))
      expect(octets?.length).to.be.at.most(limit)
      const reply = await responder.ask(asked)
      expect(reply.answer).to.deep.equal(answer.slice(0, arrived))
      expect(reply.tc).to.equal(arrived < count)
      expect(reply.edns?.payloadSize).to.equal(payloadSize === undefined ? undefined : defaultPayloadSize)
    })
  }

  it('additional records that do not fit are left out without TC', async () => {
    const answer = texts(1)
    const chain: Next = () => relay(response(ask, { answer, additional: texts(3) }))
    const { tc, additional } = await testResponder(zonesOf({ '.': chain })).ask(query(ask))
    expect({ tc, count: additional.length }).to.deep.equal({ tc: false, count: 1 })
  })

  it('TC of the message passes, over either transport', async () => {
    const chain: Next = () => relay(response(ask, { tc: true }))
    for (const transport of ['udp', 'tcp'] as const) {
      expect((await testResponder(zonesOf({ '.': chain }), transport).ask(query(ask))).tc).to.equal(true)
    }
  })
})

describe('a relayed answer: what is said of it', () => {
  it('is what the plugin says, whatever the message has', async () => {
    const chain: Next = () =>
      relay(response(ask, { id: 1, aa: true, ra: false, rcode: 0 }), {
        rcode: 'NXDOMAIN',
        recursionAvailable: true,
        authenticData: true,
        recursionDesired: false,
      })
    const reply = await testResponder(zonesOf({ '.': chain })).ask(query(ask, { id: 7, rd: true, cd: true }))
    expect(reply).to.include({ id: 7, qr: true, aa: false, ra: true, ad: true, rd: false, cd: true, rcode: 3 })
  })

  it('is of any class, where a block forwards', async () => {
    const question = { ...query('version.bind. TXT').question, qclass: CLASS.CH }
    const asked = { ...query('version.bind. TXT'), question: question as NonNullable<Message['question']> }
    const answer = records('version.bind. 0 IN TXT "1.0"')
    const chain: Next = ({ qclass }) => {
      expect(qclass).to.equal(CLASS.CH)
      return relay({ ...response('version.bind. TXT'), question: asked.question, answer })
    }
    const forwarding: Zones = new Map(
      [...zonesOf({ '.': chain })].map(([zone, blocks]) => [
        zone,
        blocks.map((block) => ({ ...block, plugins: ['forward'] })),
      ]),
    )
    expect(await testResponder(forwarding).ask(asked)).to.deep.include({ rcode: 0, answer })
    expect((await testResponder(zonesOf({ '.': chain })).ask(asked)).rcode).to.equal(5)
  })
})

describe('a relayed answer: kept and seen', () => {
  it('not at all where it is valid once', async () => {
    let made = 0
    const chain: Next = () => {
      made++
      return relay(response(ask))
    }
    const responder = testResponder(zonesOf({ '.': chain }))
    for (let count = 0; count < 3; count++) await responder.ask(query(ask))
    expect(made).to.equal(3)
  })

  it('what observers see of it: its records, and whether there is an SOA record', async () => {
    const seen: object[] = []
    const authority = records('example. 5 IN SOA ns.example. root.example. 1 2 3 4 5')
    const chain: Next = () => relay(response(ask, { authority }), { rcode: 'NXDOMAIN' })
    const observer = {
      name: 'test',
      watch: () => (exchange: Exchange) => {
        const { answerCount, authorityHasSoa } = exchange
        seen.push({ answerCount, authorityHasSoa })
      },
    }
    await testResponder(zonesOf({ '.': chain }, [observer])).ask(query(ask))
    expect(seen).to.deep.equal([{ answerCount: 0, authorityHasSoa: true }])
  })
})
