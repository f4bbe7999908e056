import { expect } from 'chai'
import { a, atLocal, cluster, t, z } from '../../cases/cluster.ts'
import { clusterIp, headless, manifests, slice } from '../../support/manifests.ts'
import { serveManifests } from '../../support/serve.ts'
import { each, nodata, nxdomain, type QueryCase, soaOf, testQueries } from '../../support/table.ts'

const block = (...lines: string[]) => `cluster.local in-addr.arpa {\nkubernetes {\n${lines.join('\n')}\n}\nwhoami\n}\n`
const serve = (...lines: string[]) => serveManifests(cluster, block(...lines), atLocal)

const webSrv = (owner: string) => ({
  ask: `${owner} SRV`,
  answer: [`${owner} 5 IN SRV 0 100 80 web.${t}`],
  additional: a(`web.${t}`, '10.96.0.10'),
})

/**
 * The queries that tell implementations apart, as observed on CoreDNS 1.14.7, by their number there. Where we differ
 * on purpose, the title says what CoreDNS answers.
 */
const defaults: readonly QueryCase[] = [
  // 1: CoreDNS also gives the target the zone's letter case in the question; here it is in lower case.
  {
    title: '1: SRV of a Service, in mixed case',
    ask: 'WeB.TestNS.sVc.Cluster.LOCAL SRV',
    answer: [`web.${t} 5 IN SRV 0 100 80 web.${t}`],
    additional: a(`web.${t}`, '10.96.0.10'),
  },
  { title: '2: the other family', ask: `web.${t} AAAA`, ...nodata },
  ...each([`web.${t} ANY`, `web.${t} HTTPS`, `web.${t} TYPE65280`], '3', nodata),
  ...each([`nope.${t} A`, 'web.nons.svc.cluster.local. A'], '4', nxdomain),
  { title: '5: A at a port', ask: `_http._tcp.web.${t} A`, answer: a(`_http._tcp.web.${t}`, '10.96.0.10') },
  ...each([`_http._udp.web.${t} SRV`, `_any._tcp.web.${t} SRV`, `*.${t} A`], '6', nxdomain),
  { title: '7: without underscores', ...webSrv(`http.tcp.web.${t}`) },
  { title: '7: any port', ...webSrv(`_._.web.${t}`) },
  {
    title: '8: a port without a name',
    ask: `unnamed.${t} SRV`,
    answer: [`unnamed.${t} 5 IN SRV 0 100 8080 unnamed.${t}`],
    additional: a(`unnamed.${t}`, '10.96.0.11'),
  },
  {
    title: '9: dual stack',
    ask: `_http._tcp.dual.${t} SRV`,
    answer: [`_http._tcp.dual.${t} 5 IN SRV 0 50 80 dual.${t}`],
    additional: [...a(`dual.${t}`, '10.96.0.13'), `dual.${t} 5 IN AAAA fd00::13`],
  },
  {
    title: '10: two ports of one number',
    ask: `multi.${t} SRV`,
    answer: [80, 53].map((port) => `multi.${t} 5 IN SRV 0 33 ${port} multi.${t}`),
    additional: a(`multi.${t}`, '10.96.0.14'),
  },
  { title: '11: an empty namespace', ask: 'emptyns.svc.cluster.local. A', ...nodata },
  { title: '11: no namespace', ask: 'nons.svc.cluster.local. A', ...nxdomain },
  { title: '12', ask: 'svc.cluster.local. A', ...nodata },
  ...each(['svc.cluster.local. TXT', `${z} TXT`], '12 (CoreDNS: NXDOMAIN)', nodata),
  { title: '13 (CoreDNS: NODATA)', ask: 'foo.cluster.local. SOA', ...nxdomain },
  { title: '13', ask: 'foo.cluster.local. A', ...nxdomain },
  {
    title: '16: no Service fronts the server',
    ask: `${z} NS`,
    answer: [`${z} 5 IN NS ns.dns.${z}`],
    additional: a(`ns.dns.${z}`, '10.1.0.53'),
  },
  { title: '19: ready or not', ask: `hl.${t} A`, answer: a(`hl.${t}`, '10.1.0.1', '10.1.0.2', '10.1.0.4', '10.1.0.6') },
  { title: '20: an endpoint with a hostname, by its address', ask: `10-1-0-1.hl.${t} A`, ...nxdomain },
  ...['pet-0', 'PET-0'].map((label) => ({
    title: `20: by its hostname, ${label}`,
    ask: `${label}.hl.${t} A`,
    answer: a(`pet-0.hl.${t}`, '10.1.0.1'),
  })),
  {
    title: '21: one SRV record for both families',
    ask: `pet-0.hl.${t} SRV`,
    answer: [`pet-0.hl.${t} 5 IN SRV 0 50 8080 pet-0.hl.${t}`],
    additional: [...a(`pet-0.hl.${t}`, '10.1.0.1'), `pet-0.hl.${t} 5 IN AAAA fd00::1`],
  },
  ...each(
    ['A', 'AAAA', 'SRV', 'TXT'].flatMap((type) => [`unready.${t} ${type}`, `sliceless.${t} ${type}`]),
    '22: nothing ready',
    nxdomain,
  ),
  { title: '23: nothing of the family', ask: `portless.${t} AAAA`, ...nodata },
  { title: '24: no ports', ask: `portless.${t} A`, answer: a(`portless.${t}`, '10.1.2.1') },
  { title: '24: no ports, SRV', ask: `portless.${t} SRV`, ...nodata },
  { title: '25: an address twice', ask: `twice.${t} A`, answer: a(`twice.${t}`, '10.1.3.1') },
  {
    title: '25: an address twice, SRV',
    ask: `twice.${t} SRV`,
    answer: [`twice.${t} 5 IN SRV 0 50 8080 a.twice.${t}`],
    additional: a(`a.twice.${t}`, '10.1.3.1'),
  },
  {
    title: '26: a label must not end in a dash',
    ask: `fd00-0-0-1--0.hl.${t} AAAA`,
    answer: [`fd00-0-0-1--0.hl.${t} 5 IN AAAA fd00:0:0:1::`],
  },
  { title: '26: with the dash', ask: `fd00-0-0-1--.hl.${t} AAAA`, ...nxdomain },
  {
    title: '28: an endpoint under a cluster IP',
    ask: `weba.web.${t} SRV`,
    answer: [`weba.web.${t} 5 IN SRV 0 100 8080 weba.web.${t}`],
    additional: a(`weba.web.${t}`, '10.1.9.1'),
  },
  {
    title: '30, 31: a target that nobody knows',
    ask: `ext.${t} A`,
    answer: [`ext.${t} 5 IN CNAME ext.example.com.`],
  },
  { title: '30: CNAME', ask: `ext.${t} CNAME`, answer: [`ext.${t} 5 IN CNAME ext.example.com.`] },
  { title: '30: SRV', ask: `ext.${t} SRV`, ...nodata },
  { title: '30: below', ask: `_http._tcp.ext.${t} A`, ...nxdomain },
  ...each([`astray.${t} A`, `self.${t} A`], '32: a target in the zone that is not there', nodata),
  { title: '32: CNAME', ask: `astray.${t} CNAME`, answer: [`astray.${t} 5 IN CNAME nope.${t}`] },
]

