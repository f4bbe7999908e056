import { request } from 'node:https'
import { expect } from 'chai'
import { AdminServer } from '../../src/admin/admin-server.ts'
import type { Endpoint } from '../../src/plugin/endpoint.ts'
import { systemClock } from '../../src/util/clock.ts'
import { createLogger } from '../../src/util/log.ts'
import { testFolder } from '../cli/run.ts'
import { testAuthority } from '../support/api-server/certificates.ts'
import { buildEndpoints } from '../support/endpoints.ts'
import { get, probe } from '../support/http.ts'
import { freePorts } from '../support/ports.ts'

describe('/metrics: its address', () => {
  const opened: AdminServer[] = []
  let lines: string[] = []

  afterEach(async () => {
    lines = []
    for (const admin of opened.splice(0)) await admin.stop()
  })

  async function start(endpoints: readonly Endpoint[]): Promise<AdminServer> {
    const log = createLogger((line) => lines.push(line), 'debug')
    const admin = new AdminServer(endpoints, { log, clock: systemClock, version: '1.2.3' })
    opened.push(admin)
    await admin.start()
    return admin
  }

  const urlOf = (admin: AdminServer) => admin.endpoints.find(({ kind }) => kind === 'metrics')?.url ?? ''

  it('is told once, whatever number of blocks name it, and nothing else is there', async () => {
    const [port] = await freePorts()
    const block = (zone: string) => `${zone} {\nprometheus 127.0.0.1:${port}\nwhoami\n}\n`
    const admin = await start(buildEndpoints(block('a.test') + block('b.test')))
    const url = `http://127.0.0.1:${port}/metrics`
    expect(admin.endpoints).to.deep.equal([{ kind: 'metrics', url }])
    expect(lines).to.deep.equal([`[INFO] plugin/prometheus: ${url}`])
    expect((await get(url)).status).to.equal(200)
    expect((await get(url)).type).to.equal('text/plain; version=0.0.4; charset=utf-8')
    expect(await probe(`http://127.0.0.1:${port}/`)).to.equal('404 404 page not found\n')
    expect(await probe(`http://127.0.0.1:${port}/health`)).to.equal('404 404 page not found\n')
  })

  it('that cannot be opened costs a line in the log, and nothing else', async () => {
    const [port] = await freePorts()
    await start([{ kind: 'metrics', address: { host: '127.0.0.1', port } }])
    const ready = buildEndpoints(`. {\nprometheus 127.0.0.1:${port}\nhealth 127.0.0.1:0\nwhoami\n}\n`)
    const second = await start(ready)
    expect(second.endpoints.map(({ kind }) => kind)).to.deep.equal(['health'])
    const why = `cannot listen on http://127.0.0.1:${port}/metrics: address already in use`
    expect(lines).to.include(`[ERROR] Failed to start metrics handler: ${why}`)
  })

  it('is open until the end', async () => {
    const admin = await start([{ kind: 'metrics', address: { host: '127.0.0.1', port: 0 } }])
    const url = urlOf(admin)
    await admin.leave()
    expect((await get(url)).status).to.equal(200)
    await admin.stop()
    expect(await probe(url)).to.equal('ECONNREFUSED')
  })

  it('may be that of health', async () => {
    const [port] = await freePorts()
    const at = `127.0.0.1:${port}`
    await start(buildEndpoints(`. {\nprometheus ${at}\nhealth ${at}\nwhoami\n}\n`))
    expect(await probe(`http://${at}/health`)).to.equal('200 OK')
    expect((await get(`http://${at}/metrics`)).status).to.equal(200)
  })

  it('counts the requests that health makes of itself', async () => {
    const admin = await start(buildEndpoints('. {\nprometheus 127.0.0.1:0\nhealth 127.0.0.1:0\nwhoami\n}\n'))
    const { body } = await get(urlOf(admin))
    expect(body).to.include('\ncoredns_health_request_failures_total 0\n')
  })
})

describe('/metrics over HTTPS', () => {
  const authority = testAuthority()
  const { cert, key } = authority.issueServer()
  const folder = testFolder({
    'tls/cert.pem': cert,
    'tls/key.pem': key,
    'tls/web.yml': 'tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n',
    'plain.yml': '# nothing\n',
    'password.yml': 'basic_auth_users:\n  eve: x\n',
    'clients.yml': 'tls_server_config:\n  cert_file: c\n  key_file: k\n  client_ca_file: a\n',
    'half.yml': 'tls_server_config:\n  cert_file: tls/cert.pem\n',
    'list.yml': '- a\n',
  })
  const opened: AdminServer[] = []
  let lines: string[] = []

  afterEach(async () => {
    for (const admin of opened.splice(0)) await admin.stop()
  })

  async function start(webConfig: string): Promise<AdminServer> {
    lines = []
    const log = createLogger((line) => lines.push(folder.relative(line)), 'debug')
    const admin = new AdminServer(
      [{ kind: 'metrics', address: { host: '127.0.0.1', port: 0 }, webConfig: folder.path(webConfig) }],
      { log, clock: systemClock },
    )
    opened.push(admin)
    await admin.start()
    return admin
  }

  it('is told with the certificate of the file, whose paths are relative to it', async () => {
    const [{ url } = { url: '' }] = (await start('tls/web.yml')).endpoints
    expect(url).to.match(/^https:\/\/127\.0\.0\.1:\d+\/metrics$/)
    const status = await new Promise((resolve, reject) => {
      const options = { ca: authority.cert, servername: 'localhost', agent: false }
      request(url, options, (response) => resolve(response.resume().statusCode))
        .once('error', reject)
        .end()
    })
    expect(status).to.equal(200)
  })

  it('is told over HTTP where the file asks for no TLS', async () => {
    const [{ url } = { url: '' }] = (await start('plain.yml')).endpoints
    expect((await get(url)).status).to.equal(200)
  })

  const supported = 'is not supported, only cert_file, key_file'
  for (const [file, why] of Object.entries({
    'password.yml': `password.yml: 'basic_auth_users' ${supported}`,
    'clients.yml': `clients.yml: 'client_ca_file' ${supported}`,
    'half.yml': 'half.yml: cert_file or key_file is missing',
    'list.yml': 'list.yml: expected a mapping',
    'none.yml': "ENOENT: no such file or directory, open 'none.yml'",
  })) {
    it(`is not told where the file cannot be followed: ${why}`, async () => {
      expect((await start(file)).endpoints).to.deep.equal([])
      expect(lines).to.deep.equal([`[ERROR] Failed to start metrics handler: ${why}`])
    })
  }
})
