import { expect } from 'chai'
import {
  clusterIp,
  externalName,
  headless,
  manifests,
  namespace,
  pod,
  service,
  slice,
} from '../../support/manifests.ts'
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

/** A manifest with these labels beside its own. */
function labelled(labels: Readonly<Record<string, string>>, object: object): object {
  const { metadata } = object as { metadata: { labels?: object } } // every manifest has metadata
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } }
}

const zone = 'cluster.local.'
const web = 'web.shop.svc.cluster.local.'
const webA = { answer: [`${web} 5 IN A 10.96.0.1`] }
const webPtr = '1.0.96.10.in-addr.arpa. PTR'
const podPtr = '1.0.1.10.in-addr.arpa. PTR'
const noPtr = { rcode: 'NXDOMAIN', authority: [soaOf('in-addr.arpa.')] } as const
const one = { addresses: ['10.1.0.1'] }
const unready = { addresses: ['10.1.0.1'], conditions: { ready: false } }

describe('kubernetes: labels', () => {
  const cluster = (labels: Readonly<Record<string, string>>, ofSlice = labels) =>
    manifests(
      labelled(labels, clusterIp('shop/web', '10.96.0.1')),
      labelled(labels, headless('shop/db', { selector: { app: 'none' } })),
      labelled(ofSlice, slice('shop/db', { endpoints: [one] })),
      labelled(labels, pod('shop/db-0', ['10.1.0.1'])),
    )
  const names = [`${web} A`, 'db.shop.svc.cluster.local. A', '10-1-0-1.shop.pod.cluster.local. A']
  const serve = (labels: Readonly<Record<string, string>>) =>
    serveManifests(cluster(labels), corefile('pods verified', 'labels env in (a, b),!hidden'))
  const all = [
    webA,
    { answer: ['db.shop.svc.cluster.local. 5 IN A 10.1.0.1'] },
    { answer: ['10-1-0-1.shop.pod.cluster.local. 5 IN A 10.1.0.1'] },
  ]

  describe('that objects have', () => {
    testQueries(
      () => serve({ env: 'a' }),
      [
        ...names.map((ask, at) => ({ title: ask, ask, ...all[at] })),
        { title: webPtr, ask: webPtr, answer: ['1.0.96.10.in-addr.arpa. 5 IN PTR web.shop.svc.cluster.local.'] },
        { title: podPtr, ask: podPtr, answer: [`1.0.1.10.in-addr.arpa. 5 IN PTR 10-1-0-1.db.shop.svc.${zone}`] },
      ],
    )
  })
  describe('that they do not have', () => {
    testQueries(
      () => serve({ env: 'a', hidden: '' }),
      [
        ...each(names, 'no name', nxdomain),
        ...each([webPtr, podPtr], 'no name', noPtr),
        { title: 'the namespace is there: it has labels of its own', ask: 'shop.svc.cluster.local. A', ...nodata },
      ],
    )
  })
  describe('that change', () => {
    it('are heard of at once', async () => {
      const server = serve({ env: 'a' })
      for (const labels of [{ env: 'c' }, { env: 'b' }, {}, { env: 'b' }]) {
        const isThere = 'env' in labels && labels.env !== 'c'
        server.change(cluster(labels))
        for (const question of [...names, webPtr, podPtr]) {
          const { rcode } = await server.ask(question)
          expect(rcode, `${question} with ${JSON.stringify(labels)}`).to.equal(isThere ? 'NOERROR' : 'NXDOMAIN')
        }
      }
    })
    it('those of a slice alone, too', async () => {
      const server = serve({ env: 'a' })
      const question = 'db.shop.svc.cluster.local. A'
      expect(await server.ask(question)).to.include({ rcode: 'NOERROR' })
      server.change(cluster({ env: 'a' }, { env: 'c' }))
      expect(await server.ask(question)).to.include({ rcode: 'NXDOMAIN' })
    })
  })
})

