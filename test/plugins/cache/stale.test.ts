import { expect } from 'chai'
import { records } from '../../dns/messages.ts'
import { answerOf } from '../../server/harness.ts'
import { messageOf, relayed, type Said } from '../../support/upstream.ts'
import { CachedUpstream, settle } from './harness.ts'

const ask = 'www.example.org. A'
const answer = (last: number) => [`www.example.org. 60 IN A 192.0.2.${last}`]
const authority = ['example.org. 60 IN SOA ns.example.org. hostmaster.example.org. 1 7200 1800 86400 60']
const nxdomain: Said = { rcode: 3, authority }

/** A server that has fetched this, and whose other server fails from then on. */
async function fetched(options: string, said: Said = { answer: answer(1) }): Promise<CachedUpstream> {
  const server = new CachedUpstream(`cache {\n${options}\n}`)
  server.says(said)
  await server.ask(ask)
  fail(server)
  return server
}

function fail(server: CachedUpstream): void {
  server.upstream.answer = () => Promise.reject(new Error('time is over'))
}

/** Never answers until it is told to; then says this. */
function hang(server: CachedUpstream, said: Said): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.upstream.answer = async ({ spelling, qtype }) => {
    await promise
    return relayed(messageOf(`${spelling} TYPE${qtype}`, said))
  }
  return async () => {
    resolve()
    await settle()
  }
}

describe('cache: serve_stale', () => {
  const spans = [
    { title: 'not without the option', options: '', at: 60, shown: 'SERVFAIL -' },
    { title: 'nothing before its time is over', options: 'serve_stale', at: 59, shown: 'NOERROR aa ra 1' },
    { title: 'with TTL 0', options: 'serve_stale', at: 60, shown: 'NOERROR aa ra 0' },
    { title: 'for an hour', options: 'serve_stale', at: 60 + 3599, shown: 'NOERROR aa ra 0' },
    { title: 'no longer', options: 'serve_stale', at: 60 + 3600, shown: 'SERVFAIL -' },
    { title: 'for the duration that it is told', options: 'serve_stale 1m', at: 60 + 59, shown: 'NOERROR aa ra 0' },
    { title: 'no longer than that', options: 'serve_stale 1m', at: 60 + 60, shown: 'SERVFAIL -' },
    { title: 'not for 0', options: 'serve_stale 0', at: 60, shown: 'SERVFAIL -' },
    { title: 'with its own TTL', options: 'serve_stale 1h immediate 30s', at: 60, shown: 'NOERROR aa ra 30' },
    { title: 'with its first TTL by keepttl', options: 'serve_stale\nkeepttl', at: 60, shown: 'NOERROR aa ra 60' },
    {
      title: 'with its own TTL before that',
      options: 'serve_stale 1h immediate 30s\nkeepttl',
      at: 60,
      shown: 'NOERROR aa ra 30',
    },
    { title: 'verify: with TTL 0', options: 'serve_stale 1h verify', at: 60, shown: 'NOERROR aa ra 0' },
    { title: 'verify: with its own TTL', options: 'serve_stale 1h verify 0 30s', at: 60, shown: 'NOERROR aa ra 30' },
    { title: 'verify: for an hour', options: 'serve_stale 1h verify', at: 60 + 3600, shown: 'SERVFAIL -' },
  ]
  for (const { title, options, at, shown } of spans) {
    it(title, async () => {
      const server = await fetched(options)
      await server.ask(ask) // in front by now
      server.pass(at)
      for (const round of ['once', 'again']) expect(await server.show(ask), round).to.equal(shown)
      expect(server.counts().served_stale_total).to.equal(/ 1$|SERVFAIL/.test(shown) ? undefined : 2)
      await settle()
    })
  }

  it('a denial, too', async () => {
    const server = await fetched('serve_stale', nxdomain)
    server.pass(100)
    expect(await server.show(ask)).to.equal('NXDOMAIN aa ra 0')
  })

  it('is said in an extended error, with whatever records (RFC 8914)', async () => {
    for (const [said, infoCode, text] of [
      [{ answer: answer(1) }, 3, 'the cached answer ran out 40 seconds ago, and there is no newer one yet'],
      [nxdomain, 19, 'the cached NXDOMAIN ran out 40 seconds ago, and there is no newer one yet'],
    ] as const) {
      const server = await fetched('serve_stale', said)
      server.pass(100)
      expect((await server.ask(ask, { opt: {} })).edns?.extendedError).to.deep.equal({ infoCode, text })
    }
  })

  it('of records, too', async () => {
    const server = new CachedUpstream('cache {\nserve_stale\n}')
    server.upstream.answer = () => answerOf({ validity: { kind: 'expires', tags: [] }, answer: records(...answer(1)) })
    await server.ask(ask)
    fail(server)
    server.pass(60)
    const { edns, answer: stale } = await server.ask(ask, { opt: {} })
    expect([stale[0]?.ttl, edns?.extendedError?.infoCode]).to.deep.equal([0, 3])
  })
})

