import { expect } from 'chai'
import type { RawMessage } from '../../../src/dns/wire/raw.ts'
import type { Query } from '../../../src/plugin/handler.ts'
import { records } from '../../dns/messages.ts'
import { answerOf } from '../../server/harness.ts'
import { messageOf, relayed, type Said } from '../../support/upstream.ts'
import { CachedUpstream } from './harness.ts'

const www = 'www.example.org.'
const a = (ttl: number, owner = www) => `${owner} ${ttl} IN A 192.0.2.1`
const aaaa = (ttl: number, owner = www) => `${owner} ${ttl} IN AAAA 2001:db8::1`
const cname = (owner: string, target: string, ttl = 300) => `${owner} ${ttl} IN CNAME ${target}`
const soa = (ttl: number) => `example.org. ${ttl} IN SOA ns.example.org. hostmaster.example.org. 1 7200 1800 86400 60`
const ns = (ttl: number) => `example.org. ${ttl} IN NS ns.example.org.`

interface Case {
  readonly title: string
  /** `www.example.org. A` unless given. */
  readonly ask?: string
  readonly directive?: string
  readonly said: Said
  /** The TTL that the miss gets, `-` without records. */
  readonly ttl: number | '-'
  /** Where it is kept; absent: nowhere. */
  readonly kept?: 'success' | 'denial'
}

