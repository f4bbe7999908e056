import { clusterIp, headless, service, slice } from '../support/manifests.ts'
import { nodata, nxdomain, soaOf } from '../support/table.ts'
import { a, aaaa, ptr, serve, serveObjects, srv, t, v4, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const many = service('testns/many', {
  clusterIP: '10.96.0.20',
  ports: Array.from({ length: 101 }, (_, index) => ({ name: `p${index}`, port: 1000 + index })),
})

export const section6: Section = {
  section: '6',
  title: 'ClusterIP Services',
  groups: [
    {
      title: 'default options',
      serve: () => serve(),
      rows: [
        { at: '6.1', title: 'dual stack, A', ask: `dual.${t} A`, answer: a(`dual.${t}`, '10.96.0.13') },
        { at: '6.1', title: 'dual stack, AAAA', ask: `dual.${t} AAAA`, answer: aaaa(`dual.${t}`, 'fd00::13') },
        { at: '6.2', title: 'no endpoints', ask: `multi.${t} A`, answer: a(`multi.${t}`, '10.96.0.14') },
        { at: '6.2', title: 'NodePort', ask: `node.${t} A`, answer: a(`node.${t}`, '10.96.0.15') },
        { at: '6.2', title: 'LoadBalancer, inside', ask: `balanced.${t} A`, answer: a(`balanced.${t}`, '10.96.0.16') },
        {
          at: '6.3',
          title: 'a port by its name and protocol',
          ask: `_dns._udp.multi.${t} A`,
          answer: a(`_dns._udp.multi.${t}`, '10.96.0.14'),
        },
        ...rows(
          '6.3',
          'no such port',
          [`_dns._tcp.multi.${t} SRV`, `_http._udp.multi.${t} A`, `_8080._tcp.unnamed.${t} SRV`],
          nxdomain,
        ),
        {
          at: '6.5',
          title: 'SRV of the Service: each port number once',
          ask: `multi.${t} SRV`,
          answer: [80, 53].map((port) => srv(`multi.${t}`, 33, port, `multi.${t}`)),
          additional: a(`multi.${t}`, '10.96.0.14'),
        },
        {
          at: '6.5',
          title: 'SRV of a port without a name, as in CoreDNS',
          ask: `unnamed.${t} SRV`,
          differs: 'unnamed ports',
          answer: [srv(`unnamed.${t}`, 100, 8080, `unnamed.${t}`)],
          additional: a(`unnamed.${t}`, '10.96.0.11'),
        },
        {
          at: '6.6',
          title: 'SRV of one port',
          ask: `_dns-tcp._tcp.multi.${t} SRV`,
          answer: [srv(`_dns-tcp._tcp.multi.${t}`, 100, 53, `multi.${t}`)],
          additional: a(`multi.${t}`, '10.96.0.14'),
        },
        {
          at: '6.7',
          title: 'the weight of dual stack; 6.8: glue of both families',
          ask: `_http._tcp.dual.${t} SRV`,
          answer: [srv(`_http._tcp.dual.${t}`, 50, 80, `dual.${t}`)],
          additional: [...a(`dual.${t}`, '10.96.0.13'), ...aaaa(`dual.${t}`, 'fd00::13')],
        },
        {
          at: '6.8',
          title: 'glue once for all ports',
          ask: `_._.multi.${t} SRV`,
          answer: [80, 53].map((port) => srv(`_._.multi.${t}`, 33, port, `multi.${t}`)),
          additional: a(`multi.${t}`, '10.96.0.14'),
        },
        {
          at: '6.9',
          title: 'an endpoint below a cluster IP',
          ask: `weba.web.${t} A`,
          answer: a(`weba.web.${t}`, '10.1.9.1'),
        },
        {
          at: '6.9',
          title: 'its SRV has the port of the endpoint',
          ask: `weba.web.${t} SRV`,
          answer: [srv(`weba.web.${t}`, 100, 8080, `weba.web.${t}`)],
          additional: a(`weba.web.${t}`, '10.1.9.1'),
        },
        { at: '6.9', title: 'no such endpoint', ask: `webb.web.${t} A`, ...nxdomain },
      ],
    },
    {
      title: 'a Service without ports, which only an API server has',
      serve() {
        const server = serveObjects([clusterIp('testns/bare', '10.96.0.21')])
        const bare = server.store.service('testns', 'bare')
        if (bare === undefined) throw new Error('bare is a Service')
        server.store.put({ ...bare, ports: [] })
        return server
      },
      rows: [
        { at: '6.4', title: 'resolves', ask: `bare.${t} A`, answer: a(`bare.${t}`, '10.96.0.21') },
        { at: '6.4', title: 'has no SRV', ask: `bare.${t} SRV`, ...nodata },
        ...rows('6.4', 'has no port names', [`_http._tcp.bare.${t} SRV`, `_tcp.bare.${t} A`], nxdomain),
      ],
    },
    {
      title: 'more ports than weight',
      serve: () => serveObjects([many]),
      rows: [
        {
          at: '6.7',
          title: 'at least 1',
          ask: `many.${t} SRV`,
          answer: Array.from({ length: 101 }, (_, index) => srv(`many.${t}`, 1, 1000 + index, `many.${t}`)),
          additional: a(`many.${t}`, '10.96.0.20'),
          overUdp: { flags: ['qr', 'aa', 'tc'], answer: [], additional: [] },
        },
      ],
    },
    {
      title: 'ignore empty_service',
      serve: () => serve('ignore empty_service'),
      rows: [
        { at: '6.10', title: 'with endpoints', ask: `web.${t} A`, answer: a(`web.${t}`, '10.96.0.10') },
        ...rows(
          '6.10',
          'without endpoints',
          [`multi.${t} A`, `multi.${t} SRV`, `_dns._udp.multi.${t} SRV`, `multi.${t} TXT`, `_udp.multi.${t} A`],
          nxdomain,
        ),
        { at: '6.10', title: 'its PTR', ask: `14.0.96.10.${v4} PTR`, answer: ptr(`14.0.96.10.${v4}`, `multi.${t}`) },
        { at: '6.10', title: 'headless is another matter', ask: `four.${t} A`, answer: a(`four.${t}`, '10.1.8.1') },
        {
          at: '6.10',
          title: 'ExternalName is another matter',
          ask: `ext.${t} CNAME`,
          answer: [`ext.${t} 5 IN CNAME ext.example.com.`],
        },
      ],
    },
    {
      title: 'ignore empty_service, endpoints that are not ready',
      serve: () =>
        serveObjects(
          [
            clusterIp('testns/idle', '10.96.0.22'),
            slice('testns/idle', { endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready: false } }] }),
          ],
          `${z} {\nkubernetes {\nignore empty_service\n}\n}\n`,
        ),
      rows: [{ at: '6.10', title: 'count as none', ask: `idle.${t} A`, ...nxdomain }],
    },
    {
      title: 'noendpoints',
      serve: () => serve('noendpoints'),
      rows: [
        { at: '6.11', title: 'a cluster IP', ask: `web.${t} A`, answer: a(`web.${t}`, '10.96.0.10') },
        ...rows('6.11', 'headless and endpoints', [`hl.${t} A`, `pet-0.hl.${t} A`, `weba.web.${t} A`], nxdomain),
        {
          at: '6.11',
          title: 'the PTR of an endpoint',
          ask: `1.0.1.10.${v4} PTR`,
          rcode: 'NXDOMAIN',
          authority: [soaOf(v4)],
        },
        {
          at: '6.11',
          title: 'the name server',
          ask: `${z} NS`,
          answer: [`${z} 5 IN NS ns.dns.${z}`],
          additional: a(`ns.dns.${z}`, '10.1.0.53'),
        },
      ],
    },
    {
      title: 'ignore empty_service with noendpoints',
      serve: () => serve('ignore empty_service', 'noendpoints'),
      rows: rows('6.11', 'every Service vanishes', [`web.${t} A`, `dual.${t} AAAA`], nxdomain),
    },
    {
      title: 'headless: the first IP is None',
      serve: () => serveObjects([headless('testns/none')]),
      rows: [{ at: '6.1', title: 'no address', ask: `none.${t} A`, ...nxdomain }],
    },
  ],
}