describe('cache: serve_stale immediate', () => {
  it('answers at once, and fetches behind', async () => {
    const server = await fetched('serve_stale')
    server.pass(100)
    const release = hang(server, { answer: answer(2) })
    for (let round = 0; round < 3; round++)
      expect(await server.records(ask)).to.deep.equal(['www.example.org. 0 IN A 192.0.2.1'])
    expect(server.fetches, 'once at a time').to.equal(2)
    await release()
    expect(await server.records(ask)).to.deep.equal(answer(2))
    expect(server.counts()).to.include({ prefetch_total: 1, served_stale_total: 3, misses_total: 1 })
  })

  it('asks over TCP', async () => {
    const server = await fetched('serve_stale')
    server.pass(100)
    await server.ask(ask)
    expect(server.upstream.asked.at(-1)?.client.transport).to.equal('tcp')
  })

  const replies: readonly { readonly title: string; readonly said: Said; readonly shown: string }[] = [
    { title: 'an answer', said: { answer: answer(2) }, shown: 'NOERROR aa ra 60' },
    { title: 'NXDOMAIN', said: nxdomain, shown: 'NXDOMAIN aa ra 60' },
    { title: 'NODATA', said: { authority }, shown: 'NOERROR aa ra 60' },
    { title: 'not SERVFAIL', said: { rcode: 2 }, shown: 'NOERROR aa ra 0' },
    { title: 'not NOTIMP', said: { rcode: 4 }, shown: 'NOERROR aa ra 0' },
    { title: 'not REFUSED', said: { rcode: 5 }, shown: 'NOERROR aa ra 0' },
    { title: 'not what was cut', said: { answer: answer(2), tc: true }, shown: 'NOERROR aa ra 0' },
    { title: 'not NXDOMAIN with an answer', said: { ...nxdomain, answer: answer(2) }, shown: 'NOERROR aa ra 0' },
  ]
  for (const { title, said, shown } of replies) {
    it(`is replaced by: ${title}`, async () => {
      const server = await fetched('serve_stale')
      server.pass(100)
      server.says(said)
      await server.ask(ask)
      await settle()
      expect(await server.show(ask)).to.equal(shown)
    })
  }

  it('not by the answer to another question', async () => {
    const server = await fetched('serve_stale')
    server.pass(100)
    server.upstream.answer = () => relayed(messageOf('a.test. A', { answer: answer(2) }))
    await server.ask(ask)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 0')
    expect(server.counts().drops_total).to.equal(undefined)
  })

  for (const [what, said] of [
    ['an answer', { answer: answer(1) }],
    ['a denial', nxdomain],
  ] as const satisfies readonly (readonly [string, Said])[]) {
    it(`${what} gives way to what a plugin answers that tells of changes`, async () => {
      const server = await fetched('serve_stale', said)
      server.pass(100)
      server.upstream.answer = () => answerOf({ answer: records(...answer(1)) })
      await server.ask(ask)
      await settle()
      expect(await server.show(ask)).to.equal('NOERROR aa 60')
      expect(server.counts().served_stale_total).to.equal(1)
    })
  }

  it('a denial gives way to an answer without records', async () => {
    const server = await fetched('serve_stale', nxdomain)
    server.pass(100)
    server.says({})
    await server.ask(ask)
    await settle()
    expect(await server.show(ask)).to.equal('NOERROR aa ra -')
  })

  it('tries again with each query', async () => {
    const server = await fetched('serve_stale')
    server.pass(100)
    for (const fetches of [2, 3, 4]) {
      await server.ask(ask)
      await settle()
      expect(server.fetches).to.equal(fetches)
    }
  })

  it('RECHECK: not so soon after a failure', async () => {
    const server = await fetched('serve_stale 1h immediate 0 30s')
    server.pass(100)
    for (const [seconds, fetches] of [
      [0, 2],
      [29, 2],
      [1, 3],
      [10, 3],
    ] as const) {
      server.pass(seconds)
      expect(await server.show(ask)).to.equal('NOERROR aa ra 0')
      await settle()
      expect(server.fetches).to.equal(fetches)
    }
  })
})

