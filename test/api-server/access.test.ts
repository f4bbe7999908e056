import { expect } from 'chai'
import { ApiServer } from '../support/api-server/api-server.ts'
import { createAuthority, testAuthority } from '../support/api-server/certificates.ts'
import { ask, askStatus } from './client.ts'

const coredns = 'system:serviceaccount:kube-system:coredns'
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

describe('double of the API server: who may do what', () => {
  let api: ApiServer
  const services = () => `${api.url}/api/v1/services`
  afterEach(() => api.stop())

  it('lets in whoever asks where there are no tokens', async () => {
    api = await ApiServer.start()
    expect((await ask(services())).status).to.equal(200)
    expect((await ask(services(), bearer('any'))).status).to.equal(200)
  })

  it('wants a token that is good at the time', async () => {
    api = await ApiServer.start({ tokens: ['old'] })
    const statuses = async () => [
      (await ask(services())).status,
      (await ask(services(), bearer('old'))).status,
      (await ask(services(), bearer('new'))).status,
    ]
    expect(await statuses()).to.deep.equal([401, 200, 401])
    api.tokens.delete('old')
    api.tokens.add('new')
    expect(await statuses()).to.deep.equal([401, 401, 200])
    expect(await askStatus(services())).to.deep.equal({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    })
  })

  const messages = [
    {
      path: 'api/v1/services',
      verb: 'list',
      message: `services is forbidden: User "${coredns}" cannot list resource "services" in API group "" at the cluster scope`,
      details: { kind: 'services' },
    },
    {
      path: 'apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?watch=1',
      verb: 'watch',
      message: `endpointslices.discovery.k8s.io is forbidden: User "${coredns}" cannot watch resource "endpointslices" in API group "discovery.k8s.io" in the namespace "shop"`,
      details: { group: 'discovery.k8s.io', kind: 'endpointslices' },
    },
    {
      path: 'api/v1/namespaces/shop/services/web',
      verb: 'get',
      message: `services "web" is forbidden: User "${coredns}" cannot get resource "services" in API group "" in the namespace "shop"`,
      details: { name: 'web', kind: 'services' },
    },
  ] as const
  for (const { path, verb, message, details } of messages) {
    it(`forbids: ${message}`, async () => {
      api = await ApiServer.start({ tokens: ['secret'] })
      api.forbid({ verb })
      const refused = await askStatus(`${api.url}/${path}`, bearer('secret'))
      expect(refused).to.deep.include({ code: 403, reason: 'Forbidden', message, details })
    })
  }

  it('forbids one verb of one resource until it is permitted', async () => {
    api = await ApiServer.start()
    api.forbid({ verb: 'list', resource: 'services' })
    expect((await ask(`${api.url}/api/v1/pods`)).status).to.equal(200)
    const { message } = await askStatus(services())
    expect(message).to.match(/User "system:anonymous" cannot list/)
    api.permit({ verb: 'list', resource: 'services' })
    expect((await ask(services())).status).to.equal(200)
  })

  it('reads the user from a client certificate, and refuses one of another authority', async () => {
    const authority = testAuthority()
    api = await ApiServer.start({ certificate: authority.issueServer(), clientCa: authority.cert })
    api.forbid({ resource: 'pods' })
    const tls = { ca: authority.cert, ...authority.issueClient('jane') }
    expect((await ask(services(), { tls })).status).to.equal(200)
    expect((await askStatus(`${api.url}/api/v1/pods`, { tls })).message).to.match(/User "jane" cannot list/)
    const stranger = { ca: authority.cert, ...createAuthority('stranger').issueClient('jane') }
    expect((await ask(services(), { tls: stranger })).status).to.equal(401)
    expect((await ask(services(), { tls: { ca: authority.cert } })).status).to.equal(401)
  })

  it('writes down what was asked', async () => {
    api = await ApiServer.start({ tokens: ['secret'] })
    const headers = { authorization: 'Bearer secret', 'user-agent': 'test/1', accept: 'application/json' }
    await ask(`${services()}?limit=5&labelSelector=a%3Db`, { headers })
    const [{ atMs, ...entry } = { atMs: 0 }] = api.requests
    expect(atMs).to.be.within(0, performance.now())
    expect(entry).to.deep.equal({
      method: 'GET',
      path: '/api/v1/services',
      query: { limit: '5', labelSelector: 'a=b' },
      verb: 'list',
      resource: 'services',
      namespace: undefined,
      name: undefined,
      userAgent: 'test/1',
      authorization: 'Bearer secret',
      accept: 'application/json',
      status: 200,
    })
  })

  it('tells what was asked where what is waited for does not come', async () => {
    api = await ApiServer.start()
    await ask(`${services()}?limit=5`)
    const waited = await api.until((requests) => requests.length > 1, 1).catch((error: Error) => error.message)
    expect(waited).to.equal('not within 1 ms; the requests so far:\nGET /api/v1/services?limit=5 200')
  })
})
