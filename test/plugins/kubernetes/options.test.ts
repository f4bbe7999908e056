import { headless, manifests, namespace, service, slice } from '../../support/manifests.ts'
import { serveFixture, serveManifests } from '../../support/serve.ts'
import { each, nodata, nxdomain, soaOf, testQueries } from '../../support/table.ts'

/** `kubernetes` with these lines in its block. */
const corefile = (...lines: string[]) => `cluster.local in-addr.arpa {\nkubernetes {\n${lines.join('\n')}\n}\n}\n`
const shop = 'shop.svc.cluster.local.'

describe('kubernetes: ttl', () => {
  const cases = [
    { ttl: 0, soaTtl: 0 },
    { ttl: 5, soaTtl: 5 },
    { ttl: 300, soaTtl: 300 },
    { ttl: 3600, soaTtl: 300 },
  ]
  for (const { ttl, soaTtl } of cases) {
    const soa = `cluster.local. ${soaTtl} IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 ${ttl}`
    testQueries(
      () => serveFixture('shop', { corefile: corefile(`ttl ${ttl}`) }),
      [
        { title: `${ttl}: of an address`, ask: `web.${shop} A`, answer: [`web.${shop} ${ttl} IN A 10.96.0.20`] },
        {
          title: `${ttl}: of a CNAME`,
          ask: `website.${shop} CNAME`,
          answer: [`website.${shop} ${ttl} IN CNAME web.${shop}`],
        },
        {
          title: `${ttl}: of SRV, and of the additional section`,
          ask: `_http._tcp.web.${shop} SRV`,
          answer: [`_http._tcp.web.${shop} ${ttl} IN SRV 0 100 80 web.${shop}`],
          additional: [`web.${shop} ${ttl} IN A 10.96.0.20`],
        },
        {
          title: `${ttl}: of PTR`,
          ask: '20.0.96.10.in-addr.arpa. PTR',
          answer: [`20.0.96.10.in-addr.arpa. ${ttl} IN PTR web.${shop}`],
        },
        {
          title: `${ttl}: the SOA has no more than 300, its minimum has all`,
          ask: 'cluster.local. SOA',
          answer: [soa],
        },
        { title: `${ttl}: so in a negative answer`, ask: `nope.${shop} A`, rcode: 'NXDOMAIN', authority: [soa] },
        {
          title: `${ttl}: dns-version has a TTL of its own`,
          ask: 'dns-version.cluster.local. TXT',
          answer: ['dns-version.cluster.local. 28800 IN TXT "1.1.0"'],
        },
      ],
    )
  }
})

describe('kubernetes: zones', () => {
  testQueries(
    () => serveFixture('shop', { corefile: '. {\nkubernetes k8s.test CLUSTER.local 10.96.0.0/24\n}\n' }),
    [
      {
        title: 'each holds the cluster',
        ask: 'web.shop.svc.k8s.test. A',
        answer: ['web.shop.svc.k8s.test. 5 IN A 10.96.0.20'],
      },
      { title: 'in any letter case', ask: `web.${shop} A`, answer: [`web.${shop} 5 IN A 10.96.0.20`] },
      {
        title: 'PTR records lead to the first',
        ask: '20.0.96.10.in-addr.arpa. PTR',
        answer: ['20.0.96.10.in-addr.arpa. 5 IN PTR web.shop.svc.k8s.test.'],
      },
      {
        title: 'SRV targets lie in the zone that was asked',
        ask: '_http._tcp.web.shop.svc.k8s.test. SRV',
        answer: ['_http._tcp.web.shop.svc.k8s.test. 5 IN SRV 0 100 80 web.shop.svc.k8s.test.'],
        additional: ['web.shop.svc.k8s.test. 5 IN A 10.96.0.20'],
      },
      {
        title: 'a name of no zone, and no plugin behind',
        ask: 'web.shop.svc.other.test. A',
        rcode: 'SERVFAIL',
        flags: ['qr'],
      },
    ],
  )
  testQueries(
    () => serveFixture('shop', { corefile: 'local cluster.local {\nkubernetes\n}\n' }),
    [
      {
        title: 'the longest zone decides',
        ask: 'nope.cluster.local. A',
        ...nxdomain,
      },
      { title: 'the shorter has what is left', ask: 'nope.local. A', rcode: 'NXDOMAIN', authority: [soaOf('local.')] },
    ],
  )
  testQueries(
    () => serveFixture('shop', { corefile: '. {\nkubernetes\n}\n' }),
    [
      { title: 'the root as the zone', ask: 'web.shop.svc. A', answer: ['web.shop.svc. 5 IN A 10.96.0.20'] },
      {
        title: 'its SOA',
        ask: 'nope. A',
        rcode: 'NXDOMAIN',
        authority: ['. 5 IN SOA ns.dns. hostmaster. 1 7200 1800 86400 5'],
      },
      { title: 'its name server (CoreDNS: NXDOMAIN)', ask: 'ns.dns. A', answer: ['ns.dns. 5 IN A 127.0.0.1'] },
    ],
  )
})

