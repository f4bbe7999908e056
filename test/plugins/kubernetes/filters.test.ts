import { expect } from 'chai'
import { type ClusterObject, type Endpoint, keyOf, kinds } from '../../../src/cluster/model.ts'
import { parseSelector } from '../../../src/cluster/selector.ts'
import { ClusterStore } from '../../../src/cluster/store.ts'
import { parseName } from '../../../src/dns/name.ts'
import type { KubernetesConfig } from '../../../src/plugins/kubernetes/config.ts'
import {
  importOf,
  isExposed,
  isIgnored,
  ownSlicesAt,
  podsAt,
  serviceOf,
  servicesAt,
  slicesAt,
  slicesOf,
  slicesOfImport,
  type View,
} from '../../../src/plugins/kubernetes/view.ts'
import { endpoint, namespace, pod, service, serviceImport, slice } from '../../cluster/objects.ts'

const a = { tier: 'a' }
const b = { tier: 'b' }
const unready = (...addresses: string[]): Endpoint => ({ ...endpoint(...addresses), ready: false })

/** In each of the namespaces `one` (tier a), `two` (tier b), `gone` (no Namespace): what has tier a, and what has b. */
const objects: ClusterObject[] = [
  namespace('one', { labels: a }),
  namespace('two', { labels: b }),
  ...['one', 'two', 'gone'].flatMap((ns): ClusterObject[] => [
    service(ns, 'web', { labels: a, clusterIPs: ['10.96.0.1'] }),
    service(ns, 'db', { labels: b, clusterIPs: ['10.96.0.2'] }),
    slice(ns, 'web-1', { labels: a, serviceName: 'web', endpoints: [endpoint('10.0.0.1')] }),
    // Written by hand, without its Service's labels.
    slice(ns, 'web-2', { labels: b, serviceName: 'web', endpoints: [endpoint('10.0.0.1')] }),
    slice(ns, 'db-1', { labels: b, serviceName: 'db', endpoints: [unready('10.0.0.2')] }),
    slice(ns, 'east', { labels: a, importName: 'web', endpoints: [endpoint('10.1.0.1')] }),
    slice(ns, 'west', { labels: b, importName: 'web', endpoints: [endpoint('10.1.0.1')] }),
    serviceImport(ns, 'web', { labels: a }),
    serviceImport(ns, 'db', { labels: b }),
    { ...pod(ns, 'web-0', '10.0.0.1'), labels: a },
    { ...pod(ns, 'db-0', '10.0.0.1'), labels: b },
  ]),
]

const cluster = new ClusterStore({ now: () => 0 })
cluster.replace(kinds, objects)

function viewOf(changes: Partial<KubernetesConfig>, store = cluster): View {
  const zone = parseName('cluster.local')
  const config: KubernetesConfig = {
    zones: [zone],
    primaryZone: zone,
    ttl: 5,
    pods: 'verified',
    endpointPodNames: false,
    fallthrough: [],
    namespaces: undefined,
    noEndpoints: false,
    zonal: false,
    ignoreEmptyService: false,
    multiclusterZones: [],
    startupTimeoutMs: 0,
    api: {},
    ...changes,
  }
  return { config, cluster: store, localAddresses: [] }
}

const keys = (found: readonly ClusterObject[]) => found.map((object) => keyOf(object))

/** All that can be looked up, by the names of what is found. */
function lookups(view: View) {
  const named = (ns: string) => ['web', 'db'].map((name) => ({ ns, name }))
  const all = ['one', 'two', 'gone'].flatMap(named)
  return {
    exposed: ['one', 'two', 'gone'].filter((ns) => isExposed(view, ns)),
    services: keys(all.flatMap(({ ns, name }) => serviceOf(view, ns, name) ?? [])),
    slices: keys(all.flatMap(({ ns, name }) => slicesOf(view, ns, name))),
    imports: keys(all.flatMap(({ ns, name }) => importOf(view, ns, name) ?? [])),
    importSlices: keys(all.flatMap(({ ns, name }) => slicesOfImport(view, ns, name))),
    servicesAt: keys(['10.96.0.1', '10.96.0.2'].flatMap((address) => servicesAt(view, address))),
    slicesAt: keys(['10.0.0.1', '10.0.0.2'].flatMap((address) => slicesAt(view, address))),
    ownSlicesAt: keys(['10.0.0.1', '10.0.0.2'].flatMap((address) => ownSlicesAt(view, address))),
    podsAt: keys(podsAt(view, '10.0.0.1')),
  }
}

const each = (names: readonly string[], ...namespaces: readonly string[]) =>
  namespaces.flatMap((ns) => names.map((name) => `${ns}/${name}`))
const three = ['one', 'two', 'gone'] as const
/** The indexes are ordered by key. */
const sorted = (...found: readonly string[][]) => found.map((part) => part.toSorted())
const at = (...parts: readonly string[][]) => sorted(...parts).flat()

const everything = {
  exposed: ['one', 'two'],
  services: each(['web', 'db'], ...three),
  slices: each(['web-1', 'web-2', 'db-1'], ...three),
  imports: each(['web', 'db'], ...three),
  importSlices: each(['east', 'west'], ...three),
  servicesAt: at(each(['web'], ...three), each(['db'], ...three)),
  slicesAt: at(each(['web-1', 'web-2'], ...three), each(['db-1'], ...three)),
  ownSlicesAt: at(each(['web-1', 'web-2'], ...three), each(['db-1'], ...three)),
  podsAt: at(each(['db-0', 'web-0'], ...three)),
}

