import { expect } from 'chai'
import fc from 'fast-check'
import { type Keep, trims } from '../../../src/cluster/live/trim.ts'
import { type ClusterObject, type Kind, keyOf, kinds } from '../../../src/cluster/model.ts'
import {
  sampleNamespace,
  samplePod,
  sampleService as sampleServiceOf,
  sampleSlice,
} from '../../support/api-server/sample.ts'
import { clusterOf } from '../manifests/support.ts'
import { endpoint, namespace, pod, service, serviceImport, slice } from '../objects.ts'

type Raw = Readonly<Record<string, unknown>>

const without: Keep = { labels: false }
const withLabels: Keep = { labels: true }

const meta = (more: Raw = {}) => ({ name: 'web', namespace: 'shop', uid: '1', resourceVersion: '7', ...more })
const rawService = (spec: Raw, more: Raw = {}) => ({ metadata: meta(), spec, status: { loadBalancer: {} }, ...more })
const rawSlice = (more: Raw = {}) => ({ metadata: meta(), addressType: 'IPv4', endpoints: null, ports: null, ...more })
const rawEndpoints = (...endpoints: unknown[]) => rawSlice({ endpoints })
const rawPod = (status: Raw) => ({ metadata: meta(), spec: { nodeName: 'n' }, status })
const rawImport = (spec: Raw) => ({ metadata: meta(), spec, status: { clusters: [{ cluster: 'a' }] } })

interface Case {
  readonly title: string
  readonly raw: Raw
  readonly object: ClusterObject
}

function testTrims(kind: Kind, cases: readonly Case[]): void {
  describe(`live cluster: what is kept of a ${kind}`, () => {
    for (const { title, raw, object } of cases) {
      it(title, () => expect(trims[kind](raw, without)).to.deep.equal(object))
    }
  })
}

const sampleService = sampleServiceOf(3)

testTrims('Namespace', [
  { title: 'its name', raw: { ...sampleNamespace('shop') }, object: namespace('shop') },
  { title: 'no namespace of its own', raw: { metadata: meta() }, object: namespace('web') },
])

const web = (changes: Parameters<typeof service>[2] = {}) => service('shop', 'web', changes)