describe('kubernetes: namespace_labels', () => {
  const cluster = (labels: Readonly<Record<string, string>>) =>
    manifests(
      labelled(labels, namespace('shop')),
      clusterIp('shop/web', '10.96.0.1'),
      headless('shop/db', { selector: { app: 'none' } }),
      slice('shop/db', { endpoints: [one] }),
      pod('shop/db-0', ['10.1.0.1']),
    )
  const serve = (labels: Readonly<Record<string, string>>) =>
    serveManifests(cluster(labels), corefile('pods insecure', 'namespace_labels istio-injection=enabled'))
  const names = [
    `${web} A`,
    'shop.svc.cluster.local. A',
    'shop.pod.cluster.local. A',
    '10-1-0-1.shop.pod.cluster.local. A',
  ]

  describe('that the Namespace does not have', () => {
    testQueries(
      () => serve({}),
      [...each(names, 'no name', nxdomain), ...each([webPtr, podPtr], 'no PTR (CoreDNS: one all the same)', noPtr)],
    )
  })
  describe('that change', () => {
    it('are heard of at once, also by PTR and above it', async () => {
      const server = serve({ 'istio-injection': 'enabled' })
      const asked = [...names, webPtr, podPtr, '96.10.in-addr.arpa. PTR', '1.10.in-addr.arpa. PTR']
      for (const value of ['enabled', 'disabled', 'enabled']) {
        server.change(cluster({ 'istio-injection': value }))
        for (const question of asked) {
          const { rcode } = await server.ask(question)
          expect(rcode, `${question} with ${value}`).to.equal(value === 'enabled' ? 'NOERROR' : 'NXDOMAIN')
        }
      }
    })
  })
})

describe('kubernetes: noendpoints', () => {
  testQueries(
    () =>
      serveManifests(
        manifests(
          clusterIp('shop/web', '10.96.0.1'),
          slice('shop/web', { endpoints: [one] }),
          headless('shop/db', { selector: { app: 'none' } }),
          slice('shop/db', { endpoints: [{ addresses: ['10.1.0.1'], hostname: 'db-0' }] }),
          externalName('shop/site', web),
        ),
        corefile('noendpoints'),
        { localAddresses: ['10.1.0.1'] },
      ),
    [
      { title: 'a cluster IP', ask: `${web} A`, ...webA },
      {
        title: 'an ExternalName',
        ask: 'site.shop.svc.cluster.local. A',
        answer: [`site.${shop} 5 IN CNAME ${web}`, `${web} 5 IN A 10.96.0.1`],
      },
      ...each([`db.${shop} A`, `db-0.db.${shop} A`, `_http._tcp.db.${shop} SRV`], 'headless: no name', nxdomain),
      ...each([`10-1-0-1.web.${shop} A`], 'no endpoint of a Service with a cluster IP', nxdomain),
      { title: 'PTR of a cluster IP', ask: webPtr, answer: [`1.0.96.10.in-addr.arpa. 5 IN PTR ${web}`] },
      { title: 'no PTR of an endpoint', ask: podPtr, ...noPtr },
      {
        title: 'the name server is no Service',
        ask: 'ns.dns.cluster.local. A',
        answer: ['ns.dns.cluster.local. 5 IN A 10.1.0.1'],
      },
    ],
  )
})

describe('kubernetes: ignore empty_service', () => {
  const cluster = (...endpoints: readonly (typeof one | typeof unready)[]) =>
    manifests(clusterIp('shop/web', '10.96.0.1'), ...(endpoints.length === 0 ? [] : [slice('shop/web', { endpoints })]))
  const serve = (text: string, ...lines: string[]) => serveManifests(text, corefile('ignore empty_service', ...lines))

  describe('with nothing that is ready', () => {
    testQueries(
      () => serve(cluster(unready)),
      [
        ...each([`${web} A`, `${web} AAAA`, `_http._tcp.${web} SRV`, `_tcp.${web} A`], 'no name', nxdomain),
        { title: 'but a PTR, as in CoreDNS', ask: webPtr, answer: [`1.0.96.10.in-addr.arpa. 5 IN PTR ${web}`] },
      ],
    )
  })
  describe('with noendpoints', () => {
    testQueries(() => serve(cluster(one), 'noendpoints'), [...each([`${web} A`], 'nothing is ready ever', nxdomain)])
  })
  describe('as endpoints come and go', () => {
    it('the Service does at once', async () => {
      const server = serve(cluster())
      const steps = [
        { text: cluster(), rcode: 'NXDOMAIN' },
        { text: cluster(one), rcode: 'NOERROR' },
        { text: cluster(unready), rcode: 'NXDOMAIN' },
        { text: cluster(one), rcode: 'NOERROR' },
        { text: cluster(), rcode: 'NXDOMAIN' },
      ]
      for (const [step, { text, rcode }] of steps.entries()) {
        server.change(text)
        expect((await server.ask(`${web} A`)).rcode, `step ${step}`).to.equal(rcode)
      }
    })
  })
})
