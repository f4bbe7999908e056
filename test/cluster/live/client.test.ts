import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { expect } from 'chai'
import { Access, type Credentials } from '../../../src/cluster/live/access.ts'
import { ApiClient, type ApiRequest } from '../../../src/cluster/live/client.ts'
import { ApiError } from '../../../src/cluster/live/errors.ts'
import { defaultLimits, RequestGate } from '../../../src/cluster/live/limits.ts'
import { RequestMetrics } from '../../../src/cluster/live/metrics.ts'
import { Metrics } from '../../../src/util/metrics.ts'
import { testFolder } from '../../cli/run.ts'
import { createAuthority, testAuthority } from '../../support/api-server/certificates.ts'
import { ManualTimer } from '../../support/manual-timer.ts'
import { samplesOf } from '../../support/samples.ts'

/** What is to be taken down after a test. */
const closing: (() => void)[] = []

function address(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port // all of them listen on TCP
}

async function listen<S extends Server | ReturnType<typeof createTcpServer>>(server: S): Promise<S> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
  return server
}

/** The URL of a server that answers so. */
async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${address(await listen(createServer(listener)))}`
}

const json = { 'content-type': 'application/json' }

function answer(response: ServerResponse, body: string, status = 200, headers: Record<string, string> = json): void {
  response.writeHead(status, headers).end(body)
}

/** A client with one place, which is to be free again after each test. */
function clientOf(url: string, { credentials = async () => ({}) }: { credentials?: () => Promise<Credentials> } = {}) {
  const timer = new ManualTimer()
  const gate = new RequestGate({ ...defaultLimits, maxInflight: 1 }, timer)
  const renewals = { count: 0 }
  const access = { server: new URL(url), credentials, renew: () => renewals.count++ }
  const metrics = new Metrics()
  const requests = new RequestMetrics(metrics)
  const client = new ApiClient({ access, gate, timer, userAgent: 'cluster-dns/1 (test)', metrics: requests })
  closing.push(() => client.close())
  return { client, gate, timer, renewals, metrics }
}

function requestOf(changes: Partial<ApiRequest> = {}): ApiRequest {
  const { signal } = new AbortController()
  return { path: '/api/v1/services', query: {}, verb: 'list', signal, silence: () => 30_000, ...changes }
}

/** All of a body, as text. */
async function readAll(client: ApiClient, changes: Partial<ApiRequest> = {}): Promise<string> {
  const pieces: Buffer[] = []
  await client.read(requestOf(changes), (octets) => pieces.push(octets))
  return Buffer.concat(pieces).toString()
}

/** What a read ends with. */
async function failureOf(read: Promise<unknown>): Promise<ApiError> {
  const failure = await read.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(failure).to.be.instanceOf(ApiError)
  return failure as ApiError
}

/** The one place is free, and nothing waits. */
async function expectRest({ gate, timer }: { gate: RequestGate; timer: ManualTimer }): Promise<void> {
  expect(timer.waiting).to.equal(0)
  await gate.enter(AbortSignal.timeout(1000))
  gate.leave()
}

describe('live cluster: requests', () => {
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })

  describe('are counted as client-go counts them', () => {
    const prefix = 'coredns_kubernetes_rest_client'

    it('a list: its wait, its code, and its duration', async () => {
      const base = await serve((_, response) => answer(response, '{}'))
      const { client, metrics } = clientOf(base)
      await readAll(client)
      await readAll(client)
      const { host } = new URL(base)
      expect(samplesOf(metrics)).to.deep.equal({
        [`${prefix}_request_duration_seconds_count{verb="GET",host="${host}"}`]: 2,
        [`${prefix}_rate_limiter_duration_seconds_count{verb="GET",host="${host}"}`]: 2,
        [`${prefix}_requests_total{code="200",method="GET",host="${host}"}`]: 2,
      })
    })

    it('a watch, which has no duration, and a refusal', async () => {
      const base = await serve((_, response) => answer(response, '{}', 403))
      const { client, metrics } = clientOf(base)
      await failureOf(readAll(client, { verb: 'watch' }))
      const { host } = new URL(base)
      expect(samplesOf(metrics)).to.deep.equal({
        [`${prefix}_rate_limiter_duration_seconds_count{verb="GET",host="${host}"}`]: 1,
        [`${prefix}_requests_total{code="403",method="GET",host="${host}"}`]: 1,
      })
    })

    it('a server that does not answer', async () => {
      const { client, metrics } = clientOf('http://127.0.0.1:1')
      await failureOf(readAll(client))
      expect(samplesOf(metrics)).to.include({
        [`${prefix}_requests_total{code="<error>",method="GET",host="127.0.0.1:1"}`]: 1,
        [`${prefix}_request_duration_seconds_count{verb="GET",host="127.0.0.1:1"}`]: 1,
      })
    })
  })

  describe('as they arrive', () => {
    const paths = [
      { server: '', url: '/api/v1/services' },
      { server: '/', url: '/api/v1/services' },
      { server: '/k8s/clusters/c-1', url: '/k8s/clusters/c-1/api/v1/services' },
      { server: '/k8s/clusters/c-1/', url: '/k8s/clusters/c-1/api/v1/services' },
    ]
    for (const { server, url } of paths) {
      it(`below the server's path '${server}'`, async () => {
        const asked: (string | undefined)[] = []
        const base = await serve((request, response) => {
          asked.push(request.url)
          answer(response, '{}')
        })
        await readAll(clientOf(base + server).client)
        expect(asked).to.deep.equal([url])
      })
    }

    it('with their query', async () => {
      const queries: unknown[] = []
      const base = await serve((request, response) => {
        queries.push(Object.fromEntries(new URL(request.url ?? '', 'http://x').searchParams))
        answer(response, '{}')
      })
      const query = { labelSelector: 'app in (a,b),!c', continue: 'a+/=&', limit: '500' }
      await readAll(clientOf(base).client, { query })
      expect(queries).to.deep.equal([query])
    })

    it('with who asks, and what for', async () => {
      let seen: IncomingMessage | undefined
      const base = await serve((request, response) => {
        seen = request
        answer(response, '{}')
      })
      const credentials = async () => ({ headers: { Authorization: 'Bearer abc' } })
      await readAll(clientOf(base, { credentials }).client)
      expect(seen?.method).to.equal('GET')
      expect(seen?.headers).to.include({
        accept: 'application/json',
        'user-agent': 'cluster-dns/1 (test)',
        authorization: 'Bearer abc',
      })
    })

    it('with user name and password', async () => {
      let authorization: string | undefined
      const base = await serve((request, response) => {
        authorization = request.headers.authorization
        answer(response, '{}')
      })
      await readAll(clientOf(base, { credentials: async () => ({ auth: 'me:secret' }) }).client)
      expect(authorization).to.equal(`Basic ${Buffer.from('me:secret').toString('base64')}`)
    })

    it('through one connection, one after the other', async () => {
      const ports = new Set<number | undefined>()
      const base = await serve((request, response) => {
        ports.add(request.socket.remotePort)
        answer(response, '{}')
      })
      const made = clientOf(base)
      for (let page = 0; page < 5; page++) await readAll(made.client)
      expect(ports.size).to.equal(1)
      await expectRest(made)
    })
  })

  it('hand over the body piece by piece, as it comes', async () => {
    let send: ((piece: string) => void) | undefined
    const base = await serve((_request, response) => {
      response.writeHead(200, json)
      response.write('one')
      send = (piece) => (piece === '' ? response.end() : response.write(piece))
    })
    const made = clientOf(base)
    const pieces: string[] = []
    await made.client.read(requestOf(), (octets) => {
      pieces.push(octets.toString())
      send?.(pieces.length === 1 ? 'two' : '')
    })
    expect(pieces).to.deep.equal(['one', 'two'])
    await expectRest(made)
  })

  for (const type of ['application/json', 'application/json;charset=utf-8']) {
    it(`take ${type}`, async () => {
      const base = await serve((_request, response) => answer(response, '{}', 200, { 'content-type': type }))
      expect(await readAll(clientOf(base).client)).to.equal('{}')
    })
  }

  describe('that are refused', () => {
    const status = (code: number, reason: string, message: string) =>
      JSON.stringify({ kind: 'Status', code, reason, message })
    const html = { 'content-type': 'text/html' }
    interface Case {
      readonly title: string
      readonly status: number
      readonly body: string
      readonly headers?: Record<string, string>
      readonly message: string
      readonly retryAfterMs?: number
      readonly renews?: number
    }
    const cases: readonly Case[] = [
      {
        title: 'a Status',
        status: 403,
        body: status(403, 'Forbidden', 'no list for you'),
        message: '403 Forbidden: no list for you',
      },
      {
        title: 'who we are is not known (any more)',
        status: 401,
        body: status(401, 'Unauthorized', 'Unauthorized'),
        message: '401 Unauthorized: Unauthorized',
        renews: 1,
      },
      { title: 'HTML', status: 502, body: '<h1>Bad gateway</h1>', headers: html, message: '502: Bad Gateway' },
      { title: 'no body', status: 503, body: '', message: '503: Service Unavailable' },
      { title: 'JSON cut off', status: 500, body: '{"message":', message: '500: Internal Server Error' },
      { title: 'other JSON', status: 500, body: '"oops"', message: '500: no message' },
      { title: 'null', status: 500, body: 'null', message: '500: Internal Server Error' },
      { title: 'a redirection', status: 302, body: '', headers: { location: '/login' }, message: '302: Found' },
      { title: 'another success', status: 204, body: '', message: '204: No Content' },
      {
        title: 'a moment',
        status: 429,
        body: status(429, 'TooManyRequests', 'slow down'),
        headers: { ...json, 'retry-after': '7' },
        message: '429 TooManyRequests: slow down',
        retryAfterMs: 7000,
      },
      {
        title: 'longer than can be meant',
        status: 503,
        body: '{}',
        headers: { 'retry-after': '99999999999999999999' },
        message: '503: no message',
        retryAfterMs: 300_000,
      },
      ...['Wed, 21 Oct 2026 07:28:00 GMT', '-1', '', 'Infinity'].map((after) => ({
        title: `Retry-After: '${after}'`,
        status: 503,
        body: '{}',
        headers: { 'retry-after': after },
        message: '503: no message',
      })),
      { title: 'a page of 200', status: 200, body: '<html>', headers: html, message: noApi('text/html') },
      { title: 'no type at all', status: 200, body: '{}', headers: {}, message: noApi('nothing') },
    ]
    for (const { title, status, body, headers, message, retryAfterMs, renews = 0 } of cases) {
      it(title, async () => {
        const made = clientOf(await serve((_request, response) => answer(response, body, status, headers)))
        const error = await failureOf(readAll(made.client))
        expect({ message: error.message, retryAfterMs: error.retryAfterMs }).to.deep.equal({ message, retryAfterMs })
        expect(error.status).to.equal(status === 200 ? undefined : status)
        expect(made.renewals.count).to.equal(renews)
        await expectRest(made)
      })
    }

    function noApi(type: string): string {
      return `found content of type ${type}, expected application/json: is this an API server?`
    }

    it('at any length: no more is read of it than a line needs', async () => {
      const piece = 'x'.repeat(16 * 1024)
      const base = await serve((_request, response) => {
        response.writeHead(500, json)
        const write = () => {
          while (!response.destroyed && response.write(piece));
        }
        response.on('drain', write)
        write()
      })
      const made = clientOf(base)
      expect((await failureOf(readAll(made.client))).message).to.equal('500: Internal Server Error')
      await expectRest(made)
    })
  })

  describe('that come to nothing', () => {
    it('nobody listens', async () => {
      const server = await listen(createTcpServer())
      const port = address(server)
      await new Promise((resolve) => server.close(resolve))
      const made = clientOf(`http://127.0.0.1:${port}`)
      const { message } = await failureOf(readAll(made.client))
      expect(message).to.equal(`unreachable: ECONNREFUSED 127.0.0.1:${port}`)
      expect(made.renewals.count).to.equal(0)
      await expectRest(made)
    })

    it('nobody listens at any address of a name', async () => {
      const server = await listen(createTcpServer())
      const port = address(server)
      await new Promise((resolve) => server.close(resolve))
      const made = clientOf(`http://localhost:${port}`)
      expect((await failureOf(readAll(made.client))).message).to.match(/^unreachable: ECONNREFUSED \S+$/)
    })

    /** The response's error, or that of the connection: whichever is heard of first. */
    const lost = /^(the response was cut off|unreachable: read ECONNRESET)$/
    /** What a server does with a connection once a request has come. */
    const endings: { title: string; write: string; ends: 'end' | 'reset'; message: RegExp }[] = [
      { title: 'closed before a response', write: '', ends: 'end', message: /^unreachable: socket hang up$/ },
      { title: 'reset before a response', write: '', ends: 'reset', message: /^unreachable: read ECONNRESET$/ },
      { title: 'no HTTP', write: 'hello\r\n\r\n', ends: 'end', message: /^unreachable: Parse Error/ },
      {
        title: 'closed in the middle of a chunk',
        write: head('8\r\n{"a'),
        ends: 'end',
        message: /^the response was cut off$/,
      },
      {
        title: 'closed before the last chunk',
        write: head('2\r\n{}\r\n'),
        ends: 'end',
        message: /^the response was cut off$/,
      },
      {
        title: 'reset before the last chunk',
        write: head('2\r\n{}\r\n'),
        ends: 'reset',
        message: lost,
      },
      {
        title: 'closed before the whole length',
        write: head('{"a', 'content-length: 8'),
        ends: 'end',
        message: /^the response was cut off$/,
      },
    ]
    for (const { title, write, ends, message } of endings) {
      it(title, async () => {
        let end = () => {}
        const server = createTcpServer((socket) => {
          socket.on('error', () => {})
          end = () => (ends === 'end' ? socket.end() : socket.resetAndDestroy())
          socket.once('data', () => {
            if (write !== '') socket.write(write)
            if (ends === 'end' || write === '') end()
          })
        })
        const made = clientOf(`http://127.0.0.1:${address(await listen(server))}`)
        // What is reset at once may never arrive: a reset waits for the client to have it.
        const read = made.client.read(requestOf(), () => end())
        const error = await failureOf(read)
        expect(error.message).to.match(message)
        expect(error.isUnreachable).to.equal(true)
        expect(made.renewals.count).to.equal(0)
        await expectRest(made)
      })
    }

    function head(body: string, length = 'transfer-encoding: chunked'): string {
      return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${length}\r\n\r\n${body}`
    }

    it('what takes the body in throws', async () => {
      const base = await serve((_request, response) => {
        response.writeHead(200, json)
        response.write('{}')
      })
      const made = clientOf(base)
      const thrown = new RangeError('too long')
      const failure = await made.client
        .read(requestOf(), () => {
          throw thrown
        })
        .catch((error: unknown) => error)
      expect(failure).to.equal(thrown)
      await expectRest(made)
    })

    it('there are no credentials', async () => {
      const credentials = async () => {
        throw new Error('no ticket')
      }
      const made = clientOf('http://127.0.0.1:1', { credentials })
      expect((await failureOf(readAll(made.client))).message).to.equal('no credentials: no ticket')
      expect(made.renewals.count).to.equal(1)
      await expectRest(made)
    })

    it('credentials that never come', async () => {
      const made = clientOf('http://127.0.0.1:1', { credentials: () => new Promise(() => {}) })
      const failure = failureOf(readAll(made.client))
      await new Promise((resolve) => setImmediate(resolve))
      made.timer.pass(30_000)
      const { message, isSilence } = await failure
      // Nothing is said of the server by that.
      expect({ message, isSilence }).to.deep.equal({
        message: 'no credentials: none came within 30 s',
        isSilence: false,
      })
      expect(made.renewals.count).to.equal(1)
      await expectRest(made)
    })

    it('a token that no header can hold', async () => {
      const credentials = async () => ({ headers: { Authorization: 'Bearer a\nb' } })
      const made = clientOf(await serve((_request, response) => answer(response, '{}')), { credentials })
      expect((await failureOf(readAll(made.client))).message).to.match(
        /^no request: Invalid character in header content/,
      )
      expect(made.renewals.count).to.equal(1)
      await expectRest(made)
    })
  })

  describe('of a server that is silent', () => {
    const silent = (request: IncomingMessage, response: ServerResponse) => {
      if (request.url !== '/api/v1/begun') return
      response.writeHead(200, json)
      response.write('{')
    }

    it('before its response', async () => {
      let arrived = () => {}
      const asked = new Promise<void>((resolve) => {
        arrived = resolve
      })
      const made = clientOf(await serve(() => arrived()))
      const failure = failureOf(readAll(made.client))
      await asked
      made.timer.pass(29_999)
      made.timer.pass(1)
      const { message, isSilence } = await failure
      expect({ message, isSilence }).to.deep.equal({ message: 'nothing was heard for 30 s', isSilence: true })
      await expectRest(made)
    })

    it('in the middle of it: what came before counts, and what came in it says how long', async () => {
      const made = clientOf(await serve(silent))
      let heard = () => {}
      const begun = new Promise<void>((resolve) => {
        heard = resolve
      })
      let silenceMs = 10_000
      const request = requestOf({ path: '/api/v1/begun', verb: 'watch', silence: () => silenceMs })
      const failure = failureOf(
        made.client.read(request, () => {
          silenceMs = 90_000
          heard()
        }),
      )
      await begun
      made.timer.pass(89_999)
      expect(made.timer.waiting).to.equal(1)
      made.timer.pass(1)
      expect((await failure).message).to.equal('nothing was heard for 90 s')
      await expectRest(made)
    })
  })

  describe('that nobody wants any more', () => {
    it('do not begin', async () => {
      const made = clientOf('http://127.0.0.1:1')
      const failure = await readAll(made.client, { signal: AbortSignal.abort('enough') }).catch((reason) => reason)
      expect(failure).to.equal('enough')
      await expectRest(made)
    })

    it('do not begin once there are credentials', async () => {
      let asked = 0
      const base = await serve((_request, response) => {
        asked++
        answer(response, '{}')
      })
      const controller = new AbortController()
      const credentials = async () => {
        controller.abort('enough')
        return {}
      }
      const made = clientOf(base, { credentials })
      const failure = await readAll(made.client, { signal: controller.signal }).catch((reason) => reason)
      expect({ failure, asked }).to.deep.equal({ failure: 'enough', asked: 0 })
      await expectRest(made)
    })

    it('end, whenever in between nobody wants them', async () => {
      const base = await serve(() => {})
      for (let turns = 0; turns < 12; turns++) {
        const controller = new AbortController()
        const credentials = async () => {
          let turn = Promise.resolve()
          for (let count = 0; count < turns; count++) turn = turn.then(() => {})
          turn.then(() => controller.abort('enough'))
          return {}
        }
        const made = clientOf(base, { credentials })
        const failure = await readAll(made.client, { signal: controller.signal }).catch((reason) => reason)
        expect(failure, `after ${turns} turns`).to.equal('enough')
        await expectRest(made)
      }
    })

    it('do not wait for credentials', async () => {
      const controller = new AbortController()
      const made = clientOf('http://127.0.0.1:1', { credentials: () => new Promise(() => {}) })
      const read = readAll(made.client, { signal: controller.signal })
      await new Promise((resolve) => setImmediate(resolve))
      controller.abort('enough')
      expect(await read.catch((reason) => reason)).to.equal('enough')
      expect(made.renewals.count).to.equal(0)
      await expectRest(made)
    })

    for (const verb of ['list', 'watch'] as const) {
      it(`end in the middle: ${verb}`, async () => {
        const controller = new AbortController()
        const closed: Promise<void>[] = []
        const base = await serve((_request, response) => {
          closed.push(new Promise((resolve) => response.on('close', resolve)))
          response.writeHead(200, json)
          response.write('{')
        })
        const made = clientOf(base)
        const read = made.client.read(requestOf({ verb, signal: controller.signal }), () => controller.abort('enough'))
        expect(await read.catch((reason: unknown) => reason)).to.equal('enough')
        await Promise.all(closed)
        await expectRest(made)
      })
    }

    it('wait for their turn no longer', async () => {
      const made = clientOf('http://127.0.0.1:1')
      await made.gate.enter(new AbortController().signal)
      const controller = new AbortController()
      const read = readAll(made.client, { signal: controller.signal })
      controller.abort('enough')
      expect(await read.catch((reason) => reason)).to.equal('enough')
      made.gate.leave()
      await expectRest(made)
    })
  })

  it('hold their place: a list until it is in, a watch until it begins', async () => {
    const ends: (() => void)[] = []
    const base = await serve((_request, response) => {
      response.writeHead(200, json)
      response.write('{')
      ends.push(() => response.end('}'))
    })
    const made = clientOf(base)
    const begun = (verb: 'list' | 'watch') => {
      const { promise, resolve } = Promise.withResolvers<void>()
      return { promise, read: made.client.read(requestOf({ verb }), () => resolve()) }
    }
    const watch = begun('watch')
    await watch.promise
    const list = begun('list')
    await list.promise
    const entered = made.gate.enter(new AbortController().signal).then(() => 'entered')
    const later = new Promise<string>((resolve) => setImmediate(() => resolve('waits')))
    expect(await Promise.race([entered, later])).to.equal('waits')
    for (const end of ends) end()
    await Promise.all([watch.read, list.read])
    expect(await entered).to.equal('entered')
    made.gate.leave()
    await expectRest(made)
  })

  describe('over TLS', () => {
    const folder = testFolder({ 'ca.crt': '' })
    const authority = () => testAuthority()

    async function serveTls(options: { certificate?: ReturnType<typeof certificate>; clientCa?: string } = {}) {
      const { certificate: given = certificate(), clientCa } = options
      const seen = { ports: new Set<number | undefined>(), users: [] as unknown[], closed: [] as Promise<void>[] }
      const asks = clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: false, ca: clientCa }
      const server = await listen(
        createSecureServer({ ...given, ...asks }, (request, response) => {
          seen.ports.add(request.socket.remotePort)
          const { socket } = request as unknown as { socket: { getPeerCertificate(): { subject?: { CN?: string } } } }
          seen.users.push(socket.getPeerCertificate()?.subject?.CN)
          answer(response, '{}')
        }),
      )
      server.on('secureConnection', (socket) =>
        seen.closed.push(new Promise((resolve) => socket.on('close', () => resolve()))),
      )
      return { server, seen, url: `https://127.0.0.1:${address(server)}` }
    }
    const certificate = () => authority().issueServer()

    it('with our certificate, whose authority is known', async () => {
      const { url, seen } = await serveTls({ clientCa: authority().cert })
      const { cert, key } = authority().issueClient('dns')
      const made = clientOf(url, { credentials: async () => ({ ca: authority().cert, cert, key }) })
      expect(await readAll(made.client)).to.equal('{}')
      expect(seen.users).to.deep.equal(['dns'])
    })

    it('of an authority that we do not know: refused, and read anew', async () => {
      const { url, seen } = await serveTls()
      const made = clientOf(url, { credentials: async () => ({ ca: createAuthority('other').cert }) })
      const { message } = await failureOf(readAll(made.client))
      expect(message).to.match(/^unreachable: .*certificate/)
      expect(made.renewals.count).to.equal(1)
      expect(seen.users).to.deep.equal([])
      await expectRest(made)
    })

    it('whose name is another one: refused, unless that is the one to expect', async () => {
      const { url } = await serveTls()
      const ca = authority().cert
      const other = clientOf(url, { credentials: async () => ({ ca, servername: 'example.org' }) })
      expect((await failureOf(readAll(other.client))).message).to.match(/^unreachable: Hostname\/IP does not match/)
      expect(other.renewals.count).to.equal(1)
      const right = clientOf(url, { credentials: async () => ({ ca, servername: 'kubernetes.default.svc' }) })
      expect(await readAll(right.client)).to.equal('{}')
    })

    it('without verifying, where that is wanted', async () => {
      const { url } = await serveTls()
      const made = clientOf(url, { credentials: async () => ({ rejectUnauthorized: false }) })
      expect(await readAll(made.client)).to.equal('{}')
    })

    it('through one connection for as long as the files say the same, and through another afterwards', async () => {
      const { url, seen } = await serveTls()
      const ca = folder.path('ca.crt')
      writeFileSync(ca, authority().cert)
      const access = new Access({ kind: 'endpoint', url, tls: { ca, cert: ca, key: ca } })
      // Only the authority: there is no certificate of ours in that file.
      const credentials = async () => {
        const { ca } = await access.credentials()
        return ca === undefined ? {} : { ca }
      }
      const made = clientOf(url, { credentials })
      for (let count = 0; count < 3; count++) await readAll(made.client)
      expect(seen.ports.size).to.equal(1)
      writeFileSync(ca, `${createAuthority('new').cert}\n${authority().cert}`)
      for (let count = 0; count < 2; count++) await readAll(made.client)
      expect(seen.ports.size).to.equal(2)
      await seen.closed[0]
      writeFileSync(ca, createAuthority('new').cert)
      await failureOf(readAll(made.client))
      expect(seen.users).to.have.length(5)
    })

    it('with files that are half written: told, and read anew', async () => {
      const { url } = await serveTls()
      const half = '-----BEGIN CERTIFICATE-----\nMIIB'
      for (const credentials of [{ cert: half, key: half }, { ca: half }]) {
        const made = clientOf(url, { credentials: async () => credentials })
        expect((await failureOf(readAll(made.client))).message).to.match(/^(no request|unreachable): /)
        expect(made.renewals.count, JSON.stringify(Object.keys(credentials))).to.equal(1)
        await expectRest(made)
      }
    })

    it('http where https is spoken', async () => {
      const { url } = await serveTls()
      const made = clientOf(url.replace('https', 'http'))
      await failureOf(readAll(made.client))
      await expectRest(made)
    })

    it('https where http is spoken: read anew', async () => {
      const url = await serve((_request, response) => answer(response, '{}'))
      const made = clientOf(url.replace('http', 'https'))
      expect((await failureOf(readAll(made.client))).message).to.match(/^unreachable: /)
      expect(made.renewals.count).to.equal(1)
      await expectRest(made)
    })
  })
})
