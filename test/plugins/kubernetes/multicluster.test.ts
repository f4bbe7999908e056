import { expect } from 'chai'
import { type EndpointSlice, kinds } from '../../../src/cluster/model.ts'
import { ClusterStore } from '../../../src/cluster/store.ts'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import { labelsBelow, type Name, parseName } from '../../../src/dns/name.ts'
import type { KubernetesConfig } from '../../../src/plugins/kubernetes/config.ts'
import { find } from '../../../src/plugins/kubernetes/find.ts'
import { importEndpointBackends } from '../../../src/plugins/kubernetes/import-backends.ts'
import { findImport, type ImportForm, lookupImport } from '../../../src/plugins/kubernetes/multicluster.ts'
import { candidateNames } from '../../../src/plugins/kubernetes/names.ts'
import type { Backend } from '../../../src/plugins/kubernetes/node.ts'
import { parseQueryName } from '../../../src/plugins/kubernetes/query-name.ts'
import { readConfig } from '../../../src/plugins/kubernetes/setup.ts'
import type { View } from '../../../src/plugins/kubernetes/view.ts'
import { endpoint, namespace, service, serviceImport, slice } from '../../cluster/objects.ts'
import { memoryIo } from '../../corefile/memory-io.ts'

const zone = parseName('clusterset.local')

const http = { name: 'http', protocol: 'TCP', port: 80 } as const
const named = (hostname: string, address: string) => ({ ...endpoint(address), hostname })
const notReady = (address: string) => ({ ...endpoint(address), ready: false })

/** A slice of an import, called `CLUSTER-IMPORT`: slices come in the order of their names. */
const sliceOf = (importName: string, clusterId: string, changes: Partial<EndpointSlice>) =>
  slice('shared', `${clusterId.toLowerCase()}-${importName}`, { importName, clusterId, ports: [http], ...changes })

const localSlice = slice('shared', 'local', {
  serviceName: 'local',
  ports: [http],
  endpoints: [named('a', '10.1.0.30')],
})

const objects = [
  namespace('shared'),
  serviceImport('shared', 'web', {
    ips: ['10.98.0.1', 'fd00:98::1'],
    ports: [http, { name: 'dns', protocol: 'UDP', port: 53 }],
  }),
  sliceOf('web', 'east', { endpoints: [named('a', '10.1.0.1'), notReady('10.1.0.9')] }),
  serviceImport('shared', 'portless', { ips: ['10.98.0.2'] }),
  serviceImport('shared', 'pending', { ports: [http] }),
  sliceOf('pending', 'east', { endpoints: [notReady('10.1.0.2')] }),
  serviceImport('shared', 'unnamed', { ips: ['10.98.0.3'], ports: [{ protocol: 'TCP', port: 8080 }] }),
  sliceOf('unnamed', 'east', { endpoints: [endpoint('10.1.0.4')] }),

  serviceImport('shared', 'db', { headless: true, ips: ['10.98.0.9'], ports: [http] }),
  sliceOf('db', 'east', { endpoints: [named('db-0', '10.1.0.10'), endpoint('10.1.0.11')] }),
  sliceOf('db', 'West', { endpoints: [named('db-0', '10.2.0.10'), notReady('10.2.0.11')] }),
  slice('shared', 'east-db-v6', {
    importName: 'db',
    clusterId: 'East',
    addressType: 'IPv6',
    endpoints: [named('DB-0', 'fd00:1::10')],
  }),
  serviceImport('shared', 'nowhere', { headless: true, ports: [http] }),
  sliceOf('nowhere', 'east', { endpoints: [notReady('10.1.0.20')] }),
  serviceImport('shared', 'lone', { headless: true }),
  slice('shared', 'lone', { importName: 'lone', ports: [http], endpoints: [named('a', '10.3.0.1')] }),
  serviceImport('shared', 'names', { headless: true }),
  sliceOf('names', 'east', { addressType: 'FQDN', endpoints: [endpoint('db.example.com')] }),

  service('shared', 'local', { clusterIPs: ['10.96.0.1'], ports: [http] }),
  localSlice,
]