testTrims('Service', [
  {
    title: 'as a cluster has it',
    raw: { ...sampleService },
    object: service('team-3', 'service-00003', {
      clusterIPs: ['10.96.0.3'],
      ports: [
        { name: 'http', protocol: 'TCP', port: 80 },
        { name: 'metrics', protocol: 'TCP', port: 9090 },
      ],
    }),
  },
  {
    title: 'dual stack; IPv6 as RFC 5952 has it',
    raw: rawService({ clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', 'FD00:10:96:0:0:0:0:1'] }),
    object: web({ clusterIPs: ['10.96.0.1', 'fd00:10:96::1'] }),
  },
  {
    title: 'clusterIP, of a server that knows no clusterIPs',
    raw: rawService({ clusterIP: '10.96.0.1' }),
    object: web({ clusterIPs: ['10.96.0.1'] }),
  },
  {
    title: 'clusterIPs before clusterIP',
    raw: rawService({ clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.2'] }),
    object: web({ clusterIPs: ['10.96.0.2'] }),
  },
  { title: 'no address yet', raw: rawService({ clusterIP: '', clusterIPs: null }), object: web() },
  {
    title: 'headless',
    raw: rawService({ clusterIP: 'None', clusterIPs: ['None'], type: 'ClusterIP' }),
    object: web({ headless: true }),
  },
  { title: 'headless, by clusterIP alone', raw: rawService({ clusterIP: 'None' }), object: web({ headless: true }) },
  {
    title: 'ExternalName',
    raw: rawService({ type: 'ExternalName', externalName: 'Example.ORG.' }),
    object: web({ type: 'ExternalName', externalName: 'Example.ORG.' }),
  },
  {
    title: 'ExternalName that was a ClusterIP before',
    raw: rawService({
      type: 'ExternalName',
      externalName: 'example.org',
      clusterIP: '10.96.0.1',
      clusterIPs: ['10.96.0.1'],
    }),
    object: web({ type: 'ExternalName', externalName: 'example.org' }),
  },
  {
    title: 'ExternalName that was headless before',
    raw: rawService({ type: 'ExternalName', externalName: 'example.org', clusterIP: 'None', clusterIPs: ['None'] }),
    object: web({ type: 'ExternalName', externalName: 'example.org' }),
  },
  {
    title: 'ExternalName without a name',
    raw: rawService({ type: 'ExternalName' }),
    object: web({ type: 'ExternalName', externalName: '' }),
  },
  {
    title: 'externalName of another type is none',
    raw: rawService({ type: 'ClusterIP', externalName: 'example.org' }),
    object: web(),
  },
  { title: 'NodePort', raw: rawService({ type: 'NodePort' }), object: web({ type: 'NodePort' }) },
  { title: 'no type', raw: rawService({}), object: web() },
  { title: 'a type that there is not', raw: rawService({ type: 'Quantum' }), object: web() },
  {
    title: 'LoadBalancer: externalIPs, then addresses and names of its status',
    raw: rawService(
      { type: 'LoadBalancer', clusterIP: '10.96.0.1', externalIPs: ['192.0.2.7', '2001:DB8:0::7'] },
      {
        status: {
          loadBalancer: {
            ingress: [
              { ip: '192.0.2.1', ipMode: 'VIP', hostname: 'unused.example' },
              { hostname: 'lb.example.org' },
              { ip: '', hostname: 'b.example.org' },
              { ip: '2001:DB8::1', ports: [] },
              { ip: 'nonsense' },
              {},
              null,
            ],
          },
        },
      },
    ),
    object: web({
      type: 'LoadBalancer',
      clusterIPs: ['10.96.0.1'],
      externalIPs: ['192.0.2.7', '2001:db8::7', '192.0.2.1', 'lb.example.org', 'b.example.org', '2001:db8::1'],
    }),
  },
  {
    title: 'LoadBalancer that has nothing yet',
    raw: rawService({ type: 'LoadBalancer' }, { status: { loadBalancer: { ingress: null } } }),
    object: web({ type: 'LoadBalancer' }),
  },
  { title: 'no ports', raw: rawService({ clusterIP: 'None', ports: null }), object: web({ headless: true }) },
  {
    title: 'ports: an empty name is none, TCP where there is no protocol',
    raw: rawService({
      ports: [
        { port: 1, targetPort: 'x', nodePort: 30000, appProtocol: 'h2c' },
        { name: '', protocol: 'UDP', port: 2 },
        { name: 's', protocol: 'SCTP', port: 65_535 },
      ],
    }),
    object: web({
      ports: [
        { protocol: 'TCP', port: 1 },
        { protocol: 'UDP', port: 2 },
        { name: 's', protocol: 'SCTP', port: 65_535 },
      ],
    }),
  },
  {
    title: 'no ports that are no ports',
    raw: rawService({ ports: [{ name: 'a' }, { port: 0 }, { port: 65_536 }, { port: 1.5 }, { port: '80' }, null, 80] }),
    object: web(),
  },
  {
    title: 'publishNotReadyAddresses',
    raw: rawService({ publishNotReadyAddresses: true }),
    object: web({ publishNotReadyAddresses: true }),
  },
  {
    title: 'only addresses that are some: none with a zone',
    raw: rawService({ clusterIPs: ['fe80::1%eth0', '010.0.0.1', '', '10.96.0.1/32', 'fd00::1'] }),
    object: web({ clusterIPs: ['fd00::1'] }),
  },
  { title: 'nothing but a name', raw: { metadata: { name: 'web' } }, object: service('', 'web') },
])

const ofWeb = (changes: Parameters<typeof slice>[2] = {}) => slice('shop', 'web', changes)
const endpointCase = (title: string, raw: Raw, changes: Partial<ReturnType<typeof endpoint>>): Case => ({
  title: `endpoint: ${title}`,
  raw: rawEndpoints({ addresses: ['10.0.0.1'], conditions: {}, ...raw }),
  object: ofWeb({ endpoints: [{ ...endpoint('10.0.0.1'), ...changes }] }),
})

testTrims('EndpointSlice', [
  {
    title: 'as a cluster has it',
    raw: { ...sampleSlice(sampleService, 1) },
    object: slice('team-3', String(sampleSlice(sampleService, 1).metadata.name), {
      serviceName: 'service-00003',
      endpoints: [
        {
          ...endpoint('10.0.0.0'),
          nodeName: 'node-0',
          zone: 'eu-west-1a',
          targetName: targetOf(sampleSlice(sampleService, 1)),
        },
      ],
      ports: [
        { name: 'http', protocol: 'TCP', port: 8080 },
        { name: 'metrics', protocol: 'TCP', port: 9090 },
      ],
    }),
  },
  { title: 'without endpoints and ports: null, as Go writes them', raw: rawSlice(), object: ofWeb() },
  {
    title: 'labels that tie it to a Service and to a ServiceImport',
    raw: rawSlice({
      metadata: meta({
        labels: {
          'kubernetes.io/service-name': 'web-1',
          'multicluster.kubernetes.io/service-name': 'web',
          'multicluster.kubernetes.io/source-cluster': 'east',
        },
      }),
    }),
    object: ofWeb({ serviceName: 'web-1', importName: 'web', clusterId: 'east' }),
  },
  {
    title: 'an empty cluster name is none',
    raw: rawSlice({ metadata: meta({ labels: { 'multicluster.kubernetes.io/source-cluster': '' } }) }),
    object: ofWeb(),
  },
  {
    title: 'IPv6, not canonical',
    raw: rawSlice({ addressType: 'IPv6', endpoints: [{ addresses: ['2001:DB8:0:0::1', '2001:db8::0:2'] }] }),
    object: ofWeb({ addressType: 'IPv6', endpoints: [endpoint('2001:db8::1', '2001:db8::2')] }),
  },
  {
    title: 'FQDN, as written',
    raw: rawSlice({ addressType: 'FQDN', endpoints: [{ addresses: ['Example.org'] }] }),
    object: ofWeb({ addressType: 'FQDN', endpoints: [endpoint('Example.org')] }),
  },
  {
    title: 'no endpoints without addresses',
    raw: rawEndpoints({ addresses: [] }, { addresses: null }, { addresses: ['x'] }, {}, null, 'x', {
      addresses: ['10.0.0.9'],
    }),
    object: ofWeb({ endpoints: [endpoint('10.0.0.9')] }),
  },
  endpointCase('conditions unset: ready, serving', {}, {}),
  endpointCase('conditions null', { conditions: { ready: null, serving: null, terminating: null } }, {}),
  endpointCase('no conditions at all', { conditions: null }, {}),
  endpointCase('not ready: not serving either', { conditions: { ready: false } }, { ready: false, serving: false }),
  endpointCase(
    'terminating, and serving',
    { conditions: { ready: false, serving: true, terminating: true } },
    { ready: false, serving: true, terminating: true },
  ),
  endpointCase(
    'ready and not serving',
    { conditions: { ready: true, serving: false } },
    { ready: true, serving: false },
  ),
  endpointCase('hostname', { hostname: 'web-0' }, { hostname: 'web-0' }),
  endpointCase('an empty hostname is none', { hostname: '' }, {}),
  endpointCase('nodeName', { nodeName: 'node-1' }, { nodeName: 'node-1' }),
  endpointCase('zone', { zone: 'a' }, { zone: 'a' }),
  endpointCase('null and empty for both', { nodeName: null, zone: '' }, {}),
  endpointCase('targetRef', { targetRef: { kind: 'Pod', name: 'web-0', uid: '1' } }, { targetName: 'web-0' }),
  endpointCase('targetRef without a name', { targetRef: { kind: 'Pod', name: '' } }, {}),
  endpointCase('targetRef null', { targetRef: null }, {}),
  endpointCase('hints are not kept', { hints: { forZones: [{ name: 'a' }] }, deprecatedTopology: { a: 'b' } }, {}),
  {
    title: 'ports: null for all, an empty name is none',
    raw: rawSlice({
      ports: [
        { name: null, protocol: null, port: null },
        { name: '', port: 1 },
        { name: 'u', protocol: 'UDP', port: 2 },
      ],
    }),
    object: ofWeb({
      ports: [{ protocol: 'TCP' }, { protocol: 'TCP', port: 1 }, { name: 'u', protocol: 'UDP', port: 2 }],
    }),
  },
])

function targetOf({ endpoints }: Raw): string {
  const [first] = endpoints as readonly { readonly targetRef: { readonly name: string } }[] // as sampleSlice makes them
  return String(first?.targetRef.name)
}

const pods = (...podIPs: string[]) => pod('shop', 'web', ...podIPs)
testTrims('Pod', [
  {
    title: 'as a cluster has it',
    raw: { ...samplePod(2) },
    object: pod('team-2', String(samplePod(2).metadata.name), '10.0.0.2'),
  },
  {
    title: 'dual stack',
    raw: rawPod({ podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'FD00::0:1' }] }),
    object: pods('10.0.0.1', 'fd00::1'),
  },
  { title: 'podIP alone', raw: rawPod({ podIP: '10.0.0.1', podIPs: null }), object: pods('10.0.0.1') },
  {
    title: 'podIPs before podIP',
    raw: rawPod({ podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.2' }] }),
    object: pods('10.0.0.2'),
  },
  { title: 'pending', raw: rawPod({ phase: 'Pending' }), object: pods() },
  { title: 'no status', raw: { metadata: meta() }, object: pods() },
  { title: 'Succeeded: no address any more', raw: rawPod({ phase: 'Succeeded', podIP: '10.0.0.1' }), object: pods() },
  { title: 'Failed', raw: rawPod({ phase: 'Failed', podIPs: [{ ip: '10.0.0.1' }] }), object: pods() },
  { title: 'Unknown', raw: rawPod({ phase: 'Unknown', podIP: '10.0.0.1' }), object: pods('10.0.0.1') },
  { title: 'podIPs of other shapes', raw: rawPod({ podIPs: ['10.0.0.1', null, {}, { ip: 1 }] }), object: pods() },
])

const imported = (changes: Parameters<typeof serviceImport>[2] = {}) => serviceImport('shop', 'web', changes)
testTrims('ServiceImport', [
  {
    title: 'ClusterSetIP',
    raw: rawImport({ type: 'ClusterSetIP', ips: ['10.42.0.1'], ports: [{ name: 'http', protocol: 'TCP', port: 80 }] }),
    object: imported({ ips: ['10.42.0.1'], ports: [{ name: 'http', protocol: 'TCP', port: 80 }] }),
  },
  {
    title: 'Headless',
    raw: rawImport({ type: 'Headless', ips: null, ports: [] }),
    object: imported({ headless: true }),
  },
  {
    title: 'what no schema checks: addresses and ports',
    raw: rawImport({
      type: 'ClusterSetIP',
      ips: ['x', 'FD00::0:1'],
      ports: [{ port: 70_000 }, { port: -1 }, { port: 1 }],
    }),
    object: imported({ ips: ['fd00::1'], ports: [{ protocol: 'TCP', port: 1 }] }),
  },
])

const labels = { app: 'web', 'kubernetes.io/service-name': 'web' }
const rawByKind: Readonly<Record<Kind, Raw>> = {
  Namespace: { metadata: meta({ labels }) },
  Service: { ...rawService({}), metadata: meta({ labels }) },
  EndpointSlice: rawSlice({ metadata: meta({ labels }) }),
  Pod: { ...rawPod({}), metadata: meta({ labels }) },
  ServiceImport: { ...rawImport({ type: 'Headless' }), metadata: meta({ labels }) },
}

describe('live cluster: what is kept of every object', () => {
  for (const kind of kinds) {
    const raw = rawByKind[kind]
    it(`${kind}: labels, where they are wanted`, () => {
      expect(trims[kind](raw, withLabels)?.labels).to.deep.equal(labels)
    })
    it(`${kind}: no labels, where they are not`, () => {
      expect(trims[kind](raw, without)?.labels).to.deep.equal({})
    })
    it(`${kind}: only labels that are texts`, () => {
      const odd = { ...raw, metadata: meta({ labels: { a: 1, b: null, c: '' } }) }
      expect(trims[kind](odd, withLabels)?.labels).to.deep.equal({ c: '' })
    })
    for (const name of ['', undefined, null, 7]) {
      it(`${kind}: nothing, with the name ${JSON.stringify(name)}`, () => {
        expect(trims[kind]({ ...raw, metadata: meta({ name }) }, without)).to.equal(undefined)
      })
    }
    it(`${kind}: nothing, without metadata`, () => {
      for (const metadata of [undefined, null, [], 'x']) {
        expect(trims[kind]({ ...raw, metadata }, without)).to.equal(undefined)
      }
    })
  }

  for (const addressType of [undefined, null, '', 'IPv5', 4]) {
    it(`nothing of a slice of addressType ${JSON.stringify(addressType)}`, () => {
      expect(trims.EndpointSlice(rawSlice({ addressType }), without)).to.equal(undefined)
    })
  }

  it('never throws, whatever stands in place of what', () => {
    const samples = [
      sampleNamespace('shop'),
      sampleService,
      sampleSlice(sampleService, 3),
      samplePod(1),
      ...Object.values(rawByKind),
    ]
    const strange = fc.constantFrom<unknown>(
      null,
      undefined,
      0,
      -1,
      1e99,
      true,
      '',
      'x',
      [],
      [null],
      [[]],
      {},
      { ip: [] },
      { 0: 'x' },
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.constantFrom(...kinds),
        fc.infiniteStream(strange),
        fc.infiniteStream(fc.nat(9)),
        (sample, kind, others, chances) => {
          const damaged = damage({ ...sample }, () =>
            chances.next().value === 0 ? { value: others.next().value } : undefined,
          )
          expectSound(trims[kind](damaged as Raw, withLabels), kind)
        },
      ),
      { numRuns: 500 },
    )
  })
})

/** A copy with other values here and there. */
function damage(value: unknown, next: () => { readonly value: unknown } | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => (next() ?? { value: damage(each, next) }).value)
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, (next() ?? { value: damage(each, next) }).value]),
  )
}

