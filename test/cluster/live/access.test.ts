import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { Access, type ApiLocation, type Credentials } from '../../../src/cluster/live/access.ts'
import { ClusterAccessError } from '../../../src/cluster/live/errors.ts'

let folder = ''
const path = (name: string) => join(folder, name)

function write(name: string, text: string): string {
  mkdirSync(dirname(path(name)), { recursive: true })
  writeFileSync(path(name), text)
  return path(name)
}

interface Kubeconfig {
  readonly cluster?: object
  readonly user?: object
  /** In place of the whole of it. */
  readonly whole?: object
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** A kubeconfig with one of each, in JSON, which is YAML. */
function kubeconfig({ cluster, user, whole }: Kubeconfig): ApiLocation {
  const config = whole ?? {
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', ...cluster } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user: user ?? {} }],
    'current-context': 'x',
  }
  return { kind: 'kubeconfig', file: write('config', JSON.stringify(config)) }
}

/** As text, for comparing. */
function plain(credentials: Credentials): Record<string, unknown> {
  const texts = Object.entries(credentials).map(([name, value]) => [
    name,
    Buffer.isBuffer(value) ? value.toString() : value,
  ])
  return Object.fromEntries(texts)
}

const credentialsOf = async (location: ApiLocation) => plain(await new Access(location).credentials())
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })

