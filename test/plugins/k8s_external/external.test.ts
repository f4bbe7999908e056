import { expect } from 'chai'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { clusterIp, externalName, headless, manifests, namespace, service, slice } from '../../support/manifests.ts'
import { serveManifests } from '../../support/serve.ts'
import { each, testQueries } from '../../support/table.ts'

const zone = 'example.org.'
const prod = `prod.${zone}`

const externalSoa = (owner: string, { ttl = 5, apex = 'dns', serial = 1 } = {}) =>
  `${owner} ${ttl} IN SOA ns1.${apex}.${owner} hostmaster.${apex}.${owner} ${serial} 7200 1800 86400 ${ttl}`
const nodata = { authority: [externalSoa(zone)] } as const
const nxdomain = { rcode: 'NXDOMAIN', authority: [externalSoa(zone)] } as const

const http = { name: 'http', port: 80 }
const https = { name: 'https', port: 443 }
const dns = { name: 'dns', port: 53, protocol: 'UDP' }

/** A Service of type LoadBalancer, by what its load balancer gave it. */
function balanced(path: string, ingress: readonly object[], spec: Readonly<Record<string, unknown>> = {}): object {
  return { ...service(path, { type: 'LoadBalancer', ...spec }), status: { loadBalancer: { ingress } } }
}

const cluster = manifests(
  namespace('prod'),
  namespace('hidden'),
  service('prod/web', { clusterIP: '10.96.0.10', externalIPs: ['192.0.2.10', '2001:db8::10'], ports: [http, https] }),
  balanced('prod/lb', [{ ip: '203.0.113.5' }, { ip: '203.0.113.6' }], {
    externalIPs: ['192.0.2.11'],
    ports: [http, dns],
  }),
  balanced('prod/named', [{ hostname: 'lb.cloud.test' }], { ports: [http, https] }),
  balanced('prod/inside', [{ hostname: 'web.prod.svc.cluster.local' }]),
  balanced('prod/two-names', [{ hostname: 'a.cloud.test' }, { hostname: 'b.cloud.test' }]),
  balanced('prod/mixed', [{ hostname: 'lb.cloud.test' }, { ip: '203.0.113.7' }]),
  balanced('prod/self', [{ hostname: 'self.prod.example.org' }]),
  balanced('prod/pending', []),
  clusterIp('prod/plain', '10.96.0.20'),
  slice('prod/plain', { endpoints: [{ addresses: ['10.244.0.20'], hostname: 'one' }] }),
  headless('prod/bare-external', { externalIPs: ['192.0.2.12'], ports: [] }),
  headless('prod/db'),
  slice('prod/db', {
    ports: [
      { name: 'http', port: 8080 },
      { name: 'admin', port: 9090 },
    ],
    endpoints: [
      { addresses: ['10.244.0.1'], hostname: 'db-0' },
      { addresses: ['10.244.0.2'] },
      { addresses: ['10.244.0.3'], hostname: 'db-2', conditions: { ready: false } },
    ],
  }),
  headless('prod/unready'),
  slice('prod/unready', { endpoints: [{ addresses: ['10.244.0.9'], conditions: { ready: false } }] }),
  headless('prod/none'),
  headless('prod/by-name'),
  slice('prod/by-name', { addressType: 'FQDN', endpoints: [{ addresses: ['db.cloud.test'] }] }),
  externalName('prod/alias', 'www.cloud.test'),
  service('hidden/web', { externalIPs: ['192.0.2.10'] }),
)

const block = (options = '', more = '') =>
  `. {\nk8s_external ${zone} 2.0.192.in-addr.arpa 8.b.d.0.1.0.0.2.ip6.arpa {\n${options}\n}\n` +
  `kubernetes cluster.local {\nnamespaces prod\nttl 30\n${more}\n}\n}\n`

