import { clusterIp, manifests, slice } from '../../support/manifests.ts'
import { serveFixture, serveManifests, type TestServer } from '../../support/serve.ts'
import { each, soaOf, testQueries } from '../../support/table.ts'

const v4 = 'in-addr.arpa.'
const v6 = 'ip6.arpa.'
const nodata4 = { authority: [soaOf(v4)] }
const nxdomain4 = { rcode: 'NXDOMAIN', authority: [soaOf(v4)] }
const nodata6 = { authority: [soaOf(v6)] }
const nxdomain6 = { rcode: 'NXDOMAIN', authority: [soaOf(v6)] }

/** The PTR records at a reverse name. */
const pointers = (owner: string, ...targets: string[]) => ({
  ask: `${owner} PTR`,
  answer: targets.map((target) => `${owner} 5 IN PTR ${target}`),
})

describe('kubernetes: PTR (DNS specification 2.3.3, 2.4.3)', () => {
  let server: TestServer
  before(async () => {
    server = await serveFixture('shop')
  })

  testQueries(
    () => server,
    [
      { title: 'a cluster IP', ...pointers(`20.0.96.10.${v4}`, 'web.shop.svc.cluster.local.') },
      { title: 'an endpoint with a hostname', ...pointers(`12.0.244.10.${v4}`, 'db-1.db.shop.svc.cluster.local.') },
      {
        title: 'an endpoint of several Services has a name in each',
        ...pointers(
          `21.0.244.10.${v4}`,
          '10-244-0-21.admin.shop.svc.cluster.local.',
          '10-244-0-21.storefront.shop.svc.cluster.local.',
          '10-244-0-21.web.shop.svc.cluster.local.',
        ),
      },
      { title: 'an endpoint that is not ready', ask: `13.0.244.10.${v4} PTR`, ...nxdomain4 },
      { title: 'an address that nothing has', ask: `99.99.99.10.${v4} PTR`, ...nxdomain4 },
      { title: 'the address outside of a LoadBalancer', ask: `10.113.0.203.${v4} PTR`, ...nxdomain4 },
      ...each(
        ['A', 'AAAA', 'SRV', 'TXT', 'CNAME', 'MX', 'NS', 'SOA', 'ANY', 'HTTPS'].map(
          (type) => `20.0.96.10.${v4} ${type}`,
        ),
        'other types at a name with a PTR record: NODATA (CoreDNS: NXDOMAIN)',
        nodata4,
      ),
      ...each(
        [`0.96.10.${v4} PTR`, `96.10.${v4} A`, `10.${v4} PTR`, `10.${v4} SOA`],
        'part of an address below which there is a whole one: NODATA (CoreDNS: NXDOMAIN)',
        nodata4,
      ),
      ...each(
        [
          `99.10.${v4} PTR`,
          `6.10.${v4} PTR`,
          `99.${v4} SOA`,
          `1.20.0.96.10.${v4} PTR`,
          `020.0.96.10.${v4} PTR`,
          `256.0.96.10.${v4} PTR`,
          `x.0.96.10.${v4} PTR`,
          `x.10.${v4} A`,
          `svc.${v4} A`,
          `web.shop.svc.${v4} A`,
        ],
        'no address, and nothing below it',
        nxdomain4,
      ),
    ],
  )
})

const web6 = `0.2.0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.1.0.0.0.0.d.f.${v6}`

