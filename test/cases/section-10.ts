import { clusterIp, headless, slice } from '../support/manifests.ts'
import { nodata, nxdomain, soaOf } from '../support/table.ts'
import { a, aaaa, blockOf, serve, serveObjects, t, v4, v6, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const kubeDns = `kube-dns.kube-system.svc.${z}`
const bare = `bare.kube-system.svc.${z}`
const fronted = [
  clusterIp('kube-system/kube-dns', '10.96.0.2', 'fd00::53'),
  slice('kube-system/kube-dns', { endpoints: [{ addresses: ['10.1.0.53'] }, { addresses: ['10.1.0.54'] }] }),
  headless('kube-system/bare'),
  slice('kube-system/bare', { endpoints: [{ addresses: ['10.1.1.53'], hostname: 'a' }, { addresses: ['10.1.1.54'] }] }),
]
const at = (...localAddresses: string[]) => serveObjects(fronted, blockOf(), { localAddresses })
const versions = (zone: string) => ({
  at: '10.2',
  title: 'the version, in every zone, with a TTL of its own',
  ask: `dns-version.${zone} TXT`,
  answer: [`dns-version.${zone} 28800 IN TXT "1.1.0"`],
})
const caseDiffers = 'NS at `CLUSTER.local`'

export const section10: Section = {
  section: '10',
  title: 'apex, dns-version, ns.dns, SOA, NS',
  groups: [
    ...[0, 5, 300, 301, 3600].map((ttl) => ({
      title: `ttl ${ttl}`,
      serve: () => serve(`ttl ${ttl}`),
      rows: [
        { at: '10.1', title: 'the SOA', ask: `${z} SOA`, answer: [soaOf(z, ttl)] },
        { at: '10.1', title: 'of a reverse zone', ask: `${v4} SOA`, answer: [soaOf(v4, ttl)] },
        {
          at: '10.1',
          title: 'in a negative answer',
          ask: `nope.${z} A`,
          rcode: 'NXDOMAIN',
          authority: [soaOf(z, ttl)],
        },
        versions(z),
      ],
    })),
    {
      title: 'no Service fronts the server',
      serve: () => serve(),
      rows: [
        versions(v4),
        versions(v6),
        ...rows(
          '10.2',
          'other types',
          ['A', 'AAAA', 'SRV', 'CNAME', 'MX', 'NS', 'SOA', 'PTR', 'ANY'].map((type) => `dns-version.${z} ${type}`),
          { differs: 'any type but TXT at `dns-version.Z`', ...nodata },
        ),
        ...rows(
          '10.2',
          'one label before the zone, exactly',
          [`x.dns-version.${z} TXT`, `dns-version.svc.${z} TXT`],
          nxdomain,
        ),
        {
          at: '10.3',
          title: 'the addresses that are listened at',
          ask: `ns.dns.${z} A`,
          differs: 'A, AAAA at `ns.dns.Z`',
          answer: a(`ns.dns.${z}`, '10.1.0.53'),
        },
        {
          at: '10.4',
          title: 'NS with glue',
          ask: `${z} NS`,
          answer: [`${z} 5 IN NS ns.dns.${z}`],
          additional: a(`ns.dns.${z}`, '10.1.0.53'),
        },
        ...rows(
          '10.5',
          'other types',
          ['SRV', 'MX', 'CNAME', 'NS', 'HTTPS', 'AAAA'].map((type) => `ns.dns.${z} ${type}`),
          nodata,
        ),
        ...rows('10.5', 'TXT', [`ns.dns.${z} TXT`], { differs: 'TXT at `Z`', ...nodata }),
        ...rows('10.5', 'PTR', [`ns.dns.${z} PTR`], { differs: 'PTR at `ns.dns.Z`', ...nodata }),
        ...rows('10.5', 'above', [`dns.${z} A`], { differs: 'a name that only stands above others', ...nodata }),
        ...rows('10.5', 'beside and below', [`apex.dns.${z} A`, `x.ns.dns.${z} A`, `ns.${z} A`], nxdomain),
        ...rows(
          '10.6',
          'the apex has nothing else',
          ['A', 'AAAA', 'SRV', 'CNAME', 'MX', 'PTR', 'ANY', 'DS'].map((type) => `${z} ${type}`),
          nodata,
        ),
        ...rows('10.6', 'TXT', [`${z} TXT`], { differs: 'TXT at `Z`', ...nodata }),
        {
          at: '10.7',
          title: 'in capitals, NS',
          ask: 'CLUSTER.local. NS',
          differs: caseDiffers,
          answer: [`${z} 5 IN NS ns.dns.${z}`],
          additional: a(`ns.dns.${z}`, '10.1.0.53'),
        },
        {
          at: '10.7',
          title: 'in capitals, A',
          ask: 'ns.dns.Cluster.local. A',
          differs: caseDiffers,
          answer: a(`ns.dns.${z}`, '10.1.0.53'),
        },
        { at: '10.7', title: 'in capitals, SOA', ask: 'CLUSTER.local. SOA', answer: [soaOf(z)] },
      ],
    },
    {
      title: 'a ClusterIP Service fronts the server',
      serve: () => at('10.1.0.53', '10.1.0.54'),
      rows: [
        {
          at: '10.4',
          title: 'NS with glue, each address once (List 1, 18)',
          ask: `${z} NS`,
          answer: [`${z} 5 IN NS ${kubeDns}`],
          additional: [...a(kubeDns, '10.96.0.2'), ...aaaa(kubeDns, 'fd00::53')],
        },
        { at: '10.5', title: 'the cluster IP', ask: `ns.dns.${z} A`, answer: a(`ns.dns.${z}`, '10.96.0.2') },
        { at: '10.5', title: 'the cluster IP, IPv6', ask: `ns.dns.${z} AAAA`, answer: aaaa(`ns.dns.${z}`, 'fd00::53') },
      ],
    },
    {
      title: 'a headless Service fronts the server',
      serve: () => at('10.1.1.53'),
      rows: [
        {
          at: '10.3',
          title: 'its endpoints are the name servers',
          ask: `${z} NS`,
          answer: [`${z} 5 IN NS a.${bare}`, `${z} 5 IN NS 10-1-1-54.${bare}`],
          additional: [...a(`a.${bare}`, '10.1.1.53'), ...a(`10-1-1-54.${bare}`, '10.1.1.54')],
        },
        {
          at: '10.5',
          title: 'and the addresses',
          ask: `ns.dns.${z} A`,
          answer: a(`ns.dns.${z}`, '10.1.1.53', '10.1.1.54'),
        },
      ],
    },
    {
      title: 'the server has no address',
      serve: () => at(),
      rows: rows('10.4', 'no NS', [`${z} NS`], nodata),
    },
    {
      title: 'ExternalName of the apex',
      serve: () => serve(),
      rows: rows('10.6', 'other names of one label', [`web.${z} A`, `${t.replace('.svc', '')} A`], nxdomain),
    },
  ],
}
