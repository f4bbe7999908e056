import { expect } from 'chai'
import { loadManifests } from '../../../src/cluster/manifests/read.ts'
import { kinds } from '../../../src/cluster/model.ts'
import { ClusterStore } from '../../../src/cluster/store.ts'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import { parseName } from '../../../src/dns/name.ts'
import type { RRset } from '../../../src/dns/record.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { defaultTtl, type KubernetesConfig } from '../../../src/plugins/kubernetes/config.ts'
import { readConfig } from '../../../src/plugins/kubernetes/setup.ts'
import { transferSource } from '../../../src/plugins/kubernetes/transfer.ts'
import * as objects from '../../cluster/objects.ts'
import { memoryIo } from '../../corefile/memory-io.ts'
import { clusterIp, externalName, headless, manifests, namespace, service, slice } from '../../support/manifests.ts'
import { type ServeOptions, serveManifests, type TestServer } from '../../support/serve.ts'
import { soaOf } from '../../support/table.ts'

const z = 'cluster.local.'
const t = `t.svc.${z}`
const http = '_http._tcp'

function serve(cluster: string, kubernetes = 'kubernetes', options: Omit<ServeOptions, 'corefile'> = {}): TestServer {
  const corefile = `${z} in-addr.arpa ip6.arpa {\ntransfer {\nto *\n}\n${kubernetes}\n}\n`
  return serveManifests(cluster, corefile, { localAddresses: ['10.1.0.53'], ...options })
}

async function transferred(server: TestServer, zone: string): Promise<RRset[]> {
  return (await server.exchangeAll(`${zone} AXFR`)).flatMap(({ answer }) => answer)
}

const lines = async (server: TestServer, zone = z) => (await transferred(server, zone)).flatMap(formatRRset)

/** What begins every zone whose server no Service fronts. */
const head = (zone = z, ttl = 5) => [
  soaOf(zone, ttl),
  `${zone} ${ttl} IN NS ns.dns.${zone}`,
  `ns.dns.${zone} ${ttl} IN A 10.1.0.53`,
]

interface ContentCase {
  readonly title: string
  readonly cluster: readonly object[]
  readonly kubernetes?: string
  readonly zone?: string
  /** Between the head and the SOA record at the end. */
  readonly records: readonly string[]
}

