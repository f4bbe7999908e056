import { expect } from 'chai'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { silence } from '../../../src/plugin/chain.ts'
import { type Answer, isRelayed, type Query, unpack } from '../../../src/plugin/handler.ts'
import { setupDns64 } from '../../../src/plugins/dns64/setup.ts'
import { Metrics } from '../../../src/util/metrics.ts'
import { queryFor, recordsAnswer } from '../../support/answers.ts'
import { clusterIp, manifests, namespace } from '../../support/manifests.ts'
import { handlerOf } from '../../support/plugin.ts'
import { samplesOf } from '../../support/samples.ts'
import { type AskOptions, serveManifests, type TestServer } from '../../support/serve.ts'
import { type QueryCase, testQueries } from '../../support/table.ts'
import { messageOf, relayed, type Said } from '../../support/upstream.ts'

const zone = `$ORIGIN example.org.
@ 3600 IN SOA ns hostmaster 1 7200 1800 86400 60
  3600 IN NS ns
ns 3600 IN A 192.0.2.53
v4 300 IN A 192.0.2.33
v4 300 IN A 192.0.2.34
short 30 IN A 192.0.2.33
v6 300 IN AAAA 2001:db8::1
both 300 IN A 192.0.2.33
both 300 IN AAAA 2001:db8::1
text 300 IN TXT "here"
alias 300 IN CNAME v4
`
const soa = 'example.org. 60 IN SOA ns.example.org. hostmaster.example.org. 1 7200 1800 86400 60'
const ns = 'example.org. 3600 IN NS ns.example.org.'

const overIPv6: AskOptions = { client: { address: '2001:db8::53', port: 40_000 } }
const overIPv4: AskOptions = { client: { address: '192.0.2.1', port: 40_000 } }
const mapped: AskOptions = { client: { address: '::ffff:192.0.2.1', port: 40_000 } }

const serve = (...directives: string[]): TestServer =>
  serveManifests('', `. {\n${directives.join('\n')}\nfile zone example.org\n}\n`, { files: { zone } })

/** The answer of the zone, beside the records of the answer section. */
const found = { authority: [ns] }
const both = { answer: ['both.example.org. 300 IN AAAA 2001:db8::1'], ...found }
const translated = {
  answer: ['v4.example.org. 60 IN AAAA 64:ff9b::c000:221', 'v4.example.org. 60 IN AAAA 64:ff9b::c000:222'],
  ...found,
}

const cases: readonly QueryCase[] = [
  { title: 'A records, where there is no AAAA record', ask: 'v4.example.org. AAAA', ...translated },
  {
    title: 'the TTL of the A record, if that is less than the SOA record says',
    ask: 'short.example.org. AAAA',
    answer: ['short.example.org. 30 IN AAAA 64:ff9b::c000:221'],
    ...found,
  },
  {
    title: 'what a CNAME leads to',
    ask: 'alias.example.org. AAAA',
    answer: ['alias.example.org. 300 IN CNAME v4.example.org.', ...translated.answer],
    ...found,
  },
  { title: 'not where there is an AAAA record', ask: 'both.example.org. AAAA', ...both },
  { title: 'not where there is no A record either', ask: 'text.example.org. AAAA', authority: [soa] },
  {
    title: 'not where there is no such name',
    ask: 'no.example.org. AAAA',
    rcode: 'NXDOMAIN',
    authority: [soa],
  },
  {
    title: 'no other type',
    ask: 'v4.example.org. A',
    answer: ['v4.example.org. 300 IN A 192.0.2.33', 'v4.example.org. 300 IN A 192.0.2.34'],
    ...found,
  },
]

describe('dns64: for a client of IPv6', () => {
  testQueries(
    () => serve('dns64'),
    cases.map((each) => ({ options: overIPv6, ...each })),
  )
})

describe('dns64: for a client of IPv4', () => {
  const untouched = { ask: 'v4.example.org. AAAA', authority: [soa] }
  testQueries(
    () => serve('dns64'),
    [
      { title: 'nothing is translated', options: overIPv4, ...untouched },
      { title: 'nor through a socket of both families', options: mapped, ...untouched },
    ],
  )
})

