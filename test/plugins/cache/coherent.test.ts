import { expect } from 'chai'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { bothValid, type Handler, type Validity } from '../../../src/plugin/handler.ts'
import { mapMaybe } from '../../../src/util/maybe-promise.ts'
import { records } from '../../dns/messages.ts'
import { answerOf } from '../../server/harness.ts'
import { clusterIp, externalName, manifests, namespace } from '../../support/manifests.ts'
import { type AskOptions, serveManifests, type TestServer } from '../../support/serve.ts'
import { messageOf, relayed, type Said } from '../../support/upstream.ts'
import { CachedUpstream } from './harness.ts'

const svc = 'shop.svc.cluster.local.'
const web = `web.${svc} A`

const cluster = (...more: readonly object[]) =>
  manifests(namespace('shop'), clusterIp('shop/web', '10.96.0.10'), ...more)

const serve = (cache = 'cache 30', kubernetes = 'ttl 60') =>
  serveManifests(cluster(), `. {\n${cache}\nkubernetes cluster.local {\n${kubernetes}\n}\n}\n`)

/** `NOERROR 30`: the rcode, and the TTLs of all records. */
async function show(server: TestServer, ask: string, options?: AskOptions): Promise<string> {
  const { rcode, answer, authority, additional } = await server.ask(ask, options)
  const ttls = new Set([...answer, ...authority, ...additional].map((line) => line.split(' ')[1]))
  return `${rcode} ${[...ttls].join('/')}`
}

function countsOf(server: TestServer): Record<string, number> {
  const families = server.metrics.families().filter(({ name }) => name.startsWith('coredns_cache_'))
  const series = families.flatMap(({ name, series }) =>
    [...series.values()].map(({ values, series: each }) => {
      const type = values.length === 4 ? `{${values[1]}}` : ''
      return [`${name.replace('coredns_cache_', '')}${type}`, 'value' in each ? each.value : Number.NaN] as const
    }),
  )
  return Object.fromEntries(series)
}

