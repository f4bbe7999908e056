import { expect } from 'chai'
import { headless, manifests, pod, slice } from '../../support/manifests.ts'
import { serveFixture, serveManifests, type TestServer } from '../../support/serve.ts'
import { each, nodata, nxdomain, testQueries } from '../../support/table.ts'

const db = 'db.shop.svc.cluster.local.'
const peers = 'peers.dual.svc.cluster.local.'

describe('kubernetes: headless Services (DNS specification 2.4)', () => {
  let server: TestServer
  before(async () => {
    server = await serveFixture('shop')
  })

  const addresses = [`db-0.${db} 5 IN A 10.244.0.11`, `db-1.${db} 5 IN A 10.244.0.12`]
  testQueries(
    () => server,
    [
      {
        title: 'every ready Pod, and none that is not ready',
        ask: `${db} A`,
        answer: [`${db} 5 IN A 10.244.0.11`, `${db} 5 IN A 10.244.0.12`],
      },
      { title: 'the other family: NODATA', ask: `${db} AAAA`, ...nodata },
      { title: 'one Pod by its hostname', ask: `db-0.${db} A`, answer: addresses.slice(0, 1) },
      { title: 'a Pod that is not ready has no name', ask: `db-2.${db} A`, ...nxdomain },
      { title: 'a Pod with a hostname has no name made of its address', ask: `10-244-0-11.${db} A`, ...nxdomain },
      {
        title: 'SRV of a named port: one for each Pod',
        ask: `_postgres._tcp.${db} SRV`,
        answer: [0, 1].map((pod) => `_postgres._tcp.${db} 5 IN SRV 0 50 5432 db-${pod}.${db}`),
        additional: addresses,
      },
      {
        title: 'SRV of the Service itself',
        ask: `${db} SRV`,
        answer: [0, 1].map((pod) => `${db} 5 IN SRV 0 50 5432 db-${pod}.${db}`),
        additional: addresses,
      },
      {
        title: 'SRV of one Pod',
        ask: `db-1.${db} SRV`,
        answer: [`db-1.${db} 5 IN SRV 0 100 5432 db-1.${db}`],
        additional: addresses.slice(1),
      },
      { title: 'SRV of a port that no slice has', ask: `_nope._tcp.${db} SRV`, ...nxdomain },
    ],
  )
})

describe('kubernetes: headless Services of both families', () => {
  let server: TestServer
  before(async () => {
    server = await serveFixture('dual-stack')
  })

  testQueries(
    () => server,
    [
      {
        title: 'A',
        ask: `${peers} A`,
        answer: [`${peers} 5 IN A 10.244.1.30`, `${peers} 5 IN A 10.244.1.31`],
      },
      {
        title: 'AAAA',
        ask: `${peers} AAAA`,
        answer: [`${peers} 5 IN AAAA fd00:10:244::1:30`, `${peers} 5 IN AAAA fd00:10:244::1:31`],
      },
      {
        title: 'one SRV record for a Pod, with both of its addresses',
        ask: `peers-0.${peers} SRV`,
        answer: [`peers-0.${peers} 5 IN SRV 0 50 7000 peers-0.${peers}`],
        additional: [`peers-0.${peers} 5 IN A 10.244.1.30`, `peers-0.${peers} 5 IN AAAA fd00:10:244::1:30`],
      },
      {
        title: 'a hostname that slices of both families share',
        ask: 'ldap-0.outside.dual.svc.cluster.local. AAAA',
        answer: ['ldap-0.outside.dual.svc.cluster.local. 5 IN AAAA 2001:db8::10'],
      },
    ],
  )
})

const testns = 'testns.svc.cluster.local.'
const notReady = { ready: false }

