import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { createAuthority, testAuthority } from '../../support/api-server/certificates.ts'
import { HttpsUpstream } from '../../support/https-upstream.ts'
import { UpstreamDouble } from '../../support/upstream-double.ts'
import { until } from '../../transport/until.ts'
import { Serving } from './serving.ts'

const serving = new Serving()
const https: HttpsUpstream[] = []
const files: Record<string, string> = {}

before(function makeCertificates() {
  this.timeout(30_000)
  const client = testAuthority().issueClient('dns')
  files['ca.pem'] = testAuthority().cert
  files['cert.pem'] = client.cert
  files['key.pem'] = client.key
  files['other.pem'] = createAuthority('other').cert
  files['other-key.pem'] = testAuthority().issueClient('other').key
})

afterEach(async () => {
  await serving.end()
  for (const each of https.splice(0)) await each.stop()
})

async function tlsUpstream(): Promise<UpstreamDouble> {
  return serving.keep(await UpstreamDouble.start(testAuthority().issueServer()))
}

async function httpsUpstream(): Promise<HttpsUpstream> {
  const upstream = await HttpsUpstream.start(testAuthority().issueServer())
  https.push(upstream)
  return upstream
}

const ask = async (directive: string, names: readonly string[] = ['www.example.']) => {
  const server = serving.server(directive, { files })
  const replies = []
  for (const name of names) replies.push(rcodeName((await server.exchange(`${name} A`)).rcode))
  return { server, replies }
}

describe('forward: over TLS', () => {
  for (const { title, to = '', options } of [
    { title: 'the address stands in the certificate', options: 'tls ca.pem' },
    { title: 'tls_servername does', options: 'tls ca.pem\ntls_servername localhost' },
    { title: 'tls_servername is an address', options: 'tls ca.pem\ntls_servername 127.0.0.1' },
    { title: 'the name behind % does', to: '%localhost', options: 'tls ca.pem' },
    { title: 'with a certificate of ours', options: 'tls cert.pem key.pem ca.pem' },
  ]) {
    it(title, async () => {
      const upstream = await tlsUpstream()
      const { server, replies } = await ask(`forward . tls://127.0.0.1${to}:${upstream.port} {\n${options}\n}`, [
        'a.example.',
        'b.example.',
      ])
      expect(server.lines).to.deep.equal([])
      expect(replies).to.deep.equal(['NOERROR', 'NOERROR'])
      expect(upstream.connections).to.equal(1)
      const hits = server.metrics.families().find(({ name }) => name === 'coredns_proxy_conn_cache_hits_total')
      expect([...(hits?.series.values() ?? [])]).to.deep.equal([
        { values: ['forward', upstream.at, 'tcp-tls'], series: { value: 1 } },
      ])
    })
  }

  for (const { title, options, error } of [
    {
      title: 'an authority that we do not trust',
      options: 'tls other.pem',
      error: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    },
    {
      title: 'the system does not trust it',
      options: 'tls',
      error: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    },
    {
      title: 'another name',
      options: 'tls ca.pem\ntls_servername other.test',
      error: 'tls: failed to verify certificate: x509: Hostname/IP does not match',
    },
  ]) {
    it(`refuses ${title}`, async () => {
      const upstream = await tlsUpstream()
      const directive = `forward . tls://${upstream.at} {\nmax_fails 0\n${options}\n}`
      const { server, replies } = await ask(directive)
      expect(replies).to.deep.equal(['SERVFAIL'])
      expect(server.lines[0]).to.include(`[ERROR] plugin/errors: 2 www.example. A: ${error}`)
      expect(upstream.received).to.deep.equal([])
    })
  }

  it('refuses at setup a key that is not that of the certificate', () => {
    const directive = 'forward . tls://127.0.0.1 {\ntls cert.pem other-key.pem\n}'
    expect(() => serving.server(directive, { files })).to.throw(
      'plugin/forward: Corefile:4 - Error during parsing: could not load TLS cert: tls: private key does not match public key',
    )
  })

  it('an upstream that starts anew is found again', async () => {
    const upstream = await tlsUpstream()
    const server = serving.server(`forward . tls://${upstream.at} {\ntls ca.pem\n}`, { files })
    for (let count = 0; count < 3; count++) {
      expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('NOERROR')
      await upstream.stop()
      await upstream.start()
    }
  })

  it('is checked over TLS, too', async () => {
    const upstream = await tlsUpstream()
    let isSilent = true
    const answer = upstream.reply
    upstream.reply = (received) => (isSilent ? [] : answer(received))
    const server = serving.server(`forward . tls://${upstream.at} {\ntls ca.pem\nmax_connect_attempts 1\n}`, { files })
    const response = server.exchange('www.example. A')
    await until(() => upstream.received.length === 1)
    isSilent = false
    server.timer.pass(2000)
    await response
    await until(() => upstream.received.length === 2)
    expect(upstream.received[1]?.message.question?.qname).to.equal('.')
  })

  it('a server that does not speak TLS', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . tls://${upstream.at} {\nmax_fails 0\nmax_connect_attempts 1\n}`, { files })
    const response = server.exchange('www.example. A')
    await until(() => upstream.connections === 1)
    server.timer.pass(5000)
    await response
    expect(server.lines).to.deep.equal([
      `[ERROR] plugin/errors: 2 www.example. A: dial tcp ${upstream.at}: i/o timeout`,
    ])
  })
})