describe('k8s_external: Services with addresses outside of the cluster', () => {
  testQueries(
    () => serveManifests(cluster, block()),
    [
      { title: 'A: externalIPs', ask: `web.${prod} A`, answer: [`web.${prod} 5 IN A 192.0.2.10`] },
      { title: 'AAAA', ask: `web.${prod} AAAA`, answer: [`web.${prod} 5 IN AAAA 2001:db8::10`] },
      { title: 'in any letter case', ask: `WEB.Prod.example.ORG. A`, answer: [`web.${prod} 5 IN A 192.0.2.10`] },
      {
        title: 'externalIPs, then what the load balancer gave, each once for all ports',
        ask: `lb.${prod} A`,
        answer: ['192.0.2.11', '203.0.113.5', '203.0.113.6'].map((address) => `lb.${prod} 5 IN A ${address}`),
      },
      {
        title: 'a headless Service, too, and one without ports',
        ask: `bare-external.${prod} A`,
        answer: [`bare-external.${prod} 5 IN A 192.0.2.12`],
      },
      { title: 'without ports there is no SRV record', ask: `bare-external.${prod} SRV`, ...nodata },
      { title: 'the other family: NODATA', ask: `lb.${prod} AAAA`, ...nodata },
      {
        title: 'SRV: a record for each port, weights by pairs of port and address, the TTL of the cluster',
        ask: `web.${prod} SRV`,
        answer: [80, 443].map((port) => `web.${prod} 30 IN SRV 0 25 ${port} web.${prod}`),
        additional: [`web.${prod} 5 IN A 192.0.2.10`, `web.${prod} 5 IN AAAA 2001:db8::10`],
      },
      {
        title: 'SRV at the name of a port',
        ask: `_dns._udp.lb.${prod} SRV`,
        answer: [`_dns._udp.lb.${prod} 30 IN SRV 0 33 53 lb.${prod}`],
        additional: ['192.0.2.11', '203.0.113.5', '203.0.113.6'].map((address) => `lb.${prod} 5 IN A ${address}`),
      },
      {
        title: 'A at the name of a port, with or without underscores',
        ask: `http.tcp.web.${prod} A`,
        answer: [`http.tcp.web.${prod} 5 IN A 192.0.2.10`],
      },
      ...each(
        ['TXT', 'CNAME', 'MX', 'SOA', 'NS', 'PTR', 'ANY', 'HTTPS', 'TYPE65280'].map((type) => `web.${prod} ${type}`),
        'other types',
        nodata,
      ),
      ...each([`${prod} A`, `${prod} TXT`, `${prod} PTR`], 'a Namespace', nodata),
      ...each(
        [`_tcp.web.${prod} A`, `_udp.lb.${prod} SRV`],
        'above the names of ports: NODATA (CoreDNS: the Service itself)',
        nodata,
      ),
      ...each(
        [
          `nope.${prod} A`,
          `nope.${prod} TXT`,
          `nope.${prod} PTR`,
          `web.nons.${zone} A`,
          `nons.${zone} A`,
          `web.hidden.${zone} A`,
          `hidden.${zone} A`,
          `_nope._tcp.web.${prod} A`,
          `_http._udp.web.${prod} SRV`,
          `a._http._tcp.web.${prod} A`,
        ],
        'what does not exist, or is left out by the plugin kubernetes',
        nxdomain,
      ),
      ...each(
        ['anything', 'web', '_udp', '192-0-2-10', '_'].map((label) => `${label}.web.${prod} A`),
        'a label before a Service that is no endpoint of it: NXDOMAIN (CoreDNS: the Service itself)',
        nxdomain,
      ),
      ...each(
        ['plain', 'pending', 'db', 'by-name', 'alias', 'one.plain', 'db-0.db', '_http._tcp.db'].map(
          (name) => `${name}.${prod} A`,
        ),
        'nothing to be reached at from outside',
        nxdomain,
      ),
    ],
  )
})

