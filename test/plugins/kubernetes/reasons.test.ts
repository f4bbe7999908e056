import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import * as reasons from '../../../src/plugins/kubernetes/reasons.ts'
import { clusterIp, externalName, headless, manifests, namespace, slice } from '../../support/manifests.ts'
import { serveManifests, type TestServer } from '../../support/serve.ts'

const cluster = manifests(
  namespace('testns'),
  namespace('hidden'),
  clusterIp('testns/web', '10.96.0.10'),
  clusterIp('hidden/web', '10.96.0.11'),
  headless('testns/db', {}),
  slice('testns/db', {
    endpoints: [
      { addresses: ['10.244.0.1'], hostname: 'db-0' },
      { addresses: ['10.244.0.2'], hostname: 'db-1', conditions: { ready: false } },
      { addresses: ['10.244.0.3'], targetRef: { kind: 'Pod', name: 'db-2' } },
    ],
  }),
  headless('testns/bare', {}),
  slice('testns/bare', { ports: [], endpoints: [{ addresses: ['10.244.0.9'], hostname: 'bare-0' }] }),
  headless('testns/none', {}),
  headless('testns/unready', {}),
  slice('testns/unready', { endpoints: [{ addresses: ['10.244.0.4'], conditions: { ready: false } }] }),
  headless('testns/names', {}),
  slice('testns/names', { addressType: 'FQDN', endpoints: [{ addresses: ['db.example.com'] }] }),
  externalName('testns/alias', 'web.testns.svc.cluster.local'),
  externalName('testns/outside', 'www.example.com'),
  externalName('testns/circle', 'circle.testns.svc.cluster.local'),
  externalName('testns/dangling', 'nope.testns.svc.cluster.local'),
  externalName('testns/address', '192.0.2.1'),
)

const zone = 'testns.svc.cluster.local.'
const plain = 'cluster.local in-addr.arpa {\nkubernetes\n}\n'
const configured = (options: string) => `cluster.local in-addr.arpa {\nkubernetes {\n${options}\n}\nwhoami\n}\n`

interface Row {
  readonly ask: string
  /** Codes of the steps, the reason last. */
  readonly steps: string
  /** What the reason says. */
  readonly says: string
  /** The records of the answer, or what it is for want of them. */
  readonly gives: readonly string[] | 'NODATA' | 'NXDOMAIN' | 'REFUSED'
  readonly corefile?: string
}

