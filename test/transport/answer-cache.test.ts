import { expect } from 'chai'
import { EDNS_OPTION } from '../../src/dns/iana.ts'
import {
  AnswerCache,
  type AnswerCacheLimits,
  type Entry,
  type FinishedAnswer,
  fillAnswer,
} from '../../src/transport/answer-cache.ts'
import { type CacheKey, CacheKeyReader } from '../../src/transport/cache-key.ts'
import { encodeQuery } from '../support/serve.ts'

type Note = string
const limit = 1232

/** The key of `web.example. A`. */
function keyOf(question: string): CacheKey {
  return keyOfOctets(encodeQuery(question))
}

function keyOfOctets(query: Uint8Array): CacheKey {
  const reader = new CacheKeyReader()
  if (!reader.read(query)) throw new Error('an ordinary query has a key')
  return reader.copy()
}

/** The octets that `fillAnswer` writes, to a buffer that is longer than they are. */
function filled(entry: Entry<Note>, query: Uint8Array): Buffer {
  const reader = new CacheKeyReader()
  if (!reader.read(query)) throw new Error('an ordinary query has a key')
  const out = Buffer.alloc(entry.octets.length + 10, 0xee)
  const size = fillAnswer(entry, query, reader, out)
  expect([...out.subarray(size)]).to.deep.equal(Array(10).fill(0xee))
  return out.subarray(0, size)
}

/** An answer to a question, of so many octets. */
function answer(question: string, changes: Partial<FinishedAnswer<Note>> = {}, size = 100): FinishedAnswer<Note> {
  const octets = new Uint8Array(size)
  octets.set(encodeQuery(question))
  return { octets, isComplete: true, tags: [], rotations: [], note: '', ...changes }
}

const cacheOf = (limits: Partial<AnswerCacheLimits> = {}) =>
  new AnswerCache<Note>({ maxEntries: 100, maxOctets: 1_000_000, ...limits })

/** Puts an answer to `QUESTION` that carries these tags. */
function put(cache: AnswerCache<Note>, question: string, ...tags: string[]): void {
  cache.put(keyOf(question), limit, cache.epoch, answer(question, { tags, note: question }))
}

/** What the cache has for a question. */
const get = (cache: AnswerCache<Note>, question: string, payloadSize = limit): Entry<Note> | undefined =>
  cache.get(keyOf(question), encodeQuery(question), payloadSize)

const kept = (cache: AnswerCache<Note>, questions: readonly string[]) =>
  questions.filter((question) => get(cache, question) !== undefined)

/** So many questions whose keys have one hash. */
function sameHash(count: number): readonly string[] {
  const byHash = new Map<number, string[]>()
  // To the hash, `@` and the grave accent are one octet, as `A` and `a` are; so are `[` and `{`.
  for (const a of '@`[{') {
    for (const b of '@`[{') {
      const question = `${a}x${b}.example. A`
      const { hash } = keyOf(question)
      const found = [...(byHash.get(hash) ?? []), question]
      if (found.length === count) return found
      byHash.set(hash, found)
    }
  }
  throw new Error('no names of one hash')
}

describe('AnswerCache: keeps answers', () => {
  it('by their key, with their note', () => {
    const cache = cacheOf()
    put(cache, 'a.example. A')
    expect(get(cache, 'A.Example. A')?.note).to.equal('a.example. A')
    expect(get(cache, 'a.example. AAAA')).to.equal(undefined)
    expect(cache.size).to.equal(1)
  })

  it('the newer of two', () => {
    const cache = cacheOf()
    put(cache, 'a.example. A', 'old')
    put(cache, 'a.example. A', 'new')
    cache.invalidate(['old'])
    expect(cache.size).to.equal(1)
    cache.invalidate(['new'])
    expect(cache.size).to.equal(0)
  })

  it('the tags of the newer of two, where the older has the same', () => {
    const cache = cacheOf()
    put(cache, 'a.example. A', 'same')
    put(cache, 'a.example. A', 'same')
    cache.invalidate(['same'])
    expect(cache.size).to.equal(0)
  })

  it('no more than so many, and drops the one that was used least recently', () => {
    const cache = cacheOf({ maxEntries: 2 })
    put(cache, 'a.example. A')
    put(cache, 'b.example. A')
    kept(cache, ['a.example. A'])
    put(cache, 'c.example. A')
    expect(kept(cache, ['a.example. A', 'b.example. A', 'c.example. A'])).to.deep.equal([
      'a.example. A',
      'c.example. A',
    ])
  })

  it('no more than so many octets', () => {
    const cache = cacheOf({ maxOctets: 2000 })
    for (let index = 0; index < 10; index++) put(cache, `a${index}.example. A`)
    expect(cache.size).to.be.greaterThan(1).and.lessThan(5)
    expect(kept(cache, ['a9.example. A'])).to.have.lengthOf(1)
  })

  it('none that is too big for it, which is answered no less', () => {
    const cache = cacheOf({ maxOctets: 2000 })
    const big = answer('a.example. A', { tags: ['a'] }, 5000)
    expect(cache.put(keyOf('a.example. A'), 65_535, cache.epoch, big).octets).to.have.lengthOf(5000)
    expect(cache.size).to.equal(0)
    cache.invalidate(['a'])
    expect(cache.size).to.equal(0)
  })
})