describe('k8s_external: load balancers that are known by a name', () => {
  testQueries(
    () => serveManifests(cluster, block()),
    [
      {
        title: 'one CNAME, whatever the number of ports (CoreDNS: one for each), with the TTL of the cluster',
        ask: `named.${prod} A`,
        answer: [`named.${prod} 30 IN CNAME lb.cloud.test.`],
      },
      { title: 'asked for alone: NODATA, as in CoreDNS', ask: `named.${prod} CNAME`, ...nodata },
      { title: 'other types', ask: `named.${prod} TXT`, ...nodata },
      {
        title: 'the target is looked up here',
        ask: `inside.${prod} A`,
        answer: [
          `inside.${prod} 30 IN CNAME web.prod.svc.cluster.local.`,
          'web.prod.svc.cluster.local. 30 IN A 10.96.0.10',
        ],
      },
      {
        title: 'SRV names the host itself',
        ask: `named.${prod} SRV`,
        answer: [80, 443].map((port) => `named.${prod} 30 IN SRV 0 50 ${port} lb.cloud.test.`),
      },
      {
        title: 'with its addresses, where they can be had',
        ask: `inside.${prod} SRV`,
        answer: [`inside.${prod} 30 IN SRV 0 100 80 web.prod.svc.cluster.local.`],
        additional: ['web.prod.svc.cluster.local. 30 IN A 10.96.0.10'],
      },
      {
        title: 'of two names the first: a CNAME stands alone (CoreDNS: both)',
        ask: `two-names.${prod} AAAA`,
        answer: [`two-names.${prod} 30 IN CNAME a.cloud.test.`],
      },
      {
        title: 'beside an address no CNAME (CoreDNS: both)',
        ask: `mixed.${prod} A`,
        answer: [`mixed.${prod} 5 IN A 203.0.113.7`],
      },
      {
        title: 'SRV has them all',
        ask: `mixed.${prod} SRV`,
        answer: [`lb.cloud.test.`, `mixed.${prod}`].map((target) => `mixed.${prod} 30 IN SRV 0 50 80 ${target}`),
        additional: [`mixed.${prod} 5 IN A 203.0.113.7`],
      },
      { title: 'one that leads to itself', ask: `self.${prod} A`, ...nodata },
      {
        title: 'and its SRV record',
        ask: `self.${prod} SRV`,
        answer: [`self.${prod} 30 IN SRV 0 100 80 self.${prod}`],
      },
    ],
  )
})

describe('k8s_external: headless', () => {
  testQueries(
    () => serveManifests(cluster, block('headless')),
    [
      {
        title: 'ready endpoints of a headless Service',
        ask: `db.${prod} A`,
        answer: ['10.244.0.1', '10.244.0.2'].map((address) => `db.${prod} 5 IN A ${address}`),
      },
      {
        title: 'SRV: each endpoint and port',
        ask: `db.${prod} SRV`,
        answer: ['db-0', '10-244-0-2'].flatMap((label) =>
          [8080, 9090].map((port) => `db.${prod} 30 IN SRV 0 25 ${port} ${label}.db.${prod}`),
        ),
        additional: [`db-0.db.${prod} 5 IN A 10.244.0.1`, `10-244-0-2.db.${prod} 5 IN A 10.244.0.2`],
      },
      {
        title: 'SRV of one port',
        ask: `_admin._tcp.db.${prod} SRV`,
        answer: ['db-0', '10-244-0-2'].map((label) => `_admin._tcp.db.${prod} 30 IN SRV 0 50 9090 ${label}.db.${prod}`),
        additional: [`db-0.db.${prod} 5 IN A 10.244.0.1`, `10-244-0-2.db.${prod} 5 IN A 10.244.0.2`],
      },
      { title: 'an endpoint by its hostname', ask: `db-0.db.${prod} A`, answer: [`db-0.db.${prod} 5 IN A 10.244.0.1`] },
      {
        title: 'with an underscore, as in CoreDNS',
        ask: `_db-0.db.${prod} A`,
        answer: [`_db-0.db.${prod} 5 IN A 10.244.0.1`],
      },
      {
        title: 'an endpoint by its address',
        ask: `10-244-0-2.db.${prod} A`,
        answer: [`10-244-0-2.db.${prod} 5 IN A 10.244.0.2`],
      },
      {
        title: 'the endpoint of a Service that has cluster IPs',
        ask: `one.plain.${prod} A`,
        answer: [`one.plain.${prod} 5 IN A 10.244.0.20`],
      },
      {
        title: 'external addresses come before endpoints',
        ask: `bare-external.${prod} A`,
        answer: [`bare-external.${prod} 5 IN A 192.0.2.12`],
      },
      {
        title: 'endpoints that are names',
        ask: `by-name.${prod} A`,
        answer: [`by-name.${prod} 30 IN CNAME db.cloud.test.`],
      },
      { title: 'above the names of ports', ask: `_tcp.db.${prod} A`, ...nodata },
      ...each(
        ['db-2.db', 'nope.db', '_udp.db', '_http._udp.db', 'unready', 'none', 'plain', '_http._tcp.plain'].map(
          (name) => `${name}.${prod} A`,
        ),
        'what is not ready, or is none',
        nxdomain,
      ),
    ],
  )
})

