import { expect } from 'chai'
import { ApiServer } from '../support/api-server/api-server.ts'
import { failure } from '../support/api-server/status.ts'
import { type WatchStream, watch } from './client.ts'
import { service, slice } from './objects.ts'

describe('double of the API server: faults of open watches', () => {
  let api: ApiServer
  let services: WatchStream
  let slices: WatchStream

  beforeEach(async () => {
    api = await ApiServer.start()
    services = await watch(`${api.url}/api/v1/services?watch=true`)
    slices = await watch(`${api.url}/apis/discovery.k8s.io/v1/endpointslices?watch=true`)
    await api.until(() => api.openWatches() === 2)
  })
  afterEach(async () => {
    services.close()
    slices.close()
    await api.stop()
  })

  it('ends those of one resource', async () => {
    api.endWatches('services')
    expect(await services.event()).to.equal('end')
    await api.until(() => api.openWatches('services') === 0)
    api.put(slice('web-1'))
    expect(await slices.event()).to.equal('ADDED web-1')
  })

  it('resets those of one resource', async () => {
    api.resetWatches('endpointslices')
    expect(await slices.event()).to.equal('reset')
    await api.until(() => api.openWatches() === 1)
  })

  it('freezes them, and loses what happens meanwhile', async () => {
    api.freezeWatches('lost')
    api.put(service('lost'))
    api.thawWatches()
    api.put(service('seen'))
    expect(await services.event()).to.equal('ADDED seen')
  })

  it('freezes them, and sends later what happened meanwhile, also the end', async () => {
    api.freezeWatches('queued', 'services')
    api.put(service('late'))
    api.endWatches('services')
    api.put(slice('web-1'))
    expect(await slices.event()).to.equal('ADDED web-1')
    expect(api.openWatches('services')).to.equal(1)
    api.thawWatches()
    expect(await services.events(2)).to.deep.equal(['ADDED late', 'end'])
  })

  it('sends any line', async () => {
    api.sendLine('{"type":"SOMETHING","object":{}}', 'services')
    api.sendLine('no JSON')
    expect(await services.line()).to.equal('{"type":"SOMETHING","object":{}}')
    expect(await services.line()).to.equal('no JSON')
    expect(await slices.line()).to.equal('no JSON')
  })

  it('sends an error', async () => {
    api.sendError(failure(500, 'InternalError', 'etcdserver: no leader').status)
    expect(await services.event()).to.equal('ERROR 500')
  })

  it('loads nothing behind the back of a watch', () => {
    expect(() => api.load([])).to.throw(/before anything watches/)
  })
})
