import { expect } from 'chai'
import { CLASS, TYPE } from '../../../src/dns/iana.ts'
import type { RRset } from '../../../src/dns/record.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { silence } from '../../../src/plugin/chain.ts'
import { type Answer, isRelayed, type Query, type RecordsAnswer, unpack } from '../../../src/plugin/handler.ts'
import { setupRewrite } from '../../../src/plugins/rewrite/setup.ts'
import { ServerError } from '../../../src/util/errors.ts'
import type { MaybePromise } from '../../../src/util/maybe-promise.ts'
import { question, records } from '../../dns/messages.ts'
import { queryFor, recordsAnswer, relayedAnswer } from '../../support/answers.ts'
import { clusterIp, externalName, manifests } from '../../support/manifests.ts'
import { handlerOf } from '../../support/plugin.ts'
import { serveManifests } from '../../support/serve.ts'

const ask = 'www.example.org. A'

/** What a plugin above gets of an answer from below. */
const through = (rules: readonly string[], answer: MaybePromise<Answer>, asked = ask) =>
  handlerOf(setupRewrite, rules).serve(queryFor(asked), () => answer)

/** What is asked below. */
function asked(rules: readonly string[], query: Query): Query {
  let passed = query
  void handlerOf(setupRewrite, rules).serve(query, (below) => {
    passed = below
    return recordsAnswer([])
  })
  return passed
}

describe('rewrite type and class', () => {
  for (const { rules, expected } of [
    { rules: ['rewrite type A AAAA'], expected: { qtype: TYPE.AAAA, qclass: CLASS.IN } },
    { rules: ['rewrite type any TYPE65280'], expected: { qtype: TYPE.A, qclass: CLASS.IN } },
    { rules: ['rewrite class IN ch'], expected: { qtype: TYPE.A, qclass: CLASS.CH } },
    { rules: ['rewrite class CH IN'], expected: { qtype: TYPE.A, qclass: CLASS.IN } },
    { rules: ['rewrite continue type A MX', 'rewrite type MX TXT'], expected: { qtype: TYPE.TXT, qclass: CLASS.IN } },
    { rules: ['rewrite type A MX', 'rewrite type MX TXT'], expected: { qtype: TYPE.MX, qclass: CLASS.IN } },
  ]) {
    it(rules.join('; '), () => expect(asked(rules, queryFor(ask))).to.include(expected))
  }

  it('leave what another server sent as it is', () => {
    const relayed = relayedAnswer('www.example.org. AAAA', {
      answer: records('www.example.org. 5 IN AAAA 2001:db8::1'),
    })
    expect(through(['rewrite type A AAAA'], relayed)).to.deep.equal(relayed)
  })

  it('repeat the question as it was asked', async () => {
    const server = serveManifests('', '. {\nrewrite type MX A\nwhoami\n}\n')
    expect((await server.exchange('Www.example.org. MX')).question).to.deep.equal(question('Www.example.org. MX'))
  })

  it('class CH is answered by chaos, in the class of the question', async () => {
    const server = serveManifests('', '. {\nrewrite class CH IN\nwhoami\nchaos\n}\n')
    const message = { question: { ...question('version.bind. TXT'), qclass: CLASS.CH } }
    expect((await server.ask('version.bind. TXT', { message })).answer, 'chaos stands above').to.have.lengthOf(1)
    const other = { question: { ...question('other.bind. A'), qclass: CLASS.CH } }
    expect((await server.ask('other.bind. A', { message: other })).additional).to.have.lengthOf(2)
  })
})