/** It is of this kind, and no field of it is there without a value. */
function expectSound(object: ClusterObject | undefined, kind: Kind): void {
  if (object === undefined) return
  expect(object.kind).to.equal(kind)
  expect(object.name).to.be.a('string').and.not.equal('')
  expect(Object.values(object)).to.not.include(undefined)
  if (object.kind === 'EndpointSlice') for (const { addresses } of object.endpoints) expect(addresses).to.not.be.empty
}

const apiVersions: Readonly<Record<Kind, string>> = {
  Namespace: 'v1',
  Service: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Pod: 'v1',
  ServiceImport: 'multicluster.x-k8s.io/v1alpha1',
}

/** Such as an API server and its schemas let through; what manifests lack is filled in there, so these lack nothing. */
const shared: { title: string; kind: Kind; raw: Raw }[] = [
  { title: 'of a cluster', kind: 'Namespace', raw: { ...sampleNamespace('shop') } },
  { title: 'of a cluster', kind: 'Service', raw: { ...sampleService } },
  { title: 'of a cluster', kind: 'EndpointSlice', raw: { ...sampleSlice(sampleService, 5) } },
  { title: 'of a cluster', kind: 'Pod', raw: { ...samplePod(7) } },
  {
    title: 'dual stack, with a name for each port',
    kind: 'Service',
    raw: rawService({
      clusterIP: '10.96.0.1',
      clusterIPs: ['10.96.0.1', 'FD00:10:96::0:1'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'PreferDualStack',
      ports: [
        { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
        { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 },
      ],
    }),
  },
  {
    title: 'headless, no ports',
    kind: 'Service',
    raw: rawService({ clusterIP: 'None', clusterIPs: ['None'], publishNotReadyAddresses: true }),
  },
  {
    title: 'ExternalName',
    kind: 'Service',
    raw: rawService({ type: 'ExternalName', externalName: 'example.org', ports: null }),
  },
  {
    title: 'LoadBalancer',
    kind: 'Service',
    raw: rawService(
      {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.1',
        externalIPs: ['192.0.2.9'],
        ports: [{ port: 80, nodePort: 30_080 }],
      },
      {
        status: {
          loadBalancer: {
            ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }, { hostname: 'lb.example.org' }, { ip: '2001:DB8::1' }],
          },
        },
      },
    ),
  },
  {
    title: 'conditions, hostname, targetRef, node and zone',
    kind: 'EndpointSlice',
    raw: rawSlice({
      metadata: meta({ labels: { ...labels, 'multicluster.kubernetes.io/source-cluster': '' } }),
      endpoints: [
        { addresses: ['10.0.0.1'], conditions: {}, hostname: 'web-0', targetRef: { kind: 'Pod', name: 'web-0' } },
        { addresses: ['10.0.0.2'], conditions: { ready: false }, nodeName: 'node-1', zone: 'a' },
        { addresses: ['10.0.0.3'], conditions: { ready: false, serving: true, terminating: true } },
        { addresses: ['10.0.0.4'], hostname: '', zone: '' },
      ],
      ports: [{ port: 80 }, { name: 'u', protocol: 'UDP' }],
    }),
  },
  {
    title: 'IPv6',
    kind: 'EndpointSlice',
    raw: rawSlice({ addressType: 'IPv6', endpoints: [{ addresses: ['2001:DB8:0:0::1'] }], ports: [] }),
  },
  {
    title: 'FQDN',
    kind: 'EndpointSlice',
    raw: rawSlice({ addressType: 'FQDN', endpoints: [{ addresses: ['example.org'] }] }),
  },
  { title: 'nothing in it', kind: 'EndpointSlice', raw: rawSlice() },
  {
    title: 'of a ServiceImport',
    kind: 'EndpointSlice',
    raw: rawSlice({
      metadata: meta({
        labels: {
          'multicluster.kubernetes.io/service-name': 'web',
          'multicluster.kubernetes.io/source-cluster': 'east',
        },
      }),
    }),
  },
  {
    title: 'dual stack',
    kind: 'Pod',
    raw: rawPod({ phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'FD00::0:1' }] }),
  },
  { title: 'podIP alone', kind: 'Pod', raw: rawPod({ phase: 'Running', podIP: '10.0.0.1' }) },
  { title: 'ended', kind: 'Pod', raw: rawPod({ phase: 'Succeeded', podIP: '10.0.0.1' }) },
  {
    title: 'ClusterSetIP',
    kind: 'ServiceImport',
    raw: rawImport({
      type: 'ClusterSetIP',
      ips: ['FD00::0:1'],
      ports: [
        { name: 'http', port: 80 },
        { protocol: 'UDP', port: 53 },
      ],
    }),
  },
  { title: 'Headless', kind: 'ServiceImport', raw: rawImport({ type: 'Headless', ports: [] }) },
]

describe('live cluster: an object is the same from the API and from a manifest', () => {
  for (const { title, kind, raw } of shared) {
    it(`${kind}: ${title}`, () => {
      const trimmed = trims[kind](raw, without)
      expect(trimmed).to.not.equal(undefined)
      if (trimmed === undefined) return
      const text = JSON.stringify({ ...raw, apiVersion: apiVersions[kind], kind })
      const read = clusterOf(text).get(kind, keyOf(trimmed))
      expect(trimmed).to.deep.equal({ ...read, labels: {} })
    })
  }
})
