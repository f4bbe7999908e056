import { expect } from 'chai'
import { roundedCapacity } from '../../../src/plugins/cache/config.ts'
import { CachedUpstream } from './harness.ts'

const answer = ['www.example.org. 300 IN A 192.0.2.1']
const authority = ['example.org. 60 IN SOA ns.example.org. hostmaster.example.org. 1 7200 1800 86400 60']

describe('cache: metrics', () => {
  it('have the names, labels and texts of CoreDNS', async () => {
    const server = new CachedUpstream('cache 30 . a.test B.test')
    server.says({ answer })
    await server.ask('www.example.org. A')
    const told = server.metrics.families().map(({ name, kind, labels, help }) => `${name}{${labels}} ${kind}: ${help}`)
    const prefix = 'coredns_cache_'
    expect(told.toSorted()).to.deep.equal(
      [
        'entries{server,type,zones,view} gauge: The number of elements in the cache.',
        'requests_total{server,zones,view} counter: The count of cache requests.',
        'hits_total{server,type,zones,view} counter: The count of cache hits.',
        'misses_total{server,zones,view} counter: The count of cache misses. Deprecated, derive misses from cache hits/requests counters.',
        'prefetch_total{server,zones,view} counter: The number of times the cache has prefetched a cached item.',
        'drops_total{server,zones,view} counter: The number responses that are not cached, because the reply is malformed.',
        'served_stale_total{server,zones,view} counter: The number of requests served from stale cache entries.',
        'evictions_total{server,type,zones,view} counter: The count of cache evictions.',
      ]
        .map((line) => prefix + line)
        .toSorted(),
    )
    const valuesOf = (name: string) => {
      const family = server.metrics.families().find((each) => each.name === `${prefix}${name}`)
      return [...(family?.series.values() ?? [])].map(({ values }) => values)
    }
    expect(valuesOf('requests_total')).to.deep.equal([['dns://:53', '.,a.test.,b.test.', '']])
    expect(valuesOf('entries')).to.deep.equal([
      ['dns://:53', 'success', '.,a.test.,b.test.', ''],
      ['dns://:53', 'denial', '.,a.test.,b.test.', ''],
    ])
  })

  it('count each query once, whoever answers it', async () => {
    const server = new CachedUpstream()
    server.says({ answer })
    for (let round = 0; round < 5; round++) await server.ask('www.example.org. A')
    server.pass(300)
    for (let round = 0; round < 2; round++) await server.ask('www.example.org. A')
    server.says({ rcode: 3, authority })
    for (let round = 0; round < 3; round++) await server.ask('no.example.org. A')
    expect(server.counts()).to.deep.equal({
      requests_total: 10,
      misses_total: 3,
      'hits_total{success}': 5,
      'hits_total{denial}': 2,
      'entries{success}': 1,
      'entries{denial}': 1,
    })
  })

  it('show the number of entries as of the last that was stored', async () => {
    const server = new CachedUpstream('cache {\ndisable denial\n}')
    server.says({ answer })
    await server.ask('www.example.org. A')
    server.says({ rcode: 3, authority })
    await server.ask('no.example.org. A')
    expect(server.counts()).to.include({ 'entries{success}': 1, 'entries{denial}': 0 })
  })
})

describe('cache: room', () => {
  for (const [capacity, room] of [
    [10_000, 9984],
    [5000, 4864],
    [1024, 1024],
    [10, 1024],
    [0, 1024],
    [-5000, 1024],
    [1280, 1280],
    [1535, 1280],
  ] as const) {
    it(`${capacity} is room for ${room}`, () => expect(roundedCapacity(capacity)).to.equal(room))
  }

  for (const kind of ['success', 'denial'] as const) {
    it(`${kind}: the one that was stored longest ago goes`, async () => {
      const server = new CachedUpstream(`cache {\n${kind} 1024\n}`)
      server.upstream.says(kind === 'success' ? {} : { rcode: 3, authority })
      const name = (index: number) => `n${index}.example.org. A`
      for (let index = 0; index < 1024; index++) await server.ask(name(index))
      await server.ask(name(0))
      expect(server.counts()).to.include({ [`entries{${kind}}`]: 1024, [`hits_total{${kind}}`]: 1 })
      expect(server.counts()).not.to.have.property(`evictions_total{${kind}}`)
      await server.ask(name(1024))
      expect(server.counts()).to.include({ [`entries{${kind}}`]: 1024, [`evictions_total{${kind}}`]: 1 })
      const before = server.fetches
      for (const index of [1, 2, 1023, 1024]) await server.ask(name(index))
      expect(server.fetches, 'those are still there').to.equal(before)
      await server.ask(name(0))
      expect(server.fetches, 'and this one is not, whoever had a lease of it').to.equal(before + 1)
    })
  }

  it('what is stored again is new again, and makes nobody go', async () => {
    const server = new CachedUpstream('cache {\nsuccess 1024\n}')
    server.says({})
    const name = (index: number) => `n${index}.example.org. A`
    for (let index = 0; index < 1024; index++) await server.ask(name(index))
    server.pass(5)
    await server.ask(name(0))
    expect(server.counts()).not.to.have.property('evictions_total{success}')
    await server.ask(name(2000))
    const before = server.fetches
    await server.ask(name(0))
    expect(server.fetches).to.equal(before)
  })
})
