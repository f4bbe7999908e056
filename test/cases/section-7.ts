import { clusterIp, headless, slice } from '../support/manifests.ts'
import { nodata, nxdomain, soaOf } from '../support/table.ts'
import { a, aaaa, atLocal, blockOf, cname, ptr, serve, serveObjects, srv, t, v4, v6, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const six = [
  headless('testns/six'),
  slice('testns/six', { endpoints: [{ addresses: ['FD00:0::ABCD'] }, { addresses: ['fd00:0:0:1::'] }] }),
]

const seven = [
  headless('testns/seven'),
  slice('testns/seven', {
    name: 'seven-a',
    endpoints: Array.from({ length: 7 }, (_, index) => ({ addresses: [`10.1.6.${index + 1}`] })),
  }),
  slice('testns/seven', { name: 'seven-b', endpoints: [{ addresses: ['10.1.6.1'] }] }),
]

const shared = [
  headless('testns/shared'),
  slice('testns/shared', {
    endpoints: [
      { addresses: ['10.1.7.1'], hostname: 'a' },
      { addresses: ['10.1.7.2'], hostname: 'a' },
    ],
  }),
  slice('testns/shared', { name: 'shared-six', endpoints: [{ addresses: ['fd00::7'], hostname: 'a' }] }),
]

const hundred = [
  headless('testns/hundred'),
  slice('testns/hundred', {
    ports: [
      { name: 'http', port: 80 },
      { name: 'https', port: 443 },
    ],
    endpoints: Array.from({ length: 51 }, (_, index) => ({
      addresses: [`10.1.10.${index + 1}`],
      hostname: `h${index}`,
    })),
  }),
]

const named = [
  headless('testns/names'),
  slice('testns/names', { addressType: 'FQDN', endpoints: [{ addresses: [`four.${t}`] }] }),
  headless('testns/four'),
  slice('testns/four', { endpoints: [{ addresses: ['10.1.8.1'], hostname: 'a' }] }),
  headless('testns/outside'),
  slice('testns/outside', { addressType: 'FQDN', endpoints: [{ addresses: ['db.example.com'] }] }),
]

const hl = `hl.${t}`
const ports = `ports.${t}`
const portTargets = [
  ...a(`a.${ports}`, '10.1.4.1'),
  ...a(`10-1-4-2.${ports}`, '10.1.4.2'),
  ...a(`10-1-4-3.${ports}`, '10.1.4.3'),
]
const targetsOf = (owner: string, weight: number, numbers: readonly number[]) =>
  ['a', '10-1-4-2', '10-1-4-3'].flatMap((label) => numbers.map((port) => srv(owner, weight, port, `${label}.${ports}`)))

export const section7: Section = {
  section: '7',
  title: 'headless Services',
  groups: [
    {
      title: 'default options',
      serve: () => serve(),
      rows: [
        { at: '7.1', title: 'a slice whose Service there is not', ask: `orphan.${t} A`, ...nxdomain },
        {
          at: '7.1',
          title: 'has a PTR',
          ask: `1.5.1.10.${v4} PTR`,
          answer: ptr(`1.5.1.10.${v4}`, `10-1-5-1.orphan.${t}`),
        },
        {
          at: '7.2',
          title: 'ready or unset; serving and terminating do not count',
          ask: `${hl} A`,
          answer: a(hl, '10.1.0.1', '10.1.0.2', '10.1.0.4', '10.1.0.6'),
        },
        { at: '7.2', title: 'one that is not ready', ask: `10-1-0-3.${hl} A`, ...nxdomain },
        {
          at: '7.3',
          title: 'all addresses of an endpoint',
          ask: `${ports} A`,
          answer: a(ports, '10.1.4.1', '10.1.4.2', '10.1.4.3'),
        },
        {
          at: '7.4',
          title: 'the family is that of the address',
          ask: `${hl} AAAA`,
          answer: aaaa(hl, 'fd00::1', 'fd00:0:0:1::'),
        },
        { at: '7.5', title: 'no selector', ask: `four.${t} A`, answer: a(`four.${t}`, '10.1.8.1') },
        { at: '7.6', title: 'an address in two slices', ask: `twice.${t} A`, answer: a(`twice.${t}`, '10.1.3.1') },
        {
          at: '7.6',
          title: 'its SRV',
          ask: `twice.${t} SRV`,
          answer: [srv(`twice.${t}`, 50, 8080, `a.twice.${t}`)],
          additional: a(`a.twice.${t}`, '10.1.3.1'),
        },
        { at: '7.7', title: 'by hostname', ask: `pet-0.${hl} A`, answer: a(`pet-0.${hl}`, '10.1.0.1') },
        { at: '7.7', title: 'by hostname in capitals', ask: `PET-0.${hl} A`, answer: a(`pet-0.${hl}`, '10.1.0.1') },
        {
          at: '7.7',
          title: 'by hostname, the other family',
          ask: `pet-0.${hl} AAAA`,
          answer: aaaa(`pet-0.${hl}`, 'fd00::1'),
        },
        { at: '7.7', title: 'with a hostname, not by address', ask: `10-1-0-1.${hl} A`, ...nxdomain },
        { at: '7.7', title: 'by address', ask: `10-1-0-2.${hl} A`, answer: a(`10-1-0-2.${hl}`, '10.1.0.2') },
        {
          at: '7.7',
          title: 'an IPv6 address that ends in colons',
          ask: `fd00-0-0-1--0.${hl} AAAA`,
          answer: aaaa(`fd00-0-0-1--0.${hl}`, 'fd00:0:0:1::'),
        },
        { at: '7.7', title: 'without the 0 that ends it', ask: `fd00-0-0-1--.${hl} AAAA`, ...nxdomain },
        { at: '7.7', title: 'a Pod by its name, without endpoint_pod_names', ask: `hl-1.${hl} A`, ...nxdomain },
        { at: '7.8', title: 'no ports: an address', ask: `portless.${t} A`, answer: a(`portless.${t}`, '10.1.2.1') },
        { at: '7.8', title: 'no ports: no SRV', ask: `portless.${t} SRV`, ...nodata },
        ...rows('7.8', 'no ports: no port names', [`_http._tcp.portless.${t} A`], nxdomain),
        {
          at: '7.8',
          title: 'a port without a number: an address',
          ask: `_http._tcp.anyport.${t} A`,
          answer: a(`_http._tcp.anyport.${t}`, '10.1.2.2'),
        },
        ...rows('7.8', 'a port without a number: no SRV', [`_http._tcp.anyport.${t} SRV`, `anyport.${t} SRV`], nodata),
        {
          at: '7.9',
          title: 'SRV: endpoints times ports',
          ask: `${ports} SRV`,
          answer: targetsOf(ports, 11, [8080, 53, 9000]),
          additional: portTargets,
        },
        {
          at: '7.9',
          title: 'SRV of one port',
          ask: `_dns._udp.${ports} SRV`,
          answer: targetsOf(`_dns._udp.${ports}`, 33, [53]),
          additional: portTargets,
        },
        {
          at: '7.9',
          title: 'SRV of any TCP port, with that without a name',
          ask: `_._tcp.${ports} SRV`,
          differs: 'unnamed ports',
          answer: targetsOf(`_._tcp.${ports}`, 16, [8080, 9000]),
          additional: portTargets,
        },
        {
          at: '7.9',
          title: 'SRV of one endpoint',
          ask: `a.${ports} SRV`,
          answer: [8080, 53, 9000].map((port) => srv(`a.${ports}`, 33, port, `a.${ports}`)),
          additional: portTargets.slice(0, 1),
        },
        {
          at: '7.9',
          title: 'SRV of an endpoint of both families',
          ask: `pet-0.${hl} SRV`,
          answer: [srv(`pet-0.${hl}`, 50, 8080, `pet-0.${hl}`)],
          additional: [...a(`pet-0.${hl}`, '10.1.0.1'), ...aaaa(`pet-0.${hl}`, 'fd00::1')],
        },
        ...rows(
          '7.10',
          'nothing ready',
          ['A', 'AAAA', 'SRV', 'TXT', 'MX', 'ANY'].flatMap((type) => [
            `unready.${t} ${type}`,
            `sliceless.${t} ${type}`,
          ]),
          nxdomain,
        ),
        ...rows(
          '7.10',
          'no such port or endpoint',
          [`_nope._tcp.${hl} SRV`, `nope.${hl} A`, `_http._udp.${hl} A`],
          nxdomain,
        ),
        { at: '7.10', title: 'the other family alone', ask: `four.${t} AAAA`, ...nodata },
      ],
    },
    {
      title: 'endpoint_pod_names',
      serve: () => serve('endpoint_pod_names'),
      rows: [
        { at: '7.7', title: "by the Pod's name", ask: `hl-1.${hl} A`, answer: a(`hl-1.${hl}`, '10.1.0.2') },
        { at: '7.7', title: 'then not by address', ask: `10-1-0-2.${hl} A`, ...nxdomain },
        {
          at: '7.7',
          title: 'a name of 64 octets does not count',
          ask: `10-1-0-4.${hl} A`,
          answer: a(`10-1-0-4.${hl}`, '10.1.0.4'),
        },
        { at: '7.7', title: 'a hostname comes first', ask: `pet-0.${hl} A`, answer: a(`pet-0.${hl}`, '10.1.0.1') },
      ],
    },
    {
      title: 'endpoint_pod_names, a name with a dot',
      serve: () =>
        serveObjects(
          [
            headless('testns/dotted'),
            slice('testns/dotted', {
              endpoints: [{ addresses: ['10.1.0.1'], targetRef: { kind: 'Pod', name: 'node.a' } }],
            }),
          ],
          blockOf(['endpoint_pod_names']),
        ),
      rows: [{ at: '7.7', title: 'is no port and protocol', ask: `node.a.dotted.${t} A`, ...nxdomain }],
    },
    {
      title: 'IPv6 as it is written',
      serve: () => serveObjects(six),
      rows: [
        {
          at: '7.7',
          title: 'the label is that of the canonical address',
          ask: `fd00--abcd.six.${t} AAAA`,
          differs: 'an IPv6 address that a manifest spells oddly',
          answer: aaaa(`fd00--abcd.six.${t}`, 'fd00::abcd'),
        },
        {
          at: '7.7',
          title: 'not as written',
          ask: `fd00-0--abcd.six.${t} AAAA`,
          differs: 'an IPv6 address that a manifest spells oddly',
          ...nxdomain,
        },
        {
          at: '7.7',
          title: 'its PTR',
          ask: `d.c.b.a.${'0.'.repeat(24)}0.0.d.f.${v6} PTR`,
          differs: 'an IPv6 address that a manifest spells oddly',
          answer: ptr(`d.c.b.a.${'0.'.repeat(24)}0.0.d.f.${v6}`, `fd00--abcd.six.${t}`),
        },
      ],
    },
    {
      title: 'weights',
      serve: () => serveObjects([...seven, ...hundred]),
      rows: [
        {
          at: '7.6',
          title: 'seven endpoints and one twice: 12',
          ask: `seven.${t} SRV`,
          answer: [1, 2, 3, 4, 5, 6, 7].map((at) => srv(`seven.${t}`, 12, 8080, `10-1-6-${at}.seven.${t}`)),
          additional: [1, 2, 3, 4, 5, 6, 7].flatMap((at) => a(`10-1-6-${at}.seven.${t}`, `10.1.6.${at}`)),
        },
        {
          at: '7.9',
          title: 'over a hundred pairs: 1',
          ask: `hundred.${t} SRV`,
          answer: Array.from({ length: 51 }, (_, at) =>
            [80, 443].map((port) => srv(`hundred.${t}`, 1, port, `h${at}.hundred.${t}`)),
          ).flat(),
          additional: Array.from({ length: 51 }, (_, at) => a(`h${at}.hundred.${t}`, `10.1.10.${at + 1}`)).flat(),
          overUdp: { flags: ['qr', 'aa', 'tc'], answer: [], additional: [] },
        },
      ],
    },
    {
      title: 'one label for several addresses',
      serve: () => serveObjects(shared),
      rows: [
        { at: '7.7', title: 'A', ask: `a.shared.${t} A`, answer: a(`a.shared.${t}`, '10.1.7.1', '10.1.7.2') },
        { at: '7.7', title: 'AAAA', ask: `a.shared.${t} AAAA`, answer: aaaa(`a.shared.${t}`, 'fd00::7') },
        {
          at: '7.7',
          title: 'SRV',
          ask: `a.shared.${t} SRV`,
          answer: [srv(`a.shared.${t}`, 33, 8080, `a.shared.${t}`)],
          additional: [...a(`a.shared.${t}`, '10.1.7.1', '10.1.7.2'), ...aaaa(`a.shared.${t}`, 'fd00::7')],
        },
      ],
    },
    {
      title: 'endpoints below a cluster IP are selected alike',
      serve: () =>
        serveObjects([
          clusterIp('testns/web', '10.96.0.10'),
          slice('testns/web', {
            endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready: false }, hostname: 'no' }],
          }),
        ]),
      rows: rows('7.2', 'not ready', [`no.web.${t} A`, `10-1-0-1.web.${t} A`], nxdomain),
    },
    {
      title: 'slices of names',
      serve: () => serveObjects(named, blockOf(), atLocal),
      rows: [
        {
          at: '7.4',
          title: 'a name in the zone comes with its addresses',
          ask: `names.${t} A`,
          answer: [cname(`names.${t}`, `four.${t}`), ...a(`four.${t}`, '10.1.8.1')],
        },
        { at: '7.4', title: 'CNAME', ask: `outside.${t} CNAME`, answer: [cname(`outside.${t}`, 'db.example.com.')] },
        {
          at: '7.4',
          title: 'a name elsewhere',
          ask: `outside.${t} A`,
          answer: [cname(`outside.${t}`, 'db.example.com.')],
        },
        { at: '7.4', title: 'no SRV', ask: `names.${t} SRV`, ...nodata },
      ],
    },
    {
      title: 'no such namespace',
      serve() {
        const server = serve()
        server.store.remove({ kind: 'Namespace', name: 'testns' })
        return server
      },
      rows: [
        ...rows('7.1', 'no name', [`hl.${t} A`, `pet-0.hl.${t} A`], nxdomain),
        {
          at: '7.1',
          title: 'but a PTR',
          ask: `1.0.1.10.${v4} PTR`,
          answer: ptr(`1.0.1.10.${v4}`, `pet-0.hl.${t}`),
        },
      ],
    },
    {
      title: 'a slice without a Service label',
      serve() {
        const server = serve()
        const [one] = server.store.slicesOf('testns', 'four')
        if (one === undefined) throw new Error('four has a slice')
        const { serviceName: _, ...loose } = one
        server.store.put(loose)
        return server
      },
      rows: [
        { at: '7.1', title: 'belongs to none', ask: `four.${t} A`, ...nxdomain },
        {
          at: '11.6',
          title: 'gives no PTR',
          ask: `1.8.1.10.${v4} PTR`,
          differs: 'PTR for an endpoint of a slice that belongs to no Service',
          rcode: 'NXDOMAIN',
          authority: [soaOf(v4)],
        },
      ],
    },
    {
      title: 'of the whole zone',
      serve: () => serveObjects([]),
      rows: rows('7.1', 'nothing', [`hl.${t} A`, `svc.nope.${z} A`], nxdomain),
    },
  ],
}
