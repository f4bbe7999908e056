import { expect } from 'chai'
import { type Needs, watchedResources } from '../../../src/cluster/live/resources.ts'
import { parseSelector } from '../../../src/cluster/selector.ts'

const least: Needs = { endpointSlices: false, pods: false, serviceImports: false, labels: false }
const runs = 'status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown'
const ofImports = 'multicluster.kubernetes.io/service-name'

/** Each resource as `kubectl get --raw` would ask for it. */
const cases: { title: string; needs: Partial<Needs>; resources: string[] }[] = [
  { title: 'the least', needs: {}, resources: ['/api/v1/namespaces', '/api/v1/services'] },
  {
    title: 'endpoints',
    needs: { endpointSlices: true },
    resources: ['/api/v1/namespaces', '/api/v1/services', '/apis/discovery.k8s.io/v1/endpointslices'],
  },
  {
    title: 'Pods, but for those that have ended',
    needs: { pods: true },
    resources: ['/api/v1/namespaces', '/api/v1/services', `/api/v1/pods?fieldSelector=${runs}`],
  },
  {
    title: 'ServiceImports, with the slices that are theirs',
    needs: { serviceImports: true },
    resources: [
      '/api/v1/namespaces',
      '/api/v1/services',
      `/apis/discovery.k8s.io/v1/endpointslices?labelSelector=${ofImports}`,
      '/apis/multicluster.x-k8s.io/v1alpha1/serviceimports',
    ],
  },
  {
    title: 'ServiceImports beside endpoints: all slices',
    needs: { serviceImports: true, endpointSlices: true },
    resources: [
      '/api/v1/namespaces',
      '/api/v1/services',
      '/apis/discovery.k8s.io/v1/endpointslices',
      '/apis/multicluster.x-k8s.io/v1alpha1/serviceimports',
    ],
  },
  {
    title: 'selectors: of Namespaces, and of all others',
    needs: {
      endpointSlices: true,
      pods: true,
      serviceImports: true,
      selector: parseSelector('app=web'),
      namespaceSelector: parseSelector('!hidden'),
    },
    resources: [
      '/api/v1/namespaces?labelSelector=!hidden',
      '/api/v1/services?labelSelector=app in (web)',
      '/apis/discovery.k8s.io/v1/endpointslices?labelSelector=app in (web)',
      `/api/v1/pods?labelSelector=app in (web)&fieldSelector=${runs}`,
      '/apis/multicluster.x-k8s.io/v1alpha1/serviceimports?labelSelector=app in (web)',
    ],
  },
  {
    title: 'a selector, and only the slices of ServiceImports',
    needs: { serviceImports: true, selector: parseSelector('app=web,tier') },
    resources: [
      '/api/v1/namespaces',
      '/api/v1/services?labelSelector=app in (web),tier',
      `/apis/discovery.k8s.io/v1/endpointslices?labelSelector=app in (web),tier,${ofImports}`,
      '/apis/multicluster.x-k8s.io/v1alpha1/serviceimports?labelSelector=app in (web),tier',
    ],
  },
  {
    title: 'a selector without requirements is none',
    needs: { selector: [], namespaceSelector: [] },
    resources: ['/api/v1/namespaces', '/api/v1/services'],
  },
]

describe('live cluster: what is watched', () => {
  for (const { title, needs, resources } of cases) {
    it(title, () => {
      const watched = watchedResources({ ...least, ...needs })
      expect(watched.map(({ path, selectors }) => path + queryOf(selectors))).to.deep.equal(resources)
    })
  }

  it('in the words of RBAC', () => {
    const watched = watchedResources({ endpointSlices: true, pods: true, serviceImports: true, labels: false })
    expect(watched.map(({ kind, name, group }) => `${kind} ${name} ${group}`)).to.deep.equal([
      'Namespace namespaces ',
      'Service services ',
      'EndpointSlice endpointslices discovery.k8s.io',
      'Pod pods ',
      'ServiceImport serviceimports multicluster.x-k8s.io',
    ])
  })
})

/** Not encoded, for people. */
function queryOf(selectors: Readonly<Record<string, string>>): string {
  const query = Object.entries(selectors).map(([key, value]) => `${key}=${value}`)
  return query.length === 0 ? '' : `?${query.join('&')}`
}
