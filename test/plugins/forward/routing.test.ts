import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { replyTo } from '../../support/upstream-double.ts'
import { Serving } from './serving.ts'

const serving = new Serving()
afterEach(() => serving.end())

type Code = 'NOERROR' | 'NODATA' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'

/** Upstreams that reply with these codes, and with no records where it is `NODATA`. */
async function replying(...codes: readonly Code[]) {
  const rcodes = { NOERROR: 0, NODATA: 0, NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 }
  return Promise.all(
    codes.map(async (code) => {
      const upstream = await serving.upstream()
      const changes = code === 'NOERROR' ? {} : { rcode: rcodes[code], answer: [] }
      upstream.reply = (received) => [replyTo(received, changes)]
      return upstream
    }),
  )
}

describe('forward: which names', () => {
  it('those of FROM, without letter case, but for those of except; FROM itself always', async () => {
    const upstream = await serving.upstream()
    const directive = `forward Example.org ${upstream.at} {\nexcept in.example.org\nexcept OUT.example.org example.org\n}`
    const server = serving.server(`${directive}\nwhoami`)
    const asked = ['example.org.', 'Example.ORG.', 'a.example.org.', 'in.example.org.', 'x.Out.example.org.', 'org.']
    for (const name of asked) await server.exchange(`${name} A`)
    expect(upstream.received.map(({ message }) => message.question?.spelling)).to.deep.equal(asked.slice(0, 2))
  })

  it('except takes address ranges, and is told several times', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward . ${upstream.at} {\nexcept 10.0.0.0/8 a.test\nexcept b.test\n}\nwhoami`)
    for (const name of ['1.2.3.10.in-addr.arpa.', 'x.a.test.', 'b.test.', '1.2.3.11.in-addr.arpa.', 'ab.test.']) {
      await server.exchange(`${name} PTR`)
    }
    expect(upstream.received.map(({ message }) => message.question?.qname)).to.deep.equal([
      '1.2.3.11.in-addr.arpa.',
      'ab.test.',
    ])
  })

  it('what is not forwarded goes to the next plugin, and fails where there is none', async () => {
    const upstream = await serving.upstream()
    const server = serving.server(`forward example.org ${upstream.at}`)
    expect(rcodeName((await server.exchange('example.com. A')).rcode)).to.equal('SERVFAIL')
    expect(server.lines).to.deep.equal([
      '[ERROR] plugin/errors: 2 example.com. A: plugin/forward: no next plugin found',
    ])
  })

  it('of several directives the first one in the file that has the name takes it', async () => {
    const [all, special] = await replying('NOERROR', 'NOERROR')
    const server = serving.server(`forward a.test ${special?.at}\nforward . ${all?.at}`)
    await server.exchange('x.a.test. A')
    await server.exchange('b.test. A')
    expect([special?.received.length, all?.received.length]).to.deep.equal([1, 1])
    const other = serving.server(`forward . ${all?.at}\nforward a.test ${special?.at}`)
    await other.exchange('x.a.test. A')
    expect([special?.received.length, all?.received.length]).to.deep.equal([1, 2])
  })

  it('a duplicate upstream is one', async () => {
    const port = await serving.deadPort()
    const server = serving.server(`forward . 127.0.0.1:${port} dns://127.0.0.1:${port} {\nmax_fails 0\n}`)
    await server.exchange('www.example. A')
    const misses = server.metrics.families().find(({ name }) => name === 'coredns_proxy_conn_cache_misses_total')
    expect([...(misses?.series.values() ?? [])].map(({ series }) => series)).to.deep.equal([{ value: 2 }])
  })
})

