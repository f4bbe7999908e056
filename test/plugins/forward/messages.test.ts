import { expect } from 'chai'
import { minimumPayloadSize } from '../../../src/dns/edns.ts'
import { CLASS, rcodeName, TYPE } from '../../../src/dns/iana.ts'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { headerOctets } from '../../../src/dns/wire/header.ts'
import { readRawMessage } from '../../../src/dns/wire/raw.ts'
import { query, records } from '../../dns/messages.ts'
import { octetsOf } from '../../server/harness.ts'
import { samplesOf } from '../../support/samples.ts'
import { encodeQuery } from '../../support/serve.ts'
import { type OddRecord, oddReplyTo, replyTo } from '../../support/upstream-double.ts'
import { Serving } from './serving.ts'

const serving = new Serving()
afterEach(() => serving.end())

describe('forward: the query, as the upstream gets it', () => {
  it('has the question in the letters of the client, its flags, and its OPT record with all options', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    const options = [
      { code: 8, data: Uint8Array.of(0, 1, 24, 0, 192, 0, 2) },
      { code: 65_001, data: Uint8Array.of(1, 2) },
    ]
    const edns = { payloadSize: 4096, dnssecOk: true, options }
    await server.exchange('WwW.eXaMpLe. A', { edns, message: { rd: true, ad: true, cd: true } })
    const [received] = upstream.received
    expect(received?.message).to.deep.include({ qr: false, opcode: 0, rd: true, ad: true, cd: true, ra: false })
    expect(received?.message.question).to.include({ spelling: 'WwW.eXaMpLe.', qtype: TYPE.A, qclass: CLASS.IN })
    expect(received?.message.edns).to.deep.equal({ version: 0, ...edns })
  })

  it('has no OPT record where the client sent none, and RD clear where it was', async () => {
    const upstream = await serving.upstream()
    await serving.server(`forward . ${upstream.at}`).exchange('www.example. A')
    expect(upstream.received[0]?.message).to.include({ rd: false }).and.not.to.have.property('edns')
  })

  it('has an id of its own each time, and the response has that of the client', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    for (let id = 0; id < 50; id++) {
      expect((await server.exchange('www.example. A', { message: { id } })).id).to.equal(id)
    }
    expect(new Set(upstream.received.map(({ message }) => message.id)).size).to.be.greaterThan(40)
  })

  it('carries the SOA record of an IXFR', async () => {
    const upstream = await serving.upstream()
    const authority = records('example. 5 IN SOA ns.example. root.example. 7 1 2 3 4')
    await serving.server(`forward . ${upstream.at}`).exchange('example. IXFR', { message: { authority } })
    expect(upstream.received[0]?.message.authority).to.deep.equal(authority)
  })

  it('may be of any class', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    const asked = query('version.bind. TXT')
    const question = asked.question && { ...asked.question, qclass: CLASS.CH }
    const response = await server.send(octetsOf({ ...asked, ...(question && { question }) }))
    expect(response && decodeMessage(response)).to.include({ rcode: 0, ra: true })
    expect(upstream.received[0]?.message.question?.qclass).to.equal(CLASS.CH)
  })
})

