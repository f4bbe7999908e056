import { expect } from 'chai'
import { clusterIp, headless, manifests, slice } from '../../support/manifests.ts'
import { serveManifests } from '../../support/serve.ts'
import { each, nodata, nxdomain, soaOf, testQueries } from '../../support/table.ts'

const zone = 'cluster.local.'
const otherTypes = ['A', 'AAAA', 'SRV', 'TXT', 'CNAME', 'MX', 'PTR', 'ANY', 'HTTPS', 'DS', 'TYPE65280']

describe('kubernetes: the apex of a zone', () => {
  const server = serveManifests('', undefined, { localAddresses: ['10.1.0.53', 'fd00::53'] })

  testQueries(
    () => server,
    [
      { title: 'SOA', ask: `${zone} SOA`, answer: [soaOf(zone)] },
      {
        title: 'NS: where no Service fronts the server, its own addresses',
        ask: `${zone} NS`,
        answer: [`${zone} 5 IN NS ns.dns.${zone}`],
        additional: [`ns.dns.${zone} 5 IN A 10.1.0.53`, `ns.dns.${zone} 5 IN AAAA fd00::53`],
      },
      ...each(
        otherTypes.map((type) => `${zone} ${type}`),
        'other types: NODATA, also TXT (CoreDNS: NXDOMAIN)',
        nodata,
      ),
      { title: 'A of the name server', ask: `ns.dns.${zone} A`, answer: [`ns.dns.${zone} 5 IN A 10.1.0.53`] },
      { title: 'AAAA of the name server', ask: `ns.dns.${zone} AAAA`, answer: [`ns.dns.${zone} 5 IN AAAA fd00::53`] },
      ...each(
        ['SRV', 'TXT', 'PTR', 'CNAME', 'SOA', 'NS', 'ANY'].map((type) => `ns.dns.${zone} ${type}`),
        'other types of the name server: NODATA, also TXT and PTR (CoreDNS: NXDOMAIN)',
        nodata,
      ),
      ...each(
        ['A', 'TXT', 'SOA'].map((type) => `dns.${zone} ${type}`),
        'above the name server: NODATA (CoreDNS: NXDOMAIN)',
        nodata,
      ),
      ...each(
        [`x.ns.dns.${zone} A`, `x.dns.${zone} A`, `apex.dns.${zone} A`, `ns.${zone} A`],
        'beside it: NXDOMAIN',
        nxdomain,
      ),
      {
        title: 'the version of the schema (DNS specification 2.2), with a TTL of its own',
        ask: `dns-version.${zone} TXT`,
        answer: [`dns-version.${zone} 28800 IN TXT "1.1.0"`],
      },
      ...each(
        ['A', 'AAAA', 'SRV', 'SOA', 'ANY'].map((type) => `dns-version.${zone} ${type}`),
        'other types of the version: NODATA (CoreDNS: NXDOMAIN)',
        nodata,
      ),
      { title: 'below the version', ask: `x.dns-version.${zone} TXT`, ...nxdomain },
      {
        title: 'zone transfer is refused: AXFR',
        ask: `${zone} AXFR`,
        options: { transport: 'tcp' },
        rcode: 'REFUSED',
        flags: ['qr'],
      },
      { title: 'zone transfer is refused: IXFR', ask: `${zone} IXFR`, rcode: 'REFUSED', flags: ['qr'] },
      { title: 'zone transfer of any name is refused', ask: `nope.${zone} AXFR`, rcode: 'REFUSED', flags: ['qr'] },
    ],
  )

  it('keeps the letter case of the question in answers, and finds names in any (CoreDNS: not here)', async () => {
    for (const question of ['CLUSTER.local. NS', 'ns.dns.Cluster.LOCAL. A', 'Dns-Version.cluster.local. TXT']) {
      expect((await server.ask(question)).answer, question).to.have.lengthOf(1)
    }
  })
})

