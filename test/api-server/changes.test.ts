import { expect } from 'chai'
import { ApiServer } from '../support/api-server/api-server.ts'
import type { ApiObject } from '../support/api-server/objects.ts'
import { ask, askJson, askStatus } from './client.ts'
import { namespace, service } from './objects.ts'

describe('double of the API server: changes', () => {
  let api: ApiServer
  const all = () => `${api.url}/api/v1/namespaces/shop/services`

  beforeEach(async () => {
    api = await ApiServer.start()
  })
  afterEach(() => api.stop())

  it('counts one version for all resources, and sets what the server sets', () => {
    const before = Number(api.resourceVersion)
    const made = api.put(service('a'))
    api.put(namespace('shop'))
    const changed = api.put(service('a', { app: 'x' }))
    expect(made.metadata.resourceVersion).to.equal(String(before + 1))
    expect(changed.metadata.resourceVersion).to.equal(String(before + 3))
    expect(changed.metadata.uid)
      .to.match(/^[0-9a-f-]{36}$/)
      .and.equal(made.metadata.uid)
    expect(made.metadata.creationTimestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(api.remove(service('a'))).to.equal(true)
    expect(api.remove(service('a'))).to.equal(false)
    expect(api.put(service('a')).metadata.uid).not.to.equal(made.metadata.uid)
  })

  it('creates, replaces and deletes by HTTP', async () => {
    const body = service('a')
    const created = await ask(all(), { method: 'POST', body })
    expect(created.status).to.equal(201)
    const made = JSON.parse(created.text) as ApiObject
    expect(made).to.deep.equal(api.get(body))
    const changed = await askJson(`${all()}/a`, { method: 'PUT', body: { ...made, spec: { clusterIP: 'None' } } })
    expect(changed.spec).to.deep.equal({ clusterIP: 'None' })
    const deleted = await askStatus(`${all()}/a`, { method: 'DELETE' })
    expect(deleted).to.deep.include({
      status: 'Success',
      details: { name: 'a', kind: 'services', uid: made.metadata.uid },
    })
    expect(api.get(body)).to.equal(undefined)
    expect(api.requests.map(({ verb, status }) => `${verb} ${status}`)).to.deep.equal([
      'create 201',
      'update 200',
      'delete 200',
    ])
  })

  it('takes kind and namespace from the path', async () => {
    await ask(all(), { method: 'POST', body: { metadata: { name: 'a' } } })
    expect(api.get(service('a'))).to.deep.include({ kind: 'Service', apiVersion: 'v1' })
  })

  const refusals = [
    { title: 'twice the same', method: 'POST', path: '', body: service('there'), code: 409, reason: 'AlreadyExists' },
    { title: 'no name', method: 'POST', path: '', body: {}, code: 400, reason: 'BadRequest' },
    { title: 'no JSON object', method: 'POST', path: '', body: undefined, code: 400, reason: 'BadRequest' },
    { title: 'a version', method: 'POST', path: '', body: versioned('a', '5'), code: 400, reason: 'BadRequest' },
    {
      title: 'an old version',
      method: 'PUT',
      path: '/there',
      body: versioned('there', '5'),
      code: 409,
      reason: 'Conflict',
    },
    { title: 'another name', method: 'PUT', path: '/there', body: service('a'), code: 400, reason: 'BadRequest' },
    { title: 'not there', method: 'PUT', path: '/a', body: service('a'), code: 404, reason: 'NotFound' },
    { title: 'not there', method: 'DELETE', path: '/a', body: undefined, code: 404, reason: 'NotFound' },
    { title: 'a patch', method: 'PATCH', path: '/there', body: {}, code: 405, reason: 'MethodNotAllowed' },
  ]
  for (const { title, method, path, body, code, reason } of refusals) {
    it(`refuses ${method} of ${title}: ${code}`, async () => {
      api.put(service('there'))
      expect(await askStatus(`${all()}${path}`, { method, body })).to.include({ code, reason })
    })
  }
})

function versioned(name: string, resourceVersion: string): ApiObject {
  const object = service(name)
  return { ...object, metadata: { ...object.metadata, resourceVersion } }
}
