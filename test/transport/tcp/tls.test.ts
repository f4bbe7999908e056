import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { expect } from 'chai'
import type { ClientAuth, ServerTls } from '../../../src/plugin/settings.ts'
import type { ListenAddress, StreamHandler } from '../../../src/transport/listener.ts'
import { openTcp, type TcpListener, type TcpOptions } from '../../../src/transport/tcp/server.ts'
import { tlsProblem } from '../../../src/transport/tcp/tls.ts'
import { createAuthority, testAuthority } from '../../support/api-server/certificates.ts'
import { openSockets } from '../../support/open-sockets.ts'
import { until } from '../until.ts'
import { frames, openClient, type TcpClient } from './client.ts'
import { echo, holdBack, loopback, makeSecrets, type Secrets } from './harness.ts'

const long = { readTimeoutMs: 60_000, writeTimeoutMs: 60_000, idleTimeoutMs: 60_000 }
const shortMs = 50

describe('TLS', () => {
  let secrets: Secrets
  const toClose: (() => unknown)[] = []

  before(function makeCertificates() {
    this.timeout(30_000)
    secrets = makeSecrets()
  })

  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close()
  })

  async function open(
    tls: Partial<ServerTls> = {},
    limits: TcpOptions['limits'] = long,
    handler: StreamHandler = echo,
  ) {
    const listener = await openTcp(loopback, handler, { limits, tls: { ...secrets.server, ...tls } })
    toClose.push(() => listener.close(0))
    return listener
  }

  async function client(to: TcpListener, options: ConnectionOptions = {}): Promise<TcpClient> {
    const opened = await openClient(to.address, loopback.address, { ...secrets.client, ...options })
    toClose.push(() => opened.socket.destroy())
    return opened
  }

  /** Whether a client gets an answer. */
  async function isAnswered(to: TcpListener, options: ConnectionOptions = {}): Promise<boolean> {
    const asker = await client(to, options).catch(() => undefined)
    if (asker === undefined) return false
    asker.send('question')
    await until(() => asker.inbox().length > 0 || asker.isClosed())
    return asker.inbox().join() === 'question'
  }

  /** A connection on which nothing is said. */
  async function bare({ port }: ListenAddress): Promise<Socket> {
    const socket = connect(port, loopback.address)
    toClose.push(() => socket.destroy())
    socket.on('error', () => {})
    socket.resume()
    await once(socket, 'connect')
    return socket
  }

  describe('of a version', () => {
    for (const { version, expected } of [
      { version: 'TLSv1', expected: false },
      { version: 'TLSv1.1', expected: false },
      { version: 'TLSv1.2', expected: true },
      { version: 'TLSv1.3', expected: true },
    ] as const) {
      it(`${version} is ${expected ? 'spoken' : 'refused'}`, async () => {
        const listener = await open()
        const options = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
        expect(await isAnswered(listener, options)).to.equal(expected)
        expect(listener.counters.unsecured).to.equal(expected ? 0 : 1)
      })
    }
  })

  describe('and the certificates of clients', () => {
    let shown: Readonly<Record<'none' | 'good' | 'bad', ConnectionOptions>>

    before(() => {
      shown = {
        none: {},
        good: testAuthority().issueClient('client'),
        bad: createAuthority('other').issueClient('client'),
      }
    })

    const table: Readonly<Record<ClientAuth, readonly (keyof typeof shown)[]>> = {
      nocert: ['none', 'good', 'bad'],
      request: ['none', 'good', 'bad'],
      require: ['good', 'bad'],
      verify_if_given: ['none', 'good'],
      require_and_verify: ['good'],
    }
    for (const [clientAuth, expected] of Object.entries(table) as [ClientAuth, readonly (keyof typeof shown)[]][]) {
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
        it(`${clientAuth}, ${version}: ${expected.join(', ')}`, async () => {
          const listener = await open({ clientAuth, ca: testAuthority().cert })
          const answered = []
          for (const which of ['none', 'good', 'bad'] as const) {
            const options = { ...shown[which], minVersion: version, maxVersion: version }
            if (await isAnswered(listener, options)) answered.push(which)
          }
          expect(answered).to.deep.equal(expected)
          await until(() => listener.counters.unsecured === 3 - expected.length)
        })
      }
    }

    it('are trusted as Node.js trusts where no authority is named', async () => {
      const listener = await open({ clientAuth: 'require_and_verify' })
      expect(await isAnswered(listener, shown.good)).to.equal(false)
    })

    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      it(`are known again in a session that is resumed, ${version}`, async () => {
        const listener = await open({ clientAuth: 'require_and_verify', ca: testAuthority().cert })
        const options = { ...shown.good, minVersion: version, maxVersion: version }
        const first = await client(listener, options)
        let session: Buffer | undefined
        first.socket.on('session', (given: Buffer) => {
          session = given
        })
        await first.ask('question')
        const tls = first.socket as TLSSocket // openClient makes one where it is given options
        await until(() => (session ?? tls.getSession()) !== undefined)
        const resumed = { ...secrets.client, minVersion: version, maxVersion: version }
        const second = await client(listener, { ...resumed, session: session ?? tls.getSession() })
        expect((second.socket as TLSSocket).isSessionReused()).to.equal(true)
        expect(await second.ask('again')).to.equal('again')
      })
    }
  })

  describe('that is not agreed on', () => {
    /** How a ClientHello begins. */
    const halfHello = Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 1, 2, 3])
    const attacks: Readonly<Record<string, (socket: Socket) => void>> = {
      'plain DNS': (socket) => socket.write(frames('a question in plain text')),
      'another protocol': (socket) => socket.write('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n'),
      'noise that looks like a record': (socket) => socket.write(Buffer.alloc(600, 0x16)),
      'half a hello and an end': (socket) => socket.end(halfHello),
      'half a hello and a reset': (socket) => {
        socket.write(halfHello, () => socket.resetAndDestroy())
      },
      'a reset': (socket) => socket.resetAndDestroy(),
      'an end': (socket) => socket.end(),
    }
    for (const [title, attack] of Object.entries(attacks)) {
      it(`hurts nobody else, and leaves nothing open: ${title}`, async () => {
        const before = openSockets()
        const listener = await open()
        for (let time = 0; time < 20; time++) {
          const socket = await bare(listener.address)
          const closed = closing(socket)
          attack(socket)
          await closed
        }
        expect(await isAnswered(listener)).to.equal(true)
        await until(() => listener.counters.unsecured === 20)
        await listener.close(0)
        await until(() => openSockets() <= before)
      })
    }

    it('is waited for no longer than for a message, though octets trickle in', async () => {
      const listener = await open({}, { ...long, readTimeoutMs: shortMs })
      const socket = await bare(listener.address)
      const drip = setInterval(() => socket.write(halfHello.subarray(0, 1)), shortMs / 10)
      socket.write(halfHello)
      await closing(socket)
      clearInterval(drip)
      expect(listener.counters.overdue).to.be.at.least(1)
    })

    it('is waited for by limits that are set later', async () => {
      const listener = await open()
      const socket = await bare(listener.address)
      listener.limit({ ...long, readTimeoutMs: shortMs })
      await closing(socket)
    })

    it('counts to the time of the first message', async () => {
      const listener = await open({}, { ...long, readTimeoutMs: 400 })
      const socket = await bare(listener.address)
      const tls = connectTls({ ...secrets.client, socket })
      tls.on('error', () => {})
      await once(tls, 'secureConnect')
      await closing(tls)
      expect(listener.counters.overdue).to.equal(1)
    })

    it('makes room for a client that is new', async () => {
      const listener = await open({}, { ...long, maxConnections: 1 })
      const silent = await bare(listener.address)
      const closed = closing(silent)
      expect(await isAnswered(listener)).to.equal(true)
      await closed
      expect(listener.counters).to.include({ accepted: 2, evicted: 1 })
    })

    it('is not waited for at the end', async () => {
      const listener = await open()
      const silent = await bare(listener.address)
      await until(() => listener.counters.accepted === 1)
      const closed = closing(silent)
      await listener.close(60_000)
      await closed
    })
  })

  describe('with other certificates', () => {
    const serialOf = ({ socket }: TcpClient) => (socket as TLSSocket).getPeerCertificate().serialNumber

    it('shows them to who comes from then on; others stay', async () => {
      const listener = await open()
      const first = await client(listener)
      listener.secure({ ...testAuthority().issueServer(), clientAuth: 'nocert' })
      const second = await client(listener)
      expect(serialOf(second)).to.not.equal(serialOf(first))
      expect(await first.ask('question')).to.equal('question')
      expect(await second.ask('question')).to.equal('question')
    })

    it('resumes no session of those before', async () => {
      const listener = await open()
      const first = await client(listener, { maxVersion: 'TLSv1.2' })
      const session = (first.socket as TLSSocket).getSession()
      listener.secure({ ...secrets.server, clientAuth: 'require_and_verify' })
      expect(await isAnswered(listener, { maxVersion: 'TLSv1.2', ...(session && { session }) })).to.equal(false)
    })

    it('or none at all, and back: on the same socket', async () => {
      const listener = await open()
      const secured = await client(listener)
      listener.secure(undefined)
      const plain = await openClient(listener.address)
      toClose.push(() => plain.socket.destroy())
      expect(await plain.ask('in plain text')).to.equal('in plain text')
      listener.secure(secrets.server)
      expect(await isAnswered(listener)).to.equal(true)
      expect(await plain.ask('still')).to.equal('still')
      expect(await secured.ask('too')).to.equal('too')
    })

    it('says why they are of no use, and opens nothing', async () => {
      const before = openSockets()
      const failed = await open({ cert: 'none' }).catch((error: unknown) => error)
      expect(failed).to.be.instanceOf(Error)
      expect(openSockets()).to.equal(before)
      expect(tlsProblem(secrets.server)).to.equal(undefined)
      expect(tlsProblem({ ...secrets.server, cert: testAuthority().cert })).to.equal('key values mismatch')
    })
  })

  it('tells its secrets to who wants them', async () => {
    const lines: string[] = []
    const listener = await open({ onSecrets: (line) => lines.push(line) })
    expect(await isAnswered(listener)).to.equal(true)
    expect(lines).to.not.have.length(0)
    for (const line of lines) expect(line).to.match(/^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]+\n$/)
  })

  describe('ends with a word of farewell (RFC 8446 section 6.1)', () => {
    /** Records that the server sent, by their types, as TLS 1.2 shows them: 21 is an alert. */
    async function lastRecord(end: (listener: TcpListener, asker: TcpClient) => unknown, limits = {}): Promise<number> {
      const listener = await open({}, { ...long, ...limits }, (message) =>
        message.length === 0 ? undefined : echo(message, peer),
      )
      const sent: Buffer[] = []
      const wiretap = createServer({ allowHalfOpen: true }, (near) => {
        const far = connect({ ...listener.address, host: loopback.address, allowHalfOpen: true })
        near.on('error', () => {}).pipe(far)
        far.on('error', () => {}).on('data', (octets: Buffer) => sent.push(octets))
        far.pipe(near)
      })
      wiretap.listen(0, loopback.address)
      await once(wiretap, 'listening')
      toClose.push(() => wiretap.close())
      const at = wiretap.address() as ListenAddress // it listens on an IP address
      const asker = await openClient(at, loopback.address, { ...secrets.client, maxVersion: 'TLSv1.2' })
      await asker.ask('question')
      await end(listener, asker)
      await until(() => asker.isClosed())
      return recordTypes(Buffer.concat(sent)).at(-1) ?? 0
    }
    const peer = { address: '', port: 0 }

    it('where the client is idle for too long', async () => {
      expect(await lastRecord(() => {}, { idleTimeoutMs: shortMs })).to.equal(21)
    })

    it('where the listener closes', async () => {
      expect(await lastRecord((listener) => listener.close(60_000))).to.equal(21)
    })

    it('where a message has no answer', async () => {
      expect(await lastRecord((_, asker) => asker.send(''))).to.equal(21)
    })
  })

  it('is closed at last, though the client does not read the farewell', async () => {
    const { handler, held, release } = holdBack()
    const listener = await open({}, { ...long, readTimeoutMs: 300 }, handler)
    const asker = await client(listener)
    asker.send('question')
    await until(() => held.size === 1)
    release('question')
    await until(() => asker.inbox().length === 1)
    asker.socket.removeAllListeners('end').pause()
    await listener.close(60_000)
  })
})

/** Resolves when it is closed, by a reset as well. */
function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

function recordTypes(stream: Buffer): number[] {
  const types: number[] = []
  for (let at = 0; at + 5 <= stream.length; at += 5 + stream.readUInt16BE(at + 3)) types.push(stream[at] ?? 0)
  return types
}