describe('rewrite ttl', () => {
  const line = (ttl: number) => `www.example.org. ${ttl} IN A 192.0.2.1`
  for (const { rule, ttl = 300, expected } of [
    { rule: 'ttl www.example.org 60', expected: 60 },
    { rule: 'ttl exact WWW.example.org. 600', expected: 600 },
    { rule: 'ttl other.example.org 60', expected: 300 },
    { rule: 'ttl example.org 60', expected: 300 },
    { rule: 'ttl exact example.org 60', expected: 300 },
    { rule: 'ttl suffix example.org 60', expected: 60 },
    { rule: 'ttl prefix ww 60', expected: 300 },
    { rule: 'ttl prefix www.example.org 60', expected: 60 },
    { rule: 'ttl substring example.org 60', expected: 60 },
    { rule: 'ttl substring exam 60', expected: 300 },
    { rule: 'ttl regex ^www\\. 60', expected: 60 },
    { rule: 'ttl regex ^example 60', expected: 300 },
    { rule: 'ttl www.example.org 400-', expected: 400 },
    { rule: 'ttl www.example.org 200-', expected: 300 },
    { rule: 'ttl www.example.org 200-', ttl: 2147483647, expected: 2147483647 },
    { rule: 'ttl www.example.org -200', expected: 200 },
    { rule: 'ttl www.example.org -400', expected: 300 },
    { rule: 'ttl www.example.org 400-500', expected: 400 },
    { rule: 'ttl www.example.org 100-200', expected: 200 },
    { rule: 'ttl www.example.org 100-400', expected: 300 },
    { rule: 'ttl www.example.org 0', expected: 0 },
    { rule: 'ttl www.example.org 4294967295', expected: 2147483647 },
  ]) {
    it(`rewrite ${rule}: ${ttl} becomes ${expected}`, () => {
      for (const answer of [recordsAnswer([line(ttl)]), relayedAnswer(ask, { answer: records(line(ttl)) })]) {
        const changed = through([`rewrite ${rule}`], answer) as Answer
        expect(unpack(changed).answer.flatMap(formatRRset)).to.deep.equal([line(expected)])
        if (ttl === expected) expect(isRelayed(changed), 'what is not changed stays whole').to.equal(isRelayed(answer))
      }
    })
  }

  it('holds in all sections', () => {
    const [authority, additional] = [records('example.org. 9 IN NS ns.test.'), records('ns.test. 7 IN A 192.0.2.9')]
    const changed = unpack(
      through(['rewrite ttl www.example.org 60'], recordsAnswer([line(8)], { authority, additional })) as Answer,
    )
    const ttls = [...changed.answer, ...changed.authority, ...changed.additional].map(({ ttl }) => ttl)
    expect(ttls).to.deep.equal([60, 60, 60])
  })

  it('holds for a TTL that runs down, now and each time that it is read', () => {
    let left = 500
    const validity = { kind: 'leased', lease: { renew: () => left }, tags: ['tag'] } as const
    const relayed = relayedAnswer(ask, { answer: records(line(900)) }, { ttl: 500, validity })
    const changed = through(['rewrite ttl www.example.org 100-200'], relayed) as Answer
    expect(isRelayed(changed) && changed.ttl).to.equal(200)
    const renew = () => (changed.validity.kind === 'leased' ? changed.validity.lease.renew() : undefined)
    expect(changed.validity).to.deep.include({ kind: 'leased', tags: ['tag'] })
    expect(renew()).to.equal(200)
    left = 150
    expect(renew()).to.equal(150)
    left = 50
    expect(renew()).to.equal(100)
    left = -1
    expect(renew(), 'its time is over').to.equal(-1)
  })
})

class BelowError extends ServerError {
  constructor() {
    super('NO_NEXT_PLUGIN', 'it broke')
  }
}

