import { expect } from 'chai'
import type { Edns } from '../../src/dns/edns.ts'
import type { Message } from '../../src/dns/message.ts'
import type { RRset } from '../../src/dns/record.ts'
import type { Answer, Transport } from '../../src/plugin/handler.ts'
import { responseLimit } from '../../src/server/encode-answer.ts'
import { addresses, edns, query, records } from '../dns/messages.ts'
import { answerOf, octetsOf, testResponder, zonesOf } from './harness.ts'

const web = 'web.shop.svc.cluster.local.'

/** Octets of a response with `count` compressed A records of `web`, without OPT. */
const sizeWith = (count: number) => 12 + 32 + count * 16

describe('the limit of a response', () => {
  const cases: readonly { title: string; transport: Transport; payloadSize: number; limit: number }[] = [
    { title: 'UDP without EDNS', transport: 'udp', payloadSize: 0, limit: 512 },
    { title: 'UDP, a client that takes too little', transport: 'udp', payloadSize: 100, limit: 512 },
    { title: 'UDP, the size of the client', transport: 'udp', payloadSize: 1000, limit: 1000 },
    { title: 'UDP, what would be fragmented', transport: 'udp', payloadSize: 4096, limit: 1232 },
    { title: 'UDP, the largest size there is', transport: 'udp', payloadSize: 65_535, limit: 1232 },
    { title: 'TCP without EDNS', transport: 'tcp', payloadSize: 0, limit: 65_535 },
    { title: 'TCP, whatever the client says of UDP', transport: 'tcp', payloadSize: 512, limit: 65_535 },
  ]
  for (const { title, transport, payloadSize, limit } of cases) {
    it(`${title}: ${limit}`, () => expect(responseLimit(transport, payloadSize)).to.equal(limit))
  }
})

describe('the responder: truncation', () => {
  const cases: readonly {
    readonly title: string
    readonly count: number
    readonly transport?: Transport
    readonly payloadSize?: number
    readonly truncated: boolean
  }[] = [
    { title: '29 addresses fit 512 octets', count: 29, truncated: false },
    { title: '30 do not', count: 30, truncated: true },
    { title: '28 fit 512 octets beside an OPT record', count: 28, payloadSize: 512, truncated: false },
    { title: '29 do not', count: 29, payloadSize: 512, truncated: true },
    { title: 'a client that says 100 is sent 512', count: 28, payloadSize: 100, truncated: false },
    { title: '73 addresses fit 1,232 octets', count: 73, payloadSize: 1232, truncated: false },
    { title: '74 do not', count: 74, payloadSize: 1232, truncated: true },
    { title: 'nor for a client that takes 4,096', count: 74, payloadSize: 4096, truncated: true },
    { title: '1,000 addresses fit TCP', count: 1000, transport: 'tcp', truncated: false },
    { title: 'and with EDNS, at whatever size', count: 1000, transport: 'tcp', payloadSize: 512, truncated: false },
    { title: '4,100 are too many for any message', count: 4100, transport: 'tcp', truncated: true },
  ]

  for (const { title, count, transport = 'udp', payloadSize, truncated } of cases) {
    it(title, async () => {
      const responder = testResponder(answering({ answer: [addresses(web, count)] }), transport)
      const opt = payloadSize === undefined ? {} : { edns: edns({ payloadSize }) }
      for (const which of ['fresh', 'again']) {
        const response = await responder.send(octetsOf(query(web, opt)))
        const message = await responder.ask(query(web, opt))
        expect(message.tc, which).to.equal(truncated)
        expect(countOf(message.answer), which).to.equal(truncated ? 0 : count)
        const octets = truncated ? sizeWith(0) : sizeWith(count)
        expect(response?.length, which).to.equal(octets + (payloadSize === undefined ? 0 : 11))
        expect(message.edns !== undefined, which).to.equal(payloadSize !== undefined)
      }
    })
  }

  it('leaves out whole RRsets, from the first that does not fit', async () => {
    const answer = [addresses(web, 2), addresses('big.cluster.local.', 40), addresses('small.cluster.local.', 1)]
    const message = await testResponder(answering({ answer })).ask(query(web))
    expect(message.tc).to.equal(true)
    expect(message.answer.map(({ owner }) => owner)).to.deep.equal([web])
    expect(countOf(message.answer)).to.equal(2)
  })

  it('passes over what does not fit of the additional section, without TC', async () => {
    const answer = records(`${web} 5 IN SRV 0 100 80 a.cluster.local.`)
    const additional = [addresses('a.cluster.local.', 40), addresses('b.cluster.local.', 1)]
    const message = await testResponder(answering({ answer, additional })).ask(query(web))
    expect(message.tc).to.equal(false)
    expect(message.additional.map(({ owner }) => owner)).to.deep.equal(['b.cluster.local.'])
  })

  it('gives each client what it takes, in any order, from one cache', async () => {
    const responder = testResponder(answering({ answer: [addresses(web, 50)] }))
    const small = query(web, { edns: edns({ payloadSize: 512 }) })
    const large = query(web, { edns: edns({ payloadSize: 1232 }) })
    for (const [message, count] of [
      [small, 0],
      [large, 50],
      [small, 0],
      [large, 50],
      [small, 0],
    ] as const) {
      const response = await responder.ask(message)
      expect([response.tc, countOf(response.answer)]).to.deep.equal([count === 0, count])
    }
  })
})