for (const reverse of ['in-addr.arpa.', 'ip6.arpa.']) {
  describe(`kubernetes: the apex of a reverse zone, ${reverse}`, () => {
    const nodataHere = { authority: [soaOf(reverse)] }

    testQueries(
      () => serveManifests(''),
      [
        { title: 'SOA', ask: `${reverse} SOA`, answer: [soaOf(reverse)] },
        {
          title: 'NS',
          ask: `${reverse} NS`,
          answer: [`${reverse} 5 IN NS ns.dns.${reverse}`],
          additional: [`ns.dns.${reverse} 5 IN A 127.0.0.1`],
        },
        ...each(
          otherTypes.map((type) => `${reverse} ${type}`),
          'other types',
          nodataHere,
        ),
        { title: 'the name server', ask: `ns.dns.${reverse} A`, answer: [`ns.dns.${reverse} 5 IN A 127.0.0.1`] },
        { title: 'above the name server', ask: `dns.${reverse} A`, ...nodataHere },
        {
          title: 'the version of the schema',
          ask: `dns-version.${reverse} TXT`,
          answer: [`dns-version.${reverse} 28800 IN TXT "1.1.0"`],
        },
        { title: 'no svc subtree', ask: `svc.${reverse} A`, rcode: 'NXDOMAIN', ...nodataHere },
      ],
    )
  })
}

describe('kubernetes: the name server of a zone that Services front', () => {
  const kubeDns = `kube-dns.kube-system.svc.${zone}`
  const cluster = manifests(
    clusterIp('kube-system/kube-dns', '10.96.0.2', 'fd00::53'),
    slice('kube-system/kube-dns', { endpoints: [{ addresses: ['10.1.0.53'] }, { addresses: ['10.1.0.54'] }] }),
    headless('kube-system/bare'),
    slice('kube-system/bare', {
      endpoints: [{ addresses: ['10.1.1.53'], hostname: 'a' }, { addresses: ['10.1.1.54'] }],
    }),
    slice('kube-system/gone', { endpoints: [{ addresses: ['10.1.2.53'] }] }),
    clusterIp('kube-system/unready', '10.96.0.3'),
    slice('kube-system/unready', { endpoints: [{ addresses: ['10.1.3.53'], conditions: { ready: false } }] }),
  )
  const at = (...localAddresses: string[]) => serveManifests(cluster, undefined, { localAddresses })

  testQueries(
    () => at('10.1.0.53', '10.1.0.54'),
    [
      {
        title: 'NS names the Service, its addresses once',
        ask: `${zone} NS`,
        answer: [`${zone} 5 IN NS ${kubeDns}`],
        additional: [`${kubeDns} 5 IN A 10.96.0.2`, `${kubeDns} 5 IN AAAA fd00::53`],
      },
      {
        title: 'ns.dns resolves to the cluster IP',
        ask: `ns.dns.${zone} A`,
        answer: [`ns.dns.${zone} 5 IN A 10.96.0.2`],
      },
    ],
  )
  testQueries(
    () => at('10.1.1.53'),
    [
      {
        title: 'NS names the endpoints of a headless Service',
        ask: `${zone} NS`,
        answer: ['a', '10-1-1-54'].map((label) => `${zone} 5 IN NS ${label}.bare.kube-system.svc.${zone}`),
        additional: [
          `a.bare.kube-system.svc.${zone} 5 IN A 10.1.1.53`,
          `10-1-1-54.bare.kube-system.svc.${zone} 5 IN A 10.1.1.54`,
        ],
      },
    ],
  )
  for (const local of ['10.1.2.53', '10.1.3.53']) {
    testQueries(
      () => at(local),
      [
        {
          title: `a slice without a Service, or an endpoint that is not ready, fronts nothing: ${local}`,
          ask: `${zone} NS`,
          answer: [`${zone} 5 IN NS ns.dns.${zone}`],
          additional: [`ns.dns.${zone} 5 IN A ${local}`],
        },
      ],
    )
  }
  testQueries(
    () => at(),
    [
      { title: 'without any address there is no NS record', ask: `${zone} NS`, ...nodata },
      { title: 'and no address of the name server', ask: `ns.dns.${zone} A`, ...nxdomain },
    ],
  )
})