describe('rewrite rcode', () => {
  for (const { rule, from = 'NXDOMAIN', expected } of [
    { rule: 'www.example.org NXDOMAIN NOERROR', expected: 'NOERROR' },
    { rule: 'exact www.example.org nxdomain refused', expected: 'REFUSED' },
    { rule: 'www.example.org 3 5', expected: 'REFUSED' },
    { rule: 'www.example.org NXDOMAIN NOTIMPL', expected: 'NOTIMP' },
    { rule: 'www.example.org NXDOMAIN BADSIG', expected: 'BADVERS' },
    { rule: 'www.example.org SERVFAIL NOERROR', expected: 'NXDOMAIN' },
    { rule: 'other.example.org NXDOMAIN NOERROR', expected: 'NXDOMAIN' },
    { rule: 'suffix example.org NXDOMAIN NOERROR', expected: 'NOERROR' },
    { rule: 'prefix www.exam NXDOMAIN NOERROR', expected: 'NXDOMAIN' },
    { rule: 'substring example.org NXDOMAIN NOERROR', expected: 'NOERROR' },
    { rule: 'regex .* SERVFAIL NOERROR', from: 'SERVFAIL', expected: 'NOERROR' },
  ] as const) {
    it(`rewrite rcode ${rule}: ${from} becomes ${expected}`, () => {
      const rcode: RecordsAnswer['rcode'] = from
      for (const answer of [recordsAnswer([], { rcode }), { ...relayedAnswer(ask, {}), rcode }]) {
        const changed = through([`rewrite rcode ${rule}`], answer) as Answer
        expect(changed.rcode).to.equal(expected)
        expect(isRelayed(changed)).to.equal(isRelayed(answer))
      }
    })
  }

  it('applies later rules first', () => {
    const rules = ['rewrite continue rcode . x NXDOMAIN REFUSED', 'rewrite rcode www.example.org SERVFAIL NXDOMAIN']
    const answer = recordsAnswer([], { rcode: 'SERVFAIL' })
    const first = rules.map((rule) => rule.replace('. x', 'www.example.org'))
    expect((through(first, answer) as Answer).rcode).to.equal('REFUSED')
    expect(
      (
        through(
          first.map((rule) => rule.replace('continue ', '')),
          answer,
        ) as Answer
      ).rcode,
    ).to.equal('SERVFAIL')
  })

  it('says so', () => {
    const answer = through(['rewrite rcode www.example.org NXDOMAIN REFUSED'], recordsAnswer([], { rcode: 'NXDOMAIN' }))
    expect((answer as Answer).trace?.map((step) => [step.code, step.describe()])).to.deep.equal([
      ['rcode-rewritten', 'a rule makes REFUSED of NXDOMAIN'],
    ])
  })

  const corefile = (...lines: string[]) => `. {\nrewrite rcode regex .* SERVFAIL NXDOMAIN\n${lines.join('\n')}\n}\n`

  it('holds for what nobody answers, which is logged all the same', async () => {
    const server = serveManifests('', corefile('errors', 'kubernetes cluster.local'))
    expect((await server.exchange(ask)).rcode).to.equal(3)
    expect(server.lines).to.deep.equal([
      '[ERROR] plugin/errors: 3 www.example.org. A: plugin/kubernetes: no next plugin found',
    ])
  })

  it('holds where nobody logs it', async () => {
    const server = serveManifests('', corefile('kubernetes cluster.local'))
    expect((await server.exchange(ask)).rcode).to.equal(3)
    expect(server.lines).to.deep.equal([])
  })

  for (const later of [false, true]) {
    const fails = (error: unknown) => () => {
      if (later) return Promise.reject(error)
      throw error
    }
    const outcome = async (rule: string, error: unknown) => {
      try {
        return await handlerOf(setupRewrite, [rule]).serve(queryFor(ask), fails(error))
      } catch (thrown) {
        return thrown
      }
    }
    const when = later ? 'later' : 'at once'

    it(`leaves an error that no rule is for as it is (${when})`, async () => {
      const error = new BelowError()
      expect(await outcome('rewrite rcode regex .* NXDOMAIN NOERROR', error)).to.equal(error)
    })

    it(`makes no answer of a bug (${when})`, async () => {
      const bug = new TypeError('x is undefined')
      expect(await outcome('rewrite rcode regex .* SERVFAIL NOERROR', bug)).to.equal(bug)
    })

    it(`tells who made the answer (${when})`, async () => {
      const error = await outcome('rewrite rcode regex .* SERVFAIL NOERROR', new BelowError())
      expect(error).to.have.property('message', 'it broke')
      expect(error).to.have.nested.include({ 'answer.rcode': 'NOERROR' })
      expect(error).not.to.have.nested.property('answer.unwritten')
    })
  }

  it('breaks no silence', () => {
    expect(through(['rewrite rcode regex .* NOERROR REFUSED'], silence)).to.include({
      isSilent: true,
      rcode: 'NOERROR',
    })
  })
})

