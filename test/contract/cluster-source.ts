import { expect } from 'chai'
import { kinds } from '../../src/cluster/model.ts'
import type { ClusterSource } from '../../src/cluster/source.ts'
import { type ChangeEvent, ClusterStore } from '../../src/cluster/store.ts'
import { systemClock } from '../../src/util/clock.ts'
import { createLogger, type Logger } from '../../src/util/log.ts'
import { apiImport, apiNamespace, apiPod, apiService, apiSlice } from '../support/api-objects.ts'
import type { ApiObject, ObjectRef } from '../support/api-server/objects.ts'

/** What stands behind a source, where objects come and go. */
export interface World {
  /** What is put and removed by one call is one change, or several: as the world has it. */
  put(...objects: readonly ApiObject[]): void | Promise<void>
  remove(...refs: readonly ObjectRef[]): void | Promise<void>
  /** From now on it cannot be read. */
  break(): void | Promise<void>
  mend(): void | Promise<void>
  source(logger: Logger): ClusterSource
  end(): void | Promise<void>
}

const basis: readonly ApiObject[] = [
  apiNamespace('default'),
  apiNamespace('shop', { labels: { team: 'a' } }),
  apiService('shop/web', { clusterIP: '10.96.0.10', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }),
  apiSlice('shop/web-1', 'web', ['10.1.0.1', '10.1.0.2']),
  apiService('shop/db', { clusterIP: 'None', ports: [{ port: 5432 }] }),
  apiSlice('shop/db-1', 'db', [
    { addresses: ['10.1.0.3'], hostname: 'db-0', targetRef: { kind: 'Pod', name: 'db-0' }, zone: 'a', nodeName: 'n' },
    { addresses: ['10.1.0.4'], hostname: 'db-1', conditions: { ready: false, serving: true, terminating: true } },
  ]),
  apiService('shop/ext', { type: 'ExternalName', externalName: 'example.com' }),
  apiPod('shop/db-0', '10.1.0.3', { labels: { app: 'db' } }),
  apiImport('shop/far', { type: 'ClusterSetIP', ips: ['10.7.0.1'], ports: [{ port: 80 }] }),
]

