import { expect } from 'chai'
import { CLASS, rcodeName, TYPE } from '../../../src/dns/iana.ts'
import type { LabelledSeries, Series } from '../../../src/util/metrics.ts'
import type { TestServer } from '../../support/serve.ts'
import { type Received, replyTo, type UpstreamDouble } from '../../support/upstream-double.ts'
import { until } from '../../transport/until.ts'
import { Serving } from './serving.ts'

const serving = new Serving()
afterEach(() => serving.end())

/** Neither is a question for `www.example.`. */
const checksOf = ({ received }: UpstreamDouble) => received.filter(({ message }) => message.question?.qtype === TYPE.NS)
const queriesOf = ({ received }: UpstreamDouble) => received.filter(({ message }) => message.question?.qtype === TYPE.A)

/** Replies to checks alone, or to nothing. */
const only = (takes: (received: Received) => boolean) => (received: Received) =>
  takes(received) ? [replyTo(received)] : []

/** Asks, and lets the only attempt time out. */
async function askInVain(server: TestServer, upstream: UpstreamDouble): Promise<void> {
  const before = queriesOf(upstream).length
  const response = server.exchange('www.example. A')
  await until(() => queriesOf(upstream).length > before)
  server.timer.pass(100)
  expect(rcodeName((await response).rcode)).to.equal('SERVFAIL')
}

/** Lets the check that is under way fail, and the next begin. */
async function failCheck(server: TestServer, upstream: UpstreamDouble, intervalMs = 500): Promise<void> {
  const before = checksOf(upstream).length
  const failures = failuresOf(server)
  server.timer.pass(1000)
  await until(() => failuresOf(server) > failures)
  server.timer.pass(intervalMs)
  await until(() => checksOf(upstream).length > before)
}

function failuresOf(server: TestServer): number {
  const [failures] = metric(server, 'coredns_proxy_healthcheck_failures_total')
  return failures !== undefined && 'value' in failures.series ? failures.series.value : 0
}

const options = 'read_timeout 100ms\nmax_connect_attempts 1'

function metric(server: TestServer, name: string): LabelledSeries<Series>[] {
  const family = server.metrics.families().find((each) => each.name === name)
  return [...(family?.series.values() ?? [])]
}