describe('k8s_external: PTR', () => {
  const reverse = '2.0.192.in-addr.arpa.'
  const here = { authority: [externalSoa(reverse)] }
  const ipv6 = `0.1.0.0.${'0.'.repeat(20)}8.b.d.0.1.0.0.2.ip6.arpa.`

  testQueries(
    () => serveManifests(cluster, block()),
    [
      { title: 'of an external address', ask: `10.${reverse} PTR`, answer: [`10.${reverse} 5 IN PTR web.${prod}`] },
      { title: 'IPv6', ask: `${ipv6} PTR`, answer: [`${ipv6} 5 IN PTR web.${prod}`] },
      ...each([`99.${reverse} PTR`, `99.${reverse} A`, `x.10.${reverse} PTR`, `x.${reverse} PTR`], 'of none', {
        rcode: 'NXDOMAIN',
        ...here,
      }),
      { title: 'other types of a name that has one: NODATA (CoreDNS: NXDOMAIN)', ask: `10.${reverse} A`, ...here },
      {
        title: 'a name that only stands above others: NODATA (CoreDNS: NXDOMAIN)',
        ask: '0.8.b.d.0.1.0.0.2.ip6.arpa. PTR',
        authority: [externalSoa('8.b.d.0.1.0.0.2.ip6.arpa.')],
      },
      {
        title: 'and one that does not',
        ask: 'f.8.b.d.0.1.0.0.2.ip6.arpa. PTR',
        rcode: 'NXDOMAIN',
        authority: [externalSoa('8.b.d.0.1.0.0.2.ip6.arpa.')],
      },
    ],
  )

  testQueries(
    () => serveManifests(cluster, `. {\nk8s_external in-addr.arpa ${zone}\nkubernetes cluster.local\n}\n`),
    [
      {
        title: 'every Service that has the address, in the first zone that is no reverse zone (CoreDNS: in the first)',
        ask: `10.${reverse} PTR`,
        answer: [`hidden.${zone}`, `prod.${zone}`].map((each) => `10.${reverse} 5 IN PTR web.${each}`),
      },
    ],
  )

  it('follows every change', async () => {
    const server = serveManifests(cluster, block())
    const pointers = async () => (await server.ask(`77.${reverse} PTR`)).answer
    expect(await pointers()).to.deep.equal([])
    const web = server.store.service('prod', 'web')
    if (web === undefined) throw new Error('no Service web')
    server.store.put({ ...web, externalIPs: ['192.0.2.77'] })
    expect(await pointers()).to.deep.equal([`77.${reverse} 5 IN PTR web.${prod}`])
    expect((await server.ask(`web.${prod} A`)).answer).to.deep.equal([`web.${prod} 5 IN A 192.0.2.77`])
    server.store.remove({ kind: 'Service', namespace: 'prod', name: 'web' })
    expect(await pointers()).to.deep.equal([])
    expect((await server.ask(`web.${prod} A`)).rcode).to.equal('NXDOMAIN')
  })
})