const cluster = new ClusterStore({ now: () => 0 })
cluster.replace(kinds, objects)

function viewOf(changes: Partial<KubernetesConfig> = {}): View {
  const [serverBlock] = parseCorefile('clusterset.local {\nkubernetes\n}\n', 'Corefile', memoryIo()).serverBlocks
  const [directive] = serverBlock?.directives ?? []
  if (serverBlock === undefined || directive === undefined) throw new Error('no kubernetes directive')
  const config = { ...readConfig(directive, serverBlock), multiclusterZones: [zone], ...changes }
  return { config, cluster, localAddresses: [] }
}

/** A name left of `shared.svc.clusterset.local`, as the query is read. */
function formOf(labels: string): ImportForm {
  const name = parseName(`${labels}.shared.svc.clusterset.local`)
  const form = parseQueryName(labelsBelow(name, zone), { multicluster: true, zonal: true })
  switch (form.kind) {
    case 'service':
    case 'port':
    case 'endpoint':
    case 'cluster-endpoint':
      return form
    default:
      throw new Error(`${labels} has the form ${form.kind}`)
  }
}

/** `ADDRESS PORT TARGET`, the target without what all of them end in; `-` where there is no port. */
function lineOf({ address, port, target }: Backend): string {
  return `${address} ${port ?? '-'} ${target.replace('.shared.svc.clusterset.local.', '')}`
}

/** The outcome in one word, or its backends, or where it leads. */
function outcomeOf(labels: string, changes: Partial<KubernetesConfig> = {}): string | readonly string[] {
  const outcome = lookupImport(viewOf(changes), zone, formOf(labels))
  if (outcome.kind === 'backends') return outcome.backends.map(lineOf)
  return outcome.kind === 'alias' ? `alias ${outcome.target}` : outcome.kind
}

const db = {
  east: ['10.1.0.10 80 db-0.east.db', '10.1.0.11 80 10-1-0-11.east.db'],
  west: ['10.2.0.10 80 db-0.west.db'],
  v6: ['fd00:1::10 - db-0.east.db'],
}

type Cases = readonly { title: string; ask: string; expected: string | readonly string[] }[]

const clusterSetIp: Cases = [
  {
    title: 'each port at each address',
    ask: 'web',
    expected: ['10.98.0.1 80 web', 'fd00:98::1 80 web', '10.98.0.1 53 web', 'fd00:98::1 53 web'],
  },
  { title: 'one port', ask: '_http._tcp.web', expected: ['10.98.0.1 80 web', 'fd00:98::1 80 web'] },
  {
    title: 'one underscore makes a port of it',
    ask: '_dns.udp.web',
    expected: ['10.98.0.1 53 web', 'fd00:98::1 53 web'],
  },
  { title: 'any port of a protocol', ask: '_._udp.web', expected: ['10.98.0.1 53 web', 'fd00:98::1 53 web'] },
  { title: 'an unnamed port', ask: 'unnamed', expected: ['10.98.0.3 8080 unnamed'] },
  { title: 'no such port', ask: '_https._tcp.web', expected: 'no-such-port' },
  { title: 'of another protocol', ask: '_http._udp.web', expected: 'no-such-port' },
  { title: 'no port at all', ask: 'portless', expected: 'no-ports' },
  { title: 'no port at all, any asked for', ask: '_._.portless', expected: 'no-ports' },
  { title: 'no address yet', ask: 'pending', expected: 'no-ips' },
  { title: 'no address yet, of a port', ask: '_http._tcp.pending', expected: 'no-ips' },
  { title: 'no such port, and no address', ask: '_https._tcp.pending', expected: 'no-such-port' },
  { title: 'above its ports', ask: '_tcp.web', expected: 'above-ports' },
  { title: 'above no port', ask: '_sctp.web', expected: 'no-such-endpoint' },
  { title: 'an endpoint of it', ask: 'a.east.web', expected: ['10.1.0.1 80 a.east.web'] },
  { title: 'one that is not ready', ask: '10-1-0-9.east.web', expected: 'no-such-endpoint' },
  { title: 'no import', ask: 'nope', expected: 'no-import' },
  { title: 'nor its endpoint', ask: 'a.east.nope', expected: 'no-import' },
  { title: 'a Service is none', ask: 'local', expected: 'no-import' },
]