describe('AnswerCache: queries that look alike', () => {
  /** Three names of one hash. */
  const alike = sameHash(3)

  it('get no answer but their own', () => {
    const [first = '', second = '', third = ''] = alike
    expect(new Set(alike.map((question) => keyOf(question).hash)).size).to.equal(1)
    const cache = cacheOf()
    put(cache, first, 'tag')
    expect(get(cache, first)?.note).to.equal(first)
    expect(get(cache, second)).to.equal(undefined)
    put(cache, second, 'tag')
    expect([first, second, third].map((question) => get(cache, question)?.note)).to.deep.equal([
      undefined,
      second,
      undefined,
    ])
    cache.invalidate(['tag'])
    expect(cache.size).to.equal(0)
  })

  it('get their answers in the letter case that they ask in, however the first one asked', () => {
    const cache = cacheOf()
    put(cache, 'WEB.Example. A')
    const entry = get(cache, 'web.example. A')
    expect(entry?.note).to.equal('WEB.Example. A')
    for (const spelling of ['web.example. A', 'Web.EXAMPLE. A']) {
      if (entry !== undefined)
        expect(filled(entry, encodeQuery(spelling)).includes(spelling.slice(0, 3))).to.equal(true)
    }
  })
})

describe('AnswerCache: invalidation', () => {
  const questions = ['a.example. A', 'b.example. A', 'c.example. A', 'd.example. A']
  const cases = [
    { tags: ['one'], left: ['c.example. A', 'd.example. A'] },
    { tags: ['two'], left: ['a.example. A', 'd.example. A'] },
    { tags: ['one', 'two'], left: ['d.example. A'] },
    { tags: ['three'], left: questions },
    { tags: [], left: questions },
  ]
  for (const { tags, left } of cases) {
    it(`of ${tags.join(', ') || 'nothing'} drops what was made from it, and nothing else`, () => {
      const cache = cacheOf()
      put(cache, 'a.example. A', 'one')
      put(cache, 'b.example. A', 'one', 'two')
      put(cache, 'c.example. A', 'two')
      put(cache, 'd.example. A')
      cache.invalidate(tags)
      expect(kept(cache, questions)).to.deep.equal(left)
    })
  }

  it('drops an answer again that was put again', () => {
    const cache = cacheOf()
    for (let round = 0; round < 3; round++) {
      put(cache, 'a.example. A', 'one')
      expect(cache.size).to.equal(1)
      cache.invalidate(['one'])
      expect(cache.size).to.equal(0)
    }
  })

  it('knows the tags of an answer that had to give way no longer', () => {
    const cache = cacheOf({ maxEntries: 1 })
    put(cache, 'a.example. A', 'one')
    put(cache, 'b.example. A', 'two')
    cache.invalidate(['one'])
    expect(kept(cache, questions)).to.deep.equal(['b.example. A'])
  })

  it('an answer that was begun before a change is given, but not kept', () => {
    const cache = cacheOf()
    const { epoch } = cache
    cache.invalidate(['other'])
    const entry = cache.put(keyOf('a.example. A'), limit, epoch, answer('a.example. A', { note: 'late' }))
    expect(entry.note).to.equal('late')
    expect(cache.size).to.equal(0)
  })
})