describe('kubernetes: the queries that tell servers apart, with the default options', () => {
  testQueries(() => serve(), defaults)

  it('33: an ExternalName that is an address', async () => {
    const server = serve()
    const ext = server.store.service('testns', 'ext')
    if (ext === undefined) throw new Error('ext is a Service')
    server.store.put({ ...ext, externalName: '192.0.2.1' })
    expect((await server.ask(`ext.${t} A`)).rcode).to.equal('NXDOMAIN')
  })
})

describe('kubernetes: the queries that tell servers apart, options', () => {
  testQueries(
    () => serve('ttl 0'),
    [
      {
        title: '14: dns-version',
        ask: 'dns-version.cluster.local. TXT',
        answer: ['dns-version.cluster.local. 28800 IN TXT "1.1.0"'],
      },
      {
        title: '14: another type of it (CoreDNS: NXDOMAIN)',
        ask: 'dns-version.cluster.local. A',
        authority: [soaOf(z, 0)],
      },
    ],
  )
  testQueries(
    () => serve('ttl 3600'),
    [{ title: '15: the SOA', ask: `nope.${t} A`, rcode: 'NXDOMAIN', authority: [soaOf(z, 3600)] }],
  )
  testQueries(
    () => serve('endpoint_pod_names'),
    [
      { title: '27: by the name of the Pod', ask: `hl-1.hl.${t} A`, answer: a(`hl-1.hl.${t}`, '10.1.0.2') },
      { title: '27: no longer by the address', ask: `10-1-0-2.hl.${t} A`, ...nxdomain },
      { title: '27: too long a name', ask: `10-1-0-4.hl.${t} A`, answer: a(`10-1-0-4.hl.${t}`, '10.1.0.4') },
    ],
  )
  testQueries(
    () => serve('pods insecure'),
    [
      {
        title: '34: a Pod',
        ask: '1-2-3-4.testns.pod.cluster.local. A',
        answer: a('1-2-3-4.testns.pod.cluster.local.', '1.2.3.4'),
      },
      { title: '34: the other family', ask: '1-2-3-4.testns.pod.cluster.local. AAAA', ...nodata },
      { title: '34: no namespace', ask: '1-2-3-4.nons.pod.cluster.local. A', ...nxdomain },
      { title: '34: no address', ask: '999-2-3-4.testns.pod.cluster.local. A', ...nxdomain },
      {
        title: '34: a label before it',
        ask: 'x.1-2-3-4.testns.pod.cluster.local. A',
        answer: a('x.1-2-3-4.testns.pod.cluster.local.', '1.2.3.4'),
      },
    ],
  )
  testQueries(
    () => serve('pods verified'),
    ['fd00-2--2', 'fd00-2-0-0-0-0-0-2'].map((label, index) => ({
      title: index === 0 ? '35: a Pod' : '35: spelled otherwise (CoreDNS: NXDOMAIN)',
      ask: `${label}.podns.pod.cluster.local. AAAA`,
      answer: [`${label}.podns.pod.cluster.local. 5 IN AAAA fd00:2::2`],
    })),
  )

  const shared = '99.0.0.10.in-addr.arpa.'
  const free = '9.9.9.10.in-addr.arpa.'
  testQueries(
    () => serve('fallthrough in-addr.arpa'),
    [
      {
        title: '36: an address of two Services',
        ask: `${shared} PTR`,
        answer: ['left', 'right'].map((name) => `${shared} 5 IN PTR 10-0-0-99.${name}.${t}`),
      },
      {
        title: '36: an address of nothing goes to the next plugin',
        ask: `${free} PTR`,
        additional: [`${free} 0 IN A 192.0.2.1`, `_udp.${free} 0 IN SRV 0 0 40000 .`],
      },
      {
        title: '36: another type (CoreDNS: the next plugin)',
        ask: `${shared} A`,
        authority: [soaOf('in-addr.arpa.')],
      },
    ],
  )
})

