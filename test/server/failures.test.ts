import { expect } from 'chai'
import { rcodeName } from '../../src/dns/iana.ts'
import type { Next } from '../../src/plugin/handler.ts'
import { ServerError } from '../../src/util/errors.ts'
import { addresses, edns, query, records } from '../dns/messages.ts'
import { recordExchanges } from '../support/exchanges.ts'
import { answerOf, octetsOf, testResponder, zonesOf } from './harness.ts'

const web = 'web.shop.svc.cluster.local.'
const good = () => answerOf({ answer: [addresses(web, 1)] })

/** An answer that no encoder can write: whoever makes it has a bug. */
const unwritable = () => answerOf({ answer: [{ ...addresses(web, 1), rdata: [{ address: 'no address' }] } as never] })

const cases: readonly { title: string; fails: Next; logs: RegExp | undefined; readonly says?: string }[] = [
  {
    title: 'a plugin that throws',
    fails: () => {
      throw new TypeError('a bug in a plugin')
    },
    logs: /^\[ERROR\] Recovered from panic in server: "dns:\/\/:53" TypeError: a bug in a plugin/,
  },
  {
    title: 'a plugin that rejects',
    fails: () => Promise.reject(new TypeError('a bug, later')),
    logs: /^\[ERROR\] Recovered from panic in server: "dns:\/\/:53" TypeError: a bug, later/,
  },
  {
    title: 'a plugin that throws what is no error',
    fails: () => {
      throw 'a string'
    },
    logs: /^\[ERROR\] Recovered from panic in server: "dns:\/\/:53" a string/,
  },
  {
    title: 'an error on purpose, which is for the plugin errors to tell',
    fails: () => {
      throw new ServerError('NO_NEXT_PLUGIN', 'plugin/kubernetes: no next plugin found')
    },
    logs: undefined,
    says: 'plugin/kubernetes: no next plugin found',
  },
  { title: 'an answer that cannot be encoded', fails: unwritable, logs: /^\[ERROR\] web\.shop\S+: the answer cannot/ },
  {
    title: 'a later answer that cannot be encoded',
    fails: () => Promise.resolve(unwritable()),
    logs: /^\[ERROR\] web\.shop\S+: the answer cannot/,
  },
]

describe('the responder: failures', () => {
  for (const { title, fails, logs, says = 'internal error' } of cases) {
    it(`${title}: SERVFAIL, and the next query is answered`, async () => {
      let next = fails
      const responder = testResponder(zonesOf({ 'cluster.local.': (asked) => next(asked) }))
      const response = await responder.ask(query(web, { rd: true, edns: edns() }))
      expect(rcodeName(response.rcode)).to.equal('SERVFAIL')
      expect(response).to.include({ id: 0x1234, qr: true, rd: true, aa: false })
      expect(response.question?.spelling).to.equal(web)
      expect(response.edns).to.deep.equal(edns({ extendedError: { infoCode: 0, text: says } }))
      expect(response.answer).to.deep.equal([])
      if (logs === undefined) expect(responder.lines).to.deep.equal([])
      else expect(responder.lines.join()).to.match(logs)

      next = good
      expect((await responder.ask(query(web))).answer, 'SERVFAIL is not kept').to.deep.equal(good().answer)
    })
  }
})

describe('the responder: a view that breaks down', () => {
  it('SERVFAIL, counted as a panic, and no block is asked', async () => {
    const { observer, seen } = recordExchanges()
    const admits = () => {
      throw new TypeError('a bug in a view')
    }
    const zones = new Map(
      [...zonesOf({ 'cluster.local.': good }, [observer])].map(
        ([zone, blocks]) => [zone, blocks.map((block) => ({ ...block, view: { name: 'v', admits } }))] as const,
      ),
    )
    const responder = testResponder(zones)
    expect(rcodeName((await responder.ask(query(web))).rcode)).to.equal('SERVFAIL')
    expect(responder.lines.join()).to.match(
      /^\[ERROR\] Recovered from panic in server: "dns:\/\/:53" TypeError: a bug in a view/,
    )
    expect(seen).to.deep.equal([])
  })
})