const rows: readonly Row[] = [
  {
    ask: 'cluster.local. A',
    steps: 'apex no-such-type',
    says: 'the name exists, and has no records of type A',
    gives: 'NODATA',
  },
  {
    ask: 'cluster.local. SOA',
    steps: 'apex answered',
    says: '1 record of type SOA',
    gives: ['cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5'],
  },
  {
    ask: 'dns-version.cluster.local. TXT',
    steps: 'dns-version answered',
    says: '1 record of type TXT',
    gives: ['dns-version.cluster.local. 28800 IN TXT "1.1.0"'],
  },
  {
    ask: 'ns.dns.cluster.local. A',
    steps: 'nameserver answered',
    says: '1 record of type A',
    gives: ['ns.dns.cluster.local. 5 IN A 127.0.0.1'],
  },
  {
    ask: 'dns.cluster.local. A',
    steps: 'empty-non-terminal',
    says: 'nothing stands here itself, but names below it exist',
    gives: 'NODATA',
  },
  {
    ask: 'a.b.cluster.local. A',
    steps: 'no-such-form',
    says: "'a.b' has the form of no name of the schema",
    gives: 'NXDOMAIN',
  },
  {
    ask: `${zone} A`,
    steps: 'namespace',
    says: 'Namespace testns exists, and has no records of its own',
    gives: 'NODATA',
  },
  {
    ask: 'web.nons.svc.cluster.local. A',
    steps: 'namespace-missing',
    says: 'there is no Namespace nons',
    gives: 'NXDOMAIN',
  },
  {
    ask: 'web.hidden.svc.cluster.local. A',
    corefile: configured('namespaces testns'),
    steps: 'namespace-not-exposed',
    says: 'Namespace hidden is left out by the configuration',
    gives: 'NXDOMAIN',
  },
  { ask: `nope.${zone} A`, steps: 'no-such-service', says: 'there is no Service testns/nope', gives: 'NXDOMAIN' },
  {
    ask: `web.${zone} A`,
    steps: 'cluster-ip answered',
    says: '1 record of type A',
    gives: ['web.testns.svc.cluster.local. 5 IN A 10.96.0.10'],
  },
  { ask: `web.${zone} AAAA`, steps: 'cluster-ip wrong-family', says: 'the addresses are all IPv4', gives: 'NODATA' },
  {
    ask: `web.${zone} MX`,
    steps: 'cluster-ip no-such-type',
    says: 'the name exists, and has no records of type MX',
    gives: 'NODATA',
  },
  {
    ask: `_dns._udp.web.${zone} SRV`,
    steps: 'no-such-port',
    says: 'Service testns/web has no port _dns._udp; it has _http._tcp',
    gives: 'NXDOMAIN',
  },
  {
    ask: `outside.${zone} CNAME`,
    steps: 'external-name answered',
    says: '1 record of type CNAME',
    gives: ['outside.testns.svc.cluster.local. 5 IN CNAME www.example.com.'],
  },
  {
    ask: `address.${zone} A`,
    steps: 'external-name-address',
    says: "the externalName of Service testns/address is '192.0.2.1', which is no name",
    gives: 'NXDOMAIN',
  },
  {
    ask: `x.outside.${zone} A`,
    steps: 'external-name-below',
    says: 'Service testns/outside is an ExternalName: nothing stands below it',
    gives: 'NXDOMAIN',
  },
  {
    ask: `db.${zone} A`,
    steps: 'headless-endpoints answered',
    says: '2 records of type A',
    gives: ['db.testns.svc.cluster.local. 5 IN A 10.244.0.1', 'db.testns.svc.cluster.local. 5 IN A 10.244.0.3'],
  },
  {
    ask: `none.${zone} A`,
    steps: 'headless-no-endpoints',
    says: 'headless Service testns/none has no endpoints',
    gives: 'NXDOMAIN',
  },
  {
    ask: `unready.${zone} A`,
    steps: 'headless-no-ready-endpoints',
    says: 'Service testns/unready: 1 endpoints, 0 ready, publishNotReadyAddresses=false',
    gives: 'NXDOMAIN',
  },
  {
    ask: `bare.${zone} SRV`,
    steps: 'headless-endpoints no-ports',
    says: 'there are addresses, but no port that SRV could name',
    gives: 'NODATA',
  },
  {
    ask: `names.${zone} CNAME`,
    steps: 'headless-names answered',
    says: '1 record of type CNAME',
    gives: ['names.testns.svc.cluster.local. 5 IN CNAME db.example.com.'],
  },
  {
    ask: `db-0.db.${zone} A`,
    steps: 'endpoint answered',
    says: '1 record of type A',
    gives: ['db-0.db.testns.svc.cluster.local. 5 IN A 10.244.0.1'],
  },
  {
    ask: `db-1.db.${zone} A`,
    steps: 'endpoint-not-ready',
    says: 'endpoint db-1 of Service testns/db is not ready',
    gives: 'NXDOMAIN',
  },
  {
    ask: `db-9.db.${zone} A`,
    steps: 'no-such-endpoint',
    says: 'no endpoint of Service testns/db is called db-9',
    gives: 'NXDOMAIN',
  },
  {
    ask: `db-2.db.${zone} A`,
    steps: 'statefulset-service-name-mismatch',
    says: 'Pod db-2 is an endpoint of Service testns/db without a name: its subdomain names another Service',
    gives: 'NXDOMAIN',
  },
  {
    ask: `a.pin._zone.db.${zone} A`,
    corefile: configured('zonal'),
    steps: 'zone-endpoints',
    says: 'Service testns/db has 0 ready endpoints in zone a',
    gives: 'NODATA',
  },
  {
    ask: `a.pin._zone.web.${zone} A`,
    corefile: configured('zonal'),
    steps: 'zone-not-headless',
    says: 'Service testns/web is not headless: only endpoints have a zone',
    gives: 'NXDOMAIN',
  },
  {
    ask: '1-2-3-4.testns.pod.cluster.local. A',
    steps: 'pods-disabled',
    says: "names of Pods are off: 'pods disabled'",
    gives: 'NXDOMAIN',
  },
  {
    ask: 'x.testns.pod.cluster.local. A',
    corefile: configured('pods insecure'),
    steps: 'pod-no-address',
    says: "'x' spells no address",
    gives: 'NXDOMAIN',
  },
  {
    ask: '1-2-3-4.testns.pod.cluster.local. A',
    corefile: configured('pods verified'),
    steps: 'no-such-pod',
    says: 'no Pod of Namespace testns has the address 1.2.3.4',
    gives: 'NXDOMAIN',
  },
  {
    ask: '1-2-3-4.testns.pod.cluster.local. A',
    corefile: configured('pods insecure'),
    steps: 'pod answered',
    says: '1 record of type A',
    gives: ['1-2-3-4.testns.pod.cluster.local. 5 IN A 1.2.3.4'],
  },
  {
    ask: '10.0.96.10.in-addr.arpa. PTR',
    steps: 'reverse-service answered',
    says: '1 record of type PTR',
    gives: ['10.0.96.10.in-addr.arpa. 5 IN PTR web.testns.svc.cluster.local.'],
  },
  {
    ask: '1.0.244.10.in-addr.arpa. PTR',
    steps: 'reverse-endpoints answered',
    says: '1 record of type PTR',
    gives: ['1.0.244.10.in-addr.arpa. 5 IN PTR db-0.db.testns.svc.cluster.local.'],
  },
  {
    ask: '2.0.244.10.in-addr.arpa. PTR',
    steps: 'reverse-not-ready',
    says: 'the endpoint of Service testns/db with 10.244.0.2 is not ready',
    gives: 'NXDOMAIN',
  },
  {
    ask: '9.9.9.9.in-addr.arpa. PTR',
    steps: 'no-such-address',
    says: 'no Service or endpoint has the address 9.9.9.9',
    gives: 'NXDOMAIN',
  },
  {
    ask: '11.in-addr.arpa. PTR',
    steps: 'reverse-no-address',
    says: 'the name spells neither an address nor the beginning of one in use',
    gives: 'NXDOMAIN',
  },
  {
    ask: `alias.${zone} A`,
    steps: 'external-name cluster-ip answered alias-followed',
    says: `web.${zone} was followed`,
    gives: [
      'alias.testns.svc.cluster.local. 5 IN CNAME web.testns.svc.cluster.local.',
      'web.testns.svc.cluster.local. 5 IN A 10.96.0.10',
    ],
  },
  {
    ask: `dangling.${zone} A`,
    steps: 'external-name no-such-service alias-without-address',
    says: `nope.${zone} has no address of that family`,
    gives: 'NODATA',
  },
  {
    ask: `outside.${zone} A`,
    steps: 'external-name not-our-zone alias-outside',
    says: 'www.example.com. lies outside of the zone; asking for it gave REFUSED',
    gives: ['outside.testns.svc.cluster.local. 5 IN CNAME www.example.com.'],
  },
  {
    ask: `circle.${zone} A`,
    steps: 'external-name alias-circle',
    says: `circle.${zone} leads back here, or through too many names`,
    gives: 'NODATA',
  },
  {
    ask: `nope.${zone} A`,
    corefile: configured('fallthrough'),
    steps: 'no-such-service fallthrough',
    says: 'passed on: fallthrough .',
    gives: 'NODATA',
  },
  {
    ask: 'cluster.local. AXFR',
    steps: 'transfer-refused',
    says: "zone transfers need the plugin 'transfer', and TCP",
    gives: 'REFUSED',
  },
  {
    ask: `web.${zone} A`,
    corefile: configured('labels app=other'),
    steps: 'service-not-exposed',
    says: 'Service testns/web is left out by the configuration',
    gives: 'NXDOMAIN',
  },
]