describe('kubernetes: namespaces', () => {
  const web = (path: string) => service(path, { clusterIP: `10.96.0.${path.length}` })
  testQueries(
    () =>
      serveManifests(
        manifests(web('one/web'), web('three/web'), web('fourth/web'), namespace('empty')),
        corefile('namespaces one empty', 'namespaces three missing'),
      ),
    [
      {
        title: 'one that is listed',
        ask: 'web.one.svc.cluster.local. A',
        answer: ['web.one.svc.cluster.local. 5 IN A 10.96.0.7'],
      },
      {
        title: 'one of the second line',
        ask: 'web.three.svc.cluster.local. A',
        answer: ['web.three.svc.cluster.local. 5 IN A 10.96.0.9'],
      },
      { title: 'listed and empty', ask: 'empty.svc.cluster.local. A', ...nodata },
      ...each(['web.fourth.svc.cluster.local. A', 'fourth.svc.cluster.local. A'], 'not listed', nxdomain),
      { title: 'listed, but not there', ask: 'missing.svc.cluster.local. A', ...nxdomain },
      {
        title: 'PTR of one that is not listed',
        ask: '10.0.96.10.in-addr.arpa. PTR',
        rcode: 'NXDOMAIN',
        authority: [soaOf('in-addr.arpa.')],
      },
    ],
  )
})

describe('kubernetes: endpoint_pod_names', () => {
  const hl = 'hl.testns.svc.cluster.local.'
  const long63 = `pod-${'x'.repeat(59)}`
  const targetRef = (name: string) => ({ kind: 'Pod', name }) as const
  const cluster = manifests(
    headless('testns/hl'),
    slice('testns/hl', {
      endpoints: [
        { addresses: ['10.1.0.1'], hostname: 'pet-0', targetRef: targetRef('hl-0') },
        { addresses: ['10.1.0.2'], targetRef: targetRef('hl-1') },
        { addresses: ['10.1.0.3'], targetRef: targetRef(long63) },
        { addresses: ['10.1.0.4'], targetRef: targetRef(`${long63}y`) },
        { addresses: ['10.1.0.5'] },
      ],
    }),
  )
  const found = (label: string, address: string) => ({
    title: `${label} is found`,
    ask: `${label}.${hl} A`,
    answer: [`${label}.${hl} 5 IN A ${address}`],
  })
  const lost = (label: string) => ({ title: `${label} is not`, ask: `${label}.${hl} A`, ...nxdomain })

  describe('asked for', () => {
    testQueries(
      () => serveManifests(cluster, corefile('endpoint_pod_names')),
      [
        found('pet-0', '10.1.0.1'),
        lost('hl-0'),
        found('hl-1', '10.1.0.2'),
        lost('10-1-0-2'),
        found(long63, '10.1.0.3'),
        found('10-1-0-4', '10.1.0.4'),
        found('10-1-0-5', '10.1.0.5'),
        {
          title: 'PTR records have the same names',
          ask: '2.0.1.10.in-addr.arpa. PTR',
          answer: [`2.0.1.10.in-addr.arpa. 5 IN PTR hl-1.${hl}`],
        },
      ],
    )
  })
  describe('not asked for', () => {
    testQueries(
      () => serveManifests(cluster, corefile()),
      [found('pet-0', '10.1.0.1'), lost('hl-1'), found('10-1-0-2', '10.1.0.2'), found('10-1-0-3', '10.1.0.3')],
    )
  })
})

describe('kubernetes: fallthrough, with whoami behind', () => {
  const serve = (...lines: string[]) =>
    serveFixture('shop', {
      corefile: `cluster.local in-addr.arpa {\nwhoami\nkubernetes {\n${lines.join('\n')}\n}\n}\n`,
    })
  /** What whoami says to a question over UDP. */
  const passedOn = (name: string) => ({
    additional: [`${name} 0 IN A 192.0.2.1`, `_udp.${name} 0 IN SRV 0 0 40000 .`],
  })
  const reverse = '99.99.99.10.in-addr.arpa.'
  const nxdomain4 = { rcode: 'NXDOMAIN', authority: [soaOf('in-addr.arpa.')] }

  describe('for all names', () => {
    testQueries(
      () => serve('fallthrough'),
      [
        { title: 'a name that does not exist', ask: `nope.${shop} A`, ...passedOn(`nope.${shop}`) },
        { title: 'whatever the type', ask: `nope.${shop} SOA`, ...passedOn(`nope.${shop}`) },
        { title: 'a reverse name that does not exist', ask: `${reverse} PTR`, ...passedOn(reverse) },
        { title: 'not one that exists', ask: `web.${shop} A`, answer: [`web.${shop} 5 IN A 10.96.0.20`] },
        { title: 'not NODATA', ask: `web.${shop} AAAA`, ...nodata },
        { title: 'no transfer', ask: 'cluster.local. AXFR', rcode: 'REFUSED', flags: ['qr'] },
        { title: 'not the target of an ExternalName', ask: `website.${shop} AAAA`, ...nodata },
      ],
    )
  })
  describe('for reverse names', () => {
    testQueries(
      () => serve('fallthrough in-addr.arpa ip6.arpa'),
      [
        { title: 'these', ask: `${reverse} PTR`, ...passedOn(reverse) },
        { title: 'no others', ask: `nope.${shop} A`, ...nxdomain },
      ],
    )
  })
  describe('for a CIDR', () => {
    testQueries(
      () => serve('fallthrough 10.99.0.0/16'),
      [
        { title: 'these', ask: `${reverse} PTR`, ...passedOn(reverse) },
        { title: 'no others', ask: '1.0.98.10.in-addr.arpa. PTR', ...nxdomain4 },
      ],
    )
  })
  describe('not written', () => {
    testQueries(() => serve(), [{ title: 'nothing is passed on', ask: `nope.${shop} A`, ...nxdomain }])
  })
  describe('with no plugin behind', () => {
    testQueries(
      () => serveFixture('shop', { corefile: corefile('fallthrough') }),
      [{ title: 'SERVFAIL, as in CoreDNS', ask: `nope.${shop} A`, rcode: 'SERVFAIL', flags: ['qr'] }],
    )
  })
})
