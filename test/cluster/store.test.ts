import { expect } from 'chai'
import { type ClusterObject, keyOf, kinds, type ObjectKey } from '../../src/cluster/model.ts'
import { type ChangeEvent, ClusterStore } from '../../src/cluster/store.ts'
import { endpoint, namespace, pod, service, serviceImport, slice } from './objects.ts'

const objects = [
  namespace('shop'),
  service('shop', 'web', { clusterIPs: ['10.96.0.1', 'fd00::1'] }),
  service('shop', 'db', { headless: true }),
  service('blog', 'web', { clusterIPs: ['10.96.0.2'] }),
  slice('shop', 'db-b', { serviceName: 'db', endpoints: [endpoint('10.1.0.1', '10.1.0.2')] }),
  slice('shop', 'db-a', { serviceName: 'db', endpoints: [endpoint('10.1.0.1'), endpoint('10.1.0.3')] }),
  slice('shop', 'lone', { endpoints: [endpoint('10.1.0.9')] }),
  pod('shop', 'db-0', '10.1.0.1', 'fd00::2'),
  pod('blog', 'host', '10.1.0.1'),
  serviceImport('shop', 'web', { ips: ['10.98.0.1'] }),
  slice('shop', 'web-west', { importName: 'web', clusterId: 'west', endpoints: [endpoint('10.2.0.1')] }),
  slice('shop', 'web-east', { importName: 'web', serviceName: 'web-set', endpoints: [endpoint('10.1.0.8')] }),
] as const

function filled(): ClusterStore {
  const store = new ClusterStore({ now: () => 5999 })
  store.replace(kinds, objects)
  return store
}

const names = (found: readonly ObjectKey[]) => found.map(keyOf)

describe('ClusterStore: look-ups', () => {
  const store = filled()
  const cases: readonly { title: string; found: readonly ObjectKey[]; expected: string[] }[] = [
    {
      title: 'slices of a Service, ordered by name',
      found: store.slicesOf('shop', 'db'),
      expected: ['shop/db-a', 'shop/db-b'],
    },
    { title: 'of one that has none', found: store.slicesOf('shop', 'web'), expected: [] },
    { title: 'of one of another namespace', found: store.slicesOf('blog', 'db'), expected: [] },
    { title: 'Services at an address', found: store.servicesAt('10.96.0.1'), expected: ['shop/web'] },
    { title: 'of either family', found: store.servicesAt('fd00::1'), expected: ['shop/web'] },
    { title: 'at an address that is only an endpoint', found: store.servicesAt('10.1.0.1'), expected: [] },
    { title: 'slices at an address of two', found: store.slicesAt('10.1.0.1'), expected: ['shop/db-a', 'shop/db-b'] },
    { title: 'at the second address of an endpoint', found: store.slicesAt('10.1.0.2'), expected: ['shop/db-b'] },
    { title: 'also one of no Service', found: store.slicesAt('10.1.0.9'), expected: ['shop/lone'] },
    {
      title: 'Pods at an address that they share',
      found: store.podsAt('10.1.0.1'),
      expected: ['blog/host', 'shop/db-0'],
    },
    { title: 'at the second address of a Pod', found: store.podsAt('fd00::2'), expected: ['shop/db-0'] },
    {
      title: 'slices of a ServiceImport, ordered by name',
      found: store.slicesOfImport('shop', 'web'),
      expected: ['shop/web-east', 'shop/web-west'],
    },
    { title: 'of one that is not there', found: store.slicesOfImport('shop', 'db'), expected: [] },
    { title: 'of one of another namespace', found: store.slicesOfImport('blog', 'web'), expected: [] },
    {
      title: 'slices of a Service that are those of an import, too',
      found: store.slicesOf('shop', 'web-set'),
      expected: ['shop/web-east'],
    },
    { title: 'slices of imports by address', found: store.slicesAt('10.2.0.1'), expected: ['shop/web-west'] },
    { title: 'Services at the address of an import', found: store.servicesAt('10.98.0.1'), expected: [] },
    { title: 'every ServiceImport', found: store.list('ServiceImport'), expected: ['shop/web'] },
    {
      title: 'every Service, ordered by key',
      found: store.list('Service'),
      expected: ['blog/web', 'shop/db', 'shop/web'],
    },
    { title: 'every Namespace', found: store.list('Namespace'), expected: ['shop'] },
  ]
  for (const { title, found, expected } of cases) {
    it(`${title}: ${expected.join(', ') || 'none'}`, () => expect(names(found)).to.deep.equal(expected))
  }

  it('of one object by its key', () => {
    expect(store.namespace('shop')).to.equal(objects[0])
    expect(store.namespace('nope')).to.equal(undefined)
    expect(store.service('shop', 'web')).to.equal(objects[1])
    expect(store.service('shop', 'nope')).to.equal(undefined)
    expect(store.service('nope', 'web')).to.equal(undefined)
    expect(store.serviceImport('shop', 'web')).to.equal(objects[9])
    expect(store.serviceImport('shop', 'db'), 'a Service is no import').to.equal(undefined)
    expect(store.serviceImport('blog', 'web')).to.equal(undefined)
  })

  it('of every address there is', () => {
    const services = ['10.96.0.1', 'fd00::1', '10.96.0.2']
    const endpoints = ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.9', '10.2.0.1', '10.1.0.8']
    expect(new Set(store.addresses())).to.deep.equal(new Set([...services, ...endpoints]))
  })
})