describe('k8s_external: the apex of a zone', () => {
  const asked = (options: string, localAddresses: readonly string[]) =>
    serveManifests(cluster, block(options), { localAddresses })

  testQueries(
    () => asked('', ['10.1.0.53', 'fd00::53']),
    [
      { title: 'SOA', ask: `${zone} SOA`, answer: [externalSoa(zone)] },
      {
        title: 'NS, with the addresses of this server where no Service fronts it',
        ask: `${zone} NS`,
        answer: [`${zone} 5 IN NS ns1.dns.${zone}`],
        additional: [`ns1.dns.${zone} 5 IN A 10.1.0.53`, `ns1.dns.${zone} 5 IN AAAA fd00::53`],
      },
      ...each(
        ['A', 'AAAA', 'SRV', 'TXT', 'PTR', 'ANY'].map((type) => `${zone} ${type}`),
        'other types',
        nodata,
      ),
      { title: 'A of the name server', ask: `ns1.dns.${zone} A`, answer: [`ns1.dns.${zone} 5 IN A 10.1.0.53`] },
      { title: 'AAAA', ask: `ns1.dns.${zone} AAAA`, answer: [`ns1.dns.${zone} 5 IN AAAA fd00::53`] },
      { title: 'other types of the name server', ask: `ns1.dns.${zone} TXT`, ...nodata },
      { title: 'above the name server', ask: `dns.${zone} A`, ...nodata },
      ...each([`ns.dns.${zone} A`, `x.ns1.dns.${zone} A`, `ns1.${zone} A`], 'beside it', nxdomain),
      { title: 'AXFR without the plugin transfer', ask: `${zone} AXFR`, rcode: 'REFUSED', flags: ['qr'] },
    ],
  )

  testQueries(
    () => asked('apex ns\nttl 600', ['10.1.0.53']),
    [
      {
        title: 'another label and TTL, which holds for the SOA, too',
        ask: `${zone} SOA`,
        answer: [externalSoa(zone, { ttl: 600, apex: 'ns' })],
      },
      { title: 'at that label', ask: `ns1.ns.${zone} A`, answer: [`ns1.ns.${zone} 600 IN A 10.1.0.53`] },
      {
        title: 'dns is as good as any other name',
        ask: `dns.${zone} A`,
        rcode: 'NXDOMAIN',
        authority: [externalSoa(zone, { ttl: 600, apex: 'ns' })],
      },
      { title: 'addresses', ask: `web.${prod} A`, answer: [`web.${prod} 600 IN A 192.0.2.10`] },
    ],
  )

  // Its Namespace is left out by a filter, which leaves out names and not the server.
  const fronted = (spec: Readonly<Record<string, unknown>>, ingress: readonly object[], options = '') =>
    serveManifests(
      manifests(
        balanced('kube-system/dns', ingress, spec),
        slice('kube-system/dns', { endpoints: [{ addresses: ['10.1.0.53'] }, { addresses: ['10.1.0.54'] }] }),
      ),
      `. {\nk8s_external ${zone} {\n${options}\n}\nkubernetes cluster.local {\nnamespaces prod\n}\n}\n`,
      { localAddresses: ['10.1.0.53'] },
    )

  testQueries(
    () => fronted({ externalIPs: ['192.0.2.53'] }, [{ ip: '2001:db8::53' }, { hostname: 'lb.cloud.test' }]),
    [
      {
        title: 'the external addresses of the Service that fronts the server; none of a name (CoreDNS: an empty AAAA)',
        ask: `${zone} NS`,
        answer: [`${zone} 5 IN NS ns1.dns.${zone}`],
        additional: [`ns1.dns.${zone} 5 IN A 192.0.2.53`, `ns1.dns.${zone} 5 IN AAAA 2001:db8::53`],
      },
    ],
  )
  testQueries(
    () => fronted({}, [{ hostname: 'lb.cloud.test' }]),
    [
      { title: 'a name alone: NS without addresses', ask: `${zone} NS`, answer: [`${zone} 5 IN NS ns1.dns.${zone}`] },
      { title: 'and no AAAA', ask: `ns1.dns.${zone} AAAA`, ...nodata },
    ],
  )
  for (const { options, addresses } of [
    { options: 'headless', addresses: ['10.1.0.53', '10.1.0.54'] },
    { options: '', addresses: [] },
  ]) {
    testQueries(
      () => fronted({ type: 'ClusterIP', clusterIP: 'None' }, [], options),
      [
        {
          title: `a headless Service that fronts the server: its endpoints only with headless (${options || 'without'})`,
          ask: `${zone} NS`,
          answer: [`${zone} 5 IN NS ns1.dns.${zone}`],
          additional: addresses.map((address) => `ns1.dns.${zone} 5 IN A ${address}`),
        },
      ],
    )
  }
})