describe('forward: health checks', () => {
  it('begin with a query that fails, and ask for the NS records of the root', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at} {\n${options}\n}`)
    await server.exchange('www.example. A')
    server.timer.pass(5000)
    expect(checksOf(upstream)).to.have.lengthOf(0)
    upstream.reply = only(() => false)
    await askInVain(server, upstream)
    await until(() => checksOf(upstream).length === 1)
    const [check] = checksOf(upstream)
    expect(check?.message.question).to.deep.equal({ qname: '.', spelling: '.', qtype: TYPE.NS, qclass: CLASS.IN })
    expect(check?.message).to.include({ rd: true }).and.not.to.have.property('edns')
    expect(check?.transport).to.equal('udp')
  })

  for (const { title, written, expected } of [
    { title: 'no_rec', written: 'health_check 1s no_rec', expected: { rd: false, qname: '.', transport: 'udp' } },
    {
      title: 'domain',
      written: 'health_check 1s domain Example.ORG',
      expected: { rd: true, qname: 'example.org.', transport: 'udp' },
    },
    { title: 'force_tcp', written: 'force_tcp', expected: { rd: true, qname: '.', transport: 'tcp' } },
  ]) {
    it(`${title}: ${JSON.stringify(expected)}`, async () => {
      const upstream = await serving.upstream()
      upstream.reply = only(() => false)
      const server = serving.server(`forward . ${upstream.at} {\n${options}\n${written}\n}`)
      await askInVain(server, upstream)
      await until(() => checksOf(upstream).length === 1)
      const [check] = checksOf(upstream)
      const { rd, question } = check?.message ?? {}
      expect({ rd, qname: question?.qname, transport: check?.transport }).to.deep.equal(expected)
    })
  }

  it('any reply will do, and it ends them', async () => {
    const upstream = await serving.upstream()
    upstream.reply = (received) =>
      received.message.question?.qtype === TYPE.NS ? [replyTo(received, { rcode: 5 })] : []
    const server = serving.server(`forward . ${upstream.at} {\n${options}\n}`)
    await askInVain(server, upstream)
    await until(() => checksOf(upstream).length === 1)
    await until(() => server.timer.waiting === 0)
    server.timer.pass(10_000)
    expect(checksOf(upstream)).to.have.lengthOf(1)
    await askInVain(server, upstream)
    await until(() => checksOf(upstream).length === 2)
  })

  it('the third that fails, not the second, takes the upstream out; the first that does not brings it back', async () => {
    const [bad, good] = [await serving.upstream(), await serving.upstream()]
    bad.reply = only(() => false)
    const server = serving.server(`forward . ${bad.at} ${good.at} {\n${options}\npolicy sequential\n}`)
    await askInVain(server, bad)
    await until(() => checksOf(bad).length === 1)
    for (let failed = 1; failed <= 2; failed++) {
      await failCheck(server, bad)
      await askInVain(server, bad)
    }
    expect(queriesOf(good)).to.have.lengthOf(0)
    await failCheck(server, bad)
    expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('NOERROR')
    expect(queriesOf(good)).to.have.lengthOf(1)
    expect(metric(server, 'coredns_proxy_healthcheck_failures_total')).to.deep.equal([
      { values: ['forward', bad.at], series: { value: 3 } },
    ])

    bad.reply = only(() => true)
    await failCheck(server, bad)
    const before = queriesOf(bad).length
    while (queriesOf(bad).length === before) await server.exchange('www.example. A')
    server.timer.pass(10_000)
    expect(failuresOf(server)).to.equal(4)
  })

  it('health_check is the time between them', async () => {
    const upstream = await serving.upstream()
    upstream.reply = only(() => false)
    const server = serving.server(`forward . ${upstream.at} {\n${options}\nhealth_check 3s\n}`)
    await askInVain(server, upstream)
    await until(() => checksOf(upstream).length === 1)
    server.timer.pass(1000)
    await until(() => metric(server, 'coredns_proxy_healthcheck_failures_total').length === 1)
    server.timer.pass(2999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(checksOf(upstream)).to.have.lengthOf(1)
    server.timer.pass(1)
    await until(() => checksOf(upstream).length === 2)
  })

  it('max_fails is how many may fail', async () => {
    const [bad, good] = [await serving.upstream(), await serving.upstream()]
    bad.reply = only(() => false)
    const server = serving.server(`forward . ${bad.at} ${good.at} {\n${options}\npolicy sequential\nmax_fails 1\n}`)
    await askInVain(server, bad)
    await until(() => checksOf(bad).length === 1)
    await failCheck(server, bad)
    await askInVain(server, bad)
    await failCheck(server, bad)
    expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('NOERROR')
  })

  it('max_fails 0: there are none', async () => {
    const upstream = await serving.upstream()
    upstream.reply = only(() => false)
    const server = serving.server(`forward . ${upstream.at} {\n${options}\nmax_fails 0\n}`)
    for (let count = 0; count < 4; count++) await askInVain(server, upstream)
    server.timer.pass(10_000)
    await new Promise((resolve) => setImmediate(resolve))
    expect(checksOf(upstream)).to.have.lengthOf(0)
  })

  it('several failed queries begin one', async () => {
    const upstream = await serving.upstream()
    upstream.reply = only(() => false)
    const server = serving.server(`forward . ${upstream.at} {\nread_timeout 100ms\n}`)
    const responses = [1, 2, 3].map(() => server.exchange('www.example. A'))
    await until(() => queriesOf(upstream).length === 3)
    server.timer.pass(100)
    await until(() => queriesOf(upstream).length === 6)
    server.timer.pass(100)
    await Promise.all(responses)
    await until(() => checksOf(upstream).length === 1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(checksOf(upstream)).to.have.lengthOf(1)
  })
})

describe('forward: all upstreams are down', () => {
  const downServer = async (extra: string) => {
    const upstream = await serving.upstream()
    upstream.reply = only(() => false)
    const server = serving.server(`forward . ${upstream.at} {\nread_timeout 100ms\nmax_fails 1\n${extra}\n}`)
    const response = server.exchange('www.example. A')
    await until(() => queriesOf(upstream).length === 1)
    server.timer.pass(100)
    await until(() => queriesOf(upstream).length === 2)
    server.timer.pass(100)
    await response
    await until(() => checksOf(upstream).length === 1)
    for (let failed = 1; failed <= 2; failed++) await failCheck(server, upstream)
    return { server, upstream }
  }

  it('one is asked all the same, once, and it is counted', async () => {
    const { server, upstream } = await downServer('')
    expect(metric(server, 'coredns_forward_healthcheck_broken_total')).to.deep.equal([
      { values: [], series: { value: 0 } },
    ])
    const before = queriesOf(upstream).length
    await askInVain(server, upstream)
    expect(queriesOf(upstream).length).to.equal(before + 1)
    expect(metric(server, 'coredns_forward_healthcheck_broken_total')).to.deep.equal([
      { values: [], series: { value: 1 } },
    ])
    upstream.reply = only(() => true)
    expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('NOERROR')
  })

  it('failfast_all_unhealthy_upstreams: SERVFAIL at once', async () => {
    const { server, upstream } = await downServer('failfast_all_unhealthy_upstreams')
    const before = queriesOf(upstream).length
    const { rcode, edns } = await server.exchange('www.example. A', { edns: {} })
    expect(rcodeName(rcode)).to.equal('SERVFAIL')
    expect(edns?.extendedError).to.deep.equal({ infoCode: 22, text: `no upstream is healthy: ${upstream.at}` })
    expect(server.lines.at(-1)).to.equal('[ERROR] plugin/errors: 2 www.example. A: no healthy proxies')
    expect(queriesOf(upstream).length).to.equal(before)
    expect(metric(server, 'coredns_forward_healthcheck_broken_total')).to.deep.equal([
      { values: [], series: { value: 1 } },
    ])
  })
})
