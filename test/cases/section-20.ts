import { headless, service, slice } from '../support/manifests.ts'
import { a, atLocal, cname, ptr, serveObjects, srv, v4, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const out = 'example.org.'
const testns = `testns.${out}`
const soa = (zone = out) => `${zone} 5 IN SOA ns1.dns.${zone} hostmaster.dns.${zone} 1 7200 1800 86400 5`
const nothing = { rcode: 'NXDOMAIN', authority: [soa()] }
const empty = { authority: [soa()] }

const some = [
  service('testns/balanced', { type: 'LoadBalancer', clusterIP: '10.96.0.16', externalIPs: ['203.0.113.10'] }),
  service('testns/web', { clusterIP: '10.96.0.10' }),
  {
    ...service('testns/cloud', {
      type: 'LoadBalancer',
      clusterIP: '10.96.0.17',
      ports: [
        { name: 'http', port: 80 },
        { name: 'https', port: 443 },
      ],
    }),
    status: { loadBalancer: { ingress: [{ hostname: 'lb.example.net' }] } },
  },
  headless('testns/hl'),
  slice('testns/hl', { endpoints: [{ addresses: ['10.1.0.1'], hostname: 'a' }, { addresses: ['10.1.0.2'] }] }),
]
const serve =
  (external = '', kubernetes = '') =>
  () =>
    serveObjects(
      some,
      `${z} ${out} ${v4} {\nk8s_external ${out} ${v4} {\n${external}\n}\nkubernetes ${z} ${v4} {\n${kubernetes}\n}\n}\n`,
      atLocal,
    )

export const section20: Section = {
  section: '20',
  title: 'k8s_external',
  groups: [
    {
      title: 'external addresses',
      serve: serve(),
      rows: [
        ...rows('20.2', 'a namespace', [`${testns} A`, `${testns} TXT`], empty),
        ...rows(
          '20.2',
          'no namespace, no Service',
          [`nons.${out} A`, `nope.${testns} A`, `x.nope.nons.${out} A`],
          nothing,
        ),
        {
          at: '20.2',
          title: 'a port',
          ask: `_http._tcp.balanced.${testns} SRV`,
          answer: [srv(`_http._tcp.balanced.${testns}`, 100, 80, `balanced.${testns}`)],
          additional: a(`balanced.${testns}`, '203.0.113.10'),
        },
        ...rows('20.2', 'no such port', [`_nope._tcp.balanced.${testns} SRV`], nothing),
        ...rows('20.2', 'longer names', [`x._http._tcp.balanced.${testns} SRV`], nothing),
        ...rows('20.3', 'any label before a Service (List 1, 21: the Service)', [`x.balanced.${testns} A`], nothing),
        {
          at: '20.3',
          title: 'the address outside',
          ask: `balanced.${testns} A`,
          answer: a(`balanced.${testns}`, '203.0.113.10'),
        },
        ...rows('20.3', 'without one', [`web.${testns} A`, `hl.${testns} A`, `a.hl.${testns} A`], nothing),
        {
          at: '20.4',
          title: 'a host name, once (List 1, 21: for each port)',
          ask: `cloud.${testns} A`,
          answer: [cname(`cloud.${testns}`, 'lb.example.net.')],
        },
        ...rows(
          '20.5',
          'other types',
          ['AAAA', 'TXT', 'MX'].map((type) => `balanced.${testns} ${type}`),
          empty,
        ),
        { at: '20.6', title: 'SOA', ask: `${out} SOA`, answer: [soa()] },
        {
          at: '20.6',
          title: 'NS with glue',
          ask: `${out} NS`,
          answer: [`${out} 5 IN NS ns1.dns.${out}`],
          additional: a(`ns1.dns.${out}`, '10.1.0.53'),
        },
        { at: '20.6', title: 'its name server', ask: `ns1.dns.${out} A`, answer: a(`ns1.dns.${out}`, '10.1.0.53') },
        ...rows('20.6', 'above it', [`dns.${out} A`, `${out} A`], empty),
        ...rows('20.6', 'beside and below it', [`ns2.dns.${out} A`, `x.ns1.dns.${out} A`], nothing),
        {
          at: '20.7',
          title: 'PTR',
          ask: `10.113.0.203.${v4} PTR`,
          answer: ptr(`10.113.0.203.${v4}`, `balanced.${testns}`),
        },
      ],
    },
    {
      title: 'headless',
      serve: serve('headless'),
      rows: [
        { at: '20.3', title: 'endpoints', ask: `hl.${testns} A`, answer: a(`hl.${testns}`, '10.1.0.1', '10.1.0.2') },
        { at: '20.3', title: 'an endpoint', ask: `a.hl.${testns} A`, answer: a(`a.hl.${testns}`, '10.1.0.1') },
        {
          at: '20.3',
          title: 'an endpoint by its address',
          ask: `10-1-0-2.hl.${testns} A`,
          answer: a(`10-1-0-2.hl.${testns}`, '10.1.0.2'),
        },
        ...rows('20.3', 'still nothing', [`web.${testns} A`, `nope.hl.${testns} A`], nothing),
      ],
    },
    {
      title: 'a TTL of its own',
      serve: serve('ttl 60', 'ttl 30'),
      rows: [
        {
          at: '20.4',
          title: 'of addresses',
          ask: `balanced.${testns} A`,
          answer: [`balanced.${testns} 60 IN A 203.0.113.10`],
        },
      ],
    },
    {
      title: 'transfer',
      serve: serve(),
      rows: rows('20.8', 'refused without the plugin', [`${out} AXFR`], { rcode: 'REFUSED', flags: ['qr'] }),
    },
  ],
}