describe('dns64: options', () => {
  const v4 = { title: 'A records', ask: 'v4.example.org. AAAA' }
  const behind = (prefix: string) => ({
    answer: ['221', '222'].map((end) => `v4.example.org. 60 IN AAAA ${prefix}${end}`),
    ...found,
  })
  for (const { title, directive, ...expected } of [
    { title: 'allow_ipv4', directive: 'dns64 {\nallow_ipv4\n}', options: overIPv4, ...translated },
    { title: 'PREFIX', directive: 'dns64 64:1337::/96', options: overIPv6, ...behind('64:1337::c000:') },
    { title: 'prefix', directive: 'dns64 {\nprefix 64:1337::/96\n}', options: overIPv6, ...behind('64:1337::c000:') },
    {
      title: 'options behind PREFIX',
      directive: 'dns64 64:1337::/96 {\nallow_ipv4\n}',
      options: overIPv4,
      ...behind('64:1337::c000:'),
    },
    {
      title: 'of several, the last prefix',
      directive: 'dns64 64:1337::/96\ndns64 64:1338::/96',
      options: overIPv6,
      ...behind('64:1338::c000:'),
    },
  ]) {
    describe(title, () => testQueries(() => serve(directive), [{ ...v4, ...expected }]))
  }

  describe('translate_all', () => {
    testQueries(
      () => serve('dns64 {\ntranslate_all\n}'),
      [
        {
          title: 'in the place of an AAAA record',
          ask: 'both.example.org. AAAA',
          options: overIPv6,
          answer: ['both.example.org. 300 IN AAAA 64:ff9b::c000:221'],
          ...found,
        },
        {
          title: 'an AAAA record stays where there is no A record',
          ask: 'v6.example.org. AAAA',
          options: overIPv6,
          answer: ['v6.example.org. 300 IN AAAA 2001:db8::1'],
          ...found,
        },
        { title: 'not for a client of IPv4', ask: 'both.example.org. AAAA', options: overIPv4, ...both },
      ],
    )
  })
})

describe('dns64: what is kept', () => {
  it('each client gets its own answer, whoever asked before', async () => {
    const server = serve('dns64')
    for (let round = 0; round < 2; round++) {
      expect((await server.exchange('v4.example.org. AAAA', overIPv6)).answer).to.have.length(1)
      expect((await server.exchange('v4.example.org. AAAA', overIPv4)).answer).to.have.length(0)
    }
  })

  for (const { title, directive, ask, isKept } of [
    { title: 'a translated answer', directive: 'dns64', ask: 'v4.example.org. AAAA', isKept: false },
    { title: 'one for all clients', directive: 'dns64 {\nallow_ipv4\n}', ask: 'v4.example.org. AAAA', isKept: true },
    { title: 'an answer with AAAA records', directive: 'dns64', ask: 'both.example.org. AAAA', isKept: true },
    { title: 'that there is no such name', directive: 'dns64', ask: 'no.example.org. AAAA', isKept: true },
    { title: 'another type', directive: 'dns64', ask: 'v4.example.org. A', isKept: true },
  ]) {
    it(`${title}: ${isKept ? 'kept' : 'not kept'}`, async () => {
      const server = serve(directive)
      await server.exchange(ask, overIPv6)
      const before = server.misses
      await server.exchange(ask, overIPv6)
      expect(server.misses === before).to.equal(isKept)
    })
  }

  it('one for all clients ends when what it was made of changes', async () => {
    const corefile = 'cluster.local {\ndns64 {\nallow_ipv4\n}\nkubernetes\n}\n'
    const shop = (address: string) => manifests(namespace('shop'), clusterIp('shop/web', address))
    const server = serveManifests(shop('10.0.0.1'), corefile)
    const ask = () => server.ask('web.shop.svc.cluster.local. AAAA').then(({ answer }) => answer)
    expect(await ask()).to.deep.equal(['web.shop.svc.cluster.local. 5 IN AAAA 64:ff9b::a00:1'])
    server.change(shop('10.0.0.2'))
    expect(await ask()).to.deep.equal(['web.shop.svc.cluster.local. 5 IN AAAA 64:ff9b::a00:2'])
  })
})

describe('dns64: counts and reasons', () => {
  it('counts each query whose A records it asked for', async () => {
    const server = serve('dns64 {\nallow_ipv4\n}')
    for (const ask of ['v4', 'v4', 'text', 'both', 'no']) await server.exchange(`${ask}.example.org. AAAA`)
    const { coredns_dns64_requests_translated_total: _, ...counts } = samplesOf(server.metrics)
    expect(counts['coredns_dns64_requests_translated_total{server="dns://:53"}']).to.equal(3)
  })

  it('says why', async () => {
    const server = serve('dns64 64:1337::/96')
    const steps = await server.trace('v4.example.org. AAAA', overIPv6)
    expect(steps.map((step) => step.describe()).at(-1)).to.equal('its IPv4 addresses were put behind 64:1337::/96')
    const none = await server.trace('text.example.org. AAAA', overIPv6)
    expect(none.map((step) => step.code)[0]).to.equal('no-address-to-translate')
  })
})