/** What every source of a cluster has to do. */
export function clusterSourceContract(name: string, create: () => World | Promise<World>): void {
  describe(`cluster source: ${name}`, () => {
    const ends: (() => unknown)[] = []
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end()
    })

    /** A source that has read what `objects` tell of. */
    async function started(...objects: readonly ApiObject[]) {
      const world = await create()
      ends.push(() => world.end())
      await world.put(...objects)
      return { world, ...(await read(world)) }
    }

    async function read(world: World) {
      const lines: string[] = []
      const source = world.source(createLogger((line) => lines.push(line)))
      const store = new ClusterStore(systemClock)
      const abort = new AbortController()
      ends.push(() => abort.abort())
      await source.start(store, abort.signal)
      const events: ChangeEvent[] = []
      store.onChange((event) => events.push(event))
      return { store, events, lines, abort }
    }

    it('has read all kinds once it has started', async () => {
      const { store } = await started(...basis)
      expect(store.isSynced).to.equal(true)
      expect(contents(store)).to.deep.equal([
        'Namespace default',
        'Namespace shop',
        'Service shop/db',
        'Service shop/ext',
        'Service shop/web',
        'EndpointSlice shop/db-1',
        'EndpointSlice shop/web-1',
        'Pod shop/db-0',
        'ServiceImport shop/far',
      ])
      expect(store.namespace('shop')?.labels).to.deep.include({ team: 'a' })
      expect(store.service('shop', 'web')).to.deep.include({ clusterIPs: ['10.96.0.10'], headless: false })
      expect(store.service('shop', 'db')).to.deep.include({ clusterIPs: [], headless: true })
      expect(store.service('shop', 'ext')).to.deep.include({ type: 'ExternalName', externalName: 'example.com' })
      const ready = { ready: true, serving: true, terminating: false }
      expect(store.slicesOf('shop', 'db')[0]?.endpoints).to.deep.equal([
        { addresses: ['10.1.0.3'], ...ready, hostname: 'db-0', nodeName: 'n', zone: 'a', targetName: 'db-0' },
        { addresses: ['10.1.0.4'], ready: false, serving: true, terminating: true, hostname: 'db-1' },
      ])
      expect(store.podsAt('10.1.0.3').map((pod) => pod.labels)).to.deep.equal([{ app: 'db' }])
      expect(store.serviceImport('shop', 'far')).to.deep.include({ headless: false, ips: ['10.7.0.1'] })
    })

    it('tells of an object that is added, and touches nothing else', async () => {
      const { world, store, events } = await started(...basis)
      await world.put(apiService('shop/new', { clusterIP: '10.96.0.20', ports: [{ port: 80 }] }))
      await changed(store, () => store.service('shop', 'new') !== undefined)
      expect(tagsOf(events)).to.deep.equal(['any', 'ip:10.96.0.20', 'svc:shop/new'])
    })

    it('tells of an object that changes, and touches nothing else', async () => {
      const { world, store, events } = await started(...basis)
      await world.put(apiSlice('shop/web-1', 'web', ['10.1.0.1', '10.1.0.9']))
      await changed(store, () => store.slicesAt('10.1.0.9').length > 0)
      expect(store.slicesAt('10.1.0.2')).to.deep.equal([])
      expect(tagsOf(events)).to.deep.equal(['any', 'ip:10.1.0.2', 'ip:10.1.0.9', 'svc:shop/web'])
    })

    it('tells of an object that is removed', async () => {
      const { world, store, events } = await started(...basis)
      await world.remove({ kind: 'Service', metadata: { namespace: 'shop', name: 'web' } })
      await changed(store, () => store.service('shop', 'web') === undefined)
      expect(tagsOf(events)).to.deep.equal(['any', 'ip:10.96.0.10', 'svc:shop/web'])
    })

    it('says nothing of what is written again, and says the same', async () => {
      const { world, store, events } = await started(...basis)
      await world.put(...basis)
      await world.put(apiNamespace('last'))
      await changed(store, () => store.namespace('last') !== undefined)
      expect(tagsOf(events)).to.deep.equal(['any', 'ns:last'])
    })

    it('takes one of the same name in the place of what was removed', async () => {
      const { world, store } = await started(...basis)
      await world.remove({ kind: 'Service', metadata: { namespace: 'shop', name: 'web' } })
      await world.put(apiService('shop/web', { clusterIP: 'None' }))
      await changed(store, () => store.service('shop', 'web')?.headless === true)
      expect(store.servicesAt('10.96.0.10')).to.deep.equal([])
    })

    it('leaves what was there last while it cannot be read, and catches up when it can', async () => {
      const { world, store, lines } = await started(...basis)
      const before = contents(store)
      await world.break()
      await told(lines, (line) => line.startsWith('[ERROR]'))
      expect(contents(store)).to.deep.equal(before)
      expect(store.isSynced).to.equal(true)
      await world.put(apiNamespace('later'))
      await world.remove({ kind: 'Service', metadata: { namespace: 'shop', name: 'web' } })
      await world.mend()
      await changed(store, () => store.namespace('later') !== undefined && store.service('shop', 'web') === undefined)
    })

    it('says nothing any more once it is stopped', async () => {
      const { world, store, abort, events } = await started(...basis)
      abort.abort()
      const other = await read(world)
      await world.put(apiNamespace('late'))
      await changed(other.store, () => other.store.namespace('late') !== undefined)
      expect(store.namespace('late')).to.equal(undefined)
      expect(events).to.deep.equal([])
    })

    it('comes, by changes, to what a fresh reading comes to', async () => {
      const { world, store } = await started(...basis)
      for (let turn = 0; turn < 30; turn++) {
        const name = `shop/s-${turn % 7}`
        const clusterIP = turn % 3 === 0 ? 'None' : `10.96.1.${turn}`
        await world.put(apiService(name, { clusterIP, ports: [{ port: 80 + turn }] }))
        await world.put(apiSlice(`${name}-x`, `s-${turn % 7}`, [`10.2.0.${turn}`, '10.2.1.1']))
        if (turn % 5 === 0) await world.remove({ kind: 'Service', metadata: { namespace: 'shop', name: 's-2' } })
        await new Promise(setImmediate)
      }
      await world.put(apiNamespace('end'))
      await changed(store, () => store.namespace('end') !== undefined)
      const fresh = await read(world)
      const same = () => JSON.stringify(kinds.map((kind) => store.list(kind)))
      const expected = JSON.stringify(kinds.map((kind) => fresh.store.list(kind)))
      await changed(store, () => same() === expected)
    })
  })
}

function contents(store: ClusterStore): string[] {
  return kinds.flatMap((kind) =>
    store.list(kind).map((each) => `${kind} ${'namespace' in each ? `${each.namespace}/` : ''}${each.name}`),
  )
}

function tagsOf(events: readonly ChangeEvent[]): string[] {
  return [...new Set(events.flatMap(({ tags }) => [...tags]))].sort()
}

/** Resolves once it holds, which is looked at after each change of the store. */
export function changed(store: ClusterStore, holds: () => boolean, limitMs = 8000): Promise<void> {
  if (holds()) return Promise.resolve()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const limit = setTimeout(() => reject(new Error(`the store did not come to: ${holds}`)), limitMs)
  const end = store.onChange(() => {
    if (holds()) resolve()
  })
  return promise.finally(() => {
    clearTimeout(limit)
    end()
  })
}

/** Resolves once a line is logged. */
export async function told(lines: readonly string[], holds: (line: string) => boolean): Promise<void> {
  const limit = performance.now() + 8000
  while (!lines.some(holds)) {
    if (performance.now() > limit) throw new Error(`not told: ${holds}; but:\n${lines.join('\n')}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