describe('k8s_external: fallthrough and other zones', () => {
  const withWhoami = (options: string) => serveManifests(cluster, block(options).replace(/}\n$/, 'whoami\n}\n'))

  for (const { options, ask, isPassedOn } of [
    { options: 'fallthrough', ask: `nope.${prod} A`, isPassedOn: true },
    { options: `fallthrough ${prod}`, ask: `nope.${prod} A`, isPassedOn: true },
    { options: `fallthrough ${prod}`, ask: `web.nons.${zone} A`, isPassedOn: false },
    { options: '', ask: `nope.${prod} A`, isPassedOn: false },
    { options: 'fallthrough', ask: `web.${prod} TXT`, isPassedOn: false },
    { options: 'fallthrough', ask: `x.dns.${zone} A`, isPassedOn: false },
    { options: '', ask: 'elsewhere.test. A', isPassedOn: true },
  ]) {
    it(`${ask} with '${options}': ${isPassedOn ? 'goes on' : 'is answered'}`, async () => {
      const { additional } = await withWhoami(options).ask(ask)
      expect(additional.length > 0).to.equal(isPassedOn)
    })
  }

  it('what was passed on ends with the first Service of the name', async () => {
    const server = withWhoami('fallthrough')
    expect((await server.ask(`late.${prod} A`)).additional).to.have.lengthOf(2)
    const web = server.store.service('prod', 'web')
    if (web === undefined) throw new Error('no Service web')
    server.store.put({ ...web, name: 'late' })
    expect((await server.ask(`late.${prod} A`)).answer).to.deep.equal([`late.${prod} 5 IN A 192.0.2.10`])
  })

  it('goes by the longest of its zones', async () => {
    const server = serveManifests(cluster, `. {\nk8s_external ${zone} in.${zone}\nkubernetes cluster.local\n}\n`)
    expect((await server.ask(`web.prod.in.${zone} A`)).answer).to.deep.equal([`web.prod.in.${zone} 5 IN A 192.0.2.10`])
    expect((await server.ask(`ns1.dns.in.${zone} A`)).answer).to.deep.equal([`ns1.dns.in.${zone} 5 IN A 127.0.0.1`])
  })

  it('hides no Service for want of endpoints: ignore empty_service is about the cluster', async () => {
    const server = serveManifests(cluster, block('', 'ignore empty_service'))
    expect((await server.ask('web.prod.svc.cluster.local. A')).rcode).to.equal('NXDOMAIN')
    expect((await server.ask(`web.${prod} A`)).answer).to.have.lengthOf(1)
  })

  it('goes by the labels that kubernetes goes by', async () => {
    const server = serveManifests(cluster, block('', 'labels app=none'))
    expect((await server.ask(`web.${prod} A`)).rcode).to.equal('NXDOMAIN')
    expect((await server.ask('10.2.0.192.in-addr.arpa. PTR')).rcode).to.equal('NXDOMAIN')
  })

  it('knows no endpoint with noendpoints', async () => {
    const server = serveManifests(cluster, block('headless', 'noendpoints'))
    expect((await server.ask(`db.${prod} A`)).rcode).to.equal('NXDOMAIN')
  })

  it('leaves out names that are too long', async () => {
    const labels = Array.from({ length: 3 }, () => 'l'.repeat(63)).join('.')
    const long = `${labels}.${'z'.repeat(46)}.`
    const name = 's'.repeat(20)
    const server = serveManifests(
      manifests(service(`prod/${name}`, { externalIPs: ['192.0.2.99'] })),
      `. {\nk8s_external in-addr.arpa ${long} {\napex d\n}\nkubernetes cluster.local\n}\n`,
    )
    const reply = await server.ask('99.2.0.192.in-addr.arpa. PTR')
    expect({ rcode: reply.rcode, answer: reply.answer }).to.deep.equal({ rcode: 'NOERROR', answer: [] })
  })
})

