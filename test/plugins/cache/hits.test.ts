import { expect } from 'chai'
import { defineReason } from '../../../src/plugin/reason.ts'
import { records } from '../../dns/messages.ts'
import { answerOf } from '../../server/harness.ts'
import { messageOf, relayed } from '../../support/upstream.ts'
import type { AskOptions } from './harness.ts'
import { CachedUpstream } from './harness.ts'

const www = 'www.example.org.'
const ask = `${www} A`
const answer = [`${www} 300 IN A 192.0.2.1`, `${www} 300 IN A 192.0.2.2`]
const cookie = { code: 10, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex')

/** Octets of the header but for the id, of the question, and of two A records with this TTL. */
const response = (flags: string, ttl: number) =>
  `1234${flags}0001000200000000${'0377777707657861 6d706c65036f726700'.replace(' ', '')}00010001${['01', '02']
    .map((last) => `c00c00010001${ttl.toString(16).padStart(8, '0')}0004c00002${last}`)
    .join('')}`

describe('cache: a miss, the first hit, and those of the answer cache', () => {
  it('differ in AA and in the TTL, and in nothing else', async () => {
    const server = new CachedUpstream()
    server.says({ answer })
    const octets = async () => hex(await server.octets(ask))
    expect(await octets(), 'miss').to.equal(response('8180', 300))
    expect(server.inFront, 'a miss has other bits').to.equal(0)
    server.pass(10)
    expect(await octets(), 'first hit').to.equal(response('8580', 290))
    expect(server.inFront).to.equal(1)
    server.pass(1.5)
    expect(await octets(), 'second hit').to.equal(response('8580', 289))
    server.pass(288.4)
    expect(await octets(), 'the last moment').to.equal(response('8580', 1))
    server.pass(0.1)
    expect(await octets(), 'over').to.equal(response('8180', 300))
    expect(server.fetches).to.equal(2)
  })

  it('have the TTL of the first moment with keepttl', async () => {
    const server = new CachedUpstream('cache 60 {\nkeepttl\n}')
    server.says({ answer })
    const shown: string[] = []
    for (const seconds of [0, 10, 49, 1]) {
      server.pass(seconds)
      shown.push(await server.show(ask))
    }
    expect(shown).to.deep.equal(['NOERROR ra 60', 'NOERROR aa ra 60', 'NOERROR aa ra 60', 'NOERROR ra 60'])
  })

  it('are answered in the letter case of each client', async () => {
    const server = new CachedUpstream()
    server.says({ answer })
    for (const spelling of [www, 'WWW.Example.org.', 'www.EXAMPLE.org.', www]) {
      expect((await server.ask(`${spelling} A`)).question?.spelling).to.equal(spelling)
    }
    expect(server.fetches).to.equal(1)
  })

  it('have the id and RD of each client, and RA of the other server', async () => {
    const server = new CachedUpstream()
    server.says({ answer })
    for (const rd of [true, false, true]) {
      expect(await server.ask(ask, { rd, id: rd ? 1 : 2 })).to.include({ rd, id: rd ? 1 : 2, ra: true })
    }
  })

  it('over TCP and UDP, without EDNS and with, are one', async () => {
    const server = new CachedUpstream()
    server.says({ answer })
    for (const options of [{}, { opt: {} }, { opt: { payloadSize: 4096 } }, { ad: true }])
      await server.ask(ask, options)
    expect(server.fetches).to.equal(1)
  })

  it('have AD where the client speaks of it (RFC 6840)', async () => {
    const server = new CachedUpstream()
    server.says({ answer, ad: true })
    for (const round of ['miss', 'first hit', 'second hit']) {
      for (const [options, ad] of [
        [{}, false],
        [{ ad: true }, true],
        [{ opt: {} }, false],
        [{ opt: { dnssecOk: true } }, true],
      ] as const) {
        expect((await server.ask(ask, options)).ad, `${round}: ${JSON.stringify(options)}`).to.equal(ad)
      }
    }
  })

  it('never have AD that the other server did not say', async () => {
    const server = new CachedUpstream()
    server.says({ answer })
    for (let round = 0; round < 3; round++) expect((await server.ask(ask, { ad: true })).ad).to.equal(false)
  })
})

describe('cache: what an answer is kept by', () => {
  const kinds: readonly (readonly [title: string, ask: string, options?: AskOptions])[] = [
    ['the name', 'ftp.example.org. A'],
    ['the type', `${www} AAAA`],
    ['DO', ask, { opt: { dnssecOk: true } }],
    ['CD', ask, { cd: true }],
    ['DO and CD', ask, { cd: true, opt: { dnssecOk: true } }],
  ]
  for (const [title, other, options] of kinds) {
    it(title, async () => {
      const server = new CachedUpstream()
      server.says({ answer })
      for (let round = 0; round < 3; round++) {
        await server.ask(ask)
        await server.ask(other, options)
      }
      // What is given to another name does not answer it.
      expect(server.fetches).to.equal(other.startsWith(www) && !other.endsWith('AAAA') ? 2 : 4)
    })
  }
})

describe('cache: the other server is asked', () => {
  it('with AD, and with the rest of the query', async () => {
    const server = new CachedUpstream()
    server.says({ answer })
    await server.ask(ask, { id: 77, rd: false, cd: true, opt: { dnssecOk: true, options: [cookie] } })
    const [asked] = server.upstream.asked
    expect(asked?.request).to.deep.include({ id: 77, rd: false, cd: true, ad: true })
    expect(asked?.request?.edns).to.deep.include({ dnssecOk: true, options: [cookie] })
  })
})

describe('cache: EDNS of the other server', () => {
  const extendedError = { infoCode: 17, text: 'filtered' }
  const other = { code: 10, data: Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9) }

  it('its options reach nobody, those of the client are echoed', async () => {
    const server = new CachedUpstream()
    server.says({ answer, edns: { version: 0, dnssecOk: false, payloadSize: 4096, options: [other] } })
    for (const round of ['miss', 'first hit', 'second hit']) {
      const { edns } = await server.ask(ask, { opt: { options: [cookie] } })
      expect(edns, round).to.deep.equal({ version: 0, dnssecOk: false, payloadSize: 1232, options: [cookie] })
      expect((await server.ask(ask, { opt: {} })).edns, round).not.to.have.property('options')
    }
  })

  it('its extended error is told each time (RFC 8914)', async () => {
    const server = new CachedUpstream()
    server.says({ rcode: 2, edns: { version: 0, dnssecOk: false, payloadSize: 4096, extendedError, options: [other] } })
    for (const round of ['miss', 'first hit', 'second hit']) {
      expect((await server.ask(ask, { opt: {} })).edns, round).to.deep.include({ extendedError })
      expect(await server.ask(ask), round).not.to.have.property('edns')
    }
    expect(server.fetches).to.equal(1)
  })
})