describe('forward: over HTTPS', () => {
  for (const method of ['POST', 'GET'] as const) {
    it(`${method}: all over one connection, with id 0`, async () => {
      const upstream = await httpsUpstream()
      const { server, replies } = await ask(`forward . https://${upstream.at} {\ntls ca.pem\ndoh_method ${method}\n}`, [
        'a.example.',
        'b.example.',
      ])
      expect(server.lines).to.deep.equal([])
      expect(replies).to.deep.equal(['NOERROR', 'NOERROR'])
      const type = method === 'POST' ? 'application/dns-message' : undefined
      const request = { method, path: '/dns-query', type, accept: 'application/dns-message', id: 0, connection: 1 }
      expect(upstream.requests).to.deep.equal([request, request])
    })
  }

  it('many at a time', async () => {
    const upstream = await httpsUpstream()
    const server = serving.server(`forward . https://${upstream.at} {\ntls ca.pem\n}`, { files })
    const asked = Array.from({ length: 50 }, (_, index) => server.exchange(`n${index}.example. A`))
    expect((await Promise.all(asked)).map(({ rcode }) => rcode)).to.deep.equal(asked.map(() => 0))
    expect(new Set(upstream.requests.map(({ connection }) => connection)).size).to.equal(1)
  })

  it('the connection is closed when it has been idle for as long as expire says', async () => {
    const upstream = await httpsUpstream()
    const { server } = await ask(`forward . https://${upstream.at} {\ntls ca.pem\nexpire 3s\n}`)
    server.timer.pass(2999)
    await server.exchange('www.example. A')
    expect(upstream.openConnections).to.equal(1)
    server.timer.pass(3000)
    await until(() => upstream.openConnections === 0)
    await server.exchange('www.example. A')
    expect(upstream.requests.map(({ connection }) => connection)).to.deep.equal([1, 1, 2])
  })

  it('a connection that the server ends is made anew', async () => {
    const upstream = await httpsUpstream()
    const { server } = await ask(`forward . https://${upstream.at} {\ntls ca.pem\n}`)
    upstream.closeConnections()
    await until(() => upstream.openConnections === 0)
    expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('NOERROR')
  })

  const line = (at: string, reason: string) =>
    `[ERROR] plugin/errors: 2 www.example. A: Post "https://${at}/dns-query": ${reason}`

  for (const { title, reply, error } of [
    {
      title: 'another status',
      reply: (octets: Uint8Array) => ({ status: 503, octets }),
      error: 'unexpected status 503',
    },
    {
      title: 'too few octets',
      reply: (octets: Uint8Array) => ({ status: 200, octets: octets.subarray(0, 5) }),
      error: 'unexpected EOF',
    },
    {
      title: 'more octets than a message has',
      reply: () => ({ status: 200, octets: new Uint8Array(100_000) }),
      error: 'http: request body too large',
    },
  ]) {
    it(`${title}: SERVFAIL`, async () => {
      const upstream = await httpsUpstream()
      upstream.reply = reply
      const { server, replies } = await ask(`forward . https://${upstream.at} {\ntls ca.pem\nmax_fails 0\n}`)
      expect(replies).to.deep.equal(['SERVFAIL'])
      expect(server.lines).to.deep.equal([line(upstream.at, error)])
    })
  }

  it('the name behind % is that of the certificate, and is not looked up', async () => {
    const upstream = await httpsUpstream()
    const to = upstream.at.replace(':', '%kubernetes.default.svc:')
    const { server, replies } = await ask(`forward . https://${to} {\ntls ca.pem\n}`)
    expect([...server.lines, ...replies]).to.deep.equal(['NOERROR'])
  })

  it('a name that does not stand in the certificate', async () => {
    const upstream = await httpsUpstream()
    const to = upstream.at.replace(':', '%other.test:')
    const { replies } = await ask(`forward . https://${to} {\ntls ca.pem\nmax_fails 0\n}`)
    expect(replies).to.deep.equal(['SERVFAIL'])
  })

  it('silence: SERVFAIL after read_timeout, and the next query goes over another connection', async () => {
    const upstream = await httpsUpstream()
    upstream.reply = () => undefined
    const options = 'tls ca.pem\nmax_fails 0\nmax_connect_attempts 1'
    const server = serving.server(`forward . https://${upstream.at} {\n${options}\n}`, { files })
    const response = server.exchange('www.example. A')
    await until(() => upstream.requests.length === 1)
    server.timer.pass(2000)
    await response
    expect(server.lines).to.deep.equal([line(upstream.at, 'i/o timeout')])
    upstream.reply = (octets) => ({ status: 200, octets })
    await server.exchange('www.example. A')
    expect(upstream.requests.map(({ connection }) => connection)).to.deep.equal([1, 2])
  })

  it('a certificate that we do not trust, a port where nobody listens', async () => {
    const upstream = await httpsUpstream()
    const { server } = await ask(`forward . https://${upstream.at} {\ntls other.pem\nmax_fails 0\n}`)
    const port = await serving.deadPort()
    const other = await ask(`forward . https://127.0.0.1:${port} {\nmax_fails 0\n}`)
    expect([...server.lines, ...other.server.lines]).to.deep.equal([
      line(upstream.at, 'tls: failed to verify certificate: x509: certificate signed by unknown authority'),
      line(`127.0.0.1:${port}`, `dial tcp 127.0.0.1:${port}: connect: connection refused`),
    ])
  })

  it('is checked over HTTPS, too', async () => {
    const upstream = await httpsUpstream()
    upstream.reply = () => ({ status: 500, octets: new Uint8Array() })
    await ask(`forward . https://${upstream.at} {\ntls ca.pem\nmax_connect_attempts 1\n}`)
    await until(() => upstream.requests.length === 2)
    expect(upstream.requests.map(({ connection }) => connection)).to.deep.equal([1, 2])
  })
})