describe('rewrite cname', () => {
  const chain = ['www.example.org. 5 IN CNAME a.test.', 'a.test. 5 IN CNAME b.test.', 'b.test. 5 IN A 192.0.2.1']
  const resolved = recordsAnswer(['c.test. 9 IN A 192.0.2.3'], { authority: records('c.test. 9 IN NS n.test.') })

  /** The answer, and what was asked for in the course of it. */
  function outcome(
    rule: string,
    answer: Answer = recordsAnswer(chain),
    found: Answer = resolved,
    via: Query['via'] = [],
  ) {
    const looked: Query[] = []
    const resolve = (query: Query) => {
      looked.push(query)
      return found
    }
    const rules = handlerOf(setupRewrite, [`rewrite cname ${rule}`], { resolve })
    const changed = unpack(rules.serve(queryFor(ask, { via }), () => answer) as Answer)
    return { changed, looked: looked.map(({ qname, qtype }) => `${qname} ${qtype}`) }
  }

  for (const { rule, kept = 1 } of [
    { rule: 'a.test c.test', kept: 0 },
    { rule: 'exact A.test. C.test', kept: 0 },
    { rule: 'exact b.test c.test' },
    { rule: 'prefix b c' },
    { rule: 'suffix b.test. c.test.' },
    { rule: 'substring b.te c.te' },
    { rule: 'regex ^B\\.(.*)$ c.{1}' },
    { rule: 'regex ^\\Sb?\\.(.*)$ c.{1}', kept: 0 },
  ]) {
    it(`rewrite cname ${rule}`, () => {
      for (const answer of [recordsAnswer(chain), relayedAnswer(ask, { answer: records(...chain) })]) {
        const { changed, looked } = outcome(rule, answer)
        const last = `${kept === 0 ? 'www.example.org.' : 'a.test.'} 5 IN CNAME c.test.`
        const expected = [...chain.slice(0, kept), last, 'c.test. 9 IN A 192.0.2.3']
        expect(changed.answer.flatMap(formatRRset)).to.deep.equal(expected)
        expect(changed.authority).to.deep.equal(resolved.authority)
        expect(looked).to.deep.equal(['c.test. 1'])
      }
    })
  }

  for (const { title, rule, answer } of [
    { title: 'no CNAME leads there', rule: 'x.test c.test', answer: recordsAnswer(chain) },
    { title: 'there is no CNAME', rule: 'b.test c.test', answer: recordsAnswer(['b.test. 5 IN A 192.0.2.1']) },
    { title: 'the new target is no name', rule: 'prefix a.test ..', answer: recordsAnswer(chain) },
    { title: 'it leads back', rule: 'a.test www.example.org', answer: recordsAnswer(chain) },
    { title: 'a word is empty', rule: 'prefix  c.test', answer: recordsAnswer(chain) },
  ]) {
    it(`changes nothing where ${title}`, () => {
      const { changed, looked } = outcome(rule, answer)
      expect(changed.answer).to.deep.equal(answer.answer)
      expect(looked).to.deep.equal([])
    })
  }

  it('goes no further than eight names', () => {
    const via = records(...'abcdefgh'.split('').map((letter) => `${letter}. 1 IN A 192.0.2.1`)).map(
      ({ owner }: RRset) => owner,
    )
    expect(outcome('a.test c.test', recordsAnswer(chain), resolved, via.slice(1)).looked).to.have.lengthOf(1)
    expect(outcome('a.test c.test', recordsAnswer(chain), resolved, via).looked).to.have.lengthOf(0)
  })

  it('has the rcode of the new target, is as valid as both, and says so', () => {
    const found = recordsAnswer([], { rcode: 'NXDOMAIN', validity: { kind: 'until-changed', tags: ['other'] } })
    const { changed } = outcome('a.test c.test', recordsAnswer(chain), found)
    expect(changed).to.deep.include({ rcode: 'NXDOMAIN', validity: { kind: 'until-changed', tags: ['tag', 'other'] } })
    expect(changed.trace?.map((step) => [step.code, step.describe()])).to.deep.equal([
      ['target-rewritten', 'a rule leads the CNAME to c.test. instead of a.test.'],
    ])
  })

  it('asks the whole server', async () => {
    const cluster = manifests(externalName('shop/alias', 'db.example.org'), clusterIp('shop/db', '10.0.0.9'))
    const corefile = '. {\nrewrite cname suffix .example.org. .shop.svc.cluster.local.\nkubernetes cluster.local\n}\n'
    const server = serveManifests(cluster, corefile)
    const alias = 'alias.shop.svc.cluster.local.'
    expect((await server.ask(`${alias} A`)).answer).to.deep.equal([
      `${alias} 5 IN CNAME db.shop.svc.cluster.local.`,
      'db.shop.svc.cluster.local. 5 IN A 10.0.0.9',
    ])
  })
})