describe('k8s_external: zone transfers', () => {
  const transferred = async (asked: string, options = '') => {
    const corefile = `transfer ${zone} 2.0.192.in-addr.arpa {\nto *\n}\n${block(options).replace(/^\. \{\n|}\n$/g, '')}`
    const server = serveManifests(cluster, `. {\n${corefile}}\n`)
    const messages = await server.exchangeAll(`${asked} AXFR`)
    return messages.flatMap(({ answer }) => answer.flatMap(formatRRset))
  }
  const owners = (records: readonly string[]) => [...new Set(records.map((record) => record.split(' ')[0]))]

  it('have the SOA at both ends, the name server, and what has an external address', async () => {
    const records = await transferred(zone)
    expect(records.slice(0, 3)).to.deep.equal([
      externalSoa(zone),
      `${zone} 5 IN NS ns1.dns.${zone}`,
      `ns1.dns.${zone} 5 IN A 127.0.0.1`,
    ])
    expect(records.at(-1)).to.equal(externalSoa(zone))
    expect(records.filter((record) => record.startsWith(`web.${prod}`))).to.deep.equal([
      `web.${prod} 5 IN A 192.0.2.10`,
      `web.${prod} 5 IN AAAA 2001:db8::10`,
      `web.${prod} 30 IN SRV 0 25 80 web.${prod}`,
      `web.${prod} 30 IN SRV 0 25 443 web.${prod}`,
    ])
    expect(records).to.include(`_dns._udp.lb.${prod} 30 IN SRV 0 33 53 lb.${prod}`)
    expect(records.filter((record) => record.startsWith(`named.${prod}`))).to.deep.equal([
      `named.${prod} 30 IN CNAME lb.cloud.test.`,
    ])
    expect(owners(records)).not.to.include.members([`db.${prod}`, `plain.${prod}`])
  })

  it('have endpoints with headless, and every record once', async () => {
    const records = await transferred(zone, 'headless')
    expect(records.filter((record) => record.includes(`db-0.db.${prod}`))).to.deep.equal([
      ...[8080, 9090].map((port) => `db.${prod} 30 IN SRV 0 25 ${port} db-0.db.${prod}`),
      `_http._tcp.db.${prod} 30 IN SRV 0 50 8080 db-0.db.${prod}`,
      `_admin._tcp.db.${prod} 30 IN SRV 0 50 9090 db-0.db.${prod}`,
      `db-0.db.${prod} 5 IN A 10.244.0.1`,
    ])
    const distinct = new Set(records.slice(1))
    expect([...distinct]).to.deep.equal(records.slice(1))
  })

  it('of a reverse zone have its pointers', async () => {
    const reverse = '2.0.192.in-addr.arpa.'
    const pointers = (await transferred(reverse)).filter((record) => record.includes(' PTR '))
    expect(pointers.toSorted()).to.deep.equal([
      `10.${reverse} 5 IN PTR web.${prod}`,
      `11.${reverse} 5 IN PTR lb.${prod}`,
      `12.${reverse} 5 IN PTR bare-external.${prod}`,
    ])
  })

  it('every record is one that a query is answered with', async () => {
    const server = serveManifests(cluster, block('headless'))
    for (const record of (await transferred(zone, 'headless')).slice(2)) {
      const [owner, , , type] = record.split(' ')
      if (owner === `self.${prod}`) continue // a circle: the CNAME is there, and following it gives nothing
      const asked = type === 'CNAME' ? `${owner} A` : `${owner} ${type}`
      expect((await server.ask(asked, { transport: 'tcp' })).answer, asked).to.include(record)
    }
  })
})

describe('k8s_external: before all of the cluster has been read', () => {
  it('what is missing is SERVFAIL, what is known is answered (CoreDNS: NXDOMAIN)', async () => {
    const server = serveManifests(cluster, block())
    server.store.expectSync()
    expect((await server.ask(`web.${prod} A`)).answer).to.include(`web.${prod} 5 IN A 192.0.2.10`)
    const { rcode, authority } = await server.ask(`nope.${prod} A`)
    expect({ rcode, authority }).to.deep.equal({ rcode: 'SERVFAIL', authority: [externalSoa(zone, { serial: 0 })] })
    server.store.synced()
    expect((await server.ask(`nope.${prod} A`)).rcode).to.equal('NXDOMAIN')
  })
})

describe('k8s_external: the pointer of an external address', () => {
  const question = '10.2.0.192.in-addr.arpa. PTR'
  const pointersOf = async (server: ReturnType<typeof serveManifests>) => (await server.ask(question)).answer

  it('is right on the very next query, and kept while other Services change', async () => {
    const server = serveManifests(cluster, block())
    expect(await pointersOf(server)).to.deep.equal([`10.2.0.192.in-addr.arpa. 5 IN PTR web.${prod}`])

    const web = server.store.service('prod', 'web')
    const plain = server.store.service('prod', 'plain')
    if (web === undefined || plain === undefined) throw new Error('no such Service')
    const before = server.misses
    server.store.put({ ...plain, clusterIPs: ['10.96.0.21'] })
    await server.exchange(question)
    expect(server.misses, 'a change elsewhere').to.equal(before)

    server.store.put({ ...web, externalIPs: ['192.0.2.99'] })
    expect(await pointersOf(server)).to.deep.equal([])
    server.store.put({ ...plain, externalIPs: ['192.0.2.10'] })
    expect(await pointersOf(server)).to.deep.equal([`10.2.0.192.in-addr.arpa. 5 IN PTR plain.${prod}`])
  })
})
