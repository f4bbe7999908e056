import { expect } from 'chai'
import { changed, told } from '../../contract/cluster-source.ts'
import { apiNamespace, apiService, apiSlice } from '../../support/api-objects.ts'
import type { ApiServer, ApiServerOptions } from '../../support/api-server/api-server.ts'
import { failure } from '../../support/api-server/status.ts'
import { ManualTimer } from '../../support/manual-timer.ts'
import { until } from '../../transport/until.ts'
import { follow, type Live, type LiveOptions, startApi } from './harness.ts'

const web = { kind: 'Service', metadata: { namespace: 'shop', name: 'web' } }

describe('reflector', () => {
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function api(options?: ApiServerOptions): Promise<ApiServer> {
    const server = await startApi(options)
    ends.push(() => server.stop())
    return server
  }

  function followed(server: ApiServer, options?: LiveOptions): Live {
    const live = follow(server, options)
    ends.push(() => live.stop())
    return live
  }

  async function synced(options?: ApiServerOptions & LiveOptions): Promise<Live> {
    const live = followed(await api(options), options)
    await live.started
    await Promise.all([
      live.api.watching('services'),
      live.api.watching('endpointslices'),
      live.api.watching('namespaces'),
    ])
    return live
  }

  const asks = ({ api: { requests } }: Live, resource: string) =>
    requests.filter((each) => each.resource === resource).map(({ verb, status }) => `${verb} ${status}`)

  describe('lists', () => {
    it('by a watch that begins with everything, where the server streams lists', async () => {
      const live = await synced()
      expect(asks(live, 'services')).to.deep.equal(['watch 200'])
      const [{ query } = { query: {} }] = live.api.requests
      expect(query).to.deep.include({
        watch: 'true',
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
        timeoutSeconds: '300',
      })
      expect(live.store.service('shop', 'web')?.clusterIPs).to.deep.equal(['10.96.0.10'])
    })

    for (const streamingLists of ['forbidden', 'unknown'] as const) {
      it(`page by page, where the server refuses to stream: ${streamingLists}`, async () => {
        const live = await synced({ streamingLists })
        expect(asks(live, 'services')).to.deep.equal(['watch 422', 'list 200', 'watch 200'])
      })
    }

    it('page by page, where the server does not know what it was asked', async () => {
      const timer = new ManualTimer()
      const server = await api({ streamingLists: 'ignored' })
      const live = followed(server, { timer })
      await Promise.all([server.watching('services'), server.watching('endpointslices'), server.watching('namespaces')])
      server.bookmark()
      await live.started
      expect(asks(live, 'services').slice(0, 2)).to.deep.equal(['watch 200', 'list 200'])
    })

    it('in pages of 2,500, over connections that are kept', async () => {
      const server = await api({ streamingLists: 'forbidden' })
      for (let number = 0; number < 5200; number++) server.put(apiService(`shop/s-${number}`, { clusterIP: 'None' }))
      const live = followed(server)
      await live.started
      expect(asks(live, 'services').filter((each) => each === 'list 200')).to.have.length(3)
      expect(live.store.list('Service')).to.have.length(5202)
      const limits = server.requests.filter(({ verb, resource }) => verb === 'list' && resource === 'services')
      expect(limits.map(({ query }) => query.limit)).to.deep.equal(['2500', '2500', '2500'])
      expect(limits.map(({ query }) => query.continue === undefined)).to.deep.equal([true, false, false])
    })

    it('all at once, where a token expires between two pages', async () => {
      const server = await api({ streamingLists: 'forbidden' })
      for (let number = 0; number < 2600; number++) server.put(apiService(`shop/s-${number}`, { clusterIP: 'None' }))
      const live = followed(server, { needs: { endpointSlices: false }, limits: { maxInflight: 1 } })
      await server.until((requests) =>
        requests.some(({ verb, resource }) => verb === 'list' && resource === 'services'),
      )
      server.remove({ kind: 'Service', metadata: { namespace: 'shop', name: 's-3' } })
      server.compact()
      await live.started
      const lists = server.requests.filter(({ verb, resource }) => verb === 'list' && resource === 'services')
      expect(lists.map(({ status, query }) => `${status} ${query.limit}`)).to.include('410 2500')
      expect(lists.at(-1)?.query.limit).to.equal(undefined)
      expect(live.store.list('Service')).to.have.length(2601)
    })

    it('only to take over what has changed, in one step', async () => {
      const live = await synced()
      live.api.put(apiService('shop/web', { clusterIP: '10.96.0.11' }))
      await changed(live.store, () => live.store.servicesAt('10.96.0.11').length > 0)
      live.events.length = 0
      live.api.freezeWatches('lost')
      live.api.remove(web)
      live.api.put(apiService('shop/new', { clusterIP: '10.96.0.12' }))
      live.api.compact()
      live.api.resetWatches('services')
      await changed(live.store, () => live.store.service('shop', 'new') !== undefined)
      expect(live.store.service('shop', 'web')).to.equal(undefined)
      expect(live.events.map(({ tags }) => [...tags].sort())).to.deep.equal([
        ['any', 'ip:10.96.0.11', 'ip:10.96.0.12', 'svc:shop/new', 'svc:shop/web'],
      ])
    })
  })

  describe('goes on', () => {
    it('from where it was, after a watch that the server ends', async () => {
      const live = await synced()
      live.api.put(apiNamespace('one'))
      await changed(live.store, () => live.store.namespace('one') !== undefined)
      const version = live.api.resourceVersion
      live.api.endWatches('namespaces')
      await live.api.until((requests) => requests.filter(({ resource }) => resource === 'namespaces').length > 1)
      const again = live.api.requests.filter(({ resource }) => resource === 'namespaces').at(-1)
      expect(again?.query.resourceVersion).to.equal(version)
      expect(again?.query.sendInitialEvents).to.equal(undefined)
    })

    it('from a bookmark, where nothing has changed since', async () => {
      const live = await synced()
      live.api.put(apiService('shop/other', { clusterIP: 'None' }))
      await changed(live.store, () => live.store.service('shop', 'other') !== undefined)
      live.api.bookmark('namespaces')
      const version = live.api.resourceVersion
      live.api.put(apiNamespace('mark')) // behind it: once this one is there, the bookmark is, too
      await changed(live.store, () => live.store.namespace('mark') !== undefined)
      live.api.endWatches('namespaces')
      await live.api.until((requests) => requests.filter(({ resource }) => resource === 'namespaces').length > 1)
      const again = live.api.requests.filter(({ resource }) => resource === 'namespaces').at(-1)
      expect(Number(again?.query.resourceVersion)).to.be.at.least(Number(version))
    })

    const troubles: readonly {
      readonly title: string
      readonly cause: (server: ApiServer) => void
      readonly said?: string
    }[] = [
      { title: 'after a connection that is cut', cause: (server) => server.resetWatches() },
      {
        title: 'after a line that is no JSON',
        cause: (server) => server.sendLine('{"type":"ADDED","obj'),
        said: 'a line that is no JSON',
      },
      {
        title: 'after an event that nobody knows',
        cause: (server) => server.sendLine('{"type":"RENAMED","object":{}}'),
        said: "an event of type 'RENAMED'",
      },
      {
        title: 'after an error of the server in a watch',
        cause: (server) => server.sendError(failure(500, 'InternalError', 'etcd: no leader').status),
        said: 'etcd: no leader',
      },
      {
        title: 'after a version that is forgotten, as an event',
        cause: (server) => {
          server.compact()
          server.resetWatches()
        },
      },
      {
        title: 'after a version that is forgotten, as a status',
        cause: (server) => {
          server.behaviour.watchErrors = 'status'
          server.compact()
          server.resetWatches()
        },
      },
      {
        title: 'after an error event 410',
        cause: (server) => server.sendError(failure(410, 'Expired', 'too old resource version').status),
      },
      {
        title: 'after 429 with Retry-After',
        cause: (server) => {
          server.faults.answer(
            { verb: 'watch' },
            { status: 429, reason: 'TooManyRequests', retryAfterSeconds: 0 },
            { times: 3 },
          )
          server.endWatches()
        },
        said: '429 TooManyRequests',
      },
      {
        title: 'after 500',
        cause: (server) => {
          server.faults.answer({ verb: 'watch' }, { status: 500 }, { times: 3 })
          server.endWatches()
        },
        said: '500',
      },
      {
        title: "after a proxy's page",
        cause: (server) => {
          server.faults.page({ verb: 'watch' }, { times: 3 })
          server.endWatches()
        },
        said: 'found content of type text/html',
      },
      {
        title: 'after rubbish',
        cause: (server) => {
          server.faults.garbage({ verb: 'watch' }, { times: 3 })
          server.endWatches()
        },
      },
      {
        title: 'after connections that are refused',
        cause: (server) => {
          server.faults.reset({}, { times: 4 })
          server.endWatches()
        },
        said: 'unreachable',
      },
      {
        title: 'in spite of bodies that come in small pieces',
        cause: (server) => {
          server.faults.split({})
          server.resetWatches()
          server.compact()
        },
      },
      {
        title: 'after lists that are cut off',
        cause: (server) => {
          server.behaviour.streamingLists = 'forbidden'
          server.faults.cut({ verb: 'list' }, 0.5, { times: 3 })
          server.compact()
          server.resetWatches()
        },
      },
    ]
    for (const { title, cause, said } of troubles) {
      it(title, async () => {
        const live = await synced()
        cause(live.api)
        live.api.put(apiNamespace('after'))
        live.api.put(apiService('shop/after', { clusterIP: '10.96.7.7' }))
        live.api.put(apiSlice('shop/web-1', 'web', ['10.1.0.77']))
        live.api.remove({ kind: 'Service', metadata: { namespace: 'shop', name: 'db' } })
        const { store } = live
        await changed(
          store,
          () =>
            store.namespace('after') !== undefined &&
            store.service('shop', 'db') === undefined &&
            store.slicesAt('10.1.0.77').length > 0,
        )
        expect(live.store.namespace('after')).to.not.equal(undefined)
        expect(live.store.servicesAt('10.96.7.7')).to.have.length(1)
        expect(live.store.slicesOf('shop', 'web').map(({ endpoints }) => endpoints[0]?.addresses)).to.deep.equal([
          ['10.1.0.77'],
        ])
        expect(live.store.service('shop', 'db')).to.equal(undefined)
        expect(live.store.isSynced).to.equal(true)
        if (said !== undefined) expect(live.lines.join('\n')).to.include(said)
      })
    }

    it('after an API server that was away, and says so once', async () => {
      const live = await synced()
      await live.api.stop()
      await told(live.lines, (line) => line.includes('cannot watch services: unreachable: ECONNREFUSED'))
      expect(live.source.status().kinds.find(({ kind }) => kind === 'Service')?.problem).to.include('unreachable')
      expect(live.source.status().isReady).to.equal(true)
      expect(live.store.service('shop', 'web')?.clusterIPs).to.deep.equal(['10.96.0.10'])
      live.api.put(apiNamespace('meanwhile'))
      await live.api.restart()
      await changed(live.store, () => live.store.namespace('meanwhile') !== undefined)
      const errors = live.lines.filter((line) => line.includes('cannot watch services: unreachable: ECONNREFUSED'))
      expect(errors).to.have.length(1)
      const lists = live.api.requests.filter(({ query }) => query.sendInitialEvents === 'true')
      expect(lists, 'nothing was listed anew').to.have.length(3)
      expect(errors[0]).to.include('answers are given from what was last read')
    })

    it('after silence: a bookmark comes each minute, or there is nobody', async () => {
      const timer = new ManualTimer()
      const live = await synced({ timer })
      live.api.freezeWatches('lost')
      live.api.put(apiNamespace('unheard'))
      timer.pass(89_000)
      expect(live.store.namespace('unheard')).to.equal(undefined)
      timer.pass(2000)
      await told(live.lines, (line) => line.includes('cannot watch namespaces: nothing was heard for 90 s'))
      timer.pass(30_000)
      await changed(live.store, () => live.store.namespace('unheard') !== undefined)
    })

    it('with bookmarks alone, however long nothing changes', async () => {
      const timer = new ManualTimer()
      const live = await synced({ timer })
      for (let minute = 0; minute < 5; minute++) {
        live.api.bookmark()
        await until(() => live.source.status().kinds.every(({ heardAgeMs = 1 }) => heardAgeMs === 0))
        timer.pass(60_000)
      }
      expect(live.api.requests.filter(({ resource }) => resource === 'services')).to.have.length(1)
    })

    it('from a list, where the server was set back to an older state', async () => {
      const timer = new ManualTimer()
      const live = await synced({ timer })
      live.api.faults.answer(
        { verb: 'watch' },
        {
          status: 504,
          body: JSON.stringify({
            kind: 'Status',
            apiVersion: 'v1',
            status: 'Failure',
            reason: 'Timeout',
            code: 504,
            message: 'Too large resource version: 9, current: 3',
            details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] },
          }),
          contentType: 'application/json',
        },
        { times: 3 },
      )
      live.api.endWatches()
      await told(live.lines, (line) => line.includes('Too large resource version'))
      timer.pass(2000)
      await live.api.until((requests) => requests.filter(({ query }) => query.sendInitialEvents === 'true').length >= 6)
    })
  })

  it('does not hurry a server whose every watch fails at once', async () => {
    const timer = new ManualTimer()
    const live = await synced({ timer })
    live.api.faults.answer({}, { status: 500 })
    live.api.endWatches('namespaces')
    const count = () => live.api.requests.filter(({ resource }) => resource === 'namespaces').length
    const delays: number[] = []
    for (let attempt = 0; attempt < 8; attempt++) {
      const asked = count()
      let waited = 0
      while (count() === asked && waited < 60_000) {
        timer.pass(100)
        waited += 100
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
      delays.push(waited)
    }
    expect(delays.at(-1)).to.be.greaterThan(2000)
  })

  it('does not list on and on where each watch of what was listed has expired', async () => {
    const timer = new ManualTimer()
    const server = await api({ streamingLists: 'forbidden' })
    server.faults.answer({ verb: 'watch' }, { status: 410, reason: 'Expired' })
    server.behaviour.streamingLists = 'forbidden'
    const live = followed(server, { timer })
    await told(live.lines, (line) => line.includes('410'))
    const lists = server.requests.filter(({ verb, resource }) => verb === 'list' && resource === 'services').length
    expect(lists).to.be.at.most(3)
  })
})