const passing: readonly {
  readonly title: string
  readonly options: string
  readonly replies: readonly Code[]
  readonly rcode: string
  /** How often each was asked. */
  readonly asked: readonly number[]
}[] = [
  {
    title: 'failover: another upstream',
    options: 'failover NXDOMAIN servfail',
    replies: ['NXDOMAIN', 'NOERROR'],
    rcode: 'NOERROR',
    asked: [1, 1],
  },
  {
    title: 'failover: the code of the last one, where all have such',
    options: 'failover NXDOMAIN\nfailover SERVFAIL REFUSED',
    replies: ['NXDOMAIN', 'SERVFAIL', 'REFUSED'],
    rcode: 'REFUSED',
    asked: [1, 1, 1],
  },
  {
    title: 'failover: not for other codes',
    options: 'failover SERVFAIL',
    replies: ['NXDOMAIN', 'NOERROR'],
    rcode: 'NXDOMAIN',
    asked: [1, 0],
  },
  { title: 'without failover', options: '', replies: ['SERVFAIL', 'NOERROR'], rcode: 'SERVFAIL', asked: [1, 0] },
]

describe('forward: other upstreams for the code of a reply', () => {
  for (const { title, options, replies, rcode, asked } of passing) {
    it(title, async () => {
      const upstreams = await replying(...replies)
      const to = upstreams.map(({ at }) => at).join(' ')
      const server = serving.server(`forward . ${to} {\npolicy sequential\n${options}\n}`)
      expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal(rcode)
      expect(upstreams.map(({ received }) => received.length)).to.deep.equal(asked)
    })
  }
})

const chained: typeof passing = [
  { title: 'next', options: 'next NXDOMAIN', replies: ['NXDOMAIN', 'NOERROR'], rcode: 'NOERROR', asked: [1, 1] },
  {
    title: 'next, of several codes',
    options: 'next refused\nnext NOTIMPL servFail',
    replies: ['SERVFAIL', 'NODATA'],
    rcode: 'NOERROR',
    asked: [1, 1],
  },
  {
    title: 'next, of another code',
    options: 'next NXDOMAIN',
    replies: ['SERVFAIL', 'NOERROR'],
    rcode: 'SERVFAIL',
    asked: [1, 0],
  },
  {
    title: 'next_on_nodata',
    options: 'next_on_nodata',
    replies: ['NODATA', 'NOERROR'],
    rcode: 'NOERROR',
    asked: [1, 1],
  },
  {
    title: 'next_on_nodata, and records',
    options: 'next_on_nodata',
    replies: ['NOERROR', 'NOERROR'],
    rcode: 'NOERROR',
    asked: [1, 0],
  },
  {
    title: 'next_on_nodata, and NXDOMAIN',
    options: 'next_on_nodata',
    replies: ['NXDOMAIN', 'NOERROR'],
    rcode: 'NXDOMAIN',
    asked: [1, 0],
  },
  { title: 'neither', options: '', replies: ['NXDOMAIN', 'NOERROR'], rcode: 'NXDOMAIN', asked: [1, 0] },
]

describe('forward: the next directive for the code of a reply', () => {
  for (const { title, options, replies, rcode, asked } of chained) {
    it(title, async () => {
      const [first, second] = await replying(...replies)
      const server = serving.server(`forward . ${first?.at} {\n${options}\n}\nforward . ${second?.at}`)
      expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal(rcode)
      expect([first?.received.length, second?.received.length]).to.deep.equal(asked)
    })
  }

  it('the last one has no next, whatever plugin follows', async () => {
    const [upstream] = await replying('NXDOMAIN')
    const server = serving.server(`forward . ${upstream?.at} {\nnext NXDOMAIN\nnext_on_nodata\n}\nwhoami`)
    expect(rcodeName((await server.exchange('www.example. A')).rcode)).to.equal('NXDOMAIN')
  })

  it('the next is one that has the name, if any', async () => {
    const [first, second] = await replying('NXDOMAIN', 'NOERROR')
    const server = serving.server(`forward . ${first?.at} {\nnext NXDOMAIN\n}\nforward other.test ${second?.at}`)
    await server.exchange('www.example. A')
    expect(server.lines).to.deep.equal([
      '[ERROR] plugin/errors: 2 www.example. A: plugin/forward: no next plugin found',
    ])
  })
})
