import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { parse } from 'yaml'
import { ApiServer } from '../support/api-server/api-server.ts'
import { createAuthority, testAuthority } from '../support/api-server/certificates.ts'
import { ask, askJson, askList, watch } from './client.ts'
import { service } from './objects.ts'

describe('double of the API server: its life', () => {
  it('stops, and starts again on the same port with the same objects', async () => {
    const api = await ApiServer.start()
    api.put(service('a'))
    const { url } = api
    const stream = await watch(`${url}/api/v1/services?watch=1`)
    await api.stop()
    expect(await stream.events(2)).to.deep.equal(['ADDED a', 'reset'])
    const refused = await ask(url).then(undefined, (error: NodeJS.ErrnoException) => error.code)
    expect(refused).to.equal('ECONNREFUSED')
    api.put(service('b'))
    await api.restart()
    expect(api.url).to.equal(url)
    expect(api.openWatches()).to.equal(0)
    expect((await askList(`${url}/api/v1/services`)).items).to.have.lengthOf(2)
    await api.stop()
  })

  it('cuts connections when its certificate changes, and has the new one from then on', async () => {
    const old = testAuthority()
    const other = createAuthority('other')
    const api = await ApiServer.start({ certificate: old.issueServer() })
    const url = `${api.url}/api/v1/services`
    const stream = await watch(`${url}?watch=1`, { tls: { ca: old.cert } })
    await api.watching('services')
    api.changeCertificate(other.issueServer())
    expect(await stream.event()).to.equal('reset')
    const failed = await ask(url, { tls: { ca: old.cert } }).then(undefined, (error: Error) => error.message)
    expect(failed).to.match(/certificate/)
    expect((await ask(url, { tls: { ca: other.cert } })).status).to.equal(200)
    await api.stop()
  })

  it('answers probes and discovery, and has a version', async () => {
    const api = await ApiServer.start({ serviceImports: false })
    const { groups } = await askJson<{ groups: { name: string }[] }>(`${api.url}/apis`)
    expect(groups.map(({ name }) => name)).to.deep.equal(['discovery.k8s.io'])
    expect(await askJson<object>(`${api.url}/apis/discovery.k8s.io/v1`)).to.deep.include({
      kind: 'APIResourceList',
      groupVersion: 'discovery.k8s.io/v1',
    })
    expect((await ask(`${api.url}/apis/multicluster.x-k8s.io/v1alpha1`)).status).to.equal(404)
    expect((await ask(`${api.url}//%zz`)).status).to.equal(404)
    expect((await ask(`${api.url}/readyz`)).text).to.equal('ok')
    expect(await askJson<object>(`${api.url}/version`)).to.include({ major: '1' })
    await api.stop()
  })

  it('runs as a process of its own, with a kubeconfig, and is told what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'api-server-'))
    const kubeconfig = join(folder, 'config')
    const main = join(import.meta.dirname, '../support/api-server/main.ts')
    const size = ['--services', '4', '--endpoints', '25', '--per-slice', '10']
    const args = [main, ...size, '--token', 'secret', '--tls', '--kubeconfig', kubeconfig]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = new Promise((resolve) => child.once('exit', resolve))
    const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
    const { url } = JSON.parse(String(value)) as { url: string }

    const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8'))
    expect(clusters[0].cluster.server).to.equal(url)
    const tls = { ca: Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64').toString() }
    const headers = { authorization: `Bearer ${users[0].user.token}` }
    const slices = `${url}/apis/discovery.k8s.io/v1/endpointslices`
    const { metadata, items } = JSON.parse((await ask(slices, { tls, headers })).text)
    expect(items.map(({ endpoints }: { endpoints: unknown[] }) => endpoints.length)).to.deep.equal([10, 10, 5])

    const stream = await watch(`${slices}?watch=1&resourceVersion=${metadata.resourceVersion}`, { tls, headers })
    const control = (what: string, method = 'POST') => askJson<object>(`${url}/control/${what}`, { tls, method })
    await control('changes?perSecond=200')
    const { metadata: changed, endpoints } = await stream.object()
    expect(changed.annotations?.['endpoints.kubernetes.io/last-change-trigger-time']).to.match(/^20\d\d-.*\.\d{3}Z$/)
    expect((endpoints as { conditions: object }[])[0]?.conditions).to.include({ ready: false })
    await control('changes?perSecond=0')
    expect(await control('status', 'GET')).to.deep.include({
      objects: { services: 4, namespaces: 4, pods: 0, endpointslices: 3, serviceimports: 0 },
      openWatches: { services: 0, namespaces: 0, pods: 0, endpointslices: 1, serviceimports: 0 },
    })
    await control('reset?resource=endpointslices')
    let event = await stream.event()
    while (event.startsWith('MODIFIED')) event = await stream.event()
    expect(event).to.equal('reset')
    expect((await ask(`${url}/control/nothing`, { tls, method: 'POST' })).status).to.equal(404)
    child.kill()
    await exit
    rmSync(folder, { recursive: true })
  })
})