const headless: Cases = [
  { title: 'endpoints of all clusters', ask: 'db', expected: [...db.east, ...db.v6, ...db.west] },
  { title: 'of a port', ask: '_http._tcp.db', expected: [...db.east, ...db.west] },
  { title: 'of no port', ask: '_https._tcp.db', expected: 'no-such-port' },
  {
    title: 'one by its hostname and cluster, of both families',
    ask: 'db-0.east.db',
    expected: ['10.1.0.10 80 db-0.east.db', 'fd00:1::10 - db-0.east.db'],
  },
  { title: 'that of another cluster', ask: 'db-0.west.db', expected: db.west },
  { title: 'one by its address', ask: '10-1-0-11.east.db', expected: ['10.1.0.11 80 10-1-0-11.east.db'] },
  { title: 'not by the address, with a hostname', ask: '10-1-0-10.east.db', expected: 'no-such-endpoint' },
  { title: 'one that is not ready', ask: '10-2-0-11.west.db', expected: 'no-such-endpoint' },
  { title: 'of another cluster', ask: '10-1-0-11.west.db', expected: 'no-such-endpoint' },
  { title: 'of no such cluster', ask: 'db-0.north.db', expected: 'no-such-endpoint' },
  { title: 'without the cluster', ask: 'db-0.db', expected: 'no-such-endpoint' },
  { title: 'the cluster alone', ask: 'east.db', expected: 'above-endpoints' },
  { title: 'no cluster alone', ask: 'north.db', expected: 'no-such-endpoint' },
  { title: 'a cluster without ready endpoints', ask: 'east.nowhere', expected: 'no-such-endpoint' },
  { title: 'above its ports', ask: '_tcp.db', expected: 'above-ports' },
  { title: 'none ready', ask: 'nowhere', expected: 'no-ready-endpoint' },
  { title: 'none ready, of a port', ask: '_http._tcp.nowhere', expected: 'no-ready-endpoint' },
  { title: 'slices of no cluster', ask: 'lone', expected: ['10.3.0.1 80 a.lone'] },
  { title: 'an endpoint of no cluster', ask: 'a.lone', expected: ['10.3.0.1 80 a.lone'] },
  { title: 'an endpoint of no cluster, with one', ask: 'a.east.lone', expected: 'no-such-endpoint' },
  { title: 'endpoints that are names', ask: 'names', expected: 'alias db.example.com.' },
]