describe('AnswerCache: the size that a client takes', () => {
  const key = keyOf('big.example. A')
  const big = answer('big.example. A', { note: 'whole' }, 1000)
  const cut = answer('big.example. A', { isComplete: false, note: 'cut' }, 50)

  it('decides whether a whole answer serves it', () => {
    const cache = cacheOf()
    cache.put(key, 1232, cache.epoch, big)
    expect(get(cache, 'big.example. A', 1232)?.note).to.equal('whole')
    expect(get(cache, 'big.example. A', 1000)?.note).to.equal('whole')
    expect(get(cache, 'big.example. A', 999)).to.equal(undefined)
  })

  it('is part of the key of an answer that had to be cut', () => {
    const cache = cacheOf()
    cache.put(key, 1232, cache.epoch, big)
    cache.put(key, 512, cache.epoch, cut)
    expect([512, 600, 1232].map((each) => get(cache, 'big.example. A', each)?.note)).to.deep.equal([
      'cut',
      undefined,
      'whole',
    ])
  })

  it('finds an answer that was cut also where there is no whole one', () => {
    const cache = cacheOf()
    cache.put(key, 512, cache.epoch, cut)
    expect([512, 600, 1232].map((each) => get(cache, 'big.example. A', each)?.note)).to.deep.equal([
      'cut',
      undefined,
      undefined,
    ])
  })

  it('makes no difference to invalidation', () => {
    const cache = cacheOf()
    cache.put(key, 1232, cache.epoch, { ...big, tags: ['a'] })
    cache.put(key, 512, cache.epoch, { ...cut, tags: ['a'] })
    cache.invalidate(['a'])
    expect(cache.size).to.equal(0)
  })
})

describe('AnswerCache: an answer for another query', () => {
  const question = 'web.example. A'
  const key = keyOf(question)
  const finished = encodeQuery(question, { message: { qr: true, aa: true, id: 0 } })

  /** The finished answer, given to a query like this. */
  function fill(spelling: string, message: Parameters<typeof encodeQuery>[1] = {}): Buffer {
    const cache = cacheOf()
    const entry = cache.put(key, limit, cache.epoch, answer(question, { octets: finished }))
    return filled(entry, encodeQuery(spelling, message))
  }

  const cases = [
    { title: 'the id', spelling: question, message: { id: 0xabcd } },
    { title: 'RD', spelling: question, message: { rd: true } },
    { title: 'CD', spelling: question, message: { cd: true } },
    { title: 'the letter case of the question', spelling: 'WeB.eXample. A', message: {} },
  ]
  for (const { title, spelling, message } of cases) {
    it(`has ${title} of the query, and the rest as it was`, () => {
      const expected = encodeQuery(spelling, { message: { id: 0x1234, ...message, qr: true, aa: true } })
      expect(fill(spelling, { message }).toString('hex')).to.equal(Buffer.from(expected).toString('hex'))
    })
  }

  it('takes no other bit of the query: not AD, TC or RA', () => {
    const plain = fill(question, { message: { id: 7 } })
    expect(fill(question, { message: { id: 7, ad: true, tc: true, ra: true } })).to.deep.equal(plain)
  })

  it('takes RD and CD away again', () => {
    const entry = cacheOf().put(
      key,
      limit,
      0,
      answer(question, { octets: encodeQuery(question, { message: { rd: true, cd: true } }) }),
    )
    const response = filled(entry, encodeQuery(question))
    expect([response[2], response[3]]).to.deep.equal([0, 0])
  })

  it('keeps RD where that is its own', () => {
    for (const recursionDesired of [true, false]) {
      const octets = encodeQuery(question, { message: { rd: recursionDesired } })
      const entry = cacheOf().put(key, limit, 0, answer(question, { octets, recursionDesired }))
      const response = filled(entry, encodeQuery(question, { message: { rd: !recursionDesired } }))
      expect(response[2]).to.equal(recursionDesired ? 1 : 0)
    }
  })

  it('serves no client whose options it would have to repeat, where it says so', () => {
    const options = [{ code: EDNS_OPTION.COOKIE, data: Buffer.from('12345678') }]
    for (const { withoutOptions, given } of [
      { withoutOptions: true, given: [true, false] },
      { withoutOptions: false, given: [true, true] },
    ]) {
      const cache = cacheOf()
      const queries = [encodeQuery(question, { edns: {} }), encodeQuery(question, { edns: { options } })]
      const [first] = queries.map(keyOfOctets)
      if (first !== undefined) cache.put(first, limit, cache.epoch, answer(question, { withoutOptions }))
      const found = queries.map((octets) => cache.get(keyOfOctets(octets), octets, limit) !== undefined)
      expect(found).to.deep.equal(given)
    }
  })

  it('has its live number as it is by now', () => {
    let now = 0x01020304
    const octets = Uint8Array.from([...finished, 0, 0, 0, 0])
    const live = { offset: finished.length, read: () => now }
    const entry = cacheOf().put(key, limit, 0, answer(question, { octets, live }))
    const tail = () => [...filled(entry, encodeQuery(question)).subarray(finished.length)]
    expect(tail()).to.deep.equal([1, 2, 3, 4])
    now = 0xffffffff
    expect(tail()).to.deep.equal([255, 255, 255, 255])
  })

  it('is octets of its own: what is done to them does not reach the cache', () => {
    const entry = cacheOf().put(key, limit, 0, answer(question, { octets: finished }))
    filled(entry, encodeQuery(question)).fill(0xff)
    expect([...filled(entry, encodeQuery(question))]).not.to.include(0xff)
  })
})

