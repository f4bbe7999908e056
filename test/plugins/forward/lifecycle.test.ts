import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { openSockets } from '../../support/open-sockets.ts'
import { replyTo } from '../../support/upstream-double.ts'
import { until } from '../../transport/until.ts'
import { Serving } from './serving.ts'

const serving = new Serving()
afterEach(() => serving.end())

describe('forward: what is left open', () => {
  it('nothing after stop: neither sockets nor timers, idle or busy', async () => {
    const [upstream, silent] = [await serving.upstream(), await serving.upstream()]
    silent.reply = () => []
    const before = openSockets()
    const server = serving.server(`forward a.test ${silent.at}\nforward . ${upstream.at}`)
    await server.start()
    const askAll = (name: string) =>
      Array.from({ length: 10 }, (_, index) =>
        server.exchange(`${name} A`, { transport: index % 2 === 0 ? 'udp' : 'tcp' }),
      )
    await Promise.all(askAll('www.example.'))
    const unanswered = askAll('www.a.test.')
    await until(() => silent.received.length === 10)
    expect(openSockets()).to.be.greaterThan(before)
    expect(server.timer.waiting).to.be.greaterThan(0)
    await server.stop()
    expect((await Promise.all(unanswered)).map(({ rcode }) => rcodeName(rcode))).to.deep.equal(
      unanswered.map(() => 'SERVFAIL'),
    )
    upstream.closeConnections()
    silent.closeConnections()
    await until(() => openSockets() <= before)
    expect(server.timer.waiting).to.equal(0)
  })

  it('nothing after stop where a check is under way, or waited for', async () => {
    const dead = await serving.deadPort()
    const silent = await serving.upstream()
    silent.reply = () => []
    const before = openSockets()
    const server = serving.server(
      `forward a.test 127.0.0.1:${dead}\nforward . ${silent.at} {\nmax_connect_attempts 1\nread_timeout 1ms\n}`,
    )
    await server.exchange('www.a.test. A')
    const response = server.exchange('www.example. A')
    await until(() => silent.received.length === 1)
    server.timer.pass(1)
    await response
    await until(() => silent.received.length === 2)
    await server.stop()
    await until(() => openSockets() <= before)
    expect(server.timer.waiting).to.equal(0)
  })

  it('nothing once all sockets have been idle for long enough, without a stop', async () => {
    const upstream = await serving.upstream()
    const before = openSockets()
    const server = serving.server(`forward . ${upstream.at}`)
    for (const transport of ['udp', 'tcp'] as const) await server.exchange('www.example. A', { transport })
    server.timer.pass(20_000)
    await until(() => openSockets() <= before)
    expect(server.timer.waiting).to.equal(0)
  })

  it('what is asked after stop fails, and opens nothing', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    await server.stop()
    const before = openSockets()
    for (const transport of ['udp', 'tcp'] as const) {
      expect(rcodeName((await server.exchange('www.example. A', { transport })).rcode)).to.equal('SERVFAIL')
    }
    expect(server.lines.at(-1)).to.equal('[ERROR] plugin/errors: 2 www.example. A: proxy: transport stopped')
    expect(openSockets()).to.be.at.most(before)
    expect(server.timer.waiting).to.equal(0)
  })
})

describe('forward: what it tells', () => {
  it('the reason', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at}`)
    const trace = await server.trace('www.example. A')
    expect(trace.map((step) => [step.code, step.describe()])).to.deep.equal([['forwarded', `${upstream.at} answered`]])
  })

  it('the time that replies took, by their codes', async () => {
    const upstream = await serving.upstream()
    const codes = [0, 0, 3, 16, 13]
    upstream.reply = (received) => {
      server.timer.pass(100)
      return [replyTo(received, { rcode: codes.shift() ?? 0, edns: { version: 0, dnssecOk: false, payloadSize: 512 } })]
    }
    const server = serving.server(`forward . ${upstream.at}`)
    for (let count = 0; count < 5; count++) await server.exchange('www.example. A')
    const family = server.metrics.families().find(({ name }) => name === 'coredns_proxy_request_duration_seconds')
    expect(family).to.include({ kind: 'histogram', help: 'Histogram of the time each request took.' })
    expect(family?.labels).to.deep.equal(['proxy_name', 'to', 'rcode'])
    expect(family?.bounds).to.have.lengthOf(16)
    expect([family?.bounds[0], family?.bounds[15]]).to.deep.equal([0.00025, 8.192])
    const counted = [...(family?.series.values() ?? [])].map(({ values, series }) =>
      'counts' in series ? [...values, series.counts[9], Math.round(series.sum * 1000)] : values,
    )
    expect(counted).to.deep.equal(
      [
        ['NOERROR', 2, 200],
        ['NXDOMAIN', 1, 100],
        ['BADSIG', 1, 100],
        ['13', 1, 100],
      ].map((row) => ['forward', upstream.at, ...row]),
    )
  })

  it('nothing of an upstream that did not answer', async () => {
    const server = serving.server(`forward . 127.0.0.1:${await serving.deadPort()}`)
    await server.exchange('www.example. A')
    const family = server.metrics.families().find(({ name }) => name === 'coredns_proxy_request_duration_seconds')
    expect(family?.series.size).to.equal(0)
  })
})
