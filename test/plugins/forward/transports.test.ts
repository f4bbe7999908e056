import { expect } from 'chai'
import type { Transport } from '../../../src/plugin/handler.ts'
import { type Reply, replyTo } from '../../support/upstream-double.ts'
import { Serving } from './serving.ts'

const serving = new Serving()
afterEach(() => serving.end())

const truncatedOverUdp: Reply = (received) => [
  replyTo(received, received.transport === 'udp' ? { tc: true, answer: [] } : {}),
]

const cases: readonly {
  readonly title: string
  readonly options: string
  readonly asked: Transport
  readonly reply?: Reply
  readonly used: readonly Transport[]
  readonly tc?: boolean
}[] = [
  { title: 'that of the client: UDP', options: '', asked: 'udp', used: ['udp'] },
  { title: 'that of the client: TCP', options: '', asked: 'tcp', used: ['tcp'] },
  { title: 'force_tcp', options: 'force_tcp', asked: 'udp', used: ['tcp'] },
  { title: 'prefer_udp', options: 'prefer_udp', asked: 'tcp', used: ['udp'] },
  {
    title: 'prefer_udp, and a truncated reply',
    options: 'prefer_udp',
    asked: 'tcp',
    reply: truncatedOverUdp,
    used: ['udp', 'tcp'],
  },
  {
    title: 'prefer_udp, a truncated reply, and a client over UDP',
    options: 'prefer_udp',
    asked: 'udp',
    reply: truncatedOverUdp,
    used: ['udp', 'tcp'],
  },
  {
    title: 'a truncated reply without prefer_udp',
    options: '',
    asked: 'udp',
    reply: truncatedOverUdp,
    used: ['udp'],
    tc: true,
  },
  { title: 'force_tcp beside prefer_udp', options: 'prefer_udp\nforce_tcp', asked: 'udp', used: ['tcp'] },
]