describe('live cluster: access', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cluster-dns-access-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  describe('credentials of a kubeconfig', () => {
    const cases: { title: string; files?: Record<string, string>; given: Kubeconfig; credentials: object }[] = [
      { title: 'none', given: {}, credentials: { headers: {} } },
      {
        title: 'certificates as data',
        given: {
          cluster: { 'certificate-authority-data': base64('CA') },
          user: { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
        },
        credentials: { headers: {}, ca: 'CA', cert: 'CERT', key: 'KEY' },
      },
      {
        title: 'certificates in files, which stand beside the kubeconfig',
        files: { 'pki/ca.crt': 'CA', 'pki/c.crt': 'CERT', 'pki/c.key': 'KEY' },
        given: {
          cluster: { 'certificate-authority': 'pki/ca.crt' },
          user: { 'client-certificate': 'pki/c.crt', 'client-key': './pki/c.key' },
        },
        credentials: { headers: {}, ca: 'CA', cert: 'CERT', key: 'KEY' },
      },
      { title: 'a token', given: { user: { token: 'abc' } }, credentials: bearer('abc') },
      { title: 'a token with a line feed', given: { user: { token: 'abc\n' } }, credentials: bearer('abc') },
      {
        title: "a token's file, which stands beside the kubeconfig",
        files: { 'run/token': 'abc' },
        given: { user: { tokenFile: 'run/token' } },
        credentials: bearer('abc'),
      },
      {
        title: 'a file that ends with a line feed',
        files: { token: 'abc\n' },
        given: { user: { tokenFile: 'token' } },
        credentials: bearer('abc'),
      },
      {
        title: 'user name and password',
        given: { user: { username: 'me', password: 'secret' } },
        credentials: { headers: {}, auth: 'me:secret' },
      },
      {
        title: 'another user to be taken for',
        given: { user: { token: 'abc', as: 'somebody' } },
        credentials: { headers: { 'Impersonate-User': 'somebody', Authorization: 'Bearer abc' } },
      },
      {
        title: "the server's name",
        given: { cluster: { 'tls-server-name': 'kubernetes' } },
        credentials: { headers: {}, servername: 'kubernetes' },
      },
      {
        title: 'a server that is not verified',
        given: { cluster: { 'insecure-skip-tls-verify': true } },
        credentials: { headers: {}, rejectUnauthorized: false },
      },
      {
        title: 'http',
        given: { cluster: { server: 'http://127.0.0.1:8001' }, user: { token: 'abc' } },
        credentials: { ...bearer('abc'), rejectUnauthorized: false },
      },
      {
        title: 'nobody: the server is verified all the same',
        given: {
          whole: {
            clusters: [
              { name: 'c', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': base64('CA') } },
            ],
            contexts: [{ name: 'x', context: { cluster: 'c' } }],
            'current-context': 'x',
          },
        },
        credentials: { headers: {}, ca: 'CA' },
      },
    ]
    for (const { title, files = {}, given, credentials } of cases) {
      it(title, async () => {
        for (const [name, text] of Object.entries(files)) write(name, text)
        expect(await credentialsOf(kubeconfig(given))).to.deep.equal(credentials)
      })
    }

    it('what knows the way through a proxy', async () => {
      const { agent } = await new Access(
        kubeconfig({ cluster: { 'proxy-url': 'http://127.0.0.1:3128' } }),
      ).credentials()
      expect(agent).to.have.property('proxy').with.property('host', '127.0.0.1:3128')
    })

    it('files are read anew each time', async () => {
      write('ca.crt', 'OLD')
      const access = new Access(kubeconfig({ cluster: { 'certificate-authority': 'ca.crt' } }))
      expect(plain(await access.credentials())).to.include({ ca: 'OLD' })
      write('ca.crt', 'NEW')
      expect(plain(await access.credentials())).to.include({ ca: 'NEW' })
    })

    it('what the kubeconfig says is read anew when it is renewed', async () => {
      const access = new Access(kubeconfig({ user: { token: 'old' } }))
      kubeconfig({ user: { token: 'new' } })
      expect(await access.credentials()).to.deep.equal(bearer('old'))
      access.renew()
      expect(await access.credentials()).to.deep.equal(bearer('new'))
    })

    it('a kubeconfig that is gone by then is told, and taken again when it is back', async () => {
      const access = new Access(kubeconfig({ user: { token: 'old' } }))
      rmSync(path('config'))
      access.renew()
      const error = await access.credentials().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(error).to.be.instanceOf(ClusterAccessError)
      kubeconfig({ user: { token: 'new' } })
      expect(await access.credentials()).to.deep.equal(bearer('new'))
    })
  })

  describe("a token's file", () => {
    it('is read again when it is renewed', async () => {
      write('token', 'old\n')
      const access = new Access(kubeconfig({ user: { tokenFile: 'token' } }))
      await access.credentials()
      write('token', 'new\n')
      expect(await access.credentials()).to.deep.equal(bearer('old'))
      access.renew()
      expect(await access.credentials()).to.deep.equal(bearer('new'))
    })

    it('is read again after a minute', async () => {
      write('token', 'old\n')
      const access = new Access(kubeconfig({ user: { tokenFile: 'token' } }))
      await access.credentials()
      write('token', 'new\n')
      const { now } = Date
      const RealDate = Date
      // KubeConfig has no clock that could be given.
      globalThis.Date = class extends RealDate {
        constructor() {
          super(now() + 61_000)
        }
      } as DateConstructor
      try {
        expect(await access.credentials()).to.deep.equal(bearer('new'))
      } finally {
        globalThis.Date = RealDate
      }
    })

    it('that is not there is told when it is needed', async () => {
      const access = new Access(kubeconfig({ user: { tokenFile: 'token' } }))
      const message = await access.credentials().catch((error: Error) => error.message)
      expect(message).to.equal(`ENOENT: no such file or directory, open '${path('token')}'`)
      write('token', 'abc')
      expect(await access.credentials()).to.deep.equal(bearer('abc'))
    })
  })

  describe('a plugin', () => {
    /** Counts its calls, and gives a token with the count in it; keeps what it was told. */
    function plugin(name: string, expiry: string): void {
      const status = `{\\"token\\":\\"call-$count\\",\\"expirationTimestamp\\":\\"${expiry}\\"}`
      write(
        name,
        [
          '#!/bin/sh',
          `count=$(($(cat ${path('count')} 2>/dev/null || echo 0) + 1))`,
          `echo $count > ${path('count')}`,
          `[ "$KUBERNETES_EXEC_INFO" = "$EXPECTED_INFO" ] || { echo "found $KUBERNETES_EXEC_INFO" >&2; exit 1; }`,
          `echo "{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"status\\":${status}}"`,
        ].join('\n'),
      )
      chmodSync(path(name), 0o700)
    }
    const info = '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}'
    const exec = (command: string) => ({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command,
        env: [{ name: 'EXPECTED_INFO', value: info }],
        interactiveMode: 'Never',
      },
    })

    it('stands beside the kubeconfig, is told what it is run for, and asked once for as long as it is good', async () => {
      plugin('bin/login', '2999-01-01T00:00:00Z')
      const access = new Access(kubeconfig({ user: exec('bin/login') }))
      expect(await access.credentials()).to.deep.equal(bearer('call-1'))
      expect(await access.credentials()).to.deep.equal(bearer('call-1'))
      access.renew()
      expect(await access.credentials()).to.deep.equal(bearer('call-2'))
    })

    it('is asked again when what it said has expired', async () => {
      plugin('login', '2000-01-01T00:00:00Z')
      const access = new Access(kubeconfig({ user: exec('./login') }))
      await access.credentials()
      expect(await access.credentials()).to.deep.equal(bearer('call-2'))
    })

    it('may be found in PATH', async () => {
      const access = new Access(
        kubeconfig({ user: { exec: { command: 'printf', args: ['{"status":{"token":"printed"}}'] } } }),
      )
      expect(await access.credentials()).to.deep.equal(bearer('printed'))
    })

    const failures = [
      { title: 'that is not there', command: './nobody', message: /^spawn .*\/nobody ENOENT$/ },
      { title: 'that fails', command: './fails', message: /^no ticket\n$/ },
      { title: 'that says something else', command: './babbles', message: /JSON/ },
    ]
    for (const { title, command, message } of failures) {
      it(title, async () => {
        for (const [name, script] of [
          ['fails', 'echo no ticket >&2; exit 3'],
          ['babbles', 'echo hello'],
        ] as const) {
          chmodSync(write(name, `#!/bin/sh\n${script}\n`), 0o700)
        }
        const access = new Access(kubeconfig({ user: { exec: { command } } }))
        expect(await access.credentials().catch((error: Error) => error.message)).to.match(message)
      })
    }
  })

  const several = {
    clusters: [
      { name: 'east', cluster: { server: 'https://east.example' } },
      { name: 'west', cluster: { server: 'https://west.example:6443/k8s/' } },
    ],
    contexts: [
      { name: 'e', context: { cluster: 'east', user: 'me' } },
      { name: 'w', context: { cluster: 'west', user: 'me' } },
      { name: 'lost', context: { cluster: 'north', user: 'me' } },
      { name: 'nobody', context: { cluster: 'east', user: 'you' } },
    ],
    users: [{ name: 'me', user: {} }],
  }

  describe('the server', () => {
    const cases: { title: string; location: () => ApiLocation; server: string; description: string }[] = [
      {
        title: 'of the current context',
        location: () => kubeconfig({ whole: { ...several, 'current-context': 'w' } }),
        server: 'https://west.example:6443/k8s',
        description: 'https://west.example:6443/k8s (FOLDER/config)',
      },
      {
        title: 'of the context that is asked for',
        location: () =>
          ({ ...kubeconfig({ whole: { ...several, 'current-context': 'w' } }), context: 'e' }) as ApiLocation,
        server: 'https://east.example/',
        description: 'https://east.example (FOLDER/config)',
      },
      {
        title: 'of the context that is asked for, where none is current',
        location: () => ({ ...kubeconfig({ whole: several }), context: 'e' }) as ApiLocation,
        server: 'https://east.example/',
        description: 'https://east.example (FOLDER/config)',
      },
      {
        title: 'of an endpoint',
        location: () => ({ kind: 'endpoint', url: 'https://10.0.0.1:6443' }),
        server: 'https://10.0.0.1:6443/',
        description: 'https://10.0.0.1:6443',
      },
      {
        title: 'of an endpoint without a scheme',
        location: () => ({ kind: 'endpoint', url: 'localhost:8080' }),
        server: 'http://localhost:8080/',
        description: 'http://localhost:8080',
      },
      {
        title: 'of an endpoint without a scheme, with certificates',
        location: () => ({ kind: 'endpoint', url: '10.0.0.1:6443/api/', tls: { cert: 'c', key: 'k', ca: 'a' } }),
        server: 'https://10.0.0.1:6443/api',
        description: 'https://10.0.0.1:6443/api',
      },
      {
        title: 'of the cluster we are in',
        location: () => inCluster({ KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }),
        server: 'https://10.96.0.1/',
        description: "https://10.96.0.1 (the Pod's service account)",
      },
      {
        title: 'of the cluster we are in, over IPv6',
        location: () => inCluster({ KUBERNETES_SERVICE_HOST: 'fd00:10:96::1', KUBERNETES_SERVICE_PORT: '6443' }),
        server: 'https://[fd00:10:96::1]:6443/',
        description: "https://[fd00:10:96::1]:6443 (the Pod's service account)",
      },
    ]
    for (const { title, location, server, description } of cases) {
      it(title, () => {
        const access = new Access(location())
        expect(access.server.href).to.equal(server)
        expect(access.description.replace(folder, 'FOLDER')).to.equal(description)
      })
    }
  })

  const inCluster = (environment: NodeJS.ProcessEnv): ApiLocation => ({ kind: 'in-cluster', environment, root: folder })
  const account = 'var/run/secrets/kubernetes.io/serviceaccount'
  const here = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }

  it('in a cluster: the token and the authority of the service account, as they change', async () => {
    write(`${account}/token`, 'old')
    write(`${account}/ca.crt`, 'CA')
    const access = new Access(inCluster(here))
    expect(plain(await access.credentials())).to.deep.equal({ ...bearer('old'), ca: 'CA' })
    write(`${account}/token`, 'new')
    write(`${account}/ca.crt`, 'CA2')
    access.renew()
    expect(plain(await access.credentials())).to.deep.equal({ ...bearer('new'), ca: 'CA2' })
  })

  it('in a cluster: an account that is not there is told when it is needed', async () => {
    const message = await new Access(inCluster(here)).credentials().catch((error: Error) => error.message)
    expect(message).to.equal(`ENOENT: no such file or directory, open '${path(account)}/ca.crt'`)
  })

  it('of an endpoint: certificates in files', async () => {
    const tls = { cert: write('c.crt', 'CERT'), key: write('c.key', 'KEY'), ca: write('ca.crt', 'CA') }
    const credentials = await credentialsOf({ kind: 'endpoint', url: 'https://10.0.0.1', tls })
    expect(credentials).to.deep.equal({ headers: {}, ca: 'CA', cert: 'CERT', key: 'KEY' })
  })

  it('of an endpoint: nobody, over http', async () => {
    const credentials = await credentialsOf({ kind: 'endpoint', url: 'http://10.0.0.1:8080' })
    expect(credentials).to.deep.equal({ headers: {}, rejectUnauthorized: false })
  })

  describe('that there is none', () => {
    const written = (text: string): ApiLocation => ({ kind: 'kubeconfig', file: write('config', text) })
    const noPod =
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined:' +
      ' this is no Pod of a cluster; give --kubeconfig FILE, or manifests with -f'
    const unreadable = 'FOLDER/config: not readable as a kubeconfig:'
    const noServer = (server: string) => ({
      clusters: [{ name: 'c', cluster: { server } }],
      contexts: [{ name: 'x', context: { cluster: 'c' } }],
      'current-context': 'x',
    })
    const cases: { title: string; location: () => ApiLocation; message: string }[] = [
      {
        title: 'no such file',
        location: () => ({ kind: 'kubeconfig', file: path('config') }),
        message: `${unreadable} ENOENT: no such file or directory, open 'FOLDER/config'`,
      },
      {
        title: 'a folder',
        location: () => ({ kind: 'kubeconfig', file: folder }),
        message: 'FOLDER: not readable as a kubeconfig: EISDIR: illegal operation on a directory, read',
      },
      {
        title: 'an empty file',
        location: () => written(''),
        message: `${unreadable} expected a document, but the input is empty`,
      },
      {
        title: 'null',
        location: () => written('null\n'),
        message: `${unreadable} expected a map with clusters, contexts and users`,
      },
      {
        title: 'a list of nothing',
        location: () => written('clusters: [null]\n'),
        message: `${unreadable} expected a map with clusters, contexts and users`,
      },
      {
        title: 'no YAML',
        location: () => written('a: b: c\n'),
        message: `${unreadable} bad indentation of a mapping entry (1:5)`,
      },
      {
        title: 'something else',
        location: () => written('hello\n'),
        message: 'FOLDER/config: found no current-context, expected one of: none are there',
      },
      {
        title: 'a cluster without a server',
        location: () => written('clusters: [{ name: c, cluster: {} }]'),
        message: `${unreadable} clusters[0].cluster.server is missing`,
      },
      {
        title: 'no current context',
        location: () => kubeconfig({ whole: several }),
        message: 'FOLDER/config: found no current-context, expected one of: e, w, lost, nobody',
      },
      {
        title: 'an empty current context',
        location: () => kubeconfig({ whole: { ...several, 'current-context': '' } }),
        message: 'FOLDER/config: found no current-context, expected one of: e, w, lost, nobody',
      },
      {
        title: 'a wrong current context',
        location: () => kubeconfig({ whole: { ...several, 'current-context': 'x' } }),
        message: "FOLDER/config: found context 'x', which is not there, expected one of: e, w, lost, nobody",
      },
      {
        title: 'a wrong context',
        location: () =>
          ({ ...kubeconfig({ whole: { ...several, 'current-context': 'e' } }), context: 'x' }) as ApiLocation,
        message: "FOLDER/config: found context 'x', which is not there, expected one of: e, w, lost, nobody",
      },
      {
        title: 'a cluster that is not there',
        location: () => kubeconfig({ whole: { ...several, 'current-context': 'lost' } }),
        message: "FOLDER/config: the cluster of context 'lost' is not there",
      },
      {
        title: 'a user that is not there',
        location: () => kubeconfig({ whole: { ...several, 'current-context': 'nobody' } }),
        message: "FOLDER/config: the user of context 'nobody' is not there",
      },
      ...['localhost:6443', '127.0.0.1:6443', 'ftp://127.0.0.1'].map((server) => ({
        title: `the server '${server}'`,
        location: () => kubeconfig({ whole: noServer(server) }),
        message: `FOLDER/config: found server '${server}', expected a URL of https:// or http://`,
      })),
      ...[
        { url: 'ftp://10.0.0.1', server: 'ftp://10.0.0.1' },
        { url: 'a b', server: 'http://a b' },
        { url: '', server: 'http:' },
      ].map(({ url, server }) => ({
        title: `the endpoint '${url}'`,
        location: (): ApiLocation => ({ kind: 'endpoint', url }),
        message: `found server '${server}', expected a URL of https:// or http://`,
      })),
      { title: 'no Pod', location: () => inCluster({}), message: noPod },
      { title: 'no port', location: () => inCluster({ KUBERNETES_SERVICE_HOST: '10.96.0.1' }), message: noPod },
      { title: 'an empty host', location: () => inCluster({ ...here, KUBERNETES_SERVICE_HOST: '' }), message: noPod },
    ]
    for (const { title, location, message } of cases) {
      it(title, () => {
        const given = location()
        let error: unknown
        try {
          new Access(given)
        } catch (thrown) {
          error = thrown
        }
        expect(error).to.be.instanceOf(ClusterAccessError)
        expect(String((error as Error).message).replaceAll(folder, 'FOLDER')).to.equal(message)
      })
    }
  })
})