describe('cache: answers of the cluster', () => {
  it('are as they are now, whatever the cache was told', async () => {
    for (const cache of ['cache 30', 'cache 3600', 'cache {\nsuccess 1024 3600 3600\ndenial 1024 3600 3600\n}']) {
      const server = serve(cache)
      expect((await server.ask(`late.${svc} A`)).rcode).to.equal('NXDOMAIN')
      expect((await server.ask(web)).answer.map((line) => line.split(' ')[4])).to.deep.equal(['10.96.0.10'])
      server.change(manifests(namespace('shop'), clusterIp('shop/late', '10.96.0.11')))
      expect((await server.ask(`late.${svc} A`)).rcode).to.equal('NOERROR')
      expect((await server.ask(web)).rcode).to.equal('NXDOMAIN')
    }
  })

  it('have the TTL that CoreDNS shows on a miss: the lowest, no more than that of the directive', async () => {
    for (const [cache, kubernetes, answer, denial] of [
      ['cache 30', 'ttl 60', 30, 30],
      ['cache 30', 'ttl 20', 20, 20],
      ['cache 30', 'ttl 0', 5, 5],
      ['cache 3', 'ttl 60', 3, 3],
      ['cache {\nsuccess 1024 40\ndenial 1024 10\n}', 'ttl 60', 40, 10],
      ['cache {\nsuccess 1024 40 0\ndenial 1024 10 0\n}', 'ttl 0', 0, 0],
      ['cache {\ndisable success\ndisable denial\n}', 'ttl 3', 5, 5],
      ['cache 30 example.org', 'ttl 60', 60, 60],
    ] as const) {
      const server = serve(cache, kubernetes)
      expect(await show(server, web), cache).to.equal(`NOERROR ${answer}`)
      expect(await show(server, `no.${svc} A`), cache).to.equal(`NXDOMAIN ${denial}`)
      expect(await show(server, `web.${svc} AAAA`), cache).to.equal(`NOERROR ${denial}`)
    }
  })

  it('which goes for every section', async () => {
    const { answer, additional } = await serve().ask(`_http._tcp.web.${svc} SRV`)
    expect([...answer, ...additional].map((line) => line.split(' ')[1])).to.deep.equal(['30', '30'])
    expect(await show(serve(), 'dns-version.cluster.local. TXT')).to.equal('NOERROR 30')
  })

  it('have a TTL that does not run down', async () => {
    const server = serve()
    await server.ask(web)
    server.timer.pass(29_000)
    expect(await show(server, web)).to.equal('NOERROR 30')
    server.timer.pass(29_000)
    const before = server.misses
    expect(await show(server, web)).to.equal('NOERROR 30')
    expect(server.misses).to.equal(before)
  })

  it('keep the serial of now', async () => {
    const server = serve()
    const serialOf = async () => (await server.ask(`no.${svc} A`)).authority[0]?.split(' ')[6]
    expect(await serialOf()).to.equal('1')
    server.clock.nowMs = 5000
    server.change(cluster(clusterIp('shop/late', '10.96.0.11')))
    expect(await serialOf()).to.equal('5')
  })

  it('are counted as CoreDNS counts them, whoever gives them', async () => {
    const server = serve()
    for (let round = 0; round < 3; round++) await server.exchange(web)
    for (let round = 0; round < 4; round++) await server.exchange(`no.${svc} A`)
    expect(countsOf(server)).to.deep.equal({
      requests_total: 7,
      misses_total: 2,
      'hits_total{success}': 2,
      'hits_total{denial}': 3,
    })
  })

  it('are misses where they would not be kept', async () => {
    const server = serve('cache {\ndisable success cluster.local\nsuccess 1024\n}')
    for (let round = 0; round < 3; round++) await server.exchange(web)
    expect(countsOf(server)).to.deep.equal({ requests_total: 3, misses_total: 3 })
  })

  it('have AA, as all hits do', async () => {
    const server = new CachedUpstream()
    server.upstream.answer = () => answerOf({ authoritative: false, answer: records('a.test. 60 IN A 192.0.2.1') })
    for (let round = 0; round < 2; round++) expect(await server.show('a.test. A')).to.equal('NOERROR aa 60')
  })

  it('but for a referral, which nobody would follow', async () => {
    const server = new CachedUpstream()
    const authority = records('a.test. 60 IN NS ns.a.test.')
    server.upstream.answer = () => answerOf({ authoritative: false, authority })
    for (let round = 0; round < 2; round++) expect(await server.show('www.a.test. A')).to.equal('NOERROR 5')
  })

  it('are counted by others, too', async () => {
    let reused = 0
    const server = new CachedUpstream()
    server.upstream.answer = () => answerOf({ onReuse: () => reused++ })
    for (let round = 0; round < 3; round++) await server.ask('a.test. A')
    expect(reused).to.equal(2)
  })

  it('REFUSED goes through as it is', async () => {
    const server = serve()
    for (let round = 0; round < 2; round++) {
      const { aa, rcode } = await server.exchange('cluster.local. AXFR')
      expect([aa, rcode]).to.deep.equal([false, 5])
    }
    expect(countsOf(server)).to.deep.equal({ requests_total: 2, misses_total: 2 })
  })

  it('zone transfers go through as they are', async () => {
    const server = serveManifests(
      cluster(),
      '. {\ncache 30\ntransfer cluster.local {\nto *\n}\nkubernetes cluster.local {\nttl 60\n}\n}\n',
    )
    const messages = await server.exchangeAll('cluster.local. AXFR')
    const lines = messages.flatMap(({ answer }) => answer.flatMap(formatRRset))
    expect(new Set(lines.map((line) => line.split(' ')[1]))).to.deep.equal(new Set(['60']))
  })

  it('ExternalNames are as they are now, too, with what they lead to', async () => {
    const server = serveManifests(
      cluster(externalName('shop/away', 'web.shop.svc.cluster.local')),
      'cluster.local {\ncache 30\nkubernetes {\nttl 60\n}\n}\n',
    )
    expect(await show(server, `away.${svc} A`)).to.equal('NOERROR 30')
    server.change(cluster(externalName('shop/away', 'web.shop.svc.cluster.local'), clusterIp('shop/x', '10.96.0.12')))
    server.change(manifests(namespace('shop'), externalName('shop/away', 'web.shop.svc.cluster.local')))
    expect(await show(server, `away.${svc} A`)).to.equal('NOERROR 30')
    expect((await server.ask(`away.${svc} A`)).answer).to.deep.equal([])
  })
})

/** Passes every name on, as `kubernetes` does with one that it has not: true until one of the tags changes. */
const passingOn = (...tags: readonly string[]): Handler => ({
  name: 'source',
  serve: (query, next) =>
    mapMaybe(next(query), (reply) => {
      const own: Validity = { kind: 'until-changed', tags }
      return { ...reply, validity: bothValid(reply.validity, own) }
    }),
})

