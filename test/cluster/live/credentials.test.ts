import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { testFolder } from '../../cli/run.ts'
import { changed, told } from '../../contract/cluster-source.ts'
import { apiNamespace } from '../../support/api-objects.ts'
import type { ApiServer, ApiServerOptions } from '../../support/api-server/api-server.ts'
import { type Authority, createAuthority, testAuthority } from '../../support/api-server/certificates.ts'
import { follow, type Live, type LiveOptions, startApi } from './harness.ts'

describe('a live cluster that looks who asks', () => {
  const folder = testFolder({})
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function api(options: ApiServerOptions): Promise<ApiServer> {
    const server = await startApi(options)
    ends.push(() => server.stop())
    return server
  }

  function followed(server: ApiServer, options: LiveOptions): Live {
    const live = follow(server, options)
    ends.push(() => live.stop())
    return live
  }

  /** A Pod's file system, with its service account. */
  function serviceAccount(name: string, files: { token: string; ca: string }) {
    const root = folder.path(name)
    const account = join(root, 'var/run/secrets/kubernetes.io/serviceaccount')
    mkdirSync(account, { recursive: true })
    writeFileSync(join(account, 'token'), files.token)
    writeFileSync(join(account, 'ca.crt'), files.ca)
    return { root, token: join(account, 'token'), ca: join(account, 'ca.crt') }
  }

  const inCluster = (server: ApiServer, root: string): NonNullable<LiveOptions['location']> => ({
    kind: 'in-cluster',
    root,
    environment: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) },
  })

  /** A watch that has to be opened anew shows whether its credentials are good. */
  async function expectNews(live: Live, name: string): Promise<void> {
    live.api.put(apiNamespace(name))
    live.api.endWatches()
    await changed(live.store, () => live.store.namespace(name) !== undefined)
  }

  it('is read with the token of the service account, which rotates', async () => {
    const authority = testAuthority()
    const server = await api({ certificate: authority.issueServer(), tokens: ['one'] })
    const { root, token } = serviceAccount('rotating', { token: 'one', ca: authority.cert })
    const live = followed(server, { location: inCluster(server, root) })
    await live.started
    expect(server.requests.map(({ authorization }) => authorization)).to.include('Bearer one')
    expect(server.requests[0]?.userAgent).to.equal('cluster-dns/test')

    server.tokens.clear()
    server.tokens.add('two')
    live.api.endWatches()
    await told(live.lines, (line) => line.includes('[ERROR] kubernetes: cannot watch services: 401 Unauthorized'))
    writeFileSync(token, 'two')
    await expectNews(live, 'rotated')
    await told(live.lines, (line) => line === '[INFO] kubernetes: services: the API server is heard again')
  })

  it('is read with a client certificate', async () => {
    const authority = testAuthority()
    const server = await api({ certificate: authority.issueServer(), clientCa: authority.cert })
    const client = authority.issueClient('dns')
    const files = { cert: folder.path('client.crt'), key: folder.path('client.key'), ca: folder.path('ca.crt') }
    writeFileSync(files.cert, client.cert)
    writeFileSync(files.key, client.key)
    writeFileSync(files.ca, authority.cert)
    const live = followed(server, { location: { kind: 'endpoint', url: server.url, tls: files } })
    await live.started
    expect(live.store.service('shop', 'web')).to.not.equal(undefined)
  })

  it('is not read where the certificate is none of its authority', async () => {
    const server = await api({ certificate: createAuthority('another').issueServer(), tokens: ['one'] })
    const { root } = serviceAccount('strange', { token: 'one', ca: testAuthority().cert })
    const live = followed(server, { location: inCluster(server, root) })
    await told(live.lines, (line) => /cannot (list|watch) services: unreachable: .*certificate/i.test(line))
    expect(live.store.isSynced).to.equal(false)
    expect(server.requests, 'the token is not given away').to.deep.equal([])
  })

  it('is listed anew after a change of its certificate, by an authority that is read again', async () => {
    const [before, after]: [Authority, Authority] = [testAuthority(), createAuthority('after')]
    const server = await api({ certificate: before.issueServer(), tokens: ['one'] })
    const { root, ca } = serviceAccount('changing', { token: 'one', ca: before.cert })
    const live = followed(server, { location: inCluster(server, root) })
    await live.started
    server.changeCertificate(after.issueServer())
    await told(live.lines, (line) => /cannot watch services: unreachable: .*certificate/i.test(line))
    expect(live.store.service('shop', 'web'), 'the last state stays').to.not.equal(undefined)
    const lists = () => server.requests.filter(({ query }) => query.sendInitialEvents === 'true').length
    const listed = lists()
    writeFileSync(ca, after.cert)
    await expectNews(live, 'after')
    await server.until(() => lists() >= listed + 3)
  })

  describe('and says what is missing', () => {
    it('401: nobody, to the server', async () => {
      const server = await api({ tokens: ['good'] })
      const live = followed(server, {})
      await told(
        live.lines,
        (line) => line === '[ERROR] kubernetes: cannot list services: 401 Unauthorized: Unauthorized',
      )
      expect(live.store.syncDetail).to.match(/^cannot list \w+: 401 Unauthorized; 0 of 3 synced$/)
    })

    it('403: which verb on which resource', async () => {
      const server = await api({})
      server.forbid({ resource: 'endpointslices' })
      const live = followed(server, {})
      await told(
        live.lines,
        (line) =>
          line.includes(
            'cannot list endpointslices: 403 Forbidden: endpointslices.discovery.k8s.io is forbidden: User "',
          ) && line.endsWith('expected a ClusterRole that lets us list and watch endpointslices.discovery.k8s.io'),
      )
      await changed(live.store, () => live.store.service('shop', 'web') !== undefined)
      expect(live.store.isSynced).to.equal(false)
      expect(live.store.syncDetail).to.equal('cannot list endpointslices: 403 Forbidden; 2 of 3 synced')
      server.permit()
      await live.started
      expect(live.store.isSynced).to.equal(true)
    })

    it('404: a kind that is not installed', async () => {
      const server = await api({ serviceImports: false })
      const live = followed(server, { needs: { serviceImports: true } })
      await told(live.lines, (line) =>
        line.endsWith('expected the API server to know serviceimports.multicluster.x-k8s.io'),
      )
      expect(live.source.status().isReady).to.equal(false)
    })
  })

  it('is asked for no more than is answered from', async () => {
    const server = await api({})
    const live = followed(server, { needs: { endpointSlices: false } })
    await live.started
    expect(new Set(server.requests.map(({ resource, verb }) => `${verb} ${resource}`))).to.deep.equal(
      new Set(['watch namespaces', 'watch services']),
    )
  })
})
