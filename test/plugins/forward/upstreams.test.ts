import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { UpstreamError, type UpstreamOptions, type Upstreams } from '../../../src/plugin/upstream.ts'
import { records } from '../../dns/messages.ts'
import { serveManifests } from '../../support/serve.ts'
import { replyTo } from '../../support/upstream-double.ts'
import { Serving } from './serving.ts'

const serving = new Serving()
afterEach(() => serving.end())

/** Opens nothing, and says what would have been opened. */
function recording(hosts: Readonly<Record<string, readonly string[]>> = {}) {
  const opened: UpstreamOptions[] = []
  const upstreams: Upstreams = {
    open({ onSocket: _, ...options }) {
      opened.push(options)
      return { exchange: () => Promise.reject(new UpstreamError('not asked')), close() {} }
    },
    receive: () => Promise.reject(new UpstreamError('not asked')),
    lookup: async (host) => hosts[host] ?? Promise.reject(new UpstreamError(`lookup ${host}: no such host`)),
  }
  return { opened, upstreams }
}

const kept = { idleMs: 10_000, maxAgeMs: 0, maxIdle: 0 }
const plain = (address: string, port = 53) => ({ at: { address, port }, ...kept })
const over = (by: 'tls' | { method: 'GET' | 'POST' }, at: UpstreamOptions['at'], tls: object = {}) => ({
  at,
  ...kept,
  secured: { by, tls },
})
const at = (address: string, port: number) => ({ address, port })

const files = {
  'resolv.conf': 'nameserver 192.0.2.1\nnameserver fe80::1%eth0\nsearch x\nnameserver no.address',
  'ca.pem': '',
}

describe('forward: what is opened', () => {
  for (const { text, opened: expected } of [
    { text: 'forward . 192.0.2.1', opened: [plain('192.0.2.1')] },
    { text: 'forward . 192.0.2.1:5353 [2001:DB8::1]:54', opened: [plain('192.0.2.1', 5353), plain('2001:db8::1', 54)] },
    { text: 'forward . ::1 [::2] fe80::1%eth0', opened: [plain('::1'), plain('::2'), plain('fe80::1')] },
    { text: 'forward . 192.0.2.1%eth0', opened: [plain('192.0.2.1')] },
    { text: 'forward . dns://192.0.2.1 192.0.2.1:53 dns://192.0.2.1:53', opened: [plain('192.0.2.1')] },
    {
      text: 'forward . 192.0.2.2 resolv.conf 192.0.2.1',
      opened: ['192.0.2.2', '192.0.2.1', 'fe80::1'].map((a) => plain(a)),
    },
    { text: 'forward . tls://192.0.2.1', opened: [over('tls', at('192.0.2.1', 853))] },
    {
      text: 'forward . tls://192.0.2.1%a.test:8853 tls://[::1%b.test]:853 tls://::2%c.test',
      opened: [
        over('tls', at('192.0.2.1', 8853), { serverName: 'a.test' }),
        over('tls', at('::1', 853), { serverName: 'b.test' }),
        over('tls', at('::2', 853), { serverName: 'c.test' }),
      ],
    },
    {
      text: 'forward . tls://192.0.2.1 192.0.2.2 {\ntls_servername a.test\n}',
      opened: [over('tls', at('192.0.2.1', 853), { serverName: 'a.test' }), plain('192.0.2.2')],
    },
    { text: 'forward . https://192.0.2.1', opened: [over({ method: 'POST' }, at('192.0.2.1', 443))] },
    {
      text: 'forward . https://192.0.2.1%a.test:8443 {\ndoh_method GET\n}',
      opened: [over({ method: 'GET' }, at('192.0.2.1', 8443), { serverName: 'a.test' })],
    },
    {
      text: 'forward . 192.0.2.1 {\nexpire 3s\nmax_age 1m\nmax_idle_conns 7\nsource_address ::ffff:192.0.2.9\n}',
      opened: [{ at: at('192.0.2.1', 53), idleMs: 3000, maxAgeMs: 60_000, maxIdle: 7, sourceAddress: '192.0.2.9' }],
    },
  ]) {
    it(text.replaceAll('\n', ' ; '), () => {
      const { opened, upstreams } = recording()
      serveManifests('', `. {\n${text}\n}\n`, { files, upstreams })
      expect(opened).to.deep.equal(expected)
    })
  }
})