describe('forward: the transport to the upstream', () => {
  for (const { title, options, asked, reply, used, tc = false } of cases) {
    it(title, async () => {
      const upstream = await serving.upstream()
      if (reply !== undefined) upstream.reply = reply
      const server = serving.server(`forward . ${upstream.at} {\n${options}\n}`)
      const response = await server.exchange('www.example. A', { transport: asked })
      expect({ tc: response.tc, answers: response.answer.length }).to.deep.equal({ tc, answers: tc ? 0 : 1 })
      expect(upstream.received.map(({ transport }) => transport)).to.deep.equal(used)
    })
  }

  it('source_address is where our messages come from', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at} {\nsource_address 127.0.0.9\n}`)
    await server.exchange('www.example. A')
    await server.exchange('www.example. A', { transport: 'tcp' })
    expect(upstream.received.map(({ address }) => address)).to.deep.equal(['127.0.0.9', '127.0.0.9'])
  })

  it('a source_address that is not ours is told as Go does', async () => {
    const server = serving.server('forward . 127.0.0.1:9 {\nsource_address 192.0.2.9\n}')
    for (const transport of ['udp', 'tcp'] as const) await server.exchange('www.example. A', { transport })
    expect(server.lines).to.deep.equal(
      ['udp', 'tcp'].map(
        (network) =>
          `[ERROR] plugin/errors: 2 www.example. A: dial ${network} 192.0.2.9:0->127.0.0.1:9: bind: cannot assign requested address`,
      ),
    )
  })
})

describe('forward: sockets that are kept', () => {
  const ask = async (upstreamAt: string, options: string, passes: readonly number[], transport: Transport = 'udp') => {
    const server = serving.server(`forward . ${upstreamAt} {\n${options}\n}`)
    for (const ms of [0, ...passes]) {
      server.timer.pass(ms)
      expect((await server.exchange('www.example. A', { transport })).rcode).to.equal(0)
    }
    return server
  }

  for (const transport of ['udp', 'tcp'] as const) {
    for (const { title, options, passes, sockets } of [
      { title: 'is used again', options: '', passes: [9999], sockets: 1 },
      { title: 'is idle for 10 s', options: '', passes: [10_000], sockets: 2 },
      { title: 'is idle for longer than expire', options: 'expire 2s', passes: [1999, 2000], sockets: 2 },
      { title: 'is not kept with expire 0s', options: 'expire 0s', passes: [0], sockets: 2 },
      { title: 'is older than max_age', options: 'expire 2s\nmax_age 3s', passes: [1500, 1500, 1500], sockets: 2 },
    ]) {
      it(`${transport}: ${title}`, async () => {
        const upstream = await serving.upstream()
        await ask(upstream.at, options, passes, transport)
        expect(new Set(upstream.received.map(({ port }) => port)).size).to.equal(sockets)
      })
    }
  }

  it('max_idle_conns is how many', async () => {
    const upstream = await serving.upstream()
    const release: (() => void)[] = []
    upstream.reply = async (received) => {
      if (release.length < 4) await new Promise<void>((resolve) => release.push(resolve))
      return [replyTo(received)]
    }
    const server = serving.server(`forward . ${upstream.at} {\nmax_idle_conns 2\n}`)
    const asked = Array.from({ length: 4 }, () => server.exchange('www.example. A', { transport: 'tcp' }))
    upstream.reply = upstream.reply.bind(undefined)
    while (release.length < 4) await new Promise((resolve) => setImmediate(resolve))
    for (const go of release) go()
    await Promise.all(asked)
    while (upstream.openConnections > 2) await new Promise((resolve) => setImmediate(resolve))
    expect(upstream.connections).to.equal(4)
  })

  it('a UDP port is used 256 times, and 10 s, at most', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    for (let count = 0; count < 257; count++) await server.exchange('www.example. A')
    const ports = upstream.received.map(({ port }) => port)
    expect(new Set(ports.slice(0, 256)).size).to.equal(1)
    expect(ports[256]).not.to.equal(ports[0])
    server.timer.pass(6000)
    await server.exchange('www.example. A')
    server.timer.pass(6000)
    await server.exchange('www.example. A')
    const [before, after] = upstream.received.slice(-2).map(({ port }) => port)
    expect(before).to.equal(ports[256])
    expect(after).not.to.equal(before)
  })

  it('the one that has waited longest is used first', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    await Promise.all([server.exchange('a.example. A'), server.exchange('b.example. A')])
    for (let count = 0; count < 4; count++) await server.exchange('c.example. A')
    const [first, second, ...others] = upstream.received.slice(2).map(({ port }) => port)
    expect(first).not.to.equal(second)
    expect(others).to.deep.equal([first, second])
  })

  it('a TCP connection that the upstream has closed meanwhile costs nothing', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at} {\nmax_connect_attempts 1\n}`)
    for (let count = 0; count < 3; count++) {
      expect((await server.exchange('www.example. A', { transport: 'tcp' })).rcode).to.equal(0)
      upstream.closeConnections()
    }
    expect(server.lines).to.deep.equal([])
  })

  it('an upstream that starts anew is found again, over both', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    for (let count = 0; count < 3; count++) {
      for (const transport of ['udp', 'tcp'] as const) {
        expect((await server.exchange('www.example. A', { transport })).rcode).to.equal(0)
      }
      await upstream.stop()
      await upstream.start()
    }
  })

  it('are counted as hits and misses', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    for (const transport of ['udp', 'udp', 'tcp'] as const) await server.exchange('www.example. A', { transport })
    const values = server.metrics
      .families()
      .flatMap(({ name, labels, series }) =>
        name.startsWith('coredns_proxy_conn_cache')
          ? [...series.values()].map(({ values, series }) => ({ name, labels, values, ...series }))
          : [],
      )
    const labels = ['proxy_name', 'to', 'proto']
    const of = (proto: string) => ['forward', upstream.at, proto]
    expect(values).to.deep.equal([
      { name: 'coredns_proxy_conn_cache_hits_total', labels, values: of('udp'), value: 1 },
      { name: 'coredns_proxy_conn_cache_misses_total', labels, values: of('udp'), value: 1 },
      { name: 'coredns_proxy_conn_cache_misses_total', labels, values: of('tcp'), value: 1 },
    ])
  })
})
