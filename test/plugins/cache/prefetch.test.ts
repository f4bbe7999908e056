import { expect } from 'chai'
import { NoNextPluginError } from '../../../src/plugin/chain.ts'
import { CachedUpstream, settle } from './harness.ts'

const ask = 'www.example.org. A'
const answer = (ttl: number, last = 1) => [`www.example.org. ${ttl} IN A 192.0.2.${last}`]

/** A server that has fetched one answer of 100 seconds. */
async function fetched(options: string): Promise<CachedUpstream> {
  const server = new CachedUpstream(`cache {\n${options}\n}`)
  server.says({ answer: answer(100) })
  await server.ask(ask)
  return server
}

/** Asks so many times, then lets what was fetched behind come in. */
async function asks(server: CachedUpstream, count: number): Promise<number> {
  for (let round = 0; round < count; round++) await server.ask(ask)
  await settle()
  return server.fetches
}

describe('cache: prefetch', () => {
  const cases = [
    {
      title: 'fetches what was asked for often enough in the last tenth of its time',
      options: 'prefetch 3',
      after: 90,
      hits: 3,
      fetches: 2,
    },
    { title: 'not before', options: 'prefetch 3', after: 89, hits: 3, fetches: 1 },
    { title: 'not for fewer queries', options: 'prefetch 3', after: 90, hits: 2, fetches: 1 },
    { title: 'at the percentage it is told', options: 'prefetch 1 1m 50%', after: 50, hits: 1, fetches: 2 },
    { title: 'and not before that', options: 'prefetch 1 1m 50%', after: 49, hits: 1, fetches: 1 },
    { title: 'rounding its time up', options: 'success 1024 95\nprefetch 1', after: 85, hits: 1, fetches: 2 },
    { title: 'never with an amount of zero', options: 'prefetch 0', after: 99, hits: 20, fetches: 1 },
    { title: 'never without the option', options: '', after: 99, hits: 20, fetches: 1 },
  ]
  for (const { title, options, after, hits, fetches } of cases) {
    it(title, async () => {
      const server = await fetched(options)
      server.pass(after)
      expect(await asks(server, hits)).to.equal(fetches)
      expect(server.counts().prefetch_total).to.equal(fetches === 2 ? 1 : undefined)
    })
  }

  it('counts hits of the plugin and of the answer cache in front alike, and misses not', async () => {
    const server = await fetched('prefetch 4 2m')
    await asks(server, 2)
    server.pass(95)
    expect(await asks(server, 1)).to.equal(1)
    server.emptyFront()
    expect(await asks(server, 1)).to.equal(2)
  })

  it('begins to count anew behind a gap', async () => {
    for (const [gap, fetches] of [
      [60, 2],
      [61, 1],
    ] as const) {
      const server = await fetched('prefetch 3 1m')
      server.pass(95 - gap)
      await asks(server, 2)
      server.pass(gap)
      expect(await asks(server, 1)).to.equal(fetches)
    }
  })

  it('answers from what it has, and then from what it fetched, without a miss', async () => {
    const server = await fetched('prefetch 1')
    await asks(server, 1)
    server.pass(95)
    server.says({ answer: answer(40, 2) })
    expect(await server.records(ask)).to.deep.equal(answer(5))
    await settle()
    for (let round = 0; round < 2; round++) expect(await server.records(ask)).to.deep.equal(answer(40, 2))
    server.pass(10)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 30')
    expect(server.counts()).to.include({ misses_total: 1, prefetch_total: 1 })
  })

  it('asks over TCP, with AD, and once at a time', async () => {
    const server = await fetched('prefetch 1')
    const { promise, resolve } = Promise.withResolvers<void>()
    const { answer: reply } = server.upstream
    server.upstream.answer = async (query) => {
      await promise
      return reply(query)
    }
    server.pass(95)
    expect(await asks(server, 5)).to.equal(2)
    const [, asked] = server.upstream.asked
    expect([asked?.client.transport, asked?.request?.ad]).to.deep.equal(['tcp', true])
    resolve()
    await settle()
    expect(await server.show(ask)).to.equal('NOERROR aa ra 100')
  })

  it('tries again at the next hit if it failed, and tells nobody', async () => {
    const server = await fetched('prefetch 1')
    server.pass(95)
    server.upstream.answer = () => Promise.reject(new Error('no'))
    expect(await asks(server, 1)).to.equal(2)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 5')
    await settle()
    expect(server.fetches).to.equal(3)
    expect(server.lines.join()).to.include('plugin/cache: Error: no')
  })

  it('says nothing of what other servers fail to do', async () => {
    const server = await fetched('prefetch 1')
    server.pass(95)
    server.upstream.answer = () => Promise.reject(new NoNextPluginError('test'))
    await asks(server, 1)
    expect([server.fetches, server.lines]).to.deep.equal([2, []])
  })

  it('does not hide an answer behind a SERVFAIL that it fetched', async () => {
    const server = await fetched('prefetch 1')
    server.pass(95)
    server.says({ rcode: 2 })
    await asks(server, 1)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 5')
  })

  it('puts a denial in the place of an answer, and an answer in that of a denial', async () => {
    const soa = 'example.org. 100 IN SOA ns.example.org. hostmaster.example.org. 1 7200 1800 86400 60'
    const server = await fetched('prefetch 1')
    server.pass(95)
    server.says({ rcode: 3, authority: [soa] })
    await asks(server, 1)
    expect(await server.show(ask)).to.equal('NXDOMAIN aa ra 100')
    server.pass(95)
    server.says({ answer: answer(100) })
    await asks(server, 1)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 100')
    expect(server.counts()).to.include({ 'entries{denial}': 0, 'entries{success}': 1 })
  })

  it('takes the count over to what it fetched', async () => {
    const server = await fetched('prefetch 3')
    server.pass(95)
    expect(await asks(server, 3)).to.equal(2)
    server.pass(60)
    await asks(server, 1) // no gap to the last one
    server.pass(35)
    expect(await asks(server, 1)).to.equal(3)
  })
})