describe('AnswerCache: leases', () => {
  const question = 'web.example. A'
  const ttlsAt = (...offsets: number[]) => offsets.map((offset) => encodeQuery(question).length + offset)

  /** A cache with one answer, which has these octets behind the question, and two TTLs among them. */
  function leased(renew: () => number, changes: Partial<FinishedAnswer<Note>> = {}) {
    const cache = cacheOf()
    const octets = Uint8Array.from([...encodeQuery(question), 1, 0, 0, 0, 60, 2, 0, 0, 0, 60, 3])
    const lease = { renew, ttlOffsets: ttlsAt(1, 6) }
    const entry = cache.put(keyOf(question), limit, cache.epoch, answer(question, { octets, lease, ...changes }))
    return { cache, entry }
  }
  const tailOf = (entry: Entry<Note>) => [...filled(entry, encodeQuery(question)).subarray(ttlsAt(0)[0])]

  it('are not asked when an answer is put: it has the TTL that it came with', () => {
    const { entry } = leased(() => expect.fail('nobody has asked for it again'))
    expect(tailOf(entry)).to.deep.equal([1, 0, 0, 0, 60, 2, 0, 0, 0, 60, 3])
  })

  it('are asked at each hit for the TTL of all records', () => {
    const ttls = [59, 0, 0x01020304]
    const { cache } = leased(() => ttls.shift() ?? -1)
    const shown = [59, 0, 1].map(() => {
      const entry = get(cache, question)
      return entry && tailOf(entry)
    })
    expect(shown).to.deep.equal([
      [1, 0, 0, 0, 59, 2, 0, 0, 0, 59, 3],
      [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3],
      [1, 1, 2, 3, 4, 2, 1, 2, 3, 4, 3],
    ])
  })

  it('that are over end their answers', () => {
    const ttls = [5, -1]
    const { cache } = leased(() => ttls.shift() ?? expect.fail('it is over'), { tags: ['a'] })
    expect([get(cache, question) !== undefined, get(cache, question), cache.size]).to.deep.equal([true, undefined, 0])
    expect(get(cache, question)).to.equal(undefined)
    cache.invalidate(['a'])
  })

  it('end those that were cut, too', () => {
    const ttls = [5, -1]
    const { cache } = leased(() => ttls.shift() ?? expect.fail('it is over'), { isComplete: false })
    expect([get(cache, question) !== undefined, get(cache, question), cache.size]).to.deep.equal([true, undefined, 0])
  })

  it('do not hold against a change', () => {
    const { cache } = leased(() => 5, { tags: ['a'] })
    cache.invalidate(['a'])
    expect(get(cache, question)).to.equal(undefined)
  })

  it('are asked only for the answer that is given', () => {
    let asked = 0
    const { cache } = leased(() => ++asked)
    get(cache, question, 20)
    get(cache, 'other.example. A')
    expect(asked).to.equal(0)
  })
})

describe('AnswerCache: who wants to know of hits', () => {
  const question = 'web.example. A'

  it('hears of each, and of nothing else', () => {
    let hits = 0
    const cache = cacheOf()
    cache.put(keyOf(question), limit, cache.epoch, answer(question, { onReuse: () => hits++ }))
    get(cache, 'other.example. A')
    get(cache, question, 20)
    expect(hits).to.equal(0)
    for (let round = 0; round < 3; round++) get(cache, question)
    expect(hits).to.equal(3)
  })

  it('hears nothing of an answer whose lease is over', () => {
    let hits = 0
    const ttls = [5, -1]
    const lease = { renew: () => ttls.shift() ?? -1, ttlOffsets: [] }
    const cache = cacheOf()
    cache.put(keyOf(question), limit, cache.epoch, answer(question, { lease, onReuse: () => hits++ }))
    for (let round = 0; round < 3; round++) get(cache, question)
    expect(hits).to.equal(1)
  })
})

