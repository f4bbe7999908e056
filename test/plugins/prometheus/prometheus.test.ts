import { expect } from 'chai'
import type { Metrics } from '../../../src/util/metrics.ts'
import { samplesOf } from '../../support/samples.ts'
import { serveFixture, type TestServer } from '../../support/serve.ts'

const shop = 'shop.svc.cluster.local.'
const web = `web.${shop} A`

const serve = (directives: string, keys = '.') => serveFixture('shop', { corefile: `${keys} {\n${directives}\n}\n` })

/** What is counted under the names of queries, without their prefix. */
function counted({ metrics }: Pick<TestServer, 'metrics'>): Record<string, number> {
  const own = Object.entries(samplesOf(metrics)).filter(([name]) => name.startsWith('coredns_dns_'))
  return Object.fromEntries(own.map(([name, value]) => [name.slice('coredns_dns_'.length), value]))
}

const at = 'server="dns://:53",zone=".",view=""'

describe('prometheus: what is counted', () => {
  it('nothing before the first query, but that there was no panic', async () => {
    const { metrics } = await serve('prometheus\nkubernetes cluster.local')
    expect(samplesOf(metrics)).to.deep.equal({ coredns_panics_total: 0 })
  })

  it('each query, fresh and from the cache alike', async () => {
    const server = await serve('prometheus\nkubernetes cluster.local')
    for (let asked = 0; asked < 3; asked++) await server.exchange(web)
    expect(server.misses).to.equal(1)
    expect(counted(server)).to.deep.equal({
      [`requests_total{${at},proto="udp",family="1",type="A"}`]: 3,
      [`request_duration_seconds_count{${at}}`]: 3,
      [`request_size_bytes_count{${at},proto="udp"}`]: 3,
      [`response_size_bytes_count{${at},proto="udp"}`]: 3,
      [`responses_total{${at},rcode="NOERROR",plugin="kubernetes"}`]: 3,
    })
  })

  it('by transport, family of the client, type and code', async () => {
    const server = await serve('prometheus\nkubernetes cluster.local')
    for (const address of ['2001:db8::1', '::ffff:10.0.0.1']) {
      await server.exchange(`nope.${shop} SRV`, { transport: 'tcp', client: { address, port: 7 } })
    }
    await server.exchange('cluster.local. CAA')
    const counts = counted(server)
    expect(counts).to.include({
      [`requests_total{${at},proto="tcp",family="2",type="SRV"}`]: 1,
      [`requests_total{${at},proto="tcp",family="1",type="SRV"}`]: 1,
      [`requests_total{${at},proto="udp",family="1",type="other"}`]: 1,
      [`responses_total{${at},rcode="NXDOMAIN",plugin="kubernetes"}`]: 2,
      [`responses_total{${at},rcode="NOERROR",plugin="kubernetes"}`]: 1,
      [`response_size_bytes_count{${at},proto="tcp"}`]: 2,
    })
  })

  const types = 'A AAAA ANY AXFR CNAME DNSKEY DS HTTPS IXFR MX NS NSEC NSEC3 PTR RRSIG SOA SRV SVCB TXT'
  it(`under their names: ${types}`, async () => {
    const server = await serve('prometheus\nkubernetes cluster.local')
    const unnamed = ['HINFO', 'NAPTR', 'TYPE65280']
    for (const type of [...types.split(' '), ...unnamed]) await server.exchange(`${shop} ${type}`, { transport: 'tcp' })
    const found = [...familyOf(server.metrics, 'coredns_dns_requests_total').values()].map(({ values, series }) => [
      values.at(-1),
      'value' in series ? series.value : 0,
    ])
    expect(Object.fromEntries(found)).to.deep.equal({
      ...Object.fromEntries(types.split(' ').map((type) => [type, 1])),
      other: unnamed.length,
    })
  })

  it('the DO bit, also of what is answered from the cache', async () => {
    const server = await serve('prometheus\nkubernetes cluster.local')
    for (const dnssecOk of [true, true, false]) await server.exchange(web, { edns: { dnssecOk } })
    await server.exchange(web)
    expect(counted(server)).to.include({
      [`do_requests_total{${at}}`]: 2,
      [`request_duration_seconds_count{${at}}`]: 4,
    })
  })

  it('in the longest zone of the block', async () => {
    const server = await serve('prometheus\nkubernetes cluster.local', 'cluster.local svc.cluster.local in-addr.arpa')
    await server.exchange(web)
    await server.exchange('cluster.local. SOA')
    const zones = [...familyOf(server.metrics, 'coredns_dns_responses_total').values()].map(({ values }) => values[1])
    expect(zones).to.deep.equal(['svc.cluster.local.', 'cluster.local.'])
  })

  it('octets in the buckets of CoreDNS, and seconds', async () => {
    const server = await serve('prometheus\nkubernetes cluster.local')
    await server.exchange(web)
    expect(bucketOf(server.metrics, 'coredns_dns_request_size_bytes')).to.equal(100)
    expect(bucketOf(server.metrics, 'coredns_dns_response_size_bytes')).to.equal(100)
    const [seconds] = histogramsOf(server.metrics, 'coredns_dns_request_duration_seconds')
    expect(seconds?.sum).to.be.above(0).and.below(8)
  })
})