describe('cache: answers of another server to names that a plugin passed on', () => {
  const ask = 'late.shop.svc.cluster.local. A'
  const authority = ['local. 60 IN SOA ns.local. hostmaster.local. 1 7200 1800 86400 60']

  it('are kept until the plugin has something to say of them', async () => {
    const server = new CachedUpstream('cache', { between: [passingOn('svc:shop/late', 'ns:shop')] })
    server.says({ rcode: 3, authority })
    for (let round = 0; round < 3; round++) await server.ask(ask)
    server.change('svc:shop/web')
    await server.ask(ask)
    expect(server.fetches).to.equal(1)
    for (const [tag, fetches] of [
      ['svc:shop/late', 2],
      ['ns:shop', 3],
    ] as const) {
      server.change(tag)
      for (let round = 0; round < 3; round++) await server.ask(ask)
      expect(server.fetches).to.equal(fetches)
    }
    expect(server.inFront).to.equal(1)
  })

  it('are not kept if a change came while they were fetched', async () => {
    const server = new CachedUpstream('cache', { between: [passingOn('svc:shop/late')] })
    server.says({ rcode: 3, authority })
    const { answer } = server.upstream
    server.upstream.answer = (query) => {
      server.change('svc:shop/late')
      return answer(query)
    }
    for (let round = 0; round < 2; round++) await server.ask(ask)
    expect(server.fetches).to.equal(2)
  })

  it("names that are nobody else's are kept then, too", async () => {
    const server = new CachedUpstream()
    server.says({ rcode: 3, authority })
    const { answer } = server.upstream
    server.upstream.answer = (query) => {
      server.change('svc:shop/late')
      return answer(query)
    }
    for (let round = 0; round < 2; round++) await server.ask(ask)
    expect(server.fetches).to.equal(1)
  })

  it('do not come back behind what has no records', async () => {
    const server = new CachedUpstream('cache {\nserve_stale\nserve_stale_policy prefer_positive\n}')
    const says = (said: Said, ...tags: readonly string[]) => {
      server.upstream.answer = () => relayed(messageOf(ask, said), { validity: { kind: 'expires', tags } })
    }
    says({ answer: ['late.shop.svc.cluster.local. 60 IN A 192.0.2.1'] }, 'svc:shop/late')
    await server.ask(ask)
    server.pass(60)
    says({})
    for (let round = 0; round < 2; round++) expect(await server.show(ask)).to.equal('NOERROR aa ra 0')
    server.change('svc:shop/late')
    expect(await server.show(ask)).to.equal('NOERROR ra -')
  })

  it('are no longer bound to what those before them were', async () => {
    const server = new CachedUpstream('cache {\nserve_stale\nserve_stale_policy prefer_positive\n}')
    const says = (last: number, ...tags: readonly string[]) => {
      const answer = [`late.shop.svc.cluster.local. 60 IN A 192.0.2.${last}`]
      server.upstream.answer = () => relayed(messageOf(ask, { answer }), { validity: { kind: 'expires', tags } })
    }
    says(1, 'svc:shop/late')
    await server.ask(ask)
    server.pass(60)
    says(2)
    await server.ask(ask)
    server.change('svc:shop/late')
    await server.ask(ask)
    expect(server.fetches).to.equal(2)
  })

  it('are dropped also where an answer has replaced a denial', async () => {
    const server = new CachedUpstream('cache {\nserve_stale\n}', { between: [passingOn('svc:shop/late')] })
    server.says({ rcode: 3, authority })
    await server.ask(ask)
    server.pass(60)
    server.says({ answer: ['late.shop.svc.cluster.local. 60 IN A 192.0.2.1'] })
    await server.ask(ask)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 60')
    server.change('svc:shop/late')
    await server.ask(ask)
    expect(server.fetches).to.equal(3)
  })

  it('bind whoever makes an answer of them', async () => {
    const server = new CachedUpstream('cache', { between: [] })
    const validity = { kind: 'expires', tags: ['svc:shop/late'] } as const
    server.upstream.answer = () => relayed(messageOf(ask, { rcode: 3, authority }), { validity })
    const kinds: string[] = []
    for (let round = 0; round < 2; round++) {
      const handed = await server.handedUp(ask)
      kinds.push(handed.validity.kind)
      expect(handed.validity).to.have.deep.property('tags', ['svc:shop/late'])
    }
    expect(kinds).to.deep.equal(['expires', 'leased'])
  })

  it('are followed from the first query on, until the server stops', async () => {
    const server = new CachedUpstream()
    expect(server.followers).to.equal(0)
    server.says({})
    for (let round = 0; round < 3; round++) await server.ask(ask)
    expect(server.followers).to.equal(1)
    server.stop()
    expect(server.followers).to.equal(0)
  })
})