describe('forward: the reply, as the client gets it', () => {
  for (const flags of [
    { aa: true, ra: false, ad: false },
    { aa: false, ra: true, ad: true },
    { aa: false, ra: true, ad: false },
  ]) {
    it(`has the flags of the upstream: ${JSON.stringify(flags)}`, async () => {
      const upstream = await serving.upstream()
      upstream.reply = (received) => [replyTo(received, flags)]
      const server = serving.server(`forward . ${upstream.at}`)
      expect(await server.exchange('www.example. A', { message: { rd: true } })).to.include(flags)
    })
  }

  for (const rcode of [0, 2, 3, 5, 9, 23]) {
    it(`has the code of the upstream: ${rcodeName(rcode)}`, async () => {
      const upstream = await serving.upstream()
      upstream.reply = (received) => [replyTo(received, { rcode, answer: [] })]
      const server = serving.server(`forward . ${upstream.at}`)
      expect((await server.exchange('www.example. A', { edns: {} })).rcode).to.equal(rcode)
    })
  }

  it('is SERVFAIL where the code of the upstream is not assigned', async () => {
    const upstream = await serving.upstream()
    upstream.reply = (received) => [replyTo(received, { rcode: 13 })]
    expect((await serving.server(`forward . ${upstream.at}`).exchange('www.example. A')).rcode).to.equal(2)
  })

  it('has the options and the Extended DNS Error of the upstream, where the client has an OPT record', async () => {
    const upstream = await serving.upstream()
    const options = [{ code: 65_001, data: Uint8Array.of(9) }]
    const extendedError = { infoCode: 22, text: 'At delegation example.' }
    const edns = { version: 0, dnssecOk: false, payloadSize: 1232, options, extendedError }
    upstream.reply = (received) => [replyTo(received, { rcode: 2, answer: [], edns })]
    const server = serving.server(`forward . ${upstream.at}`)
    expect((await server.exchange('www.example. A', { edns: {} })).edns).to.deep.include({ options, extendedError })
    expect(await server.exchange('www.example. A')).not.to.have.property('edns')
  })

  const cookie = { code: 10, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }

  it('has no option of the client where the upstream has an OPT record without it', async () => {
    const upstream = await serving.upstream()
    upstream.reply = (received) => [replyTo(received, { edns: { version: 0, dnssecOk: false, payloadSize: 1232 } })]
    const server = serving.server(`forward . ${upstream.at}`)
    expect((await server.exchange('www.example. A', { edns: { options: [cookie] } })).edns).not.to.have.property(
      'options',
    )
  })

  it('has those of the client that are echoed where the upstream has no OPT record', async () => {
    const upstream = await serving.upstream()
    upstream.reply = (received) => {
      const { edns: _, ...plain } = received.message
      return [replyTo({ ...received, message: plain })]
    }
    const server = serving.server(`forward . ${upstream.at}`)
    expect((await server.exchange('www.example. A', { edns: { options: [cookie] } })).edns?.options).to.deep.equal([
      cookie,
    ])
  })

  it('has those of the client that are echoed where it has passed through cache', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}\ncache`)
    for (const when of ['a miss', 'a hit', 'a hit of the cache in front']) {
      const { edns } = await server.exchange('www.example. A', { edns: { options: [cookie] } })
      expect(edns?.options, when).to.deep.equal([cookie])
    }
    expect(upstream.received).to.have.lengthOf(1)
  })

  const odd: readonly OddRecord[] = [
    { type: 65_280, rdata: Buffer.from('c00c00ff', 'hex') }, // would be a pointer, if it were a name
    { type: 65_280, rdata: Buffer.alloc(0) },
    { type: TYPE.CAA, ttl: 7, rdata: Buffer.from('\0\x05issueca.example') },
    { type: TYPE.RRSIG, rdata: Buffer.alloc(80, 0xab) },
    { type: TYPE.A, rrclass: CLASS.CH, ttl: 0xffff_ffff, rdata: Buffer.from('a chaotic address') },
  ]

  it('has records of any type and class, octet for octet, and the question in the letters of the client', async () => {
    const upstream = await serving.upstream()
    let sent: Uint8Array = new Uint8Array()
    upstream.reply = (received) => {
      sent = oddReplyTo(received, odd)
      return [Buffer.from(sent).fill(Buffer.from('oDD'), headerOctets + 1, headerOctets + 4)]
    }
    const response = await serving.server(`forward . ${upstream.at}`).send(encodeQuery('Odd.example. TYPE65280'))
    if (response === undefined) throw new Error('no response')
    const { records } = readRawMessage(response)
    expect(records).to.have.lengthOf(odd.length)
    expect(Buffer.from(response).subarray(headerOctets)).to.deep.equal(Buffer.from(sent).subarray(headerOctets))
  })

  it('is cut to whole RRsets, with TC, where the client takes less over UDP', async () => {
    const upstream = await serving.upstream()
    const rdata = Buffer.alloc(200, 1)
    upstream.reply = (received) => [
      oddReplyTo(
        received,
        [1, 2, 3, 4].map((type) => ({ type: 65_280 + type, rdata })),
      ),
    ]
    const server = serving.server(`forward . ${upstream.at}`)
    const response = await server.send(encodeQuery('big.example. ANY'))
    if (response === undefined) throw new Error('no response')
    expect(response.length).to.be.at.most(minimumPayloadSize)
    expect(readRawMessage(response).header).to.include({ tc: true, ancount: 2 })
    const whole = await server.send(encodeQuery('big.example. ANY'), { transport: 'tcp' })
    if (whole === undefined) throw new Error('no response')
    expect(readRawMessage(whole).header).to.include({ tc: false, ancount: 4 })
  })

  it('has TC where the upstream has set it', async () => {
    const upstream = await serving.upstream()
    upstream.reply = (received) => [replyTo(received, { tc: true, answer: [] })]
    const server = serving.server(`forward . ${upstream.at}`)
    expect(await server.exchange('www.example. A')).to.deep.include({ tc: true, rcode: 0, answer: [] })
    expect(upstream.received.map(({ transport }) => transport)).to.deep.equal(['udp'])
  })
})

describe('forward: what is no reply', () => {
  for (const { title, bad } of [
    { title: 'a wrong id', bad: (good: Uint8Array) => patched(good, 0, (good[0] ?? 0) ^ 1) },
    { title: 'less than a header', bad: (good: Uint8Array) => good.subarray(0, 11) },
    { title: 'another source', bad: (good: Uint8Array) => ({ fromElsewhere: good }) },
  ]) {
    it(`${title}: passed over, and the port is not used again`, async () => {
      const upstream = await serving.upstream()
      upstream.reply = (received) => {
        const forged = replyTo(received, { rcode: 3, answer: [] })
        return [bad(forged), replyTo(received)]
      }
      const server = serving.server(`forward . ${upstream.at}`)
      for (let count = 0; count < 2; count++) {
        expect((await server.exchange('www.example. A')).rcode, title).to.equal(0)
      }
      const ports = upstream.received.map(({ port }) => port)
      // The kernel drops what comes from elsewhere: we do not even hear of it.
      expect(new Set(ports).size).to.equal(title === 'another source' ? 1 : 2)
    })
  }

  for (const { title, changed } of [
    { title: 'another name', changed: (good: Uint8Array) => patched(good, headerOctets + 1, 0x78) },
    { title: 'another type', changed: (good: Uint8Array) => patched(good, headerOctets + 14, 2) },
    { title: 'another class', changed: (good: Uint8Array) => patched(good, headerOctets + 16, 3) },
    { title: 'a query', changed: (good: Uint8Array) => patched(good, 2, 0) },
    { title: 'no question', changed: (good: Uint8Array) => patched(good, 5, 0) },
  ]) {
    it(`${title}: FORMERR, and no line of the log`, async () => {
      const upstream = await serving.upstream()
      upstream.reply = (received) => [changed(replyTo(received, { answer: [] }))]
      const server = serving.server(`prometheus\nforward . ${upstream.at}`)
      const { rcode, edns } = await server.exchange('www.example. A', { edns: {} })
      expect(rcodeName(rcode)).to.equal('FORMERR')
      expect(samplesOf(server.metrics), 'the plugin writes it').to.include({
        'coredns_dns_responses_total{server="dns://:53",zone=".",view="",rcode="FORMERR",plugin="errors"}': 1,
      })
      expect(edns?.extendedError).to.deep.equal({ infoCode: 0, text: `${upstream.at} answered another question` })
      expect(server.lines).to.deep.equal([])
    })
  }

  const cut = (octets: Uint8Array) => octets.subarray(0, -1)

  it('records that are cut off, over UDP: an empty response with TC', async () => {
    const upstream = await serving.upstream()
    upstream.reply = (received) => [cut(replyTo(received))]
    const response = await serving.server(`forward . ${upstream.at}`).exchange('www.example. A')
    expect(response).to.deep.include({ tc: true, rcode: 0, answer: [], authority: [], additional: [] })
  })

  it('records that are cut off, over TCP: SERVFAIL', async () => {
    const upstream = await serving.upstream()
    upstream.reply = (received) => [cut(replyTo(received))]
    const server = serving.server(`forward . ${upstream.at} {\nmax_fails 0\n}`)
    expect((await server.exchange('www.example. A', { transport: 'tcp' })).rcode).to.equal(2)
    expect(server.lines).to.have.lengthOf(1)
    expect(server.lines[0]).to.match(
      /^\[ERROR\] plugin\/errors: 2 www\.example\. A: dns: malformed message at octet \d+/,
    )
  })

  it('a datagram that nobody asked for: the port is not used again', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    await server.exchange('www.example. A')
    const [first] = upstream.received
    if (first === undefined) throw new Error('nothing was received')
    upstream.sendTo(first, replyTo(first, { rcode: 3, answer: [] }))
    // Both wait in the same queue of the kernel's: what was sent first is read first.
    upstream.reply = (received) => [replyTo(received)]
    expect((await server.exchange('www.example. A')).rcode).to.equal(0)
    await server.exchange('www.example. A')
    expect(new Set(upstream.received.map(({ port }) => port)).size).to.be.greaterThan(1)
  })
})

function patched(octets: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(octets)
  copy[at] = value
  return copy
}