describe('kubernetes: multicluster zones', () => {
  describe('ClusterSetIP imports', () => {
    for (const { title, ask, expected } of clusterSetIp) {
      it(`${title}: ${ask}`, () => expect(outcomeOf(ask)).to.deep.equal(expected))
    }
  })

  describe('headless imports', () => {
    for (const { title, ask, expected } of headless) {
      it(`${title}: ${ask}`, () => expect(outcomeOf(ask)).to.deep.equal(expected))
    }

    it('endpoints by their Pods, with endpoint_pod_names', () => {
      const byPod = { ...endpoint('10.1.0.1'), targetName: 'pod-0' }
      const naming = { zone, endpointPodNames: true }
      expect(importEndpointBackends([sliceOf('db', 'east', { endpoints: [byPod] })], naming).map(lineOf)).to.deep.equal(
        ['10.1.0.1 80 pod-0.east.db'],
      )
    })

    it('an endpoint whose name is too long keeps its address, and has no port for SRV', () => {
      const label = 'x'.repeat(63)
      const long = slice(label, 'a', {
        importName: label,
        clusterId: label,
        ports: [http],
        endpoints: [named(label, '10.1.0.1')],
      })
      const [backend, ...more] = importEndpointBackends([long], { zone, endpointPodNames: false })
      expect(more).to.deep.equal([])
      expect(backend).to.deep.equal({ address: '10.1.0.1', target: `${label}.${label}.svc.clusterset.local.` })
    })

    it('slices of no import have no names', () => {
      expect(importEndpointBackends([localSlice], { zone, endpointPodNames: false })).to.deep.equal([])
    })
  })

  describe('ignore empty_service', () => {
    const ignoring: Cases = [
      { title: 'no ready endpoint', ask: 'pending', expected: 'ignored-empty' },
      { title: 'no slice', ask: 'portless', expected: 'ignored-empty' },
      { title: 'below one without ready endpoint', ask: '_http._tcp.pending', expected: 'ignored-empty' },
      { title: 'a ready endpoint', ask: 'unnamed', expected: ['10.98.0.3 8080 unnamed'] },
      { title: 'headless, no ready endpoint', ask: 'nowhere', expected: 'no-ready-endpoint' },
    ]
    for (const { title, ask, expected } of ignoring) {
      it(`${title}: ${ask}`, () => expect(outcomeOf(ask, { ignoreEmptyService: true })).to.deep.equal(expected))
    }
  })

  describe('findImport', () => {
    const nodes: readonly { ask: string; node: string; code: string }[] = [
      { ask: 'web', node: 'backends', code: 'service-import' },
      { ask: 'names', node: 'alias', code: 'service-import' },
      { ask: 'pending', node: 'empty', code: 'service-import-empty' },
      { ask: '_tcp.web', node: 'empty', code: 'empty-non-terminal' },
      { ask: 'portless', node: 'missing', code: 'service-import-empty' },
      { ask: 'east.db', node: 'empty', code: 'empty-non-terminal' },
      { ask: 'nope', node: 'missing', code: 'no-such-service-import' },
    ]
    for (const { ask, node, code } of nodes) {
      it(`${ask}: ${node}, ${code}`, () => {
        const form = formOf(ask)
        const found = findImport(viewOf(), zone, form)
        expect([found.node.kind, found.step.code]).to.deep.equal([node, code])
        expect(found.tags).to.deep.equal([`mcs:shared/${form.service}`])
      })
    }
  })

  it('hold no Services, and other zones no imports', () => {
    const other = parseName('cluster.local')
    const view = viewOf({ zones: [zone, other] })
    const kindAt = (name: string, within: Name) =>
      find(view, within, parseName(`${name}.shared.svc.${within}`)).node.kind
    expect([kindAt('web', zone), kindAt('local', zone)]).to.deep.equal(['backends', 'missing'])
    expect([kindAt('web', other), kindAt('local', other)]).to.deep.equal(['missing', 'backends'])
    expect(kindAt('db-0.east.db', zone)).to.equal('backends')
  })

  it('candidate names: those of imports in multicluster zones, of Services in the others', () => {
    const other = parseName('cluster.local')
    const { config } = viewOf({ zones: [zone, other] })
    const names = candidateNames(config, cluster).filter((name) => name.includes('.svc.'))
    expect(names.filter((name) => name.endsWith(`.${other}`))).to.deep.equal([
      'local.shared.svc.cluster.local.',
      '_http._tcp.local.shared.svc.cluster.local.',
      'a.local.shared.svc.cluster.local.',
    ])
    const ofDb = names.filter((name) => name.endsWith('.db.shared.svc.clusterset.local.'))
    expect(ofDb.map((name) => name.replace('.shared.svc.clusterset.local.', ''))).to.deep.equal([
      '_http._tcp.db',
      '10-1-0-11.east.db',
      'db-0.east.db',
      'db-0.west.db',
    ])
    const missed = names.filter((name) => {
      if (!name.endsWith(`.${zone}`)) return false
      const form = formOf(name.replace('.shared.svc.clusterset.local.', ''))
      return lookupImport(viewOf(), zone, form).kind === 'no-import'
    })
    expect(missed, 'names of no import').to.deep.equal([])
  })
})