const cases: readonly ContentCase[] = [
  { title: 'an empty cluster', cluster: [], records: [] },
  {
    title: 'Services by name, then by Namespace',
    cluster: [externalName('b/two', 'b.test'), externalName('b/one', 'b.test'), externalName('a/two', 'a.test')],
    records: [
      `one.b.svc.${z} 5 IN CNAME b.test.`,
      `two.a.svc.${z} 5 IN CNAME a.test.`,
      `two.b.svc.${z} 5 IN CNAME b.test.`,
    ],
  },
  {
    title: 'a Service of two families and two ports, with the weights of queries',
    cluster: [
      service('t/web', {
        clusterIP: '10.96.0.10',
        clusterIPs: ['10.96.0.10', 'fd00::10'],
        ports: [
          { name: 'http', port: 80 },
          { name: 'dns', port: 53, protocol: 'UDP' },
        ],
      }),
    ],
    records: [
      `web.${t} 5 IN A 10.96.0.10`,
      `web.${t} 5 IN AAAA fd00::10`,
      `web.${t} 5 IN SRV 0 25 80 web.${t}`,
      `web.${t} 5 IN SRV 0 25 53 web.${t}`,
      `${http}.web.${t} 5 IN SRV 0 50 80 web.${t}`,
      `_dns._udp.web.${t} 5 IN SRV 0 50 53 web.${t}`,
    ],
  },
  {
    title: 'an unnamed port: SRV at the bare name alone',
    cluster: [service('t/web', { clusterIP: '10.96.0.10', ports: [{ port: 80 }] })],
    records: [`web.${t} 5 IN A 10.96.0.10`, `web.${t} 5 IN SRV 0 100 80 web.${t}`],
  },
  {
    title: 'no ports: addresses alone',
    cluster: [headless('t/hl', { ports: [] }), slice('t/hl', { endpoints: [{ addresses: ['10.1.0.1'] }], ports: [] })],
    records: [`hl.${t} 5 IN A 10.1.0.1`, `10-1-0-1.hl.${t} 5 IN A 10.1.0.1`],
  },
  {
    title: 'a headless Service: SRV at the bare name too, an address of two slices once',
    cluster: [
      headless('t/hl'),
      slice('t/hl', {
        endpoints: [
          { addresses: ['10.1.0.1'], hostname: 'pet-0' },
          { addresses: ['10.1.0.2'] },
          { addresses: ['10.1.0.3'], conditions: { ready: false } },
        ],
      }),
      slice('t/hl', { name: 'second', endpoints: [{ addresses: ['10.1.0.2'] }] }),
    ],
    records: [
      `hl.${t} 5 IN A 10.1.0.1`,
      `hl.${t} 5 IN A 10.1.0.2`,
      `hl.${t} 5 IN SRV 0 33 8080 pet-0.hl.${t}`,
      `hl.${t} 5 IN SRV 0 33 8080 10-1-0-2.hl.${t}`,
      `${http}.hl.${t} 5 IN SRV 0 33 8080 pet-0.hl.${t}`,
      `${http}.hl.${t} 5 IN SRV 0 33 8080 10-1-0-2.hl.${t}`,
      `pet-0.hl.${t} 5 IN A 10.1.0.1`,
      `10-1-0-2.hl.${t} 5 IN A 10.1.0.2`,
    ],
  },
  { title: 'a headless Service without a ready endpoint', cluster: [headless('t/hl')], records: [] },
  {
    title: 'ExternalNames, none for an address',
    cluster: [externalName('t/out', 'example.com'), externalName('t/address', '192.0.2.1')],
    records: [`out.${t} 5 IN CNAME example.com.`],
  },
  {
    title: 'only Namespaces that are exposed',
    cluster: [externalName('t/out', 'a.test'), externalName('u/out', 'a.test')],
    kubernetes: 'kubernetes {\nnamespaces t\n}',
    records: [`out.${t} 5 IN CNAME a.test.`],
  },
  {
    title: 'names of Pods are left out',
    cluster: [namespace('t')],
    kubernetes: 'kubernetes {\npods insecure\n}',
    records: [],
  },
  {
    title: 'a reverse zone: a Service before endpoints, and none of the other reverse zone',
    cluster: [
      clusterIp('t/web', '10.96.0.10', 'fd00::10'),
      slice('t/web', { endpoints: [{ addresses: ['10.1.0.1'] }, { addresses: ['10.96.0.10'] }] }),
      slice('t/other', { endpoints: [{ addresses: ['10.1.0.1'], hostname: 'a' }] }),
      slice('t/not-ready', { endpoints: [{ addresses: ['10.1.0.2'], conditions: { ready: false } }] }),
    ],
    zone: 'in-addr.arpa.',
    records: [
      `1.0.1.10.in-addr.arpa. 5 IN PTR a.other.${t}`,
      `1.0.1.10.in-addr.arpa. 5 IN PTR 10-1-0-1.web.${t}`,
      `10.0.96.10.in-addr.arpa. 5 IN PTR web.${t}`,
    ],
  },
  {
    title: 'a zone within a zone: each has its own records',
    cluster: [clusterIp('t/web', '10.96.0.10'), clusterIp('t/old', '10.97.0.10')],
    kubernetes: 'kubernetes cluster.local in-addr.arpa 96.10.in-addr.arpa',
    zone: 'in-addr.arpa.',
    records: [`10.0.97.10.in-addr.arpa. 5 IN PTR old.${t}`],
  },
]

describe('kubernetes: what is in a transferred zone, in its order', () => {
  for (const { title, cluster, kubernetes, zone = z, records } of cases) {
    it(title, async () => {
      const server = serve(manifests(...cluster), kubernetes)
      expect(await lines(server, zone)).to.deep.equal([...head(zone), ...records, soaOf(zone)])
    })
  }

  it('has the TTL of the configuration everywhere, but the SOA no more than 300', async () => {
    const server = serve(manifests(externalName('t/out', 'a.test')), 'kubernetes {\nttl 600\n}')
    const expected = [...head(z, 600), `out.${t} 600 IN CNAME a.test.`, soaOf(z, 600)]
    expect(await lines(server)).to.deep.equal(expected)
  })

  it('names the Service that fronts the server, whose addresses come with it, and what the SOA names', async () => {
    const cluster = manifests(
      clusterIp('kube-system/kube-dns', '10.96.0.2', 'fd00::53'),
      slice('kube-system/kube-dns', { endpoints: [{ addresses: ['10.1.0.53'] }] }),
    )
    const [soa, ns, ...rest] = await lines(serve(cluster))
    expect([soa, ns]).to.deep.equal([soaOf(z), `${z} 5 IN NS kube-dns.kube-system.svc.${z}`])
    expect(rest.slice(0, 4)).to.deep.equal([
      `ns.dns.${z} 5 IN A 10.96.0.2`,
      `ns.dns.${z} 5 IN AAAA fd00::53`,
      `kube-dns.kube-system.svc.${z} 5 IN A 10.96.0.2`,
      `kube-dns.kube-system.svc.${z} 5 IN AAAA fd00::53`,
    ])
  })
})

