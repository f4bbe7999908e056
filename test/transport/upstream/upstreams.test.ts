import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect } from 'chai'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { type ExchangeOptions, type ReceiveOptions, UpstreamError } from '../../../src/plugin/upstream.ts'
import { ConnectTime } from '../../../src/transport/upstream/connect-time.ts'
import { RandomIds, randomPort } from '../../../src/transport/upstream/random.ts'
import { socketUpstreams } from '../../../src/transport/upstream/upstreams.ts'
import { query } from '../../dns/messages.ts'
import { octetsOf } from '../../server/harness.ts'
import { ManualTimer } from '../../support/manual-timer.ts'
import { openSockets } from '../../support/open-sockets.ts'
import { replyTo, UpstreamDouble } from '../../support/upstream-double.ts'
import { until } from '../until.ts'

const message = octetsOf(query('www.example. A'))
const over = (transport: 'udp' | 'tcp', changes: Partial<ExchangeOptions> = {}): ExchangeOptions => ({
  transport,
  replyMs: 1000,
  connectMs: 1000,
  ...changes,
})

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof UpstreamError) return error.reason
    throw error
  }
  return 'none'
}

describe('other servers over sockets', () => {
  let double: UpstreamDouble
  let timer: ManualTimer
  const at = () => ({ address: '127.0.0.1', port: double.port })
  beforeEach(async () => {
    double = await UpstreamDouble.start()
    timer = new ManualTimer()
  })
  afterEach(() => double.stop())

  for (const transport of ['udp', 'tcp'] as const) {
    it(`${transport}: the reply comes with the id that was sent, and the caller's message stays as it is`, async () => {
      const before = Uint8Array.from(message)
      const upstream = socketUpstreams(timer).open({ at: at() })
      const reply = await upstream.exchange(message, over(transport))
      expect(decodeMessage(reply).id).to.equal(double.received[0]?.message.id)
      expect(decodeMessage(reply).answer).to.have.lengthOf(1)
      expect(message).to.deep.equal(before)
      upstream.close()
    })

    it(`${transport}: nothing is kept unless it is said how long, and what is apart never is`, async () => {
      const before = openSockets()
      const sockets: string[] = []
      const onSocket = (protocol: string, isKept: boolean) => sockets.push(`${protocol} ${isKept}`)
      const [none, some] = [{}, { idleMs: 1000 }].map((kept) =>
        socketUpstreams(timer).open({ at: at(), onSocket, ...kept }),
      )
      await none?.exchange(message, over(transport))
      await none?.exchange(message, over(transport))
      await some?.exchange(message, over(transport, { isApart: true }))
      await until(() => openSockets() <= before)
      expect(timer.waiting).to.equal(0)
      await some?.exchange(message, over(transport))
      await some?.exchange(message, over(transport))
      expect(sockets).to.deep.equal(['false', 'false', 'false', 'true'].map((isKept) => `${transport} ${isKept}`))
      expect(new Set(double.received.map(({ port }) => port)).size).to.equal(4)
      some?.close()
      await until(() => openSockets() <= before)
    })

    it(`${transport}: close ends the waiting`, async () => {
      double.reply = () => []
      const upstream = socketUpstreams(timer).open({ at: at() })
      const reason = reasonOf(upstream.exchange(message, over(transport)))
      await until(() => double.received.length === 1)
      upstream.close()
      expect(await reason).to.equal('proxy: transport stopped')
      expect(timer.waiting).to.equal(0)
    })

    it(`${transport}: close ends what has only begun`, async () => {
      const before = openSockets()
      const upstream = socketUpstreams(timer).open({ at: at() })
      const reason = reasonOf(upstream.exchange(message, over(transport)))
      upstream.close()
      expect(await reason).to.equal('proxy: transport stopped')
      expect(timer.waiting).to.equal(0)
      await until(() => openSockets() <= before)
    })

    it(`${transport}: the reason of a failure does not tell our port`, async () => {
      double.reply = () => []
      const upstream = socketUpstreams(timer).open({ at: at() })
      const reason = reasonOf(upstream.exchange(message, over(transport)))
      await until(() => double.received.length === 1)
      timer.pass(1000)
      expect(await reason).to.equal(`127.0.0.1:${double.port}: i/o timeout`)
    })
  }

  it('over TCP replies may come in any order, and in pieces', async () => {
    double.reply = (received) => [replyTo(received, { id: received.message.id ^ 1, rcode: 3 }), replyTo(received)]
    const upstream = socketUpstreams(timer).open({ at: at() })
    expect(decodeMessage(await upstream.exchange(message, over('tcp'))).rcode).to.equal(0)
  })

  it('over IPv6', async () => {
    const socket = createSocket('udp6')
    socket.bind(0, '::1')
    await once(socket, 'listening')
    socket.on('message', (octets, { port, address }) => {
      octets[2] = 0x80
      socket.send(octets, port, address)
    })
    const upstream = socketUpstreams(timer).open({ at: { address: '::1', port: socket.address().port } })
    expect(decodeMessage(await upstream.exchange(message, over('udp'))).qr).to.equal(true)
    socket.close()
  })

  describe('a reply of many messages', () => {
    const take = (into: Uint8Array[], count: number) => (octets: Uint8Array) => into.push(octets) < count
    const receive = (changes: Partial<ReceiveOptions>, into: Uint8Array[] = []) => {
      const defaults = { connectMs: 1000, pauseMs: 1000, signal: new AbortController().signal, take: take(into, 3) }
      return socketUpstreams(timer).receive(message, { at: at(), ...defaults, ...changes })
    }

    it('comes over a connection of its own, which is closed behind the last', async () => {
      const before = openSockets()
      double.reply = (received) => [0, 1, 2, 3].map((rcode) => replyTo(received, { rcode }))
      const messages: Uint8Array[] = []
      await receive({}, messages)
      expect(messages.map((octets) => decodeMessage(octets).rcode)).to.deep.equal([0, 1, 2])
      expect(double.received.map(({ transport }) => transport)).to.deep.equal(['tcp'])
      await until(() => openSockets() <= before)
      expect(timer.waiting).to.equal(0)
    })

    it('ends at a message with another id', async () => {
      double.reply = (received) => [replyTo(received), replyTo(received, { id: received.message.id ^ 1 })]
      expect(await reasonOf(receive({}))).to.equal('dns: id mismatch')
    })

    it('ends where one of them takes too long', async () => {
      const messages: Uint8Array[] = []
      double.reply = (received) => [replyTo(received)]
      const reason = reasonOf(receive({ pauseMs: 500 }, messages))
      await until(() => messages.length === 1)
      timer.pass(500)
      expect(await reason).to.equal(`${double.at}: i/o timeout`)
    })

    it('ends where the server closes the connection', async () => {
      const messages: Uint8Array[] = []
      double.reply = (received) => [replyTo(received)]
      const reason = reasonOf(receive({}, messages))
      await until(() => messages.length === 1)
      double.closeConnections()
      expect(await reason).to.be.oneOf(['EOF', `${double.at}: read: connection reset by peer`])
    })

    it('ends with what is thrown by who takes it', async () => {
      const broken = new Error('no more of this')
      const failing = () => {
        throw broken
      }
      const thrown = await receive({ take: failing }).catch((error: unknown) => error)
      expect(thrown).to.equal(broken)
      expect(timer.waiting).to.equal(0)
    })

    it('ends when it is told to, before it has begun as well', async () => {
      const before = openSockets()
      double.reply = () => []
      const ending = new AbortController()
      const reason = reasonOf(receive({ signal: ending.signal }))
      await until(() => double.received.length === 1)
      ending.abort()
      expect(await reason).to.equal('proxy: transport stopped')
      expect(await reasonOf(receive({ signal: ending.signal }))).to.equal('proxy: transport stopped')
      expect(timer.waiting).to.equal(0)
      await until(() => openSockets() <= before)
    })

    it('does not come where nobody listens', async () => {
      await double.stop()
      expect(await reasonOf(receive({}))).to.equal(`${double.at}: connect: connection refused`)
    })
  })

  it('hosts are those of the system', async () => {
    expect(await socketUpstreams(timer).lookup('localhost')).to.include.oneOf(['127.0.0.1', '::1'])
  })

  it('a host that cannot be is none', async () => {
    const reason = await reasonOf(socketUpstreams(timer).lookup('nope.invalid'))
    expect(reason).to.match(/^lookup nope\.invalid: /)
  })
})