const cases: readonly Case[] = [
  { title: 'an answer, for its TTL', said: { answer: [a(300)] }, ttl: 300, kept: 'success' },
  {
    title: 'the lowest TTL is that of all records',
    said: { answer: [a(300)], authority: [ns(200)], additional: [a(100, 'ns.example.org.')] },
    ttl: 100,
    kept: 'success',
  },
  { title: 'an hour at most', said: { answer: [a(86_400)] }, ttl: 3600, kept: 'success' },
  {
    title: 'as long as a TTL can say (RFC 2181)',
    directive: 'cache {\nsuccess 1024 4000000000 3000000000\n}',
    said: { answer: [a(86_400)] },
    ttl: 2 ** 31 - 1,
    kept: 'success',
  },
  { title: 'five seconds at least', said: { answer: [a(1)] }, ttl: 5, kept: 'success' },
  { title: 'TTL 0 becomes five', said: { answer: [a(0)] }, ttl: 5, kept: 'success' },
  {
    title: 'TTL 0 without a minimum is not kept',
    directive: 'cache {\nsuccess 1024 60 0\n}',
    said: { answer: [a(0)] },
    ttl: 0,
  },
  { title: 'the TTL of the directive', directive: 'cache 30', said: { answer: [a(300)] }, ttl: 30, kept: 'success' },
  { title: 'which is no minimum', directive: 'cache 30', said: { answer: [a(20)] }, ttl: 20, kept: 'success' },
  { title: 'and beats the minimum', directive: 'cache 3', said: { answer: [a(1)] }, ttl: 3, kept: 'success' },
  {
    title: 'success: its own TTL',
    directive: 'cache 30 {\nsuccess 1024 40\n}',
    said: { answer: [a(300)] },
    ttl: 40,
    kept: 'success',
  },
  {
    title: 'success: its own minimum',
    directive: 'cache {\nsuccess 1024 3600 120\n}',
    said: { answer: [a(60)] },
    ttl: 120,
    kept: 'success',
  },
  { title: 'no records at all: five seconds', said: {}, ttl: '-', kept: 'success' },
  { title: 'records beside the answer alone, as of whoami', said: { additional: [a(60)] }, ttl: 60, kept: 'success' },
  { title: 'a referral: five seconds', said: { authority: [ns(300)] }, ttl: 5, kept: 'success' },
  {
    title: 'a referral with a higher minimum',
    directive: 'cache {\nsuccess 1024 3600 9\n}',
    said: { authority: [ns(300)] },
    ttl: 9,
    kept: 'success',
  },
  {
    title: 'a type that nobody knows',
    ask: `${www} TYPE65280`,
    said: { answer: [`${www} 300 IN TYPE65280 \\# 1 00`] },
    ttl: 300,
    kept: 'success',
  },

  { title: 'NXDOMAIN, for the TTL of its SOA', said: { rcode: 3, authority: [soa(300)] }, ttl: 300, kept: 'denial' },
  { title: 'NODATA, too', said: { authority: [soa(300)] }, ttl: 300, kept: 'denial' },
  { title: 'half an hour at most', said: { rcode: 3, authority: [soa(86_400)] }, ttl: 1800, kept: 'denial' },
  { title: 'denial: five seconds at least', said: { rcode: 3, authority: [soa(0)] }, ttl: 5, kept: 'denial' },
  {
    title: 'denial: the TTL of the directive',
    directive: 'cache 30',
    said: { authority: [soa(300)] },
    ttl: 30,
    kept: 'denial',
  },
  {
    title: 'denial: its own TTL and minimum',
    directive: 'cache {\ndenial 1024 90 80\n}',
    said: { authority: [soa(7)] },
    ttl: 80,
    kept: 'denial',
  },
  {
    title: 'denial: its figures are not those of answers',
    directive: 'cache {\ndenial 1024 90 80\n}',
    said: { answer: [a(7)] },
    ttl: 7,
    kept: 'success',
  },
  { title: 'NXDOMAIN without SOA is not kept', said: { rcode: 3, authority: [ns(300)] }, ttl: 300 },
  {
    title: 'NXDOMAIN with an answer is not kept',
    said: { rcode: 3, answer: [cname(www, 'a.test.')], authority: [soa(300)] },
    ttl: 5,
  },

  { title: 'SERVFAIL that somebody sent: five seconds', said: { rcode: 2 }, ttl: '-', kept: 'denial' },
  { title: 'SERVFAIL: its records get that TTL', said: { rcode: 2, authority: [soa(300)] }, ttl: 5, kept: 'denial' },
  { title: 'NOTIMP', said: { rcode: 4, authority: [soa(300)] }, ttl: 5, kept: 'denial' },
  {
    title: 'servfail D',
    directive: 'cache {\nservfail 90s\n}',
    said: { rcode: 2, authority: [soa(300)] },
    ttl: 90,
    kept: 'denial',
  },
  { title: 'servfail 0', directive: 'cache {\nservfail 0\n}', said: { rcode: 2, authority: [soa(300)] }, ttl: 0 },

  ...([1, 5, 6, 10] as const).map(
    (rcode): Case => ({ title: `rcode ${rcode} is not kept`, said: { rcode, authority: [soa(300)] }, ttl: 5 }),
  ),
  { title: 'TC is not kept', said: { tc: true, answer: [a(300)] }, ttl: 300 },
  { title: 'a message of another opcode is not kept', said: { opcode: 4, answer: [a(300)] }, ttl: 5 },
  { title: 'a zone transfer is not kept', ask: 'example.org. AXFR', said: { answer: [soa(300)] }, ttl: 5 },
  { title: 'nor a part of one', ask: 'example.org. IXFR', said: { answer: [soa(300)] }, ttl: 5 },

  {
    title: 'CNAMEs to what was asked for',
    said: { answer: [cname(www, 'a.test.'), cname('a.test.', 'b.test.'), a(60, 'b.test.')] },
    ttl: 60,
    kept: 'success',
  },
  {
    title: 'in whatever order and letter case',
    said: { answer: [a(60, 'B.test.'), cname('A.test.', 'b.test.'), cname('WWW.example.org.', 'a.TEST.')] },
    ttl: 60,
    kept: 'success',
  },
  {
    title: 'a CNAME twice',
    said: { answer: [cname(www, 'a.test.'), cname(www, 'a.test.', 200), a(60, 'a.test.')] },
    ttl: 60,
    kept: 'success',
  },
  {
    title: 'a CNAME alone, which was asked for',
    ask: `${www} CNAME`,
    said: { answer: [cname(www, 'a.test.')] },
    ttl: 300,
    kept: 'success',
  },
  { title: 'a CNAME alone is not kept', said: { answer: [cname(www, 'a.test.')] }, ttl: 300 },
  {
    title: 'a CNAME with an SOA is a denial',
    directive: 'cache {\ndenial 1024 100\n}',
    said: { answer: [cname(www, 'a.test.')], authority: [soa(200)] },
    ttl: 100,
    kept: 'denial',
  },
  {
    title: 'CNAMEs that end beside what was asked for',
    said: { answer: [cname(www, 'a.test.'), a(60, 'b.test.')] },
    ttl: 60,
  },
  { title: 'CNAMEs to another type', said: { answer: [cname(www, 'a.test.'), aaaa(60, 'a.test.')] }, ttl: 60 },
  { title: 'CNAMEs in a circle', said: { answer: [cname(www, 'a.test.'), cname('a.test.', www), a(60)] }, ttl: 60 },
  {
    title: 'two CNAMEs of one name',
    said: { answer: [cname(www, 'a.test.'), cname(www, 'b.test.'), a(60, 'a.test.')] },
    ttl: 60,
  },
  { title: 'records of another name', said: { answer: [a(60, 'other.example.org.')] }, ttl: 60 },
  { title: 'ANY: any record of the name', ask: `${www} ANY`, said: { answer: [aaaa(60)] }, ttl: 60, kept: 'success' },
  { title: 'ANY: not those of another', ask: `${www} ANY`, said: { answer: [aaaa(60, 'a.test.')] }, ttl: 60 },

  { title: 'disable success', directive: 'cache {\ndisable success\n}', said: { answer: [a(7200)] }, ttl: 3600 },
  {
    title: 'disable success: denials are kept',
    directive: 'cache {\ndisable success\n}',
    said: { authority: [soa(60)] },
    ttl: 60,
    kept: 'denial',
  },
  {
    title: 'disable success: in its zones',
    directive: 'cache {\ndisable success example.org\n}',
    said: { answer: [a(60)] },
    ttl: 60,
  },
  {
    title: 'disable success: not in others',
    directive: 'cache {\ndisable success ample.org\n}',
    said: { answer: [a(60)] },
    ttl: 60,
    kept: 'success',
  },
  {
    title: 'disable denial',
    directive: 'cache {\ndisable denial example.org\n}',
    said: { rcode: 3, authority: [soa(60)] },
    ttl: 60,
  },
  { title: 'disable denial: SERVFAIL', directive: 'cache {\ndisable denial\n}', said: { rcode: 2 }, ttl: '-' },
  {
    title: 'disable denial: answers are kept',
    directive: 'cache {\ndisable denial\n}',
    said: { answer: [a(60)] },
    ttl: 60,
    kept: 'success',
  },
]