describe('the responder: later answers', () => {
  it('are the same as immediate ones', async () => {
    const now = testResponder(zonesOf({ 'cluster.local.': good }))
    const later = testResponder(zonesOf({ 'cluster.local.': () => Promise.resolve(good()) }))
    const octets = octetsOf(query(web, { rd: true, edns: edns() }))
    expect(await later.send(octets)).to.deep.equal(await now.send(octets))
  })

  it('come in the order in which they are ready, each to its own query', async () => {
    const waiting = new Map<string, () => void>()
    const chain: Next = ({ qname }) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(qname, resolve)
      return promise.then(() => answerOf({ answer: records(`${qname} 5 IN TXT "${qname}"`) }))
    }
    const responder = testResponder(zonesOf({ 'cluster.local.': chain }))
    const names = ['a.cluster.local.', 'b.cluster.local.', 'c.cluster.local.']
    const responses = names.map((name, id) => responder.ask(query(`${name} TXT`, { id })))
    for (const name of names.toReversed()) waiting.get(name)?.()
    for (const [id, response] of (await Promise.all(responses)).entries()) {
      expect(response.id).to.equal(id)
      expect(response.answer).to.deep.equal(records(`${names[id]} 5 IN TXT "${names[id]}"`))
    }
  })

  it('are not kept if the cluster changed while they were made', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let answers = 0
    const chain: Next = () => {
      const answer = answerOf({ answer: [addresses(web, ++answers)] })
      return promise.then(() => answer)
    }
    const responder = testResponder(zonesOf({ 'cluster.local.': chain }))
    const stale = responder.ask(query(web))
    responder.cache.invalidate([])
    resolve()
    expect((await stale).answer).to.deep.equal([addresses(web, 1)])
    expect((await responder.ask(query(web))).answer).to.deep.equal([addresses(web, 2)])
  })
})

describe('the responder: what is kept', () => {
  it('an answer good for once is asked for each time', async () => {
    let asked = 0
    const chain: Next = () => answerOf({ validity: { kind: 'once' }, answer: [addresses(web, ++asked)] })
    const responder = testResponder(zonesOf({ 'cluster.local.': chain }))
    await responder.ask(query(web))
    expect((await responder.ask(query(web))).answer).to.deep.equal([addresses(web, 2)])
  })

  it('addresses are rotated from one answer to the next, if the answer asks for it', async () => {
    const responder = testResponder(
      zonesOf({ 'cluster.local.': () => ({ ...answerOf({ answer: [addresses(web, 3)] }), rotate: true }) }),
    )
    const firsts: unknown[] = []
    for (let turn = 0; turn < 6; turn++) firsts.push((await responder.ask(query(web))).answer[0]?.rdata[0])
    expect(new Set(firsts.slice(0, 3).map((each) => JSON.stringify(each)))).to.have.length(3)
    expect(firsts.slice(3)).to.deep.equal(firsts.slice(0, 3))
  })
})

describe('observers', () => {
  it('see fresh answers and cached ones alike', async () => {
    const { observer, seen } = recordExchanges()
    const responder = testResponder(zonesOf({ 'cluster.local.': good }, [observer]))
    await responder.ask(query(web, { id: 1, rd: true, edns: edns({ payloadSize: 1000, dnssecOk: true }) }))
    await responder.ask(
      query('WEB.shop.svc.cluster.local.', { id: 2, edns: edns({ payloadSize: 900, dnssecOk: true }) }),
    )
    const shared = {
      opcode: 0,
      querySize: 55,
      responseSize: 71,
      rcode: 0,
      dnssecOk: true,
    }
    expect(seen[0]).to.deep.include({ ...shared, id: 1, payloadSize: 1000, answerCount: 1, flags: 0x8500 })
    expect(seen[1]).to.deep.include({ ...shared, id: 2, payloadSize: 900, answerCount: 1, flags: 0x8400 })
    for (const { client, question, durationMs, authorityHasSoa } of seen) {
      expect(question).to.include({ qname: web, qtype: 1, qclass: 1 })
      expect(client).to.deep.equal({ transport: 'udp', address: '192.0.2.1', port: 40_000, localAddress: '192.0.2.53' })
      expect(durationMs).to.be.at.least(0)
      expect(authorityHasSoa).to.equal(false)
    }
  })

  it('see no more than what a server block was asked', async () => {
    const { observer, seen } = recordExchanges()
    const responder = testResponder(zonesOf({ 'cluster.local.': good }, [observer]))
    await responder.ask(query('www.example.com.'))
    await responder.ask(new Uint8Array(12))
    expect(seen).to.deep.equal([])
  })
})