describe('cache: an answer too large for UDP', () => {
  const many = Array.from({ length: 40 }, (_, index) => `${www} 300 IN A 192.0.2.${index}`)

  it('is kept whole, and cut for each client', async () => {
    const server = new CachedUpstream()
    server.says({ answer: many })
    for (let round = 0; round < 3; round++) {
      expect(await server.show(ask, { opt: { payloadSize: 1232 } })).to.match(/^NOERROR (aa )?ra 300$/)
      expect(await server.show(ask)).to.match(/^NOERROR aa tc ra -$/)
    }
    expect(server.fetches).to.equal(1)
  })
})

describe('cache: what is kept stands by itself', () => {
  it('whatever is done to the buffer that it came in', async () => {
    const server = new CachedUpstream()
    server.says({ answer })
    const { answer: reply } = server.upstream
    let buffer = new Uint8Array()
    server.upstream.answer = async (query) => {
      const relayed = await reply(query)
      if (!('message' in relayed)) throw new Error('it relays')
      const { octets } = relayed.message
      buffer = new Uint8Array(4096)
      buffer.set(octets)
      return { ...relayed, message: { ...relayed.message, octets: buffer.subarray(0, octets.length) } }
    }
    await server.octets(ask)
    buffer.fill(0xff)
    expect(hex(await server.octets(ask))).to.equal(response('8580', 300))
  })

  it('without what was for the query that fetched it alone', async () => {
    const server = new CachedUpstream()
    server.says({ answer })
    const { answer: reply } = server.upstream
    server.upstream.answer = async (query) => ({ ...(await reply(query)), recursionDesired: false, payloadLimit: 512 })
    expect((await server.ask(ask)).rd).to.equal(false)
    for (let round = 0; round < 2; round++) expect((await server.ask(ask)).rd).to.equal(true)
  })

  it('but for the wildcard that the name was made from', async () => {
    const server = new CachedUpstream()
    const metadata = { 'zone/wildcard': '*.example.org.', 'forward/upstream': '192.0.2.53:53' }
    server.upstream.answer = () => relayed(messageOf(ask, { answer }), { metadata })
    expect((await server.handedUp(ask)).metadata).to.deep.equal(metadata)
    expect((await server.handedUp(ask)).metadata).to.deep.equal({ 'zone/wildcard': '*.example.org.' })
  })

  it('with the reason of records, and their live serial', async () => {
    let serial = 5
    const because = defineReason('test', 17, () => 'a test says so')
    const authority = records('example.org. 60 IN SOA ns.example.org. hostmaster.example.org. 1 2 3 4 60')
    const server = new CachedUpstream()
    server.upstream.answer = () =>
      answerOf({
        rcode: 'NXDOMAIN',
        authority,
        trace: [because({})],
        serial: () => serial,
        validity: { kind: 'expires', tags: [] },
      })
    for (const round of ['miss', 'first hit', 'second hit']) {
      const { edns } = await server.ask(ask, { opt: {} })
      expect(edns?.extendedError, round).to.deep.equal({ infoCode: 17, text: 'a test says so' })
    }
    serial = 6
    expect((await server.records(ask, { opt: {} }))[0]).to.include('hostmaster.example.org. 6 2 3 4 60')
    expect(server.fetches).to.equal(1)
  })
})