const web = objects[1]
const dbA = objects[5]
const webWest = objects[10]

const changes: readonly { title: string; change: (store: ClusterStore) => void; tags: string[] }[] = [
  { title: 'a new Namespace', change: (store) => store.put(namespace('new')), tags: ['ns:new'] },
  {
    title: 'a Namespace that goes',
    change: (store) => store.remove({ kind: 'Namespace', name: 'shop' }),
    tags: ['ns:shop'],
  },
  {
    title: 'a new Service',
    change: (store) => store.put(service('shop', 'new', { clusterIPs: ['10.96.0.7'] })),
    tags: ['ip:10.96.0.7', 'svc:shop/new'],
  },
  {
    title: 'a Service with another address: the old and the new',
    change: (store) => store.put({ ...web, clusterIPs: ['10.96.0.7', 'fd00::1'] }),
    tags: ['ip:10.96.0.1', 'ip:10.96.0.7', 'ip:fd00::1', 'svc:shop/web'],
  },
  {
    title: 'a Service that goes',
    change: (store) => store.remove(web),
    tags: ['ip:10.96.0.1', 'ip:fd00::1', 'svc:shop/web'],
  },
  {
    title: 'a slice that changes: its Service, and its addresses before and after',
    change: (store) => store.put({ ...dbA, endpoints: [endpoint('10.1.0.4')] }),
    tags: ['ip:10.1.0.1', 'ip:10.1.0.3', 'ip:10.1.0.4', 'svc:shop/db'],
  },
  {
    title: 'a slice that moves to another Service',
    change: (store) => store.put({ ...dbA, serviceName: 'web' }),
    tags: ['ip:10.1.0.1', 'ip:10.1.0.3', 'svc:shop/db', 'svc:shop/web'],
  },
  {
    title: 'a slice of no Service',
    change: (store) => store.remove({ kind: 'EndpointSlice', namespace: 'shop', name: 'lone' }),
    tags: ['ip:10.1.0.9'],
  },
  {
    title: 'a Pod',
    change: (store) => store.put(pod('shop', 'db-0', '10.1.0.8')),
    tags: ['ip:10.1.0.1', 'ip:10.1.0.8', 'ip:fd00::2'],
  },
  {
    title: 'a new ServiceImport',
    change: (store) => store.put(serviceImport('shop', 'new', { ips: ['10.98.0.7'] })),
    tags: ['mcs:shop/new'],
  },
  {
    title: 'a ServiceImport with other addresses: nothing is looked up by those',
    change: (store) => store.put(serviceImport('shop', 'web', { ips: ['10.98.0.2'] })),
    tags: ['mcs:shop/web'],
  },
  {
    title: 'a ServiceImport that goes',
    change: (store) => store.remove({ kind: 'ServiceImport', namespace: 'shop', name: 'web' }),
    tags: ['mcs:shop/web'],
  },
  {
    title: 'a slice that moves to another ServiceImport',
    change: (store) => store.put({ ...webWest, importName: 'db' }),
    tags: ['ip:10.2.0.1', 'mcs:shop/db', 'mcs:shop/web'],
  },
  {
    title: 'a slice that comes from another cluster',
    change: (store) => store.put({ ...webWest, clusterId: 'east' }),
    tags: ['ip:10.2.0.1', 'mcs:shop/web'],
  },
  {
    title: 'a slice of a Service and a ServiceImport',
    change: (store) => store.remove({ kind: 'EndpointSlice', namespace: 'shop', name: 'web-east' }),
    tags: ['ip:10.1.0.8', 'mcs:shop/web', 'svc:shop/web-set'],
  },
  {
    title: 'a replacement of one kind leaves the others alone',
    change: (store) => store.replace(['Pod'], [pod('blog', 'host', '10.1.0.1')]),
    tags: ['ip:10.1.0.1', 'ip:fd00::2'],
  },
]