describe('AnswerCache: AD and CD of the query', () => {
  const question = 'web.example. A'
  const manners = [{}, { ad: true }, { cd: true }, { ad: true, cd: true }].map((message) =>
    encodeQuery(question, { message }),
  )
  const keyFrom = (octets: Uint8Array): CacheKey => {
    const reader = new CacheKeyReader()
    expect(reader.read(octets)).to.equal(true)
    return reader.copy()
  }

  it('are part of what an answer is kept by', () => {
    const cache = cacheOf()
    for (const [index, query] of manners.entries()) {
      expect(cache.get(keyFrom(query), query, limit), `before ${index}`).to.equal(undefined)
      cache.put(keyFrom(query), limit, cache.epoch, answer(question, { note: String(index) }))
    }
    expect(manners.map((query) => cache.get(keyFrom(query), query, limit)?.note)).to.deep.equal(['0', '1', '2', '3'])
  })

  it('even where their keys have one hash', () => {
    const [plain, withAd] = manners.map(keyFrom)
    if (plain === undefined || withAd === undefined) throw new Error('there are four')
    const cache = cacheOf()
    cache.put(plain, limit, cache.epoch, answer(question))
    expect(cache.get({ ...withAd, hash: plain.hash }, encodeQuery(question), limit)).to.equal(undefined)
  })
})

describe('AnswerCache: an answer that is small over UDP', () => {
  const key = keyOf('big.example. A')
  const big = answer('big.example. A', { payloadLimit: 600 }, 1000)
  const tcp = 65_535

  for (const { title, octets, limit: taken, echoOctets = 0, found } of [
    { title: 'goes to TCP, however long', octets: 1000, limit: tcp, found: true },
    { title: 'goes to TCP with options', octets: 1000, limit: tcp - 12, echoOctets: 12, found: true },
    { title: 'does not go to UDP if it is longer', octets: 601, limit: 1232, found: false },
    { title: 'goes to UDP as long as it may be', octets: 600, limit: 1232, found: true },
    { title: 'goes to UDP with options', octets: 588, limit: 1220, echoOctets: 12, found: true },
    {
      title: 'does not go to UDP if it is longer with options',
      octets: 589,
      limit: 1220,
      echoOctets: 12,
      found: false,
    },
  ]) {
    it(title, () => {
      const cache = cacheOf()
      cache.put(key, tcp, cache.epoch, { ...big, octets: big.octets.slice(0, octets) })
      expect(cache.get({ ...key, echoOctets }, encodeQuery('big.example. A'), taken) !== undefined).to.equal(found)
    })
  }

  it('nor if it was cut for others', () => {
    const cache = cacheOf()
    cache.put(key, 1220, cache.epoch, { ...big, octets: big.octets.slice(0, 600), isComplete: false })
    const found = (echoOctets: number) =>
      cache.get({ ...key, echoOctets }, encodeQuery('big.example. A'), 1220) !== undefined
    expect([found(0), found(12)]).to.deep.equal([true, false])
  })
})

describe('AnswerCache: rotation', () => {
  const query = encodeQuery('web.example. A')
  const key = keyOf('web.example. A')

  /** The octets behind the question in several answers, in which records of two octets are rotated. */
  function rounds(tail: readonly number[], rotations: FinishedAnswer<Note>['rotations'], count: number): number[][] {
    const octets = Uint8Array.from([...query, ...tail])
    const entry = cacheOf().put(key, limit, 0, answer('web.example. A', { octets, rotations }))
    return Array.from({ length: count }, () => [...filled(entry, query).subarray(query.length)])
  }

  it('puts the next record first each time', () => {
    const rotation = { offset: query.length, size: 2, count: 3 }
    expect(rounds([1, 1, 2, 2, 3, 3], [rotation], 4)).to.deep.equal([
      [1, 1, 2, 2, 3, 3],
      [2, 2, 3, 3, 1, 1],
      [3, 3, 1, 1, 2, 2],
      [1, 1, 2, 2, 3, 3],
    ])
  })

  it('leaves what is before and behind', () => {
    const rotation = { offset: query.length + 1, size: 1, count: 2 }
    expect(rounds([9, 1, 2, 8], [rotation], 2)).to.deep.equal([
      [9, 1, 2, 8],
      [9, 2, 1, 8],
    ])
  })

  it('turns several RRsets, each by its own number of records', () => {
    const rotations = [
      { offset: query.length, size: 1, count: 2 },
      { offset: query.length + 2, size: 1, count: 3 },
    ]
    expect(rounds([1, 2, 5, 6, 7], rotations, 3)).to.deep.equal([
      [1, 2, 5, 6, 7],
      [2, 1, 6, 7, 5],
      [1, 2, 7, 5, 6],
    ])
  })
})