describe('prometheus: the plugin that wrote the response', () => {
  const chains = [
    { title: 'the one behind prometheus', directives: 'prometheus\nkubernetes cluster.local', plugin: 'kubernetes' },
    {
      title: 'whoever made it',
      directives: 'prometheus\nerrors\nloadbalance\nkubernetes cluster.local',
      plugin: 'errors',
    },
    { title: 'an observer, too', directives: 'prometheus\nlog\nkubernetes cluster.local', plugin: 'log' },
    { title: 'loadbalance', directives: 'prometheus\nloadbalance\nkubernetes cluster.local', plugin: 'loadbalance' },
  ]
  for (const { title, directives, plugin } of chains) {
    it(`${title}: ${directives.replaceAll('\n', ', ')}`, async () => {
      const server = await serve(directives)
      await server.exchange(web)
      expect(counted(server)).to.include({ [`responses_total{${at},rcode="NOERROR",plugin="${plugin}"}`]: 1 })
    })
  }

  it('none, where a plugin only returns a code: the size is 0 then, as in CoreDNS', async () => {
    const server = await serve('prometheus\nerrors\nkubernetes cluster.local')
    await server.exchange('cluster.local. AXFR')
    await server.exchange('www.example.com. A')
    expect(counted(server)).to.include({
      [`responses_total{${at},rcode="REFUSED",plugin=""}`]: 1,
      [`responses_total{${at},rcode="SERVFAIL",plugin=""}`]: 1,
    })
    expect(bucketOf(server.metrics, 'coredns_dns_response_size_bytes')).to.equal(0)
  })

  it('none, where hosts does not know the name', async () => {
    const server = await serve('prometheus\nerrors\nhosts none {\n192.0.2.1 host.test\n}')
    await server.exchange('other.test. A')
    expect(counted(server)).to.include({ [`responses_total{${at},rcode="SERVFAIL",plugin=""}`]: 1 })
  })

  it('none, where all links but one observe', async () => {
    const server = await serve('prometheus\nerrors\nlog')
    await server.exchange('other.test. A')
    expect(counted(server)).to.include({ [`responses_total{${at},rcode="SERVFAIL",plugin=""}`]: 1 })
    expect(server.lines).to.include('[ERROR] plugin/errors: 2 other.test. A: plugin/log: no next plugin found')
  })

  it('kubernetes writes its SERVFAIL itself', async () => {
    const server = await serve('prometheus\nerrors\nkubernetes cluster.local')
    server.store.expectSync()
    await server.exchange(`nope.${shop} A`)
    expect(counted(server)).to.include({ [`responses_total{${at},rcode="SERVFAIL",plugin="errors"}`]: 1 })
  })
})

describe('prometheus: what reaches no plugin', () => {
  const dropped = 'server="dns://:53",zone="dropped",view=""'

  it('is counted in a zone of its own', async () => {
    const server = await serve('prometheus\nkubernetes cluster.local', 'cluster.local')
    await server.exchange('www.example.com. AAAA')
    expect(counted(server)).to.deep.equal({
      [`requests_total{${dropped},proto="udp",family="1",type="AAAA"}`]: 1,
      [`request_duration_seconds_count{${dropped}}`]: 1,
      [`request_size_bytes_count{${dropped},proto="udp"}`]: 1,
      [`response_size_bytes_count{${dropped},proto="udp"}`]: 1,
      [`responses_total{${dropped},rcode="REFUSED",plugin=""}`]: 1,
    })
    expect(bucketOf(server.metrics, 'coredns_dns_response_size_bytes')).to.equal(100)
  })

  it('nor a class that is not served', async () => {
    const server = await serve('prometheus\nkubernetes cluster.local')
    await server.exchange(web, { message: { question: { ...questionOf(), qclass: 3 } } })
    expect(counted(server)).to.include({ [`responses_total{${dropped},rcode="REFUSED",plugin=""}`]: 1 })
  })

  it('is not what is no query at all', async () => {
    const server = await serve('prometheus\nkubernetes cluster.local')
    await server.send(new Uint8Array(12))
    await server.exchange(web, { message: { opcode: 5 } })
    expect(counted(server)).to.deep.equal({})
  })

  for (const errors of ['', 'errors\n']) {
    it(`a plugin that breaks down ${errors === '' ? '' : 'below errors'}`, async () => {
      const server = await serve(`prometheus\n${errors}kubernetes cluster.local`)
      server.store.service = () => {
        throw new TypeError('a bug')
      }
      await server.exchange(web)
      expect(samplesOf(server.metrics)).to.include({ coredns_panics_total: 1 })
      expect(counted(server)).to.include({ [`responses_total{${dropped},rcode="SERVFAIL",plugin=""}`]: 1 })
      expect(Object.keys(counted(server)).filter((name) => name.includes('zone="."'))).to.deep.equal([])
    })
  }
})

function questionOf() {
  return { qname: 'web.' as never, spelling: 'web.', qtype: 1, qclass: 1 }
}

function familyOf(metrics: Metrics, name: string) {
  return metrics.families().find((family) => family.name === name)?.series ?? new Map()
}

function histogramsOf(metrics: Metrics, name: string) {
  return [...familyOf(metrics, name).values()].flatMap(({ series }) => ('counts' in series ? series : []))
}

/** The bound of the one bucket in which something was observed. */
function bucketOf(metrics: Metrics, name: string): number | undefined {
  const family = metrics.families().find((each) => each.name === name)
  const places = histogramsOf(metrics, name).flatMap(({ counts }) =>
    [...counts.entries()].filter(([, count]) => count > 0),
  )
  expect(new Set(places.map(([place]) => place))).to.have.lengthOf(1)
  return family?.bounds[places[0]?.[0] ?? 0]
}
