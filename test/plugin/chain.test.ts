import { expect } from 'chai'
import { AnsweredError, chain, NoNextPluginError, serverFailure } from '../../src/plugin/chain.ts'
import { bothValid, counting, type Handler, type Query, type Validity } from '../../src/plugin/handler.ts'
import { question } from '../dns/messages.ts'

const query: Query = {
  ...question('example.org. A'),
  client: { transport: 'udp', address: '192.0.2.1', port: 40_000, localAddress: '192.0.2.53' },
  via: [],
}

/** Passes everything on, and writes down that it was asked. */
const passing = (name: string, asked: string[]): Handler => ({
  name,
  serve(passed, next) {
    asked.push(`${name} ${passed.via.length}`)
    return next({ ...passed, via: [...passed.via, passed.qname] })
  },
})

const failed = serverFailure(new Error('it broke'))

describe('plugin: chain', () => {
  it('asks one after the other, each what the one before passed on, until one answers', () => {
    const asked: string[] = []
    const answering: Handler = { name: 'answering', serve: () => failed }
    const ask = chain([passing('first', asked), passing('second', asked), answering, passing('never', asked)])
    expect(ask(query)).to.equal(failed)
    expect(asked).to.deep.equal(['first 0', 'second 1'])
  })

  it('ends in an error that names the last plugin', () => {
    expect(() => chain([passing('first', []), passing('last', [])])(query)).to.throw(
      NoNextPluginError,
      'plugin/last: no next plugin found',
    )
  })

  it('whose last link only observes names that one', () => {
    for (const handlers of [[passing('first', [])], []]) {
      expect(() => chain(handlers, 'log')(query)).to.throw(NoNextPluginError, 'plugin/log: no next plugin found')
    }
  })

  it('without plugins answers REFUSED', async () => {
    const answer = await chain([])(query)
    expect(answer.trace?.map(({ code }) => code)).to.deep.equal(['no-plugin'])
    expect(answer).to.include({ rcode: 'REFUSED', authoritative: false })
  })

  it('hands on a promise as it is', async () => {
    const slow: Handler = { name: 'slow', serve: () => Promise.resolve(failed) }
    expect(await chain([passing('first', []), slow])(query)).to.equal(failed)
  })
})

describe('plugin: an error that has its answer', () => {
  it('is that answer, and says what its cause says', () => {
    const cause = new NoNextPluginError('last')
    const error = new AnsweredError(cause, failed)
    expect(serverFailure(error)).to.equal(failed)
    expect(error).to.include({ message: cause.message, code: cause.code, cause })
  })
})

describe('plugin: an answer that is counted', () => {
  it('counts now, and each time that it is given again, as others do that count it', () => {
    const counts: string[] = []
    const inner = counting(failed, () => counts.push('inner'))
    const outer = counting(inner, () => counts.push('outer'))
    expect(counts).to.deep.equal(['inner', 'outer'])
    outer.onReuse?.()
    expect(counts.slice(2)).to.deep.equal(['inner', 'outer'])
    expect(failed.onReuse, 'the answer itself is as it was').to.equal(undefined)
  })
})

const until = (...tags: string[]): Validity => ({ kind: 'until-changed', tags })
const once: Validity = { kind: 'once' }
const leased = (...tags: string[]): Validity => ({ kind: 'leased', lease: { renew: () => 5 }, tags })
const expires = (...tags: string[]): Validity => ({ kind: 'expires', tags })

describe('plugin: the validity of an answer made of two', () => {
  const cases = [
    { title: 'the tags of both, each once', left: until('a', 'b'), right: until('b', 'c'), both: until('a', 'b', 'c') },
    { title: 'no tags', left: until(), right: until(), both: until() },
    { title: 'once on the left', left: once, right: until('a'), both: once },
    { title: 'once on the right', left: until('a'), right: once, both: once },
    { title: 'what expires with what changes', left: until('a'), right: expires('b'), both: expires('a', 'b') },
    { title: 'what changes with what expires', left: expires('a'), right: until('b'), both: expires('a', 'b') },
    { title: 'once with what expires', left: expires('a'), right: once, both: once },
    { title: 'a lease, which is of one answer alone', left: until('a'), right: leased('b'), both: expires('a', 'b') },
    { title: 'two leases', left: leased('a'), right: leased(), both: expires('a') },
  ]
  for (const { title, left, right, both } of cases) {
    it(title, () => expect(bothValid(left, right)).to.deep.equal(both))
  }
})
