import { clusterIp, headless, slice } from '../support/manifests.ts'
import { soaOf } from '../support/table.ts'
import { ptr, serve, serveObjects, t, v4, v6, z } from './cluster.ts'
import { type Row, rows, type Section } from './rows.ts'

const nodata4 = { authority: [soaOf(v4)] }
const nxdomain4 = { rcode: 'NXDOMAIN', ...nodata4 }
const leads = (at: string, title: string, owner: string, ...targets: string[]): Row => ({
  at,
  title,
  ask: `${owner} PTR`,
  answer: ptr(owner, ...targets),
})
const zeros = (count: number) => '0.'.repeat(count)
const dual6 = `3.1.${zeros(26)}0.0.d.f.${v6}`
const above = 'a name that only stands above others'

export const section11: Section = {
  section: '11',
  title: 'reverse names',
  groups: [
    {
      title: 'reverse zones of both families',
      serve: () => serve('pods insecure'),
      rows: [
        leads('11.3', 'a cluster IP', `10.0.96.10.${v4}`, `web.${t}`),
        leads('11.3', 'an IPv6 cluster IP', dual6, `dual.${t}`),
        leads('11.3', 'an endpoint with a hostname', `1.0.1.10.${v4}`, `pet-0.hl.${t}`),
        leads('11.3', 'an endpoint of a ClusterIP Service', `1.9.1.10.${v4}`, `weba.web.${t}`),
        leads('11.3', 'of several Services', `99.0.0.10.${v4}`, `10-0-0-99.left.${t}`, `10-0-0-99.right.${t}`),
        leads('11.3', 'the same target once', `1.3.1.10.${v4}`, `a.twice.${t}`),
        ...rows(
          '11.3',
          'not ready, a Pod alone, nothing',
          [`3.0.1.10.${v4} PTR`, `1.0.2.10.${v4} PTR`, `9.9.9.10.${v4} PTR`],
          nxdomain4,
        ),
        ...rows('11.3', 'an address outside of a LoadBalancer', [`10.113.0.203.${v4} PTR`], nxdomain4),
        ...rows(
          '11.2',
          'no address',
          [
            `1.10.0.96.10.${v4} PTR`,
            `010.0.96.10.${v4} PTR`,
            `256.0.96.10.${v4} PTR`,
            `x.0.96.10.${v4} PTR`,
            `99.10.${v4} PTR`,
          ],
          nxdomain4,
        ),
        ...rows('11.2', 'a part of one', [`0.96.10.${v4} PTR`, `96.10.${v4} A`, `10.${v4} PTR`], {
          differs: above,
          ...nodata4,
        }),
        ...rows('11.2', 'a part of one, IPv6', [`d.f.${v6} PTR`, `0.0.d.f.${v6} A`], {
          differs: above,
          authority: [soaOf(v6)],
        }),
        ...rows(
          '11.2',
          'no IPv6 address',
          [`1.${dual6} PTR`, `g${dual6.slice(1)} PTR`, `31.${dual6.slice(4)} PTR`, `f.f.${v6} PTR`],
          { rcode: 'NXDOMAIN', authority: [soaOf(v6)] },
        ),
        ...rows(
          '11.7',
          'other types',
          ['A', 'AAAA', 'SRV', 'TXT', 'CNAME', 'MX', 'NS', 'ANY', 'HTTPS'].map((type) => `10.0.96.10.${v4} ${type}`),
          { differs: 'any type but PTR at a reverse name with a PTR', ...nodata4 },
        ),
        ...rows('11.7', 'SOA', [`10.0.96.10.${v4} SOA`], nodata4),
        ...rows(
          '11.7',
          'forward names below it',
          [`svc.${v4} A`, `web.testns.svc.${v4} A`, `pod.${v4} A`, `testns.svc.${v4} A`],
          nxdomain4,
        ),
      ],
    },
    {
      title: 'a CIDR as zone',
      serve: () => serve(),
      rows: [leads('11.3', 'in the primary zone', `10.0.96.10.${v4}`, `web.${t}`)],
    },
    {
      title: '10.96.0.0/17',
      serve: () =>
        serveObjects(
          [clusterIp('testns/web', '10.96.0.10'), clusterIp('testns/high', '10.96.200.1')],
          `${z} 10.96.0.0/17 {\nkubernetes\n}\n`,
        ),
      rows: [
        leads('11.1', 'an address in it', `10.0.96.10.${v4}`, `web.${t}`),
        {
          at: '11.1',
          title: 'the SOA is that of the zone that matched',
          ask: `9.127.96.10.${v4} PTR`,
          rcode: 'NXDOMAIN',
          authority: [soaOf(`127.96.10.${v4}`)],
        },
        { at: '11.1', title: 'an address outside', ask: `1.200.96.10.${v4} PTR`, rcode: 'REFUSED', flags: ['qr'] },
      ],
    },
    {
      title: 'several forward zones',
      serve: () =>
        serveObjects([clusterIp('testns/web', '10.96.0.10')], 'in-addr.arpa First.test second.test {\nkubernetes\n}\n'),
      rows: [leads('11.3', 'the first counts', `10.0.96.10.${v4}`, 'web.testns.svc.first.test.')],
    },
    {
      title: 'a cluster IP that endpoints have too',
      serve: () =>
        serveObjects([
          clusterIp('testns/web', '10.96.0.10'),
          headless('testns/back'),
          slice('testns/back', { endpoints: [{ addresses: ['10.96.0.10'] }] }),
        ]),
      rows: [
        {
          ...leads('11.3', 'the Service alone, as in CoreDNS', `10.0.96.10.${v4}`, `web.${t}`),
          differs: 'PTR of an address that is both',
        },
      ],
    },
    {
      title: 'namespaces',
      serve: () =>
        serveObjects(
          [
            clusterIp('one/web', '10.96.0.10'),
            headless('one/left'),
            slice('one/left', { endpoints: [{ addresses: ['10.1.0.9'] }] }),
            headless('two/right'),
            slice('two/right', { endpoints: [{ addresses: ['10.1.0.9'] }] }),
          ],
          `${z} ${v4} {\nkubernetes {\nnamespaces two\n}\n}\n`,
        ),
      rows: [
        leads('11.5', 'endpoints of those', `9.0.1.10.${v4}`, `10-1-0-9.right.two.svc.${z}`),
        ...rows('11.5', 'no Service of another', [`10.0.96.10.${v4} PTR`, `96.10.${v4} PTR`], nxdomain4),
      ],
    },
    {
      title: 'an address that the API has in another spelling',
      serve: () =>
        serveObjects([headless('testns/six'), slice('testns/six', { endpoints: [{ addresses: ['FD00::ABCD'] }] })]),
      rows: [
        {
          ...leads('11.4', 'is found', `d.c.b.a.${zeros(24)}0.0.d.f.${v6}`, `fd00--abcd.six.${t}`),
          differs: 'an IPv6 address that a manifest spells oddly',
        },
      ],
    },
  ],
}