describe('cache: serve_stale verify', () => {
  it('waits for the other server, and gives what it says as a miss', async () => {
    const server = await fetched('serve_stale 1h verify')
    server.pass(100)
    const release = hang(server, { answer: answer(2) })
    const waiting = server.show(ask)
    await release()
    expect(await waiting).to.equal('NOERROR ra 60')
    expect(await server.show(ask)).to.equal('NOERROR aa ra 60')
    expect(server.upstream.asked.at(-1)?.client.transport).to.equal('udp')
    const { served_stale_total: stale, prefetch_total: prefetched, ...counts } = server.counts()
    expect([stale, prefetched]).to.deep.equal([undefined, undefined])
    expect(counts).to.include({ requests_total: 3, 'hits_total{success}': 2, misses_total: 1 })
  })

  it('serves what is stale if that fails', async () => {
    const server = await fetched('serve_stale 1h verify')
    server.pass(100)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 0')
  })

  for (const { title, said, shown } of [
    { title: 'gives NXDOMAIN', said: nxdomain, shown: 'NXDOMAIN ra 60' },
    { title: 'gives NXDOMAIN that is not kept', said: { rcode: 3 }, shown: 'NXDOMAIN ra -' },
    { title: 'gives NODATA', said: { authority }, shown: 'NOERROR ra 60' },
    { title: 'not SERVFAIL', said: { rcode: 2 }, shown: 'NOERROR aa ra 0' },
    { title: 'not REFUSED', said: { rcode: 5 }, shown: 'NOERROR aa ra 0' },
    { title: 'not what was cut', said: { answer: answer(2), tc: true }, shown: 'NOERROR aa ra 0' },
    { title: 'not NXDOMAIN with an answer', said: { ...nxdomain, answer: answer(2) }, shown: 'NOERROR aa ra 0' },
    { title: 'not a message of another opcode', said: { answer: answer(2), opcode: 4 }, shown: 'NOERROR aa ra 0' },
  ] as const satisfies readonly { readonly said: Said; readonly title: string; readonly shown: string }[]) {
    it(title, async () => {
      const server = await fetched('serve_stale 1h verify')
      server.pass(100)
      server.says(said)
      expect(await server.show(ask)).to.equal(shown)
    })
  }

  it('a denial that an answer has replaced does not come back', async () => {
    const server = await fetched('serve_stale 1h verify', nxdomain)
    server.pass(100)
    server.says({ answer: answer(2) })
    await server.ask(ask)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 60')
    expect(server.fetches).to.equal(2)
  })

  it('TIMEOUT: waits no longer, and takes what comes later', async () => {
    const server = await fetched('serve_stale 1h verify 100ms')
    server.pass(100)
    const release = hang(server, { answer: answer(2) })
    const waiting = server.show(ask)
    await settle()
    server.timer.pass(100)
    expect(await waiting).to.equal('NOERROR aa ra 0')
    await release()
    expect(await server.records(ask)).to.deep.equal(answer(2))
  })

  it('TIMEOUT: gives what comes in time as a hit', async () => {
    const server = await fetched('serve_stale 1h verify 100ms')
    server.pass(100)
    const release = hang(server, { answer: answer(2) })
    const waiting = server.show(ask)
    await settle()
    server.timer.pass(99)
    await release()
    expect(await waiting).to.equal('NOERROR aa ra 60')
    expect(server.timer.waiting).to.equal(0)
  })

  it('TIMEOUT: gives what cannot be kept as it came', async () => {
    const server = await fetched('serve_stale 1h verify 100ms')
    server.pass(100)
    server.says({ rcode: 3 })
    expect(await server.show(ask)).to.equal('NXDOMAIN ra -')
  })

  it('TIMEOUT: serves what is stale if it fails in time', async () => {
    const server = await fetched('serve_stale 1h verify 100ms')
    server.pass(100)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 0')
    expect(server.timer.waiting).to.equal(0)
  })

  it('RECHECK: asks neither while it asks already nor so soon after a failure', async () => {
    const server = await fetched('serve_stale 1h verify 0 0 30s')
    server.pass(100)
    const release = hang(server, { rcode: 2 })
    const first = server.show(ask)
    expect(await server.show(ask)).to.equal('NOERROR aa ra 0')
    await release()
    expect(await first).to.equal('NOERROR aa ra 0')
    expect(server.fetches).to.equal(2)
    for (const [seconds, fetches] of [
      [29, 2],
      [1, 3],
    ] as const) {
      server.pass(seconds)
      await server.show(ask)
      expect(server.fetches).to.equal(fetches)
    }
  })

  it('without RECHECK: each query asks', async () => {
    const server = await fetched('serve_stale 1h verify')
    server.pass(100)
    const release = hang(server, { answer: answer(2) })
    const waiting = [server.show(ask), server.show(ask)]
    expect(server.fetches).to.equal(3)
    await release()
    await Promise.all(waiting)
  })
})