describe('kubernetes: the queries that tell servers apart, the name server', () => {
  const kubeDns = `kube-dns.kube-system.svc.${z}`
  const fronted = manifests(
    clusterIp('kube-system/kube-dns', '10.96.0.2', 'fd00::53'),
    slice('kube-system/kube-dns', { endpoints: [{ addresses: ['10.1.0.53'] }] }),
  )
  const asks = (title: string, apex: string, server: string): QueryCase[] => [
    {
      title: `${title}: NS`,
      ask: `${apex} NS`,
      answer: [`${z} 5 IN NS ${kubeDns}`],
      additional: [...a(kubeDns, '10.96.0.2'), `${kubeDns} 5 IN AAAA fd00::53`],
    },
    { title: `${title}: its address`, ask: `${server} A`, answer: a(`ns.dns.${z}`, '10.96.0.2') },
  ]
  testQueries(
    () => serveManifests(fronted, block(), atLocal),
    [
      ...asks('17', z, `ns.dns.${z}`),
      ...asks('18 (CoreDNS: NODATA, NXDOMAIN)', 'CLUSTER.local.', 'ns.dns.Cluster.local.'),
    ],
  )
})

describe('kubernetes: the queries that tell servers apart, 38: sixty endpoints over UDP', () => {
  const endpoints = Array.from({ length: 60 }, (_, index) => ({ addresses: [`10.1.0.${index + 1}`] }))
  const server = serveManifests(manifests(headless('testns/big'), slice('testns/big', { endpoints })))

  it('A without EDNS: TC, and no records (CoreDNS: 29 of them)', async () => {
    const { flags, answer } = await server.ask(`big.${t} A`)
    expect({ flags, answer }).to.deep.equal({ flags: ['qr', 'aa', 'tc'], answer: [] })
  })
  it('A at 1232 octets: all of them', async () => {
    const { flags, answer } = await server.ask(`big.${t} A`, { edns: { payloadSize: 1232 } })
    expect({ flags, count: answer.length }).to.deep.equal({ flags: ['qr', 'aa'], count: 60 })
  })
  it('SRV at 4096 octets: TC, for never more than 1232 are sent (CoreDNS: 60 records, TC for want of addresses)', async () => {
    const { flags, answer } = await server.ask(`big.${t} SRV`, { edns: { payloadSize: 4096 } })
    expect({ flags, answer }).to.deep.equal({ flags: ['qr', 'aa', 'tc'], answer: [] })
  })
  it('SRV over TCP: 60 records of the least weight, with all addresses', async () => {
    const { flags, answer, additional } = await server.ask(`big.${t} SRV`, { transport: 'tcp' })
    expect(flags).to.deep.equal(['qr', 'aa'])
    expect(answer.filter((line) => line.includes(' SRV 0 1 8080 '))).to.have.lengthOf(60)
    expect(additional).to.have.lengthOf(60)
  })
})