describe('kubernetes: a transferred zone', () => {
  for (const { title, cluster, kubernetes } of cases) {
    it(`holds nothing but what queries answer: ${title}`, async () => {
      const server = serve(manifests(...cluster), kubernetes)
      for (const zone of [z, 'in-addr.arpa.', ...(kubernetes === undefined ? ['ip6.arpa.'] : [])]) {
        const rrsets = (await transferred(server, zone)).slice(0, -1) // without the SOA that ends it
        for (const [question, sent] of Map.groupBy(rrsets, ({ owner, type }) => `${owner} ${type}`)) {
          const { answer } = await server.ask(question)
          expect(answer, question).to.have.members(sent.flatMap(formatRRset))
        }
      }
    })
  }

  it('is that of one moment, though it is read over time', () => {
    const store = new ClusterStore({ now: () => 7000 })
    const change = (...objects: object[]) =>
      store.replace(kinds, loadManifests([{ file: 'test.yaml', text: manifests(...objects) }]).objects)
    const endpoints = (address: string) => slice('t/hl', { endpoints: [{ addresses: [address] }] })
    change(headless('t/hl'), endpoints('10.1.0.1'), externalName('t/out', 'before.test'))

    const source = transferSource({ config: configOf(), cluster: store, localAddresses: [] })
    const forward = source.snapshot(parseName(z))
    const reverse = source.snapshot(parseName('in-addr.arpa.'))
    const records = forward.records()[Symbol.iterator]()
    const first = records.next().value
    change(
      headless('t/hl'),
      endpoints('10.1.0.9'),
      externalName('t/out', 'after.test'),
      externalName('t/new', 'n.test'),
    )

    const rest = [...{ [Symbol.iterator]: () => records }].flatMap(formatRRset)
    expect([...(first === undefined ? [] : formatRRset(first)), ...rest]).to.include.members([
      `hl.${t} 5 IN A 10.1.0.1`,
      `out.${t} 5 IN CNAME before.test.`,
    ])
    expect(rest.join('\n')).to.not.match(/10\.1\.0\.9|10-1-0-9|after|new/)
    const pointers = [...reverse.records()].flatMap(formatRRset)
    expect(pointers).to.deep.equal([`1.0.1.10.in-addr.arpa. ${defaultTtl} IN PTR 10-1-0-1.hl.${t}`])
    expect(forward.soa.rdata[0]?.serial).to.equal(7)
  })

  it('of several clusters has the ServiceImports, their endpoints below the cluster they are of', () => {
    const zone = parseName('clusterset.local')
    const store = new ClusterStore({ now: () => 1000 })
    const ports = [{ name: 'http', protocol: 'TCP', port: 80 }] as const
    const ofEast = { importName: 'db', clusterId: 'East', ports, endpoints: [objects.endpoint('10.1.0.1')] }
    store.replace(kinds, [
      objects.namespace('t'),
      objects.service('t', 'web'),
      objects.serviceImport('t', 'web', { ips: ['10.98.0.1'], ports }),
      objects.serviceImport('t', 'db', { headless: true, ports }),
      objects.slice('t', 'east-db', ofEast),
    ])
    const config = { ...configOf(), zones: [zone], multiclusterZones: [zone] }
    const source = transferSource({ config, cluster: store, localAddresses: [] })
    const below = `t.svc.${zone}`
    expect([...source.snapshot(zone).records()].flatMap(formatRRset)).to.deep.equal([
      `db.${below} 5 IN A 10.1.0.1`,
      `db.${below} 5 IN SRV 0 100 80 10-1-0-1.east.db.${below}`,
      `${http}.db.${below} 5 IN SRV 0 100 80 10-1-0-1.east.db.${below}`,
      `10-1-0-1.east.db.${below} 5 IN A 10.1.0.1`,
      `web.${below} 5 IN A 10.98.0.1`,
      `web.${below} 5 IN SRV 0 100 80 web.${below}`,
      `${http}.web.${below} 5 IN SRV 0 100 80 web.${below}`,
    ])
  })

  it('leaves out a Service whose name does not fit, and ends as it should', async () => {
    const label = 'n'.repeat(63)
    const zone = `${`${'z'.repeat(63)}.`.repeat(2)}test.`
    const corefile = `${zone} {\ntransfer {\nto *\n}\nkubernetes\n}\n`
    const cluster = manifests(externalName(`${label}/${label}`, 'a.test'), externalName('t/out', 'a.test'))
    const server = serveManifests(cluster, corefile, { localAddresses: ['10.1.0.53'] })
    const expected = [...head(zone), `out.t.svc.${zone} 5 IN CNAME a.test.`, soaOf(zone)]
    expect(await lines(server, zone)).to.deep.equal(expected)
  })
})

function configOf(): KubernetesConfig {
  const { serverBlocks } = parseCorefile(`${z} in-addr.arpa {\nkubernetes\n}\n`, 'Corefile', memoryIo())
  const [serverBlock] = serverBlocks
  const [directive] = serverBlock?.directives ?? []
  if (serverBlock === undefined || directive === undefined) throw new Error('no kubernetes directive')
  return readConfig(directive, serverBlock)
}