/** What a filter that lets only namespace `one` through leaves of the look-ups that do not begin at a namespace. */
const inOne = {
  exposed: ['one'],
  servicesAt: ['one/web', 'one/db'],
  slicesAt: ['one/web-1', 'one/web-2', 'one/db-1'],
}

const cases: { title: string; config: Partial<KubernetesConfig>; found: Partial<typeof everything> }[] = [
  { title: 'no filter', config: {}, found: {} },
  {
    title: 'namespaces: by address too, and only where there is a Namespace',
    config: { namespaces: new Set(['one', 'gone', 'nowhere']) },
    found: inOne,
  },
  {
    title: 'namespace_labels: by address too (CoreDNS: by name alone)',
    config: { namespaceLabels: parseSelector('tier=a') },
    found: inOne,
  },
  {
    title: 'namespace_labels that must not be: there has to be a Namespace all the same',
    config: { namespaceLabels: parseSelector('tier!=b') },
    found: inOne,
  },
  {
    title: 'namespace_labels that nothing has',
    config: { namespaceLabels: parseSelector('none') },
    found: { exposed: [], servicesAt: [], slicesAt: [] },
  },
  {
    title: 'labels: of each object but Namespaces, slices by their own',
    config: { labels: parseSelector('tier=a') },
    found: {
      services: each(['web'], ...three),
      slices: each(['web-1'], ...three),
      imports: each(['web'], ...three),
      importSlices: each(['east'], ...three),
      servicesAt: at(each(['web'], ...three)),
      slicesAt: at(each(['web-1'], ...three)),
      ownSlicesAt: at(each(['web-1'], ...three)),
      podsAt: at(each(['web-0'], ...three)),
    },
  },
  { title: 'labels, the empty selector', config: { labels: [] }, found: {} },
  {
    title: 'noendpoints: no slices, but for those of ServiceImports',
    config: { noEndpoints: true },
    found: { slices: [], slicesAt: [], ownSlicesAt: [] },
  },
  {
    title: 'ignore empty_service: not by address',
    config: { ignoreEmptyService: true },
    found: { services: each(['web'], ...three) },
  },
  {
    title: 'ignore empty_service with noendpoints: no Service with a cluster IP',
    config: { ignoreEmptyService: true, noEndpoints: true },
    found: { services: [], slices: [], slicesAt: [], ownSlicesAt: [] },
  },
  {
    title: 'ignore empty_service with labels: what they leave of the slices counts',
    config: { ignoreEmptyService: true, labels: parseSelector('tier=b') },
    found: {
      services: [],
      slices: each(['web-2', 'db-1'], ...three),
      imports: each(['db'], ...three),
      importSlices: each(['west'], ...three),
      servicesAt: at(each(['db'], ...three)),
      slicesAt: at(each(['web-2'], ...three), each(['db-1'], ...three)),
      ownSlicesAt: at(each(['web-2'], ...three), each(['db-1'], ...three)),
      podsAt: at(each(['db-0'], ...three)),
    },
  },
  {
    title: 'labels with namespace_labels',
    config: { labels: parseSelector('tier=b'), namespaceLabels: parseSelector('tier=a') },
    found: {
      exposed: ['one'],
      services: each(['db'], ...three),
      slices: each(['web-2', 'db-1'], ...three),
      imports: each(['db'], ...three),
      importSlices: each(['west'], ...three),
      servicesAt: ['one/db'],
      slicesAt: ['one/web-2', 'one/db-1'],
      ownSlicesAt: at(each(['web-2'], ...three), each(['db-1'], ...three)),
      podsAt: at(each(['db-0'], ...three)),
    },
  },
]

describe('kubernetes: filters', () => {
  for (const { title, config, found } of cases) {
    it(title, () => expect(lookups(viewOf(config))).to.deep.equal({ ...everything, ...found }))
  }
})

const kindsOfService = [
  { title: 'without slices', spec: {}, ignored: true },
  { title: 'with an unready endpoint', spec: {}, endpoints: [unready('10.0.0.1')], ignored: true },
  {
    title: 'with a ready one among them',
    spec: {},
    endpoints: [unready('10.0.0.1'), endpoint('10.0.0.2')],
    ignored: false,
  },
  { title: 'of type NodePort', spec: { type: 'NodePort' }, ignored: true },
  { title: 'headless', spec: { headless: true }, ignored: false },
  { title: 'of type ExternalName', spec: { type: 'ExternalName', externalName: 'a.test' }, ignored: false },
] as const

describe('kubernetes: ignore empty_service', () => {
  for (const { title, spec, ignored, ...rest } of kindsOfService) {
    const endpoints = 'endpoints' in rest ? rest.endpoints : undefined
    it(`${ignored ? 'hides' : 'leaves'} a Service ${title}`, () => {
      const store = new ClusterStore({ now: () => 0 })
      const found = service('one', 'web', spec)
      const slices = endpoints === undefined ? [] : [slice('one', 'web-1', { serviceName: 'web', endpoints })]
      store.replace(kinds, [found, ...slices])
      const view = viewOf({ ignoreEmptyService: true }, store)
      expect(serviceOf(view, 'one', 'web')).to.equal(ignored ? undefined : found)
      expect(isIgnored(view, found)).to.equal(ignored)
      expect(isIgnored(viewOf({}, store), found)).to.equal(false)
    })
  }
})
