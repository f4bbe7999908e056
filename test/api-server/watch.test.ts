import { expect } from 'chai'
import { ApiServer } from '../support/api-server/api-server.ts'
import type { StreamingLists } from '../support/api-server/list-options.ts'
import { ask, askStatus, type WatchStream, watch } from './client.ts'
import { namespace, service } from './objects.ts'

const initial = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
const streaming = `${initial}&allowWatchBookmarks=true`

describe('double of the API server: watch', () => {
  let api: ApiServer
  let streams: WatchStream[]
  const urlOf = (query: string) => `${api.url}/api/v1/services?watch=true&${query}`
  const open = async (query: string, path = '') => {
    const stream = await watch(path === '' ? urlOf(query) : `${api.url}/${path}?watch=1&${query}`)
    streams.push(stream)
    return stream
  }

  beforeEach(async () => {
    streams = []
    api = await ApiServer.start()
    api.put(service('a', { app: 'a' }))
    api.put(service('b', { app: 'b' }))
  })
  afterEach(async () => {
    for (const stream of streams) stream.close()
    await api.stop()
  })

  for (const query of [
    '',
    'resourceVersion=0',
    initial,
    'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=1',
  ]) {
    it(`begins with the objects there are, without a bookmark: ${query || 'no version'}`, async () => {
      const stream = await open(query)
      await api.watching('services')
      api.put(service('c'))
      expect(await stream.events(3)).to.deep.equal(['ADDED a', 'ADDED b', 'ADDED c'])
    })
  }

  it('begins after a version: changed, deleted, made', async () => {
    const version = api.resourceVersion
    api.put(service('a', { app: 'changed' }))
    api.remove(service('b'))
    const stream = await open(`resourceVersion=${version}`)
    await api.watching('services')
    api.put(service('c'))
    expect(await stream.events(3)).to.deep.equal(['MODIFIED a', 'DELETED b', 'ADDED c'])
  })

  it('sends whole objects, a deleted one with the version of its deletion', async () => {
    const stream = await open(`resourceVersion=${api.resourceVersion}`)
    await api.watching('services')
    const made = api.put(service('c', { app: 'c' }))
    api.remove(made)
    expect(await stream.object()).to.deep.equal(made)
    const resourceVersion = String(Number(made.metadata.resourceVersion) + 1)
    expect(await stream.object()).to.deep.equal({ ...made, metadata: { ...made.metadata, resourceVersion } })
    expect(api.resourceVersion).to.equal(resourceVersion)
  })

  it('adds what begins to match a selector, and deletes what does so no more, as it was', async () => {
    const stream = await open(`resourceVersion=${api.resourceVersion}&labelSelector=app=a`)
    await api.watching('services')
    api.put(service('b', { app: 'a' }))
    api.put(service('b', { app: 'a', more: 'x' }))
    api.put(service('b', { app: 'b' }))
    api.remove(service('b'))
    api.remove(service('a'))
    expect(await stream.events(2)).to.deep.equal(['ADDED b', 'MODIFIED b'])
    const gone = await stream.object()
    expect(gone.metadata.labels).to.deep.equal({ app: 'a', more: 'x' })
    expect(gone.metadata.resourceVersion).to.equal(String(Number(api.resourceVersion) - 2))
    expect(await stream.event()).to.equal('DELETED a')
  })

  it('watches one namespace, one object, and Namespaces', async () => {
    const inShop = await open('', 'api/v1/namespaces/shop/services')
    const one = await open('', 'api/v1/namespaces/shop/services/b')
    const all = await open('', 'api/v1/namespaces')
    await api.until(() => api.openWatches() === 3)
    api.put(service('z', {}, 'other'))
    api.put(service('b'))
    api.put(namespace('shop'))
    expect(await inShop.events(3)).to.deep.equal(['ADDED a', 'ADDED b', 'MODIFIED b'])
    expect(await one.events(2)).to.deep.equal(['ADDED b', 'MODIFIED b'])
    expect(await all.event()).to.equal('ADDED shop')
    expect(api.requests.map(({ verb }) => verb)).to.deep.equal(['watch', 'watch', 'watch'])
  })

  it('waits in silence for a version of the future', async () => {
    const stream = await open(`resourceVersion=${Number(api.resourceVersion) + 1}`)
    await api.watching('services')
    api.put(service('c'))
    api.put(service('d'))
    expect(await stream.event()).to.equal('ADDED d')
  })

  it('sends bookmarks on demand to those who allow them', async () => {
    const allows = await open(`resourceVersion=${api.resourceVersion}&allowWatchBookmarks=true`)
    const other = await open(`resourceVersion=${api.resourceVersion}`)
    await api.watching('services', 2)
    api.put(namespace('shop'))
    api.bookmark()
    api.put(service('c'))
    const { resourceVersion } = api.get(namespace('shop'))?.metadata ?? {}
    const line = '{"type":"BOOKMARK","object":{"kind":"Service","apiVersion":"v1","metadata":'
    expect(await allows.line()).to.equal(
      `${line}{"resourceVersion":"${resourceVersion}","creationTimestamp":null},"spec":{},"status":{"loadBalancer":{}}}}`,
    )
    expect(await allows.event()).to.equal('ADDED c')
    expect(await other.event()).to.equal('ADDED c')
  })

  it('sends bookmarks at intervals', async () => {
    await api.stop()
    api = await ApiServer.start({ bookmarkIntervalMs: 5 })
    const stream = await open('allowWatchBookmarks=true')
    expect(await stream.events(2)).to.deep.equal(['BOOKMARK 1000', 'BOOKMARK 1000'])
  })

  it('streams a list, and ends it with a bookmark of its own', async () => {
    const stream = await open(streaming)
    await api.watching('services')
    api.bookmark()
    expect(await stream.events(2)).to.deep.equal(['ADDED a', 'ADDED b'])
    const { resourceVersion } = api
    const annotations = { 'k8s.io/initial-events-end': 'true' }
    expect((await stream.object()).metadata).to.deep.equal({ resourceVersion, creationTimestamp: null, annotations })
    expect((await stream.object()).metadata).to.deep.equal({ resourceVersion, creationTimestamp: null })
  })

  it('streams an empty list', async () => {
    const stream = await open(streaming, 'api/v1/pods')
    expect(await stream.event()).to.equal(`BOOKMARK ${api.resourceVersion}`)
  })

  it('sends no initial events where they are not wanted', async () => {
    const stream = await open('sendInitialEvents=false&resourceVersionMatch=NotOlderThan')
    await api.watching('services')
    api.put(service('c'))
    expect(await stream.event()).to.equal('ADDED c')
  })

  const gates: { streaming: StreamingLists; query: string; message: string }[] = [
    {
      streaming: 'forbidden',
      query: streaming,
      message:
        'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    },
    {
      streaming: 'unknown',
      query: streaming,
      message: 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch',
    },
    {
      streaming: 'served',
      query: 'sendInitialEvents=true',
      message:
        'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    },
  ]
  for (const { streaming: gate, query, message } of gates) {
    it(`refuses a streaming list where it is ${gate}: ${query}`, async () => {
      api.behaviour.streamingLists = gate
      const { code, reason, message: told, details } = await askStatus(urlOf(query))
      expect({ code, reason }).to.deep.equal({ code: 422, reason: 'Invalid' })
      expect(told).to.equal(`ListOptions.meta.k8s.io "" is invalid: ${message}`)
      expect(details?.causes?.[0]).to.include({ reason: 'FieldValueForbidden', field: message.split(':')[0] })
    })
  }

  it('sends the objects, and no bookmark after them, where streaming lists are not known at all', async () => {
    api.behaviour.streamingLists = 'ignored'
    const stream = await open(streaming)
    await api.watching('services')
    api.put(service('c'))
    expect(await stream.events(3)).to.deep.equal(['ADDED a', 'ADDED b', 'ADDED c'])
  })

  it('ends a streaming list of the future by an event', async () => {
    const stream = await open(`${streaming}&resourceVersion=99999`)
    expect(await stream.events(2)).to.deep.equal(['ERROR 504', 'end'])
  })

  it('tells of a version that is too old by an event, or by the status', async () => {
    const version = api.resourceVersion
    api.put(service('c'))
    api.compact()
    const stream = await open(`resourceVersion=${version}`)
    const { code, reason, message } = (await stream.object()) as unknown as Record<string, unknown> // a Status
    const expected = {
      code: 410,
      reason: 'Expired',
      message: `too old resource version: ${version} (${api.resourceVersion})`,
    }
    expect({ code, reason, message }).to.deep.equal(expected)
    expect([stream.status, await stream.event()]).to.deep.equal([200, 'end'])

    api.behaviour.watchErrors = 'status'
    const answer = await ask(urlOf(`resourceVersion=${version}`))
    expect(answer.status).to.equal(410)
    expect(JSON.parse(answer.text)).to.include(expected)
  })

  it('remembers no more changes than it is told to', async () => {
    await api.stop()
    api = await ApiServer.start({ historyLimit: 4 })
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) api.put(service(name))
    expect(await (await open('resourceVersion=1000')).event()).to.equal('ERROR 410')
    expect(await (await open('resourceVersion=1002')).events(4)).to.deep.equal(
      ['c', 'd', 'e', 'f'].map((name) => `ADDED ${name}`),
    )
  })

  it('ends a watch at its timeout', async () => {
    const stream = await open('timeoutSeconds=1')
    expect(await stream.events(3)).to.deep.equal(['ADDED a', 'ADDED b', 'end'])
    await api.until(() => api.openWatches() === 0)
  })

  it('sends a head at once, also where there is nothing to tell', async () => {
    const stream = await open(`resourceVersion=${api.resourceVersion}`)
    expect(stream.status).to.equal(200)
    stream.close()
    await api.until(() => api.openWatches('services') === 0)
  })
})