describe('cache: serve_stale_policy prefer_positive', () => {
  const policy = 'serve_stale_policy prefer_positive'

  it('without it, a denial hides an answer', async () => {
    const server = await fetched('serve_stale')
    server.pass(60)
    server.says(nxdomain)
    await server.ask(ask)
    expect(await server.show(ask)).to.equal('NXDOMAIN aa ra 60')
  })

  for (const [title, said] of [
    ['NXDOMAIN', nxdomain],
    ['NODATA', { authority }],
    ['SERVFAIL', { rcode: 2 }],
    ['NOTIMP', { rcode: 4 }],
    ['an answer without records', {}],
    ['a referral', { authority: ['example.org. 60 IN NS ns.example.org.'] }],
    ['a CNAME alone', { answer: ['www.example.org. 60 IN CNAME a.test.'] }],
  ] as const satisfies readonly (readonly [string, Said])[]) {
    for (const mode of ['immediate', 'verify', 'verify 100ms']) {
      it(`${mode}: an answer comes before ${title}`, async () => {
        const server = await fetched(`serve_stale 1h ${mode}\n${policy}`)
        server.pass(60)
        server.says(said)
        for (let round = 0; round < 3; round++) {
          expect(await server.show(ask)).to.equal('NOERROR aa ra 0')
          await settle()
        }
        server.pass(3600)
        server.says({ answer: answer(2) })
        expect(await server.records(ask)).not.to.include('www.example.org. 0 IN A 192.0.2.1')
      })
    }
  }

  it('gives way to another answer', async () => {
    const server = await fetched(`serve_stale\n${policy}`)
    server.pass(60)
    server.says(nxdomain)
    await server.ask(ask)
    server.says({ answer: answer(2) })
    await server.ask(ask)
    expect(await server.records(ask)).to.deep.equal(answer(2))
    expect(server.counts()).to.include({ 'entries{denial}': 0, 'entries{success}': 1 })
  })

  it('what has no records does not hide a denial', async () => {
    const server = await fetched(`serve_stale\n${policy}`, nxdomain)
    server.pass(60)
    server.says({})
    for (let round = 0; round < 2; round++) {
      expect(await server.show(ask)).to.equal('NXDOMAIN aa ra 0')
      await settle()
    }
    expect(server.counts()).to.include({ 'entries{denial}': 1, 'entries{success}': 1 })
  })

  it('verify: an answer whose signature has run out is none', async () => {
    const server = await fetched(`serve_stale 1h verify\n${policy}`)
    server.pass(60)
    const edns = { version: 0, dnssecOk: true, payloadSize: 1232 }
    const rrsig = `www.example.org. 60 IN TYPE46 \\# 19 00010803000000${'3c'}0000000200000001${'0000'}00`
    server.says({ answer: [...answer(2), rrsig], edns })
    expect(await server.records(ask)).to.deep.equal(['www.example.org. 0 IN A 192.0.2.1'])
  })

  it('an answer that is given for another one ends when that is fetched again', async () => {
    const server = await fetched(`serve_stale\n${policy}\nprefetch 1 1m 90%`)
    server.pass(6)
    server.says({})
    await server.ask(ask)
    await settle()
    for (let round = 0; round < 2; round++) {
      server.says(round === 0 ? {} : { answer: answer(2) })
      expect(await server.records(ask)).to.deep.equal(['www.example.org. 54 IN A 192.0.2.1'])
      await settle()
    }
    expect(await server.records(ask)).to.deep.equal(answer(2))
  })

  it('a denial counts where there is no answer', async () => {
    const server = await fetched(`serve_stale\n${policy}`, nxdomain)
    expect(await server.show(ask)).to.equal('NXDOMAIN aa ra 60')
  })

  it('serve_stale 0: a denial counts', async () => {
    const server = await fetched(`serve_stale 0\n${policy}\nprefetch 1`)
    server.pass(55)
    server.says(nxdomain)
    await server.ask(ask)
    await settle()
    expect(await server.show(ask)).to.equal('NXDOMAIN aa ra 60')
  })
})