describe('cache: what is kept, and with which TTL', () => {
  for (const { title, ask = `${www} A`, directive, said, ttl, kept } of cases) {
    it(title, async () => {
      const server = new CachedUpstream(directive)
      server.says(said)
      const ttlOf = async () => Number((await server.show(ask)).split(' ').at(-1))
      expect(await ttlOf()).to.deep.equal(ttl === '-' ? Number.NaN : ttl)
      const isKept = async () => {
        const before = server.fetches
        await server.show(ask)
        return server.fetches === before
      }
      expect(await isKept()).to.equal(kept !== undefined)
      const { hits, ...entries } = hitsAndEntries(server)
      expect(hits).to.equal(kept)
      if (kept === undefined) return
      expect(entries).to.deep.equal({ success: kept === 'success' ? 1 : 0, denial: kept === 'denial' ? 1 : 0 })

      const life = ttl === '-' ? 5 : ttl
      server.pass(life - 1)
      expect(await isKept(), 'in its last second').to.equal(true)
      server.pass(1)
      expect(await isKept(), 'when its time is over').to.equal(false)
    })
  }
})

function hitsAndEntries(server: CachedUpstream) {
  const counts = server.counts()
  const hits = (['success', 'denial'] as const).find((kind) => `hits_total{${kind}}` in counts)
  return { hits, success: counts['entries{success}'], denial: counts['entries{denial}'] }
}

