import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { ApiServer } from '../support/api-server/api-server.ts'
import { sampleCluster } from '../support/api-server/sample.ts'
import { type ApiList, ask, askJson, askList, askStatus } from './client.ts'
import { namespace, service, serviceImport, slice } from './objects.ts'

describe('double of the API server: list and get', () => {
  let api: ApiServer
  const names = (list: ApiList) => list.items.map(({ metadata }) => metadata.name)
  const list = (query: string, path = 'api/v1/services') => askList(`${api.url}/${path}?${query}`)
  const status = (query: string) => askStatus(`${api.url}/api/v1/services?${query}`)

  beforeEach(async () => {
    api = await ApiServer.start()
    for (const name of ['b', 'a', 'c']) api.put(service(name, { app: name, tier: name === 'c' ? 'back' : 'front' }))
    api.put(service('z', {}, 'other'))
    api.put(slice('a-1'))
    api.put(namespace('shop'))
    api.put(serviceImport('web'))
  })
  afterEach(() => api.stop())

  it('lists all namespaces in the order of keys, with the version of the last change', async () => {
    const all = await list('')
    expect(names(all)).to.deep.equal(['z', 'a', 'b', 'c'])
    expect(all.kind).to.equal('ServiceList')
    expect(all.metadata).to.deep.equal({ resourceVersion: api.resourceVersion })
  })

  const paths = [
    { path: 'api/v1/namespaces/shop/services', names: ['a', 'b', 'c'] },
    { path: 'api/v1/namespaces', names: ['shop'] },
    { path: 'api/v1/pods', names: [] },
    { path: 'apis/discovery.k8s.io/v1/endpointslices', names: ['a-1'] },
    { path: 'apis/discovery.k8s.io/v1/namespaces/shop/endpointslices', names: ['a-1'] },
    { path: 'apis/multicluster.x-k8s.io/v1alpha1/serviceimports', names: ['web'] },
  ]
  for (const { path, names: expected } of paths) {
    it(`lists ${path}`, async () => expect(names(await list('', path))).to.deep.equal(expected))
  }

  it('leaves kind and apiVersion out of items of built-in kinds, but not of custom ones', async () => {
    const [item] = (await list('')).items
    expect(item).to.have.all.keys('metadata', 'spec')
    expect(item?.metadata).to.include.keys('uid', 'creationTimestamp', 'resourceVersion')
    const [custom] = (await list('', 'apis/multicluster.x-k8s.io/v1alpha1/serviceimports')).items
    expect(custom).to.include({ kind: 'ServiceImport', apiVersion: 'multicluster.x-k8s.io/v1alpha1' })
  })

  const selections = [
    { query: 'labelSelector=app%3Da', names: ['a'] },
    { query: 'labelSelector=tier,app!=a', names: ['b', 'c'] },
    { query: 'fieldSelector=metadata.name%3Db', names: ['b'] },
    { query: 'fieldSelector=metadata.namespace!=shop', names: ['z'] },
    { query: 'fieldSelector=metadata.namespace=shop&labelSelector=tier%20in%20(back)', names: ['c'] },
  ]
  for (const { query, names: expected } of selections) {
    it(`selects by ${query}`, async () => expect(names(await list(query))).to.deep.equal(expected))
  }

  it('pages through the state that the first page is of', async () => {
    const first = await list('limit=2')
    expect(names(first)).to.deep.equal(['z', 'a'])
    expect(first.metadata.remainingItemCount).to.equal(2)
    api.put(service('aa'))
    api.remove(service('b'))
    const second = await list(`limit=1&continue=${first.metadata.continue}`)
    const third = await list(`limit=1&continue=${second.metadata.continue}`)
    expect([...names(second), ...names(third)]).to.deep.equal(['b', 'c'])
    expect(third.metadata).to.deep.equal({ resourceVersion: first.metadata.resourceVersion })
  })

  it('tells not how many items are left where a selector chooses', async () => {
    const { metadata } = await list('limit=1&labelSelector=tier=front')
    expect(metadata).to.have.all.keys('resourceVersion', 'continue')
  })

  it('goes on with what is there now when the first page is forgotten, with a token of the 410', async () => {
    const first = await list('limit=2')
    api.remove(service('b'))
    api.compact()
    const expired = await status(`limit=2&continue=${first.metadata.continue}`)
    expect(expired).to.include({ code: 410, reason: 'Expired' })
    expect(expired.message).to.match(/^The provided continue parameter is too old .* inconsistent list/)
    const rest = await list(`continue=${expired.metadata.continue}`)
    expect(names(rest)).to.deep.equal(['c'])
    expect(rest.metadata.resourceVersion).to.equal(api.resourceVersion)
  })

  it('heeds no limit where any version will do', async () => {
    expect(names(await list('limit=1&resourceVersion=0'))).to.have.lengthOf(4)
  })

  it('lists an old version where it is asked for exactly, and a new one where that will do', async () => {
    const version = api.resourceVersion
    api.remove(service('z', {}, 'other'))
    expect(names(await list(`resourceVersion=${version}&resourceVersionMatch=Exact`))).to.deep.equal([
      'z',
      'a',
      'b',
      'c',
    ])
    expect(names(await list(`resourceVersion=${version}&limit=1`))).to.deep.equal(['z'])
    for (const match of ['', '&resourceVersionMatch=NotOlderThan']) {
      expect(names(await list(`resourceVersion=${version}${match}`))).to.deep.equal(['a', 'b', 'c'])
    }
  })

  const refusals = [
    { query: 'resourceVersion=5&resourceVersionMatch=Exact', code: 410, reason: 'Expired' },
    { query: 'resourceVersion=99999', code: 504, reason: 'Timeout' },
    { query: 'resourceVersion=x', code: 400, reason: 'BadRequest' },
    { query: 'limit=x', code: 400, reason: 'BadRequest' },
    { query: 'continue=x', code: 400, reason: 'BadRequest' },
    { query: 'labelSelector=a=b=c', code: 400, reason: 'BadRequest' },
    { query: 'fieldSelector=spec.clusterIP=None', code: 400, reason: 'BadRequest' },
    { query: 'resourceVersionMatch=Exact', code: 422, reason: 'Invalid' },
    { query: 'sendInitialEvents=true', code: 422, reason: 'Invalid' },
  ]
  for (const { query, code, reason } of refusals) {
    it(`refuses ${query}: ${code}`, async () => {
      const answer = await ask(`${api.url}/api/v1/services?${query}`)
      expect(answer.status).to.equal(code)
      expect(JSON.parse(answer.text)).to.include({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason })
    })
  }

  it('tells why a version of the future cannot be had', async () => {
    const { message, details } = await status('resourceVersion=99999')
    expect(message).to.equal(`Timeout: Too large resource version: 99999, current: ${api.resourceVersion}`)
    expect(details).to.deep.equal({
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    })
  })

  it('gets one object, with kind and apiVersion', async () => {
    const found = await askJson(`${api.url}/api/v1/namespaces/shop/services/a`)
    expect(found).to.include({ kind: 'Service', apiVersion: 'v1' })
    expect(found).to.deep.equal(api.get(service('a')))
  })

  it('answers 404 with a Status for an object that is not there', async () => {
    const gone = await askStatus(`${api.url}/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/x`)
    expect(gone.message).to.equal('endpointslices.discovery.k8s.io "x" not found')
    expect(gone.details).to.deep.equal({ name: 'x', group: 'discovery.k8s.io', kind: 'endpointslices' })
  })

  it('answers 404 without a Status for ServiceImports that are not installed', async () => {
    api.behaviour.serviceImports = false
    const answer = await ask(`${api.url}/apis/multicluster.x-k8s.io/v1alpha1/serviceimports`)
    expect(answer).to.include({ status: 404, text: '404 page not found\n' })
    expect(answer.headers['content-type']).to.equal('text/plain; charset=utf-8')
  })

  it('compresses a long list for whoever wants it', async () => {
    api.load(sampleCluster({ services: 100, endpoints: 100 }))
    const url = `${api.url}/api/v1/services`
    const plain = await ask(url)
    const packed = await ask(url, { headers: { 'accept-encoding': 'gzip' } })
    expect(packed.headers['content-encoding']).to.equal('gzip')
    expect(gunzipSync(Buffer.concat(packed.chunks)).toString()).to.equal(plain.text)
    expect(JSON.parse(plain.text).items).to.have.lengthOf(104)
  })
})
