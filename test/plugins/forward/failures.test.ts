import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { replyTo, type UpstreamDouble } from '../../support/upstream-double.ts'
import { until } from '../../transport/until.ts'
import { afterQueries, Serving } from './serving.ts'

const serving = new Serving()
afterEach(() => serving.end())

const silent = () => []

describe('forward: an upstream that cannot be asked', () => {
  for (const { transport, message } of [
    {
      transport: 'udp',
      message: (port: number) => `read udp 127.0.0.1:N->127.0.0.1:${port}: read: connection refused`,
    },
    { transport: 'tcp', message: (port: number) => `dial tcp 127.0.0.1:${port}: connect: connection refused` },
  ] as const) {
    it(`refuses the connection: ${transport}`, async () => {
      const port = await serving.deadPort()
      const server = serving.server(`forward . 127.0.0.1:${port}`)
      const { rcode, edns } = await server.exchange('WWW.example. AAAA', { transport, edns: {} })
      expect(rcodeName(rcode)).to.equal('SERVFAIL')
      expect(server.lines.map((line) => line.replace(/:\d+->/, ':N->'))).to.deep.equal([
        `[ERROR] plugin/errors: 2 www.example. AAAA: ${message(port)}`,
      ])
      const reason = `127.0.0.1:${port}: ${transport === 'udp' ? 'read' : 'connect'}: connection refused`
      expect(edns?.extendedError).to.deep.equal({
        infoCode: 23,
        text: `no upstream answered, the last one: ${reason}`,
      })
    })
  }

  it('is silent: an answer after two attempts of 2 s', async () => {
    const upstream = await serving.upstream()
    upstream.reply = silent
    const server = serving.server(`forward . ${upstream.at} {\nmax_fails 0\n}`)
    const response = server.exchange('www.example. A', { edns: {} })
    await afterQueries(upstream, 1, server, 2000)
    await afterQueries(upstream, 2, server, 2000)
    const { rcode, edns } = await response
    expect(rcodeName(rcode)).to.equal('SERVFAIL')
    expect(edns?.extendedError?.text).to.equal(`no upstream answered, the last one: ${upstream.at}: i/o timeout`)
    const port = upstream.received[1]?.port
    expect(server.lines).to.deep.equal([
      `[ERROR] plugin/errors: 2 www.example. A: read udp 127.0.0.1:${port}->${upstream.at}: i/o timeout`,
    ])
  })

  it('is silent over TCP', async () => {
    const upstream = await serving.upstream()
    upstream.reply = silent
    const server = serving.server(`forward . ${upstream.at} {\nmax_fails 0\nmax_connect_attempts 1\n}`)
    const response = server.exchange('www.example. A', { transport: 'tcp' })
    await afterQueries(upstream, 1, server, 2000)
    await response
    const port = upstream.received[0]?.port
    expect(server.lines).to.deep.equal([
      `[ERROR] plugin/errors: 2 www.example. A: read tcp 127.0.0.1:${port}->${upstream.at}: i/o timeout`,
    ])
  })

  it('ends the connection instead of replying', async () => {
    const upstream = await serving.upstream()
    upstream.reply = () => {
      upstream.closeConnections()
      return []
    }
    const server = serving.server(`forward . ${upstream.at} {\nmax_fails 0\nmax_connect_attempts 1\n}`)
    await server.exchange('www.example. A', { transport: 'tcp' })
    expect(server.lines).to.deep.equal(['[ERROR] plugin/errors: 2 www.example. A: EOF'])
  })

  it('replies late: nobody waits for it any more, and it is not taken for another reply', async () => {
    const upstream = await serving.upstream()
    let late: (() => void) | undefined
    upstream.reply = async (received) => {
      await new Promise<void>((resolve) => {
        late = resolve
      })
      return [replyTo(received, { rcode: 3, answer: [] })]
    }
    const server = serving.server(`forward . ${upstream.at} {\nmax_fails 0\nmax_connect_attempts 1\n}`)
    const response = server.exchange('www.example. A')
    await afterQueries(upstream, 1, server, 2000)
    expect(rcodeName((await response).rcode)).to.equal('SERVFAIL')
    late?.()
    upstream.reply = (received) => [replyTo(received)]
    expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('NOERROR')
  })

  it('loses every other datagram: what is asked is answered all the same', async () => {
    const upstream = await serving.upstream()
    let count = 0
    upstream.reply = (received) => (count++ % 2 === 0 ? [] : [replyTo(received)])
    const server = serving.server(`forward . ${upstream.at} {\nmax_fails 0\n}`)
    for (let asked = 1; asked <= 3; asked++) {
      const response = server.exchange('www.example. A')
      await afterQueries(upstream, 2 * asked - 1, server, 2000)
      expect(rcodeName((await response).rcode)).to.equal('NOERROR')
    }
  })

  it('read_timeout is how long a reply may take', async () => {
    const upstream = await serving.upstream()
    upstream.reply = silent
    const server = serving.server(`forward . ${upstream.at} {\nmax_fails 0\nmax_connect_attempts 1\nread_timeout 3s\n}`)
    const response = server.exchange('www.example. A')
    let isAnswered = false
    void response.then(() => {
      isAnswered = true
    })
    await afterQueries(upstream, 1, server, 2999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(isAnswered).to.equal(false)
    server.timer.pass(1)
    expect(rcodeName((await response).rcode)).to.equal('SERVFAIL')
  })
})

describe('forward: how often it is tried', () => {
  const attempts = async (option: string, upstreams = 1) => {
    const doubles = await Promise.all(Array.from({ length: upstreams }, () => serving.upstream()))
    for (const double of doubles) double.reply = silent
    const to = doubles.map(({ at }) => at).join(' ')
    const server = serving.server(`forward . ${to} {\nmax_fails 0\npolicy sequential\nread_timeout 500ms\n${option}\n}`)
    const count = () => doubles.reduce((sum, { received }) => sum + received.length, 0)
    let isAnswered = false
    const response = server.exchange('www.example. A').then(() => {
      isAnswered = true
    })
    for (let asked = 1; !isAnswered; asked++) {
      await until(() => isAnswered || count() >= asked)
      server.timer.pass(500)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await response
    return doubles.map(({ received }) => received.length)
  }

  for (const { title, option, upstreams = 1, expected } of [
    { title: 'twice each, unless said otherwise', option: '', expected: [2] },
    { title: 'twice each of two, in turn', option: '', upstreams: 2, expected: [2, 2] },
    { title: 'max_connect_attempts 1', option: 'max_connect_attempts 1', upstreams: 2, expected: [1, 0] },
    { title: 'max_connect_attempts 3', option: 'max_connect_attempts 3', upstreams: 2, expected: [2, 1] },
    { title: 'max_connect_attempts 0: for 5 s', option: 'max_connect_attempts 0', expected: [10] },
  ]) {
    it(title, async () => expect(await attempts(option, upstreams)).to.deep.equal(expected))
  }

  it('a server that does not even take the connection: another is asked', async () => {
    const [dead, upstream] = [await serving.deadPort(), await serving.upstream()]
    const server = serving.server(`forward . 127.0.0.1:${dead} ${upstream.at} {\npolicy sequential\n}`)
    for (const transport of ['udp', 'tcp'] as const) {
      expect((await server.exchange('www.example. A', { transport })).rcode).to.equal(0)
    }
    expect(server.lines).to.deep.equal([])
  })
})

describe('forward: max_concurrent', () => {
  const held = (upstream: UpstreamDouble) => {
    const release: (() => void)[] = []
    upstream.reply = async (received) => {
      await new Promise<void>((resolve) => release.push(resolve))
      return [replyTo(received)]
    }
    return release
  }

  it('refuses what goes beyond, in the words of CoreDNS', async () => {
    const upstream = await serving.upstream()
    const release = held(upstream)
    const server = serving.server(`forward . ${upstream.at} {\nmax_concurrent 2\n}`)
    const first = server.exchange('a.example. A')
    const second = server.exchange('b.example. A')
    const { rcode, edns } = await server.exchange('c.example. A', { edns: {} })
    expect(rcodeName(rcode)).to.equal('REFUSED')
    expect(edns?.extendedError).to.deep.equal({
      infoCode: 0,
      text: '2 queries are being forwarded, no more may be at a time',
    })
    expect(server.lines).to.deep.equal(['[ERROR] plugin/errors: 5 c.example. A: concurrent queries exceeded maximum 2'])
    const rejects = server.metrics
      .families()
      .find(({ name }) => name === 'coredns_forward_max_concurrent_rejects_total')
    expect([...(rejects?.series.values() ?? [])]).to.deep.equal([{ values: [], series: { value: 1 } }])
    await until(() => release.length === 2)
    for (const go of release) go()
    expect([(await first).rcode, (await second).rcode]).to.deep.equal([0, 0])
    const third = server.exchange('c.example. A')
    await until(() => release.length === 3)
    release[2]?.()
    expect((await third).rcode).to.equal(0)
  })

  it('counts those that fail no longer', async () => {
    const port = await serving.deadPort()
    const server = serving.server(`forward . 127.0.0.1:${port} {\nmax_concurrent 1\n}`)
    for (let count = 0; count < 3; count++) {
      expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('SERVFAIL')
    }
  })

  it('0 is no limit', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at} {\nmax_concurrent 0\n}`)
    const asked = await Promise.all(Array.from({ length: 50 }, () => server.exchange('www.example. A')))
    expect(asked.every(({ rcode }) => rcode === 0)).to.equal(true)
  })
})