describe('the responder: header and OPT record', () => {
  const bits: readonly Partial<Message>[] = [{}, { rd: true }, { cd: true }, { rd: true, cd: true }]
  for (const flags of bits) {
    it(`RD and CD are the query's: ${JSON.stringify(flags)}`, async () => {
      const responder = testResponder(answering({}))
      await responder.ask(query(web, { rd: true, cd: true }))
      for (const which of ['from the cache', 'fresh']) {
        const response = await responder.ask(query(web, flags))
        const { rd = false, cd = false } = flags
        expect(response, which).to.include({ rd, cd, qr: true, aa: true, tc: false, ra: false, ad: false })
        responder.cache.invalidate(['svc:test/test'])
      }
    })
  }

  it('AD of the query is not echoed', async () => {
    const responder = testResponder(answering({}))
    for (const which of ['fresh', 'again']) {
      expect((await responder.ask(query(web, { ad: true }))).ad, which).to.equal(false)
    }
  })

  it('AA is set where the answer says so', async () => {
    const responder = testResponder(answering({ authoritative: false }))
    expect((await responder.ask(query(web))).aa).to.equal(false)
  })

  const opts: readonly { title: string; query?: Partial<Edns>; response?: Edns }[] = [
    { title: 'none for a query without' },
    {
      title: 'our own size',
      query: { payloadSize: 4096 },
      response: { version: 0, dnssecOk: false, payloadSize: 1232 },
    },
    {
      title: 'our own size for a small one',
      query: { payloadSize: 0 },
      response: { version: 0, dnssecOk: false, payloadSize: 1232 },
    },
    { title: 'the DO bit', query: { dnssecOk: true }, response: { version: 0, dnssecOk: true, payloadSize: 1232 } },
  ]
  for (const { title, query: asked, response } of opts) {
    it(`OPT: ${title}`, async () => {
      const responder = testResponder(answering({}))
      for (const which of ['fresh', 'again']) {
        const message = query(web, asked === undefined ? {} : { edns: edns(asked) })
        expect((await responder.ask(message)).edns, which).to.deep.equal(response)
      }
    })
  }

  it('OPT: a cookie comes back as it came, and the Z bits are zero', async () => {
    const withOpt = octetsOf(query(web, { edns: edns({ dnssecOk: true }) }))
    const cookie = Buffer.from('000a00080102030405060708', 'hex')
    const octets = Buffer.concat([withOpt, cookie])
    octets.writeUInt16BE(0xffff, withOpt.length - 4)
    octets.writeUInt16BE(cookie.length, withOpt.length - 2)
    const responder = testResponder(answering({}))
    for (const which of ['fresh', 'again']) {
      const response = Buffer.from((await responder.send(octets)) ?? [])
      const opt = `${'00' + '0029' + '04d0' + '00008000' + '000c'}${cookie.toString('hex')}`
      expect(response.subarray(-23).toString('hex'), which).to.equal(opt)
    }
  })

  it('OPT: of the options come back those that CoreDNS echoes, and no others', async () => {
    const nsid = 3
    const [expire, cookie, keepalive, padding] = [9, 10, 11, 12]
    const [subnet, local] = [8, 65_001]
    const data = Uint8Array.of(1, 2)
    const options = [nsid, subnet, expire, cookie, keepalive, padding, local].map((code) => ({ code, data }))
    const { edns: opt } = await testResponder(answering({})).ask(query(web, { edns: edns({ options }) }))
    expect(opt?.options?.map(({ code }) => code)).to.deep.equal([nsid, expire, cookie, keepalive, padding])
  })

  it('the question comes back in the letter case of each client', async () => {
    const responder = testResponder(answering({ answer: [addresses(web, 1)] }))
    for (const spelling of [web, 'WEB.shop.SVC.cluster.local.', 'weB.SHOP.svc.Cluster.Local.', web]) {
      const response = await responder.ask(query(spelling))
      expect(response.question?.spelling).to.equal(spelling)
      expect(response.answer).to.deep.equal([addresses(web, 1)])
    }
  })
})

function answering(answer: Partial<Answer>) {
  return zonesOf({ 'cluster.local.': () => answerOf(answer) })
}

function countOf(rrsets: readonly RRset[]): number {
  return rrsets.reduce((sum, { rdata }) => sum + rdata.length, 0)
}