describe('cache: messages that are not kept', () => {
  const good = messageOf(`${www} A`, { answer: [a(60)] })
  const cases: readonly { readonly title: string; readonly message: RawMessage; readonly drops: number }[] = [
    { title: 'to another name', message: messageOf('a.test. A', { answer: [a(60)] }), drops: 2 },
    { title: 'to another type', message: messageOf(`${www} AAAA`, { answer: [a(60)] }), drops: 2 },
    { title: 'that are no responses', message: { ...good, header: { ...good.header, qr: false } }, drops: 2 },
    {
      title: 'to the name in another letter case are',
      message: messageOf('WWW.example.ORG. A', { answer: [a(60)] }),
      drops: 0,
    },
  ]
  for (const { title, message, drops } of cases) {
    it(title, async () => {
      const server = new CachedUpstream()
      server.upstream.answer = () => relayed(message)
      for (let round = 0; round < 2; round++) await server.ask(`${www} A`)
      expect(server.fetches).to.equal(drops === 0 ? 1 : 2)
      expect(server.counts().drops_total).to.equal(drops === 0 ? undefined : drops)
    })
  }

  it('a mismatch of what would not be kept anyway is no drop', async () => {
    const server = new CachedUpstream()
    server.upstream.answer = () => relayed(messageOf('a.test. A', { rcode: 5 }))
    await server.ask(`${www} A`)
    expect(server.counts().drops_total).to.equal(undefined)
  })

  it('of another class', async () => {
    const server = new CachedUpstream()
    const octets = Uint8Array.from(good.octets)
    octets[good.questionEnd - 1] = 3
    server.upstream.answer = () => relayed({ ...good, octets })
    await server.ask(`${www} A`)
    expect(server.counts().drops_total).to.equal(1)
  })
})

describe('cache: records of a message', () => {
  const alias = messageOf(`${www} A`, { answer: [cname(www, 'a.test.'), a(60, 'a.test.')] })
  const [first, second] = alias.records

  /** The message with octets written over its own. */
  const patched = (changes: Readonly<Record<number, number>>): RawMessage => {
    const octets = Uint8Array.from(alias.octets)
    for (const [at, octet] of Object.entries(changes)) octets[Number(at)] = octet
    return { ...alias, octets }
  }
  const fetches = async (message: RawMessage, changes: Partial<Query> = {}) => {
    const server = new CachedUpstream()
    server.upstream.answer = () => relayed(message)
    for (let round = 0; round < 2; round++) await server.handedUp(`${www} A`, changes)
    return server.fetches
  }
  if (first === undefined || second === undefined) throw new Error('there are two')

  it('that can be read are', async () => expect(await fetches(patched({}))).to.equal(1))

  it('that cannot are no answer', async () => {
    const message = messageOf(`${www} A`, { answer: [cname(www, 'a.test.')] })
    const octets = Uint8Array.from(message.octets)
    octets[message.records[0]?.rdataAt ?? 0] = 0xff
    expect(await fetches({ ...message, octets })).to.equal(2)
  })

  it('of another class are no answer', async () => {
    expect(await fetches(patched({ [second.ttlAt - 1]: 3 }))).to.equal(2)
    expect(await fetches(patched({ [first.ttlAt - 1]: 3 }))).to.equal(2)
  })

  it('of any class are, if that was asked for', async () => {
    const classAt = alias.questionEnd - 1
    const any = { [classAt]: 255, [classAt - 1]: 0, [second.ttlAt - 1]: 3 }
    expect(await fetches(patched(any), { qclass: 255 })).to.equal(1)
  })
})