describe('dns64: what the sources answer', () => {
  const noAaaa: Said = {}
  const addresses: Said = { answer: ['www.test. 300 IN A 192.0.2.33'] }
  const ofNext = (said: Said) => (): Answer => relayed(messageOf('www.test. AAAA', said))

  interface Given {
    readonly own?: () => Answer
    readonly ofIPv4?: () => Answer
    readonly ask?: string
    readonly line?: string
  }

  async function serveOf({ own = ofNext(noAaaa), ofIPv4 = ofNext(addresses), ask, line = 'dns64' }: Given = {}) {
    const asked: Query[] = []
    const resolve = (query: Query) => {
      asked.push(query)
      return ofIPv4()
    }
    const handler = handlerOf(setupDns64, [line], { resolve, serverLabel: 'dns://:53', metrics: new Metrics() })
    const client = { transport: 'udp', address: '2001:db8::53', port: 40_000, localAddress: '2001:db8::1' } as const
    const query = queryFor(ask ?? 'www.test. AAAA', { client })
    const answer = await handler.serve(query, own)
    return { answer, records: unpack(answer).answer.flatMap(formatRRset), asked, query }
  }

  it('asks for the A records as the client asked, of the same name', async () => {
    const { asked, query } = await serveOf()
    expect(asked).to.deep.equal([{ ...query, qtype: 1 }])
  })

  it('600 seconds at most, where no SOA record says what the zone has for a TTL', async () => {
    const long = { answer: ['www.test. 86400 IN A 192.0.2.33'] }
    expect((await serveOf({ ofIPv4: ofNext(long) })).records).to.deep.equal(['www.test. 600 IN AAAA 64:ff9b::c000:221'])
    expect((await serveOf()).records).to.deep.equal(['www.test. 300 IN AAAA 64:ff9b::c000:221'])
  })

  it('has the header of the answer with the A records, and is never authentic', async () => {
    const { answer } = await serveOf({ ofIPv4: ofNext({ ...addresses, aa: true, ad: true, tc: true }) })
    const { authoritative, recursionAvailable, authenticData, isTruncated } = answer
    expect({ authoritative, recursionAvailable, authenticData, isTruncated }).to.deep.equal({
      authoritative: true,
      recursionAvailable: true,
      authenticData: false,
      isTruncated: true,
    })
  })

  it('leaves all but the A records as they are', async () => {
    const said = {
      answer: ['www.test. 300 IN CNAME a.test.', 'a.test. 300 IN A 192.0.2.33'],
      authority: ['test. 300 IN NS ns.test.'],
      additional: ['ns.test. 300 IN A 192.0.2.53'],
    }
    const { answer, records } = await serveOf({ ofIPv4: ofNext(said) })
    expect(records).to.deep.equal(['www.test. 300 IN CNAME a.test.', 'a.test. 300 IN AAAA 64:ff9b::c000:221'])
    const { authority, additional } = unpack(answer)
    expect([authority, additional].map((rrsets) => rrsets.flatMap(formatRRset))).to.deep.equal([
      said.authority,
      said.additional,
    ])
  })

  for (const rcode of [2, 4, 5]) {
    it(`rcode ${rcode} of another server is as good as no record (RFC 6147 section 5.1.2)`, async () => {
      expect((await serveOf({ own: ofNext({ rcode }) })).records).to.have.length(1)
    })
  }

  for (const { title, own } of [
    { title: 'NXDOMAIN of another server', own: ofNext({ rcode: 3 }) },
    { title: 'NXDOMAIN behind a CNAME', own: ofNext({ rcode: 3, answer: ['www.test. 60 IN CNAME a.test.'] }) },
    { title: 'an AAAA record of another server', own: ofNext({ answer: ['www.test. 60 IN AAAA 2001:db8::1'] }) },
    { title: 'a code that no plugin wrote', own: () => recordsAnswer([], { rcode: 'SERVFAIL', unwritten: 'code' }) },
    { title: 'silence', own: () => silence },
  ] satisfies { title: string; own: () => Answer }[]) {
    it(`leaves alone: ${title}`, async () => {
      const given = own()
      const { answer, asked } = await serveOf({ own: () => given })
      expect(answer).to.equal(given)
      expect(asked).to.deep.equal([])
    })
  }

  it('leaves alone: another class', async () => {
    const handler = handlerOf(setupDns64, ['dns64'], { serverLabel: '' })
    const given = ofNext(noAaaa)()
    expect(await handler.serve(queryFor('www.test. AAAA', { qclass: 3 }), () => given)).to.equal(given)
  })

  it('an error over the A records is the answer (RFC 6147 section 5.1.6)', async () => {
    const { answer } = await serveOf({ ofIPv4: ofNext({ rcode: 2 }) })
    expect(answer.rcode).to.equal('SERVFAIL')
  })

  it('without an A record the answer is that to the query itself, octet for octet (RFC 6147 section 5.4)', async () => {
    const own = ofNext({ authority: ['test. 60 IN SOA ns.test. a.test. 1 2 3 4 5'] })()
    const { answer } = await serveOf({ own: () => own, ofIPv4: ofNext({}) })
    expect(isRelayed(answer) && isRelayed(own) && answer.message === own.message).to.equal(true)
  })

  it('silence where the A records were asked for is silence', async () => {
    expect((await serveOf({ ofIPv4: () => silence })).answer.isSilent).to.equal(true)
  })

  it('tells both answers when it is given again', async () => {
    const told: string[] = []
    const allowing = handlerOf(setupDns64, ['dns64'], {
      serverLabel: '',
      resolve: () => recordsAnswer(['www.test. 60 IN A 192.0.2.1'], { onReuse: () => told.push('A') }),
    })
    const client = { ...queryFor('www.test. AAAA').client, address: '2001:db8::53' }
    const own = recordsAnswer([], { onReuse: () => told.push('AAAA') })
    const answer = await allowing.serve(queryFor('www.test. AAAA', { client }), () => own)
    answer.onReuse?.()
    expect(told).to.deep.equal(['AAAA', 'A'])
  })
})
