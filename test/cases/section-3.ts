import { serveManifests } from '../support/serve.ts'
import { nodata, nxdomain } from '../support/table.ts'
import { a, cluster, serve, srv, t, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const pods = `testns.pod.${z}`
const label63 = 'a'.repeat(63)
const webSrv = (owner: string) => ({
  ask: `${owner} SRV`,
  answer: [srv(owner, 100, 80, `web.${t}`)],
  additional: a(`web.${t}`, '10.96.0.10'),
})

export const section3: Section = {
  section: '3',
  title: 'query-name grammar',
  groups: [
    {
      title: 'Pods insecure',
      serve: () => serve('pods insecure'),
      rows: [
        ...rows('3.0', 'the apex, svc and pod exist', [`${z} A`, `svc.${z} A`, `pod.${z} SRV`, `svc.${z} MX`], nodata),
        ...rows('3.0', 'they exist for TXT too', [`${z} TXT`], { differs: 'TXT at `Z`', ...nodata }),
        ...rows(
          '3.0',
          'the rightmost label is neither svc nor pod',
          [`foo.${z} A`, `a.b.foo.${z} A`, `a.b.c.d.e.${z} SRV`, `web.testns.${z} A`],
          nxdomain,
        ),
        ...rows('3.0', 'a namespace', [`${t} A`, `${pods} A`, `emptyns.svc.${z} A`, `emptyns.pod.${z} AAAA`], nodata),
        ...rows('3.0', 'no namespace', [`nons.svc.${z} A`, `nons.pod.${z} A`], nxdomain),
        { at: '3.0', title: 'a Service', ask: `web.${t} A`, answer: a(`web.${t}`, '10.96.0.10') },
        { at: '3.0', title: 'a Pod', ask: `10-2-0-1.${pods} A`, answer: a(`10-2-0-1.${pods}`, '10.2.0.1') },
        { at: '3.0', title: 'an endpoint', ask: `weba.web.${t} A`, answer: a(`weba.web.${t}`, '10.1.9.1') },
        { at: '3.0', title: 'a port', ...webSrv(`_http._tcp.web.${t}`) },
        ...rows(
          '3.0',
          'three and more labels left of a Service',
          [`x._http._tcp.web.${t} SRV`, `a.b.c.web.${t} A`, `a.b.c.d.e.web.${t} A`],
          nxdomain,
        ),
        { at: '3.1', title: 'without underscores', ...webSrv(`http.tcp.web.${t}`) },
        { at: '3.1', title: 'one underscore of two', ...webSrv(`_http.tcp.web.${t}`) },
        { at: '3.1', title: 'empty after the underscore: any', ...webSrv(`_._.web.${t}`) },
        { at: '3.1', title: 'any port of a protocol', ...webSrv(`_._tcp.web.${t}`) },
        { at: '3.1', title: 'a port of any protocol', ...webSrv(`_http._.web.${t}`) },
        ...rows('3.1', 'no such port', [`__http._tcp.web.${t} SRV`, `_tcp._http.web.${t} SRV`], nxdomain),
        ...rows('3.1', 'the protocol alone', [`_tcp.web.${t} A`, `_tcp.web.${t} SRV`, `_udp.multi.${t} TXT`], {
          differs: 'a name that only stands above others',
          ...nodata,
        }),
        ...rows('3.1', 'a protocol that no port has', [`_udp.web.${t} A`, `_sctp.web.${t} A`], nxdomain),
        {
          at: '3.2',
          title: 'A of a port',
          ask: `_http._tcp.web.${t} A`,
          answer: a(`_http._tcp.web.${t}`, '10.96.0.10'),
        },
        ...rows('3.2', 'other types of a port', [`_http._tcp.web.${t} TXT`, `_http._tcp.web.${t} MX`], nodata),
        ...rows('3.2', 'no such port, of any type', [`_nope._tcp.web.${t} A`, `_nope._tcp.web.${t} TXT`], nxdomain),
        ...rows(
          '3.3',
          'no wildcards',
          [
            `*.${t} A`,
            `any.${t} A`,
            `*.testns.svc.${z} SRV`,
            `web.*.svc.${z} A`,
            `web.any.svc.${z} A`,
            `_any._tcp.web.${t} SRV`,
            `_*._*.web.${t} SRV`,
            `*.*.web.${t} SRV`,
            `*.web.${t} A`,
          ],
          nxdomain,
        ),
        {
          at: '3.4',
          title: 'one label before a Pod',
          ask: `x.1-2-3-4.${pods} A`,
          answer: a(`x.1-2-3-4.${pods}`, '1.2.3.4'),
        },
        {
          at: '3.4',
          title: 'two labels before a Pod',
          ask: `_http._tcp.1-2-3-4.${pods} A`,
          answer: a(`_http._tcp.1-2-3-4.${pods}`, '1.2.3.4'),
        },
        { at: '3.4', title: 'three labels before a Pod', ask: `a.b.c.1-2-3-4.${pods} A`, ...nxdomain },
        ...rows(
          '3.6',
          'odd labels',
          [
            `web\\.testns.svc.${z} A`,
            `we\\.b.${t} A`,
            `pet-0\\.hl.${t} A`,
            `_http\\._tcp.web.${t} SRV`,
            `\\000.${t} A`,
            `web\\000.${t} A`,
            `w\\233b.${t} A`,
            `\\255.${t} A`,
            `web/x.${t} A`,
            `\\\\.${t} A`,
            `_.web.${t} A`,
            `__proto__.${t} A`,
            `${label63}.${t} A`,
            `${label63}.${label63}.${label63}.${'b'.repeat(42)}.svc.${z} A`,
            `${'a.'.repeat(119)}x.${z} A`,
          ],
          nxdomain,
        ),
      ],
    },
    {
      title: 'the root as zone',
      serve: () => serveManifests(cluster, '. {\nkubernetes\n}\n', { localAddresses: ['10.1.0.53'] }),
      rows: [
        { at: '3.5', title: 'a Service', ask: 'web.testns.svc. A', answer: a('web.testns.svc.', '10.96.0.10') },
        {
          at: '3.5',
          title: 'its SOA',
          ask: 'nope. A',
          rcode: 'NXDOMAIN',
          authority: ['. 5 IN SOA ns.dns. hostmaster. 1 7200 1800 86400 5'],
        },
        {
          at: '3.5',
          title: 'its name server',
          ask: 'ns.dns. A',
          differs: '`ns.dns.`',
          answer: a('ns.dns.', '10.1.0.53'),
        },
      ],
    },
  ],
}