describe('forward: hosts', () => {
  const hosts = { 'dns.test': ['192.0.2.1', '2001:db8::1'], 'other.test': ['192.0.2.1', '192.0.2.3'] }

  it('are looked up at the start, stand for all their addresses in their place, and none twice', async () => {
    const { opened, upstreams } = recording(hosts)
    const corefile = '. {\nforward . 192.0.2.9 dns.test tls://dns.test%a.test:8853 other.test 192.0.2.10\n}\n'
    const server = serveManifests('', corefile, { upstreams })
    expect(opened).to.deep.equal([])
    await server.start()
    expect(opened).to.deep.equal([
      plain('192.0.2.9'),
      ...[plain('192.0.2.1'), plain('2001:db8::1')],
      ...['192.0.2.1', '2001:db8::1'].map((address) => over('tls', at(address, 8853), { serverName: 'a.test' })),
      ...[plain('192.0.2.3'), plain('192.0.2.10')],
    ])
  })

  it('that cannot be found: an error at the start', async () => {
    const { upstreams } = recording()
    const server = serveManifests('', '. {\n\nforward . 192.0.2.9 nope.test\n}\n', { upstreams })
    const error = await server.start().then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    expect(error?.message).to.equal(
      'plugin/forward: Corefile:3 - Error during parsing: failed to resolve "nope.test": lookup nope.test: no such host',
    )
  })

  it('are looked up for a query where nobody has started the server; once', async () => {
    let lookups = 0
    const { opened, upstreams } = recording(hosts)
    const counting = {
      ...upstreams,
      lookup: (host: string) => {
        lookups++
        return upstreams.lookup(host)
      },
    }
    const server = serveManifests('', '. {\nforward . dns.test\n}\n', { upstreams: counting })
    await Promise.all([server.exchange('a.example. A'), server.exchange('b.example. A')])
    await server.exchange('c.example. A')
    expect({ lookups, opened: opened.length }).to.deep.equal({ lookups: 1, opened: 2 })
  })

  it('that cannot be found for a query are looked up anew for the next', async () => {
    const known: Record<string, readonly string[]> = {}
    const { opened, upstreams } = recording(known)
    const server = serveManifests('', '. {\nerrors\nforward . dns.test\n}\n', { upstreams })
    expect(rcodeName((await server.exchange('a.example. A')).rcode)).to.equal('SERVFAIL')
    expect(server.lines).to.deep.equal([
      '[ERROR] plugin/errors: 2 a.example. A: failed to resolve "dns.test": lookup dns.test: no such host',
    ])
    known['dns.test'] = ['192.0.2.1']
    await server.exchange('a.example. A')
    expect(opened).to.deep.equal([plain('192.0.2.1')])
  })

  it('nothing is opened any more once the server has stopped', async () => {
    const { opened, upstreams } = recording(hosts)
    const server = serveManifests('', '. {\nforward . dns.test\n}\n', { upstreams })
    const started = server.start()
    await server.stop()
    await started
    expect(opened).to.deep.equal([])
  })
})

describe('forward: resolver', () => {
  const resolving = async (rdata: Readonly<Record<string, string>>) => {
    const resolver = await serving.upstream()
    resolver.reply = (received) => {
      const { qname, qtype } = received.message.question ?? {}
      const type = qtype === 28 ? 'AAAA' : 'A'
      const found = rdata[type]
      return [replyTo(received, { answer: found === undefined ? [] : records(`${qname} 5 IN ${type} ${found}`) })]
    }
    return resolver
  }

  it('is who is asked for the addresses of hosts', async () => {
    const upstream = await serving.upstream()
    const resolver = await resolving({ A: '127.0.0.1', AAAA: '2001:db8::1' })
    const server = serving.server(
      `forward . Dns.test:${upstream.port} {\npolicy sequential\nresolver ${resolver.at}\n}`,
    )
    await server.start()
    expect(
      resolver.received.map(({ message }) => [message.question?.spelling, message.question?.qtype, message.rd]),
    ).to.deep.equal([
      ['Dns.test.', 1, true],
      ['Dns.test.', 28, true],
    ])
    expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('NOERROR')
    expect(upstream.received).to.have.lengthOf(1)
  })

  it('of several the first one that knows any', async () => {
    const upstream = await serving.upstream()
    const dead = await serving.deadPort()
    const [empty, good] = [await resolving({}), await resolving({ A: '127.0.0.1' })]
    const resolvers = `127.0.0.1:${dead} ${empty.at} ${good.at}`
    const server = serving.server(`forward . dns.test:${upstream.port} {\nresolver ${resolvers}\n}`)
    await server.start()
    expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('NOERROR')
  })

  it('that knows none: an error at the start', async () => {
    const empty = await resolving({})
    const server = serving.server(`forward . dns.test {\nresolver ${empty.at}\n}`)
    const error = await server.start().then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    expect(error?.message).to.equal(
      'plugin/forward: Corefile:3 - Error during parsing: failed to resolve "dns.test": no addresses found for "dns.test"',
    )
  })
})
