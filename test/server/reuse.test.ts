import { expect } from 'chai'
import fc from 'fast-check'
import type { Edns, EdnsOption } from '../../src/dns/edns.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { type Answer, leaseOver, type Next, type Transport } from '../../src/plugin/handler.ts'
import { responseLimit } from '../../src/server/encode-answer.ts'
import { addresses, edns, query, records } from '../dns/messages.ts'
import { messageOf, relayed } from '../support/upstream.ts'
import { answerOf, octetsOf, testResponder, zonesOf } from './harness.ts'

const web = 'web.shop.svc.cluster.local.'
const zonesWith = (chain: Next) => zonesOf({ 'cluster.local.': chain })

describe('the responder: an answer with a lease', () => {
  const sections = {
    answer: records(`${web} 60 IN A 10.0.0.1`),
    authority: records('cluster.local. 60 IN NS ns.cluster.local.'),
    additional: records('ns.cluster.local. 60 IN A 10.0.0.2'),
  }
  const message = messageOf(`${web} A`, {
    answer: [`${web} 7 IN A 10.0.0.1`],
    authority: ['cluster.local. 8 IN NS ns.cluster.local.'],
    additional: ['ns.cluster.local. 9 IN A 10.0.0.2'],
  })

  for (const { title, made } of [
    { title: 'of records', made: answerOf(sections) },
    { title: 'of a message', made: relayed(message, { ttl: 60 }) },
  ]) {
    it(`${title} has the TTL of its lease in all records, until that is over; then the chain is asked`, async () => {
      const ttls = [59, 0, leaseOver, 42]
      let chainAsked = 0
      const lease = { renew: () => ttls.shift() ?? expect.fail('asked too often') }
      const responder = testResponder(
        zonesWith((): Answer => {
          chainAsked++
          return { ...made, validity: { kind: 'leased', lease, tags: [] } }
        }),
      )
      const shown: unknown[] = []
      for (let round = 0; round < 5; round++) {
        const response = await responder.ask(query(web, { edns: edns({ dnssecOk: true }) }))
        const { answer, authority, additional } = response
        shown.push(new Set([...answer, ...authority, ...additional].map(({ ttl }) => ttl)))
        expect(response.edns, 'the OPT record has no TTL').to.deep.equal(edns({ dnssecOk: true }))
      }
      expect(shown).to.deep.equal([60, 59, 0, 60, 42].map((ttl) => new Set([ttl])))
      expect(chainAsked).to.equal(2)
    })
  }

  it('that changes, too, ends with the change', async () => {
    let chainAsked = 0
    const validity = { kind: 'leased', lease: { renew: () => 5 }, tags: ['svc:shop/web'] } as const
    const responder = testResponder(zonesWith(() => answerOf({ validity, answer: [addresses(web, ++chainAsked)] })))
    for (let round = 0; round < 2; round++) await responder.ask(query(web))
    responder.cache.invalidate(['svc:shop/web'])
    expect((await responder.ask(query(web))).answer).to.deep.equal([addresses(web, 2)])
  })

  it('is rotated like others', async () => {
    const validity = { kind: 'leased', lease: { renew: () => 5 }, tags: [] } as const
    const responder = testResponder(zonesWith(() => answerOf({ validity, answer: [addresses(web, 3)], rotate: true })))
    const firsts = new Set<unknown>()
    for (let round = 0; round < 3; round++) {
      firsts.add(JSON.stringify((await responder.ask(query(web))).answer[0]?.rdata[0]))
    }
    expect(firsts.size).to.equal(3)
  })
})

describe('the responder: what is not kept', () => {
  it('is what expires: its chain keeps that', async () => {
    let chainAsked = 0
    const responder = testResponder(
      zonesWith(() => answerOf({ validity: { kind: 'expires', tags: [] }, answer: [addresses(web, ++chainAsked)] })),
    )
    for (let round = 1; round <= 2; round++) {
      expect((await responder.ask(query(web))).answer).to.deep.equal([addresses(web, round)])
    }
    expect(responder.cache.size).to.equal(0)
  })
})

describe('the responder: who wants to know that an answer is given again', () => {
  it('hears of each time but the first', async () => {
    let heard = 0
    const responder = testResponder(zonesWith(() => answerOf({ onReuse: () => heard++ })))
    for (let round = 0; round < 4; round++) await responder.ask(query(web))
    expect(heard).to.equal(3)
  })
})

describe('the responder: limits and options together', () => {
  const options = fc.array(
    fc.record({
      code: fc.constantFrom(10, 12, 8), // COOKIE and PADDING are echoed, a client subnet is not
      data: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 100, maxLength: 700 })),
    }),
    { maxLength: 3 },
  )
  const payloadSize = fc.oneof(fc.constantFrom(0, 512, 1232, 4096, 0xffff), fc.integer({ min: 400, max: 1300 }))
  const asked = fc.option(fc.record({ dnssecOk: fc.boolean(), payloadSize, options }), { nil: undefined })
  const count = fc.oneof(fc.integer({ min: 0, max: 90 }), fc.constantFrom(26, 27, 28, 29, 30, 72, 73, 74))
  const payloadLimit = fc.option(fc.integer({ min: 512, max: 1300 }), { nil: undefined })

  for (const transport of ['udp', 'tcp'] as const satisfies readonly Transport[]) {
    for (const form of ['records', 'message'] as const) {
      it(`${transport}, ${form}: the same from the cache and fresh, never longer than may be`, () =>
        fc.assert(
          fc.asyncProperty(
            count,
            payloadLimit,
            fc.array(asked, { minLength: 1, maxLength: 6 }),
            async (size, most, queries) => {
              const chain: Next = () => answerWith(form, size, most)
              const responder = testResponder(zonesWith(chain), transport)
              for (const opt of queries) {
                const octets = octetsOf(query(web, opt && { edns: ednsOf(opt) }))
                const fresh = (await testResponder(zonesWith(chain), transport).send(octets)) ?? new Uint8Array()
                expect(await responder.send(octets)).to.deep.equal(fresh)
                const limit = responseLimit(transport, opt?.payloadSize ?? 0)
                expect(fresh.length).to.be.at.most(transport === 'udp' ? Math.min(limit, most ?? limit) : limit)
                expectEcho(decodeMessage(fresh).edns, opt && ednsOf(opt))
              }
            },
          ),
          { numRuns: 300 },
        ))
    }
  }

  function answerWith(form: 'records' | 'message', size: number, most: number | undefined): Answer {
    const rrsets = size === 0 ? [] : [addresses(web, size)]
    const validity = { kind: 'until-changed', tags: [] } as const
    const changes = { validity, ...(most !== undefined && { payloadLimit: most }) }
    if (form === 'records') return answerOf({ ...changes, answer: rrsets })
    const lines = Array.from({ length: size }, (_, index) => `${web} 5 IN A 10.244.0.${index}`)
    return relayed(messageOf(`${web} A`, { answer: lines }), changes)
  }

  function ednsOf({ options: some, ...rest }: { readonly options: readonly EdnsOption[] } & Partial<Edns>): Edns {
    return edns({ ...rest, ...(some.length > 0 && { options: some }) })
  }

  /** All options that are echoed, or, where there is no room, none. */
  function expectEcho(given: Edns | undefined, sent: Edns | undefined): void {
    expect(given === undefined).to.equal(sent === undefined)
    const echoed = (sent?.options ?? []).filter(({ code }) => code !== 8)
    if (given?.options !== undefined) expect(given.options).to.deep.equal(echoed)
  }
})
