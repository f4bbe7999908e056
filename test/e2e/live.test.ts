import { expect } from 'chai'
import { apiNamespace, apiService, apiSlice } from '../support/api-objects.ts'
import { ApiServer } from '../support/api-server/api-server.ts'
import { testAuthority } from '../support/api-server/certificates.ts'
import { probe } from '../support/http.ts'
import { freePorts } from '../support/ports.ts'
import { dig, short } from './dig.ts'
import { testFolder } from './folder.ts'
import { programs, shop, until } from './program.ts'

const web = 'web.shop.svc.cluster.local'
const db = 'db.shop.svc.cluster.local'

/** The process, the kubeconfig and the dig are real; the API server is the double. */
describe('a live cluster', () => {
  const folder = testFolder({})
  const { run, serve } = programs()
  const authority = testAuthority()
  let api: ApiServer

  beforeEach(async () => {
    api = await ApiServer.start({ certificate: authority.issueServer(), tokens: ['good'] })
    api.load([
      apiNamespace('shop'),
      apiService('shop/web', { clusterIP: '10.96.0.20', ports: [{ name: 'http', port: 80 }] }),
      apiService('shop/db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }),
      apiSlice('shop/db-1', 'db', [{ addresses: ['10.1.0.3'], hostname: 'db-0' }]),
    ])
    folder.write('kubeconfig', kubeconfig(api.url))
  })
  afterEach(() => api.stop())

  const kubeconfig = (server: string): string => `apiVersion: v1
kind: Config
current-context: dev
contexts:
  - { name: dev, context: { cluster: dev, user: dns } }
  - { name: elsewhere, context: { cluster: elsewhere, user: dns } }
clusters:
  - { name: dev, cluster: { server: '${server}', certificate-authority-data: ${Buffer.from(authority.cert).toString('base64')} } }
  - { name: elsewhere, cluster: { server: 'https://127.0.0.1:1' } }
users:
  - { name: dns, user: { token: good } }
`

  it('is answered from, and every change is in the next answer', async () => {
    const program = await serve('--kubeconfig', folder.path('kubeconfig'))
    const port = program.port()
    expect(program.lines.join('\n')).to.match(
      /\[INFO\] kubernetes: synced with https:\S+ \(\S+kubeconfig\) in [\d.]+ s/,
    )
    expect(await short(port, web)).to.deep.equal(['10.96.0.20'])
    expect(await short(port, `db-0.${db}`)).to.deep.equal(['10.1.0.3'])
    expect(await short(port, `new.${web.slice(4)}`)).to.deep.equal([])

    api.put(apiService('shop/new', { clusterIP: '10.96.0.30', ports: [{ port: 80 }] }))
    api.put(apiSlice('shop/db-1', 'db', [{ addresses: ['10.1.0.4'], hostname: 'db-0' }]))
    await until(async () => (await short(port, `new.${web.slice(4)}`)).join() === '10.96.0.30', 'the Service')
    await until(async () => (await short(port, `db-0.${db}`)).join() === '10.1.0.4', 'the endpoint')
    api.remove({ kind: 'Service', metadata: { namespace: 'shop', name: 'web' } })
    await until(async () => (await dig(port, web)).status === 'NXDOMAIN', 'the end of the Service')
    expect(await program.stop()).to.deep.equal({ code: 0, signal: null })
  })

  it('is answered from while its API server is away, and followed when it is back', async () => {
    const program = await serve('--kubeconfig', folder.path('kubeconfig'))
    await api.stop()
    await program.line(/\[ERROR\] kubernetes: cannot watch services: unreachable: ECONNREFUSED/)
    expect(await short(program.port(), web)).to.deep.equal(['10.96.0.20'])
    api.put(apiService('shop/web', { clusterIP: '10.96.0.21', ports: [{ name: 'http', port: 80 }] }))
    await api.restart()
    await until(async () => (await short(program.port(), web)).join() === '10.96.0.21', 'the change')
    expect(await short(program.port(), db)).to.deep.equal(['10.1.0.3'])
  })

  it('that cannot be read: after startup_timeout there are answers, and each says what hinders', async () => {
    const [health = 0, ready = 0] = await freePorts()
    folder.write(
      'Corefile',
      `cluster.local {
    health 127.0.0.1:${health}
    ready 127.0.0.1:${ready}
    kubernetes {
        kubeconfig ${folder.path('kubeconfig')}
        startup_timeout 600ms
    }
}
`,
    )
    api.forbid({ resource: 'endpointslices' })
    const program = run('serve', '--listen', '127.0.0.1:0', '--conf', folder.path('Corefile'))
    await program.line(/^\[INFO\] plugin\/kubernetes: waiting for Kubernetes API before starting server$/)
    await program.line(/^\[WARNING\] plugin\/kubernetes: starting server with unsynced Kubernetes API: cannot list/)
    await program.listening()
    expect(await probe(`http://127.0.0.1:${health}/health`)).to.equal('200 OK')
    expect(await probe(`http://127.0.0.1:${ready}/ready`)).to.equal('503 kubernetes')
    expect(await short(program.port(), web), 'what is known').to.deep.equal(['10.96.0.20'])
    const failure = await dig(program.port(), `nope.${web}`)
    expect(failure.status).to.equal('SERVFAIL')
    expect(failure.text).to.match(
      /EDE: 14 \(Not Ready\): \(.*cannot list endpointslices: 403 Forbidden; 2 of 3 synced\)/,
    )

    api.permit()
    await until(async () => (await probe(`http://127.0.0.1:${ready}/ready`)) === '200 OK', 'all of it')
    expect(await short(program.port(), db)).to.deep.equal(['10.1.0.3'])
    expect((await dig(program.port(), `nope.${web}`)).status).to.equal('NXDOMAIN')
  })

  it('that is asked to end while it waits ends at once', async () => {
    await api.stop()
    const program = run('serve', '--listen', '127.0.0.1:0', '--kubeconfig', folder.path('kubeconfig'))
    await program.line(/unreachable/)
    expect(await program.stop()).to.deep.equal({ code: 0, signal: null })
    expect(program.lines.join('\n')).to.not.include('listening')
  })

  const refusals = [
    {
      title: 'a context that is not there',
      args: () => ['--kubeconfig', folder.path('kubeconfig'), '--context', 'prod'],
      said: /kubeconfig: found context 'prod', which is not there, expected one of: dev, elsewhere$/,
      code: 1,
    },
    {
      title: 'no kubeconfig',
      args: () => ['--kubeconfig', '/nowhere/config'],
      said: /^\/nowhere\/config: not readable as a kubeconfig: .*no such file/,
      code: 1,
    },
    {
      title: 'a Corefile outside of a cluster, and no manifests',
      args: () => {
        folder.write('Corefile', 'cluster.local {\n    kubernetes\n}\n')
        return ['--conf', folder.path('Corefile')]
      },
      said: /^unable to load in-cluster configuration, .* give --kubeconfig FILE, or manifests with -f$/,
      code: 1,
    },
    {
      title: 'manifests as well',
      args: () => ['--kubeconfig', folder.path('kubeconfig'), '-f', shop],
      said: /'--kubeconfig <file>' cannot be used with option '-f, --file <path>'/,
      code: 2,
    },
  ]
  for (const { title, args, said, code } of refusals) {
    it(`is not there: ${title}`, async () => {
      const program = run('serve', '--listen', '127.0.0.1:0', ...args())
      expect(await program.ended).to.deep.equal({ code, signal: null })
      expect(
        program.err.some((line) => said.test(line)),
        program.err.join('\n'),
      ).to.equal(true)
    })
  }
})