describe('what nobody can guess', () => {
  it('ids: all there are, each about as often', () => {
    const ids = new RandomIds()
    const drawn = Array.from({ length: 20_000 }, () => ids.next())
    expect(new Set(drawn).size).to.be.greaterThan(16_000)
    expect(new Set(drawn.map((id) => id >>> 12)).size).to.equal(16)
  })

  it('ports: above those of services', () => {
    const ports = Array.from({ length: 5000 }, randomPort)
    expect(Math.min(...ports)).to.be.within(32_768, 33_000)
    expect(Math.max(...ports)).to.be.within(65_300, 65_535)
    expect(new Set(ports).size).to.be.greaterThan(4000)
  })
})

describe('how long to wait for a connection', () => {
  it('30 s at first, then twice what it took of late, but 1 s at least', () => {
    const time = new ConnectTime()
    expect(time.limitMs).to.equal(30_000)
    time.observe(7000)
    expect(time.limitMs).to.equal(26_000)
    for (let count = 0; count < 50; count++) time.observe(800)
    expect(Math.round(time.limitMs)).to.equal(1600)
    for (let count = 0; count < 50; count++) time.observe(1)
    expect(time.limitMs).to.equal(1000)
    for (let count = 0; count < 50; count++) time.observe(60_000)
    expect(time.limitMs).to.equal(30_000)
  })
})
