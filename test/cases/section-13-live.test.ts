import { expect } from 'chai'
import { follow, type Live, startApi } from '../cluster/live/harness.ts'
import { changed, told } from '../contract/cluster-source.ts'
import { needsOf } from '../plugins/kubernetes/needs-of.ts'
import { apiImport, apiPod, apiService, apiSlice } from '../support/api-objects.ts'
import type { ApiServer } from '../support/api-server/api-server.ts'
import { serveManifests, type TestServer } from '../support/serve.ts'

/** Section 13 of the specification page, item by item, through the whole chain behind a live cluster. */
describe('specification 13: API access, sync, readiness', () => {
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  /** A server with these lines in its directive, and the API server that it follows. */
  async function live(lines = '', before: (api: ApiServer) => void = () => {}) {
    const api = await startApi()
    ends.push(() => api.stop())
    before(api)
    const corefile = `cluster.local clusterset.local in-addr.arpa {\nkubernetes {\n${lines}\n}\n}\n`
    const server = serveManifests('', corefile)
    const followed = follow(api, { needs: needsOf(corefile), store: server.store })
    ends.push(() => followed.stop())
    return { api, server, followed }
  }

  async function synced(lines = ''): Promise<{ api: ApiServer; server: TestServer; followed: Live }> {
    const started = await live(lines)
    await started.followed.started
    return started
  }

  const asked: readonly { lines: string; resources: readonly string[]; selector?: string }[] = [
    { lines: '', resources: ['endpointslices', 'namespaces', 'services'] },
    { lines: 'noendpoints', resources: ['namespaces', 'services'] },
    { lines: 'pods insecure', resources: ['endpointslices', 'namespaces', 'services'] },
    { lines: 'pods verified', resources: ['endpointslices', 'namespaces', 'pods', 'services'] },
    {
      lines: 'multicluster clusterset.local',
      resources: ['endpointslices', 'namespaces', 'serviceimports', 'services'],
    },
    {
      lines: 'noendpoints\nmulticluster clusterset.local',
      resources: ['endpointslices', 'namespaces', 'serviceimports', 'services'],
      selector: 'multicluster.kubernetes.io/service-name',
    },
  ]
  for (const { lines, resources, selector } of asked) {
    it(`13.1: lists and watches ${resources.join(', ')}, and nothing else, for: ${lines.replace('\n', '; ') || 'no option'}`, async () => {
      const { api } = await synced(lines)
      expect([...new Set(api.requests.map(({ resource }) => resource))].sort()).to.deep.equal(resources)
      expect(new Set(api.requests.map(({ verb }) => verb))).to.deep.equal(new Set(['watch']))
      expect(new Set(api.requests.map(({ namespace }) => namespace)), 'in all namespaces').to.deep.equal(
        new Set([undefined]),
      )
      const slices = api.requests.find(({ resource }) => resource === 'endpointslices')
      expect(slices?.query.labelSelector).to.equal(selector)
    })
  }

  it('13.2: answers from the fields that are kept of each kind', async () => {
    const { api, server } = await synced('pods verified\nmulticluster clusterset.local')
    api.put(apiService('shop/lb', { clusterIP: '10.96.0.30', type: 'LoadBalancer', ports: [{ port: 443 }] }))
    api.put(apiService('shop/ext', { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' }))
    api.put(
      apiSlice('shop/db-1', 'db', [
        { addresses: ['10.1.0.9'], targetRef: { kind: 'Pod', name: 'db-0' }, hostname: 'zero' },
      ]),
    )
    api.put(apiPod('shop/p', '10.1.0.50'))
    api.put(apiImport('shop/far', { type: 'ClusterSetIP', ips: ['10.7.0.1'], ports: [{ port: 80 }] }))
    const { store } = server
    await changed(
      store,
      () =>
        store.podsAt('10.1.0.50').length > 0 &&
        store.serviceImport('shop', 'far') !== undefined &&
        store.service('shop', 'ext') !== undefined &&
        store.slicesAt('10.1.0.9').length > 0,
    )
    const answers = async (name: string) => (await server.ask(`${name}. A`)).answer
    expect(await answers('lb.shop.svc.cluster.local')).to.deep.equal(['lb.shop.svc.cluster.local. 5 IN A 10.96.0.30'])
    expect(await answers('zero.db.shop.svc.cluster.local')).to.deep.equal([
      'zero.db.shop.svc.cluster.local. 5 IN A 10.1.0.9',
    ])
    expect(await answers('10-1-0-50.shop.pod.cluster.local')).to.deep.equal([
      '10-1-0-50.shop.pod.cluster.local. 5 IN A 10.1.0.50',
    ])
    expect(await answers('far.shop.svc.clusterset.local')).to.deep.equal([
      'far.shop.svc.clusterset.local. 5 IN A 10.7.0.1',
    ])
    expect(await answers('ext.shop.svc.cluster.local')).to.include('web.shop.svc.cluster.local. 5 IN A 10.96.0.10')
  })

  it('13.3: tries the streaming list first, and falls back to a list', async () => {
    const { api, followed } = await live('', (server) => {
      server.behaviour.streamingLists = 'forbidden'
    })
    await followed.started
    const of = api.requests.filter(({ resource }) => resource === 'services').slice(0, 2)
    expect(of.map(({ verb, query, status }) => `${verb} ${query.sendInitialEvents} ${status}`)).to.deep.equal([
      'watch true 422',
      'list undefined 200',
    ])
    expect(of[0]?.userAgent).to.match(/^cluster-dns\//)
  })

  it('13.4, 13.6: one kind that is denied keeps all unsynced; what can be answered is', async () => {
    const { api, server, followed } = await live('', (denied) => denied.forbid({ resource: 'endpointslices' }))
    await told(followed.lines, (line) => line.includes('cannot list endpointslices: 403'))
    await changed(
      server.store,
      () => server.store.service('shop', 'web') !== undefined && server.store.namespace('shop') !== undefined,
    )
    const rcode = async (name: string) => (await server.ask(`${name}. A`)).rcode
    expect(await rcode('web.shop.svc.cluster.local')).to.equal('NOERROR')
    expect(await rcode('nope.shop.svc.cluster.local')).to.equal('SERVFAIL')
    expect(await rcode('db.shop.svc.cluster.local'), 'it has no endpoints yet').to.equal('SERVFAIL')
    expect(followed.source.status().isReady).to.equal(false)
    api.permit()
    await followed.started
    expect(await rcode('nope.shop.svc.cluster.local')).to.equal('NXDOMAIN')
    expect(await rcode('db.shop.svc.cluster.local')).to.equal('NOERROR')
  })

  it('13.6, 13.7: what was synced once stays ready, whatever is denied later', async () => {
    const { api, followed } = await synced()
    api.forbid({})
    api.endWatches()
    await told(followed.lines, (line) => line.includes('cannot watch services: 403'))
    expect(followed.source.status().isReady).to.equal(true)
    expect(followed.store.isSynced).to.equal(true)
  })

  it('13.8: an API server that is lost leaves the last data, and is tried again', async () => {
    const { api, server, followed } = await synced()
    await api.stop()
    await told(followed.lines, (line) => line.includes('cannot watch services: unreachable'))
    expect((await server.ask('web.shop.svc.cluster.local. A')).answer).to.have.length(1)
    expect((await server.ask('nope.shop.svc.cluster.local. A')).rcode).to.equal('NXDOMAIN')
    api.put(apiService('shop/web', { clusterIP: '10.96.0.99' }))
    await api.restart()
    await changed(server.store, () => server.store.servicesAt('10.96.0.99').length > 0)
    expect((await server.ask('web.shop.svc.cluster.local. A')).answer).to.deep.equal([
      'web.shop.svc.cluster.local. 5 IN A 10.96.0.99',
    ])
  })
})