describe('kubernetes: PTR of IPv6 addresses', () => {
  let server: TestServer
  before(async () => {
    server = await serveFixture('dual-stack')
  })

  testQueries(
    () => server,
    [
      { title: 'a cluster IP', ...pointers(web6, 'web.dual.svc.cluster.local.') },
      {
        title: 'in capitals',
        ask: `${web6.toUpperCase()} PTR`,
        answer: [`${web6} 5 IN PTR web.dual.svc.cluster.local.`],
      },
      {
        title: 'an endpoint',
        ...pointers(
          `0.3.0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.4.4.2.0.0.1.0.0.0.0.d.f.${v6}`,
          'peers-0.peers.dual.svc.cluster.local.',
        ),
      },
      { title: 'another type', ask: `${web6} A`, ...nodata6 },
      { title: 'part of an address', ask: `6.9.0.0.0.1.0.0.0.0.d.f.${v6} PTR`, ...nodata6 },
      { title: 'part of no address', ask: `7.9.0.0.0.1.0.0.0.0.d.f.${v6} PTR`, ...nxdomain6 },
      { title: 'one nibble too many', ask: `1.${web6} PTR`, ...nxdomain6 },
      { title: 'two nibbles in one label', ask: `02.${web6.slice(4)} PTR`, ...nxdomain6 },
      { title: 'no nibble', ask: `g${web6.slice(1)} PTR`, ...nxdomain6 },
    ],
  )
})

describe('kubernetes: which names an address leads to', () => {
  const cluster = manifests(
    clusterIp('one/web', '10.96.0.1'),
    slice('one/back', { endpoints: [{ addresses: ['10.96.0.1'] }] }),
    slice('one/left', { endpoints: [{ addresses: ['10.1.0.9'] }] }),
    slice('two/right', { endpoints: [{ addresses: ['10.1.0.9'] }] }),
    slice('one/names', { addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com', 'example.com.'] }] }),
  )

  testQueries(
    () => serveManifests(cluster),
    [
      {
        title: 'a Service comes before endpoints with its address, as in CoreDNS',
        ...pointers(`1.0.96.10.${v4}`, 'web.one.svc.cluster.local.'),
      },
      {
        title: 'endpoints of slices whose Service there is not, of several namespaces',
        ...pointers(`9.0.1.10.${v4}`, '10-1-0-9.left.one.svc.cluster.local.', '10-1-0-9.right.two.svc.cluster.local.'),
      },
      { title: 'part of an address, beside a slice of names', ask: `1.10.${v4} PTR`, ...nodata4 },
      { title: 'a name of such a slice, turned round', ask: `com.example.a.${v4} PTR`, ...nxdomain4 },
    ],
  )
  testQueries(
    () => serveManifests(cluster, 'cluster.local in-addr.arpa {\nkubernetes {\nnamespaces two\n}\n}\n'),
    [
      {
        title: 'only endpoints of the namespaces that are served',
        ...pointers(`9.0.1.10.${v4}`, '10-1-0-9.right.two.svc.cluster.local.'),
      },
      { title: 'no Service of one that is not', ask: `1.0.96.10.${v4} PTR`, ...nxdomain4 },
      { title: 'and nothing above it', ask: `96.10.${v4} PTR`, ...nxdomain4 },
    ],
  )
})

describe('kubernetes: reverse zones', () => {
  const cluster = manifests(clusterIp('one/web', '10.96.0.1'), clusterIp('one/dns', '10.97.0.1'))

  testQueries(
    () => serveManifests(cluster, 'cluster.local 10.96.0.0/16 {\nkubernetes\n}\n'),
    [
      { title: 'a CIDR as a zone', ...pointers(`1.0.96.10.${v4}`, 'web.one.svc.cluster.local.') },
      { title: 'its SOA', ask: `9.0.96.10.${v4} PTR`, rcode: 'NXDOMAIN', authority: [soaOf(`96.10.${v4}`)] },
      { title: 'an address outside is refused', ask: `1.0.97.10.${v4} PTR`, rcode: 'REFUSED', flags: ['qr'] },
    ],
  )
  testQueries(
    () => serveManifests(cluster, 'in-addr.arpa first.test second.test {\nkubernetes\n}\n'),
    [
      {
        title: 'PTR records lead to the first zone that is no reverse zone',
        ...pointers(`1.0.96.10.${v4}`, 'web.one.svc.first.test.'),
      },
    ],
  )
  testQueries(
    () => serveManifests(cluster, '. {\nkubernetes\n}\n'),
    [{ title: 'the root zone holds the reverse names too', ...pointers(`1.0.96.10.${v4}`, 'web.one.svc.') }],
  )
})