describe('kubernetes: endpoints of slices written by hand', () => {
  const server = serveManifests(
    manifests(
      headless('testns/mixed'),
      slice('testns/mixed', {
        endpoints: [
          { addresses: ['10.1.0.1'], hostname: 'pet-0' },
          { addresses: ['10.1.0.2'], conditions: { ready: true } },
          { addresses: ['10.1.0.3'], conditions: { ready: false, serving: true } },
          { addresses: ['10.1.0.6'], conditions: { ready: true, terminating: true } },
          { addresses: ['10.1.0.7', '10.1.0.8'], hostname: 'pair' },
        ],
      }),
      headless('testns/unready'),
      slice('testns/unready', { endpoints: [{ addresses: ['10.1.1.1'], conditions: notReady }] }),
      headless('testns/sliceless'),
      headless('testns/portless'),
      slice('testns/portless', { ports: [], endpoints: [{ addresses: ['10.1.2.1'] }] }),
      headless('testns/anyport'),
      slice('testns/anyport', { ports: [{ name: 'http' }], endpoints: [{ addresses: ['10.1.2.2'] }] }),
      headless('testns/twice'),
      slice('testns/twice', { name: 'twice-a', endpoints: [{ addresses: ['10.1.3.1'], hostname: 'a' }] }),
      slice('testns/twice', { name: 'twice-b', endpoints: [{ addresses: ['10.1.3.1'], hostname: 'a' }] }),
      headless('testns/six'),
      slice('testns/six', { endpoints: [{ addresses: ['fd00:0:0:1::'] }, { addresses: ['fd00::ABCD'] }] }),
      headless('testns/ports'),
      slice('testns/ports', {
        ports: [{ name: 'http', port: 8080 }, { name: 'dns', port: 53, protocol: 'UDP' }, { port: 9000 }],
        endpoints: [{ addresses: ['10.1.4.1'], hostname: 'a' }],
      }),
    ),
  )

  testQueries(
    () => server,
    [
      {
        title: 'ready counts, set or unset; serving and terminating do not',
        ask: `mixed.${testns} A`,
        answer: ['10.1.0.1', '10.1.0.2', '10.1.0.6', '10.1.0.7', '10.1.0.8'].map(
          (address) => `mixed.${testns} 5 IN A ${address}`,
        ),
      },
      {
        title: 'every address of an endpoint',
        ask: `pair.mixed.${testns} A`,
        answer: [`pair.mixed.${testns} 5 IN A 10.1.0.7`, `pair.mixed.${testns} 5 IN A 10.1.0.8`],
      },
      {
        title: 'an endpoint without a hostname is named after its address',
        ask: `10-1-0-2.mixed.${testns} A`,
        answer: [`10-1-0-2.mixed.${testns} 5 IN A 10.1.0.2`],
      },
      ...each(
        ['A', 'AAAA', 'SRV', 'TXT', 'CNAME', 'ANY'].flatMap((type) => [
          `unready.${testns} ${type}`,
          `sliceless.${testns} ${type}`,
        ]),
        'nothing ready: no name',
        nxdomain,
      ),
      {
        title: 'a slice without ports has addresses',
        ask: `portless.${testns} A`,
        answer: [`portless.${testns} 5 IN A 10.1.2.1`],
      },
      { title: 'but no SRV record', ask: `portless.${testns} SRV`, ...nodata },
      {
        title: 'a port without a number is a name',
        ask: `_http._tcp.anyport.${testns} A`,
        answer: [`_http._tcp.anyport.${testns} 5 IN A 10.1.2.2`],
      },
      { title: 'without an SRV record', ask: `_http._tcp.anyport.${testns} SRV`, ...nodata },
      {
        title: 'an address in two slices is one record',
        ask: `twice.${testns} A`,
        answer: [`twice.${testns} 5 IN A 10.1.3.1`],
      },
      {
        title: 'and one SRV record, whose weight counts both, as in CoreDNS',
        ask: `twice.${testns} SRV`,
        answer: [`twice.${testns} 5 IN SRV 0 50 8080 a.twice.${testns}`],
        additional: [`a.twice.${testns} 5 IN A 10.1.3.1`],
      },
      {
        title: 'a name made of an IPv6 address does not end in a dash',
        ask: `fd00-0-0-1--0.six.${testns} AAAA`,
        answer: [`fd00-0-0-1--0.six.${testns} 5 IN AAAA fd00:0:0:1::`],
      },
      { title: 'with the dash there is no such name', ask: `fd00-0-0-1--.six.${testns} AAAA`, ...nxdomain },
      {
        title: 'an IPv6 address is named in its canonical form (CoreDNS: as written)',
        ask: `fd00--abcd.six.${testns} AAAA`,
        answer: [`fd00--abcd.six.${testns} 5 IN AAAA fd00::abcd`],
      },
      {
        title: 'SRV of every port of a slice, also one without a name',
        ask: `ports.${testns} SRV`,
        answer: [8080, 53, 9000].map((port) => `ports.${testns} 5 IN SRV 0 33 ${port} a.ports.${testns}`),
        additional: [`a.ports.${testns} 5 IN A 10.1.4.1`],
      },
      {
        title: 'SRV of one port of a slice',
        ask: `_dns._udp.ports.${testns} SRV`,
        answer: [`_dns._udp.ports.${testns} 5 IN SRV 0 100 53 a.ports.${testns}`],
        additional: [`a.ports.${testns} 5 IN A 10.1.4.1`],
      },
    ],
  )

  it('gives no records of a slice that belongs to no Service, and a CNAME record of one of names', async () => {
    const lone = serveManifests(
      manifests(
        headless('testns/gone'),
        slice('testns/gone', { endpoints: [{ addresses: ['10.1.5.1'] }] }),
        headless('testns/names'),
        slice('testns/names', { addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com'] }] }),
      ),
    )
    lone.store.remove({ kind: 'Service', namespace: 'testns', name: 'gone' })
    expect((await lone.ask(`gone.${testns} A`)).rcode).to.equal('NXDOMAIN')
    expect((await lone.ask(`names.${testns} A`)).answer).to.deep.equal([`names.${testns} 5 IN CNAME a.example.com.`])
    expect(await lone.ask(`names.${testns} SRV`)).to.deep.include({ rcode: 'NOERROR', answer: [] })
  })
})

describe('kubernetes: publishNotReadyAddresses', () => {
  const early = (publishNotReadyAddresses: boolean) =>
    manifests(
      headless('testns/early', { selector: { app: 'early' }, publishNotReadyAddresses }),
      pod('testns/early-0', ['10.1.0.1'], { app: 'early', ready: false, hostname: 'early-0', subdomain: 'early' }),
    )

  testQueries(
    () => serveManifests(early(true)),
    [
      { title: 'a Pod that is not ready', ask: `early.${testns} A`, answer: [`early.${testns} 5 IN A 10.1.0.1`] },
      {
        title: 'by its hostname',
        ask: `early-0.early.${testns} A`,
        answer: [`early-0.early.${testns} 5 IN A 10.1.0.1`],
      },
      {
        title: 'by its address',
        ask: '1.0.1.10.in-addr.arpa. PTR',
        answer: [`1.0.1.10.in-addr.arpa. 5 IN PTR early-0.early.${testns}`],
      },
    ],
  )
  testQueries(
    () => serveManifests(early(false)),
    [{ title: 'not so without it', ask: `early-0.early.${testns} A`, ...nxdomain }],
  )
})

describe('kubernetes: a headless Service of 1,000 endpoints', () => {
  const big = 'big.load.svc.cluster.local.'
  let server: TestServer
  before(async () => {
    server = await serveFixture('big-headless')
  })

  it('is truncated over UDP by the whole RRset (CoreDNS: by records)', async () => {
    for (const options of [{}, { edns: {} }, { edns: { payloadSize: 4096 } }]) {
      const { flags, answer } = await server.ask(`${big} A`, options)
      expect({ flags, answer }).to.deep.equal({ flags: ['qr', 'aa', 'tc'], answer: [] })
    }
  })

  it('is answered whole over TCP', async () => {
    const { flags, answer } = await server.ask(`${big} A`, { transport: 'tcp' })
    expect(flags).to.deep.equal(['qr', 'aa'])
    expect(new Set(answer)).to.have.lengthOf(1000)
  })

  it('has SRV records of the least weight, 1, and as much of the addresses as fits', async () => {
    const { flags, answer, additional } = await server.ask(`_http._tcp.${big} SRV`, { transport: 'tcp' })
    expect(flags).to.deep.equal(['qr', 'aa'])
    expect(answer).to.have.lengthOf(1000)
    expect(answer.every((line) => line.includes(' SRV 0 1 8080 big-'))).to.equal(true)
    expect(additional.length).to.be.greaterThan(100).and.lessThan(1000)
  })

  testQueries(
    () => server,
    [{ title: 'one of its Pods', ask: `big-999.${big} A`, answer: [`big-999.${big} 5 IN A 10.244.103.250`] }],
  )
})