describe('kubernetes: every answer knows its reason', () => {
  const servers = new Map<string, TestServer>()
  const serverOf = (corefile: string): TestServer => {
    const server = servers.get(corefile) ?? serveManifests(cluster, corefile)
    servers.set(corefile, server)
    return server
  }

  for (const { ask, steps, says, gives, corefile = plain } of rows) {
    it(`${ask}: ${steps}`, async () => {
      const { rcode, answer } = await serverOf(corefile).ask(ask, { transport: 'tcp' })
      const outcome = rcode === 'NOERROR' && answer.length === 0 ? 'NODATA' : rcode
      expect(answer.length === 0 ? outcome : answer).to.deep.equal(gives)
      const trace = await serverOf(corefile).trace(ask)
      expect(trace.map(({ code }) => code).join(' ')).to.equal(steps)
      expect(trace.at(-1)?.describe()).to.equal(says)
    })
  }

  /** Multicluster names have theirs in multicluster.test.ts. */
  const elsewhere = ['no-cluster-ip', 'unsynced', 'no-such-service-import', 'service-import', 'service-import-empty']

  it('a Service whose cluster IP is still to come: no-cluster-ip', async () => {
    const server = serveManifests(cluster, plain)
    const web = server.store.service('testns', 'web')
    if (web === undefined) throw new Error('no Service web')
    server.store.put({ ...web, clusterIPs: [] })
    const [step] = await server.trace(`web.${zone} A`)
    expect(step?.describe()).to.equal('Service testns/web has no cluster IP yet')
    expect((await server.ask(`web.${zone} A`)).rcode).to.equal('NOERROR')
  })

  it('a name that may not have been read yet: unsynced', async () => {
    const server = serveManifests(cluster, configured('fallthrough'))
    server.store.expectSync()
    const codes = async () => (await server.trace(`nope.${zone} A`)).map(({ code }) => code)
    expect(await codes()).to.deep.equal(['no-such-service', 'unsynced'])
    expect((await server.exchange(`nope.${zone} A`, { edns: {} })).edns?.extendedError).to.deep.equal({
      infoCode: 14,
      text: 'not all of the cluster has been read yet',
    })
    server.store.synced()
    expect(await codes(), 'of which nothing was kept').to.deep.equal(['no-such-service', 'fallthrough'])
  })

  it('has a row for each', () => {
    const covered = new Set([...rows.flatMap(({ steps }) => steps.split(' ')), ...elsewhere])
    const missing = Object.values(reasons).filter(({ code }) => !covered.has(code))
    expect(missing.map(({ code }) => code)).to.deep.equal([])
  })

  it('has a row for each in docs/reasons.md, and no other', () => {
    const page = readFileSync(new URL('../../../docs/reasons.md', import.meta.url), 'utf8')
    const section = page.slice(page.indexOf('## kubernetes'), page.indexOf('## The server'))
    const documented = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code)
    expect(documented.toSorted()).to.deep.equal(
      Object.values(reasons)
        .map(({ code }) => code)
        .toSorted(),
    )
  })
})