describe('cache: answers with signatures', () => {
  const now = Date.UTC(2026, 0, 1) / 1000
  const uint32 = (value: number) => (value >>> 0).toString(16).padStart(8, '0')
  /** RRSIG over A, algorithm 8, by the root. */
  const rrsig = (inception: number, expiration: number) =>
    `${www} 60 IN TYPE46 \\# 19 00010803${uint32(60)}${uint32(expiration)}${uint32(inception)}000000`
  const edns = { version: 0, dnssecOk: true, payloadSize: 1232 }

  const cases = [
    { title: 'that are good', inception: now - 10, expiration: now + 10, opt: edns, kept: true },
    { title: 'that begin and end now', inception: now, expiration: now, opt: edns, kept: true },
    { title: 'that have run out', inception: now - 10, expiration: now - 1, opt: edns, kept: false },
    { title: 'that are not good yet', inception: now + 1, expiration: now + 10, opt: edns, kept: false },
    { title: 'that are good beyond 2106', inception: now - 10, expiration: now + 2 ** 31 - 1, opt: edns, kept: true },
    {
      title: 'that have run out, of a server that does not speak DNSSEC',
      inception: 1,
      expiration: 2,
      opt: { ...edns, dnssecOk: false },
      kept: true,
    },
    { title: 'that have run out, without EDNS', inception: 1, expiration: 2, opt: undefined, kept: true },
  ]
  for (const { title, inception, expiration, opt, kept } of cases) {
    it(`${title} are ${kept ? '' : 'not '}kept`, async () => {
      const server = new CachedUpstream()
      server.says({ answer: [a(60), rrsig(inception, expiration)], ...(opt && { edns: opt }) })
      for (let round = 0; round < 2; round++) await server.ask(`${www} A`, { opt: { dnssecOk: true } })
      expect(server.fetches).to.equal(kept ? 1 : 2)
    })
  }
})

describe('cache: what other plugins answer', () => {
  it('for the one client or the moment: gets its TTL, and is not kept', async () => {
    const server = new CachedUpstream()
    server.upstream.answer = () => answerOf({ validity: { kind: 'once' }, additional: recordsWith() })
    expect(await server.show(`${www} A`)).to.equal('NOERROR aa 5')
    await server.show(`${www} A`)
    expect(server.fetches).to.equal(2)
  })

  it('records that expire are kept as those of a message are', async () => {
    const server = new CachedUpstream('cache 30')
    server.upstream.answer = () =>
      answerOf({ authoritative: false, validity: { kind: 'expires', tags: [] }, answer: recordsWith(60) })
    expect(await server.show(`${www} A`)).to.equal('NOERROR 30')
    server.pass(10)
    for (let round = 0; round < 2; round++) expect(await server.show(`${www} A`)).to.equal('NOERROR aa 20')
    expect(server.fetches).to.equal(1)
  })

  it('records that expire, of a message that was cut, are not', async () => {
    const server = new CachedUpstream()
    const validity = { kind: 'expires', tags: [] } as const
    server.upstream.answer = () => answerOf({ validity, isTruncated: true, answer: recordsWith(60) })
    for (let round = 0; round < 2; round++) await server.ask(`${www} A`)
    expect(server.fetches).to.equal(2)
  })

  it('leases of another cache end with the lowest TTL beside them', async () => {
    const server = new CachedUpstream()
    const validity = { kind: 'leased', lease: { renew: () => 1000 }, tags: [] } as const
    server.upstream.answer = () => answerOf({ validity, answer: recordsWith(60) })
    for (let round = 0; round < 2; round++) expect(await server.show(`${www} A`)).to.equal('NOERROR aa 60')
    server.pass(60)
    await server.show(`${www} A`)
    expect(server.fetches).to.equal(2)
  })

  it('names outside of its zones go through untouched, and uncounted', async () => {
    const server = new CachedUpstream('cache 30 example.net')
    server.says({ answer: [a(300)] })
    for (let round = 0; round < 2; round++) expect(await server.show(`${www} A`)).to.equal('NOERROR ra 300')
    expect([server.fetches, server.counts()]).to.deep.equal([2, {}])
  })

  it('what is thrown is not kept', async () => {
    const server = new CachedUpstream()
    server.upstream.answer = () => Promise.reject(new Error('time is over'))
    for (let round = 0; round < 2; round++) expect(await server.show(`${www} A`)).to.equal('SERVFAIL -')
    expect(server.fetches).to.equal(2)
  })

  function recordsWith(ttl = 0) {
    return records(a(ttl))
  }
})