describe('ClusterStore: change events', () => {
  for (const { title, change, tags } of changes) {
    it(`${title}: ${tags.join(' ')}`, () => {
      const store = filled()
      const events: ChangeEvent[] = []
      store.onChange((event) => events.push(event))
      change(store)
      expect(events.map((event) => [...event.tags].sort())).to.deep.equal([[...tags, 'any'].sort()])
    })
  }

  const copies: ClusterObject[] = structuredClone([...objects])
  const idle: readonly { title: string; change: (store: ClusterStore) => void }[] = [
    { title: 'an equal object', change: (store) => store.put(structuredClone(web)) },
    { title: 'equal objects in another order', change: (store) => store.replace(kinds, copies.toReversed()) },
    {
      title: 'the removal of what there is not',
      change: (store) => store.remove({ kind: 'Service', namespace: 'a', name: 'b' }),
    },
    { title: 'a replacement of nothing by nothing', change: (store) => store.replace([], []) },
  ]
  for (const { title, change } of idle) {
    it(`none: ${title}`, () => {
      const store = filled()
      const { generation, serial } = store
      store.onChange(() => expect.fail('an event'))
      change(store)
      expect(store).to.include({ generation, serial })
      expect(store.service('shop', 'web'), 'the object that was there stays').to.equal(web)
    })
  }

  it('are told when the change is whole, and until the listener has enough', () => {
    const store = filled()
    const seen: (string[] | number)[] = []
    const unsubscribe = store.onChange(({ generation }) => seen.push(generation, names(store.list('Service'))))
    store.replace(['Service'], [service('a', 'one'), service('a', 'two')])
    unsubscribe()
    store.remove({ kind: 'Service', namespace: 'a', name: 'one' })
    expect(seen).to.deep.equal([2, ['a/one', 'a/two']])
  })

  it('raise the generation by one, and make the serial of the time', () => {
    const clock = { nowMs: 1999 }
    const store = new ClusterStore({ now: () => clock.nowMs })
    expect(store).to.include({ generation: 0, serial: 0 })
    store.put(namespace('a'))
    expect(store).to.include({ generation: 1, serial: 1 })
    clock.nowMs = 2000
    store.put(namespace('a'))
    expect(store, 'no change').to.include({ generation: 1, serial: 1 })
    store.remove({ kind: 'Namespace', name: 'a' })
    expect(store).to.include({ generation: 2, serial: 2 })
  })
})

describe('ClusterStore: replicas', () => {
  it('can be fed in another thread: writes and change events are plain data', () => {
    const [store, replica] = [filled(), new ClusterStore({ now: () => 5999 })]
    const events: ChangeEvent[] = []
    store.onChange((event) => events.push(event))
    replica.replace(...structuredClone([kinds, objects] as const))
    for (const each of [store, replica])
      each.put(structuredClone(service('shop', 'new', { clusterIPs: ['10.96.0.9'] })))
    expect(replica.servicesAt('10.96.0.9')).to.deep.equal(store.servicesAt('10.96.0.9'))
    expect(replica.slicesOf('shop', 'db')).to.deep.equal(store.slicesOf('shop', 'db'))
    expect(structuredClone(events)).to.deep.equal(events)
    expect(events).to.have.length(1)
  })
})
