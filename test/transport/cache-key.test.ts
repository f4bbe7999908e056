import { expect } from 'chai'
import fc from 'fast-check'
import { WireFormatError } from '../../src/dns/errors.ts'
import type { Message } from '../../src/dns/message.ts'
import { formatLabels, nameOf } from '../../src/dns/name.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import { asksTheSame, type CacheKey, CacheKeyReader, EDNS_USE, foldQuestion } from '../../src/transport/cache-key.ts'
import { message as anyMessage, labels } from '../dns/arbitraries.ts'
import { query } from '../dns/messages.ts'
import { goldenNames, readGolden } from '../golden/golden.ts'
import { type AskOptions, encodeQuery } from '../support/serve.ts'

const reader = new CacheKeyReader()
const readKey = (octets: Uint8Array): CacheKey | undefined => (reader.read(octets) ? reader.copy() : undefined)
const ask = 'web.example. A'

/** Whether two messages are answered alike: they have equal keys, and ask the same. Undefined: one has no key. */
function areAlike(left: Uint8Array, right: Uint8Array): boolean | undefined {
  const [leftKey, rightKey] = [readKey(left), readKey(right)]
  if (leftKey === undefined || rightKey === undefined) return undefined
  const { hash, edns, bits, questionEnd } = leftKey
  const folded = left.slice()
  foldQuestion(folded, questionEnd)
  const isSameManner = rightKey.edns === edns && rightKey.bits === bits
  if (rightKey.questionEnd !== questionEnd || !isSameManner || !asksTheSame(right, folded, questionEnd)) return false
  expect(rightKey.hash, 'of what is answered alike').to.equal(hash)
  return true
}

/** A query with an OPT record, whose octets can be changed from behind the question. */
const optAt = encodeQuery(ask).length
const withOpt = (change: (octets: Uint8Array) => void = () => {}) => {
  const octets = encodeQuery(ask, { edns: {} })
  change(octets)
  return octets
}

/** A query whose OPT record has an option: RFC 6891 section 6.1.2. */
function withOption(code: number, data: string): Uint8Array {
  const octets = Buffer.from(data, 'hex')
  const option = Buffer.concat([Buffer.of(0, code, 0, octets.length), octets])
  const opt = withOpt((query) => {
    query[optAt + 10] = option.length
  })
  return Buffer.concat([opt, option])
}

const same: readonly { title: string; left: Uint8Array; right: Uint8Array }[] = [
  { title: 'the id', left: encodeQuery(ask), right: encodeQuery(ask, { message: { id: 1 } }) },
  {
    title: 'RD',
    left: encodeQuery(ask),
    right: encodeQuery(ask, { message: { rd: true } }),
  },
  { title: 'letter case', left: encodeQuery(ask), right: encodeQuery('WEB.exAMple. A') },
  { title: 'the payload size', left: withOpt(), right: encodeQuery(ask, { edns: { payloadSize: 4096 } }) },
  { title: 'a cookie (RFC 7873)', left: withOpt(), right: withOption(10, '0011223344556677') },
  { title: 'padding (RFC 7830)', left: withOpt(), right: withOption(12, '00'.repeat(64)) },
  { title: 'what follows the message', left: encodeQuery(ask), right: Uint8Array.from([...encodeQuery(ask), 1, 2]) },
]

const different: readonly { title: string; question?: string; options?: AskOptions }[] = [
  { title: 'the name', question: 'web2.example. A' },
  { title: 'where its labels part', question: 'we.bexample. A' },
  { title: 'a dot in a label', question: 'web\\.example. A' },
  { title: 'an octet beside the letters', question: '[eb.example. A' },
  { title: 'an octet that only looks like another case', question: '\\247eb.example. A' },
  { title: 'the type', question: 'web.example. AAAA' },
  { title: 'the class', options: { message: { question: { ...question(ask), qclass: 3 } } } },
  { title: 'CD', options: { message: { cd: true } } },
  { title: 'AD', options: { message: { ad: true } } },
  { title: 'EDNS', options: { edns: {} } },
  { title: 'EDNS with DO', options: { edns: { dnssecOk: true } } },
]

function question(text: string) {
  const { question: asked } = query(text)
  if (asked === undefined) throw new Error('a query has a question')
  return asked
}

const noKey: readonly { title: string; octets: Uint8Array }[] = [
  { title: 'a response', octets: encodeQuery(ask, { message: { qr: true } }) },
  { title: 'another opcode', octets: encodeQuery(ask, { message: { opcode: 4 } }) },
  { title: 'no octets', octets: new Uint8Array() },
  { title: 'a header alone', octets: encodeQuery(ask).subarray(0, 12) },
  { title: 'a question that is cut off', octets: encodeQuery(ask).subarray(0, -1) },
  { title: 'two questions', octets: changed(encodeQuery(ask), 5, 2) },
  { title: 'a record that is announced, and is not there', octets: changed(encodeQuery(ask), 11, 1) },
  { title: 'two additional records', octets: changed(withOpt(), 11, 2) },
  { title: 'a record of the answer', octets: changed(encodeQuery(ask), 7, 1) },
  { title: 'a record of the authority', octets: changed(encodeQuery(ask), 9, 1) },
  { title: 'EDNS of version 1', octets: changed(withOpt(), optAt + 6, 1) },
  { title: 'an OPT record with an owner', octets: changed(withOpt(), optAt, 1) },
  { title: 'a record that is no OPT record', octets: changed(withOpt(), optAt + 2, 1) },
  { title: 'options that run over the end', octets: changed(withOpt(), optAt + 10, 4) },
  { title: 'a compressed name', octets: changed(encodeQuery(ask), 12, 0xc0) },
  { title: 'a label of unknown kind', octets: changed(encodeQuery(ask), 12, 0x40) },
]

function changed(octets: Uint8Array, at: number, value: number): Uint8Array {
  const copy = octets.slice()
  copy[at] = value
  return copy
}

describe('cache key', () => {
  for (const { title, left, right } of same) {
    it(`does not depend on ${title}`, () => {
      expect(areAlike(left, right)).to.equal(true)
      expect(areAlike(right, left)).to.equal(true)
    })
  }

  it('tells each of these apart from all others, by its hash already', () => {
    const all = [{}, ...different].map(({ question = ask, options }: { question?: string; options?: AskOptions }) =>
      encodeQuery(question, options),
    )
    for (const [index, left] of all.entries()) {
      for (const right of all.slice(index + 1)) expect(areAlike(left, right)).to.equal(false)
    }
    expect(new Set(all.map((octets) => readKey(octets)?.hash)).size).to.equal(all.length)
  })

  it('is read with what the rest of the way needs', () => {
    const octets = encodeQuery(ask, { edns: { payloadSize: 1400, dnssecOk: true } })
    expect(readKey(octets)).to.include({ questionEnd: optAt, payloadSize: 1400, edns: EDNS_USE.dnssecOk })
    expect(readKey(encodeQuery(ask))).to.include({ questionEnd: optAt, payloadSize: 0, edns: EDNS_USE.none })
  })

  it('is read of the first octets, where there are others behind the message', () => {
    const octets = Uint8Array.from([...encodeQuery(ask), ...encodeQuery(ask, { edns: {} })])
    expect(reader.read(octets, optAt)).to.equal(true)
    expect(reader.copy()).to.deep.equal(readKey(encodeQuery(ask)))
    for (let length = 0; length < optAt; length++)
      expect(reader.read(octets, length), `${length} octets`).to.equal(false)
  })

  for (const { title, octets } of noKey) {
    it(`none: ${title}`, () => expect(readKey(octets)).to.equal(undefined))
  }

  it('none of a golden message that decoding refuses', () => {
    const refused = goldenNames().filter((name) => tryDecode(readGolden(name)) === undefined)
    expect(refused.filter((name) => readKey(readGolden(name)) !== undefined)).to.deep.equal([])
  })
})

const spelled = labels.map((texts) => ({ qname: nameOf(texts), spelling: formatLabels(texts) }))
const bit = fc.boolean()
const uint16 = fc.integer({ min: 0, max: 0xffff })

/** Ordinary queries, of any name and type; some share their names, in other letter case. */
const ordinary: fc.Arbitrary<Message> = fc
  .record({
    named: fc.oneof(
      spelled,
      fc.constantFrom('a.test.', 'A.test.', 'a.TEST.', 'b.test.').map((name) => question(name)),
    ),
    qtype: fc.oneof(fc.constantFrom(1, 28, 33), uint16),
    qclass: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, uint16),
    bits: fc.record({ id: uint16, rd: bit, cd: bit, ad: bit }),
    edns: fc.option(fc.record({ version: fc.constant(0), dnssecOk: bit, payloadSize: uint16 }), { nil: undefined }),
  })
  .map(({ named: { qname, spelling }, qtype, qclass, bits, edns }) =>
    query('.', { ...bits, question: { qname, spelling, qtype, qclass }, ...(edns && { edns }) }),
  )

const valid = fc.oneof({ weight: 3, arbitrary: ordinary }, anyMessage).map((one) => encodeMessage(one, 65_535).octets)

/** Octets of a message, some of them changed, and perhaps cut off or made longer. */
const mutated = fc
  .record({
    octets: valid,
    changes: fc.array(fc.record({ at: fc.nat(80), value: fc.nat(255) }), { maxLength: 3 }),
    cut: fc.option(fc.nat(60), { nil: 0 }),
    more: fc.uint8Array({ maxLength: 12 }),
  })
  .map(({ octets, changes, cut, more }) => {
    const copy = Uint8Array.from([...octets.subarray(0, octets.length - cut), ...more])
    for (const { at, value } of changes) if (at < copy.length) copy[at] = value
    return copy
  })

const octets = fc.oneof(valid, { weight: 2, arbitrary: mutated })

function tryDecode(message: Uint8Array): Message | undefined {
  try {
    return decodeMessage(message)
  } catch (error) {
    if (error instanceof WireFormatError) return undefined
    throw error
  }
}

/** All of a query that its answer may depend on. */
function meaning(message: Uint8Array) {
  const { question: asked, edns, ad, cd } = decodeMessage(message)
  return {
    ad,
    cd,
    qname: asked?.qname,
    qtype: asked?.qtype,
    qclass: asked?.qclass,
    edns: edns && { dnssecOk: edns.dnssecOk },
  }
}

describe('cache key: properties', () => {
  it('what has a key is a query that decodes, and says the same', () => {
    fc.assert(
      fc.property(octets, (message) => {
        const key = readKey(message)
        if (key === undefined) return
        const decoded = decodeMessage(message)
        expect(decoded).to.include({ qr: false, opcode: 0 })
        expect(decoded.question).not.to.equal(undefined)
        expect(decoded.edns?.version ?? 0).to.equal(0)
        const edns = decoded.edns === undefined ? 'none' : decoded.edns.dnssecOk ? 'dnssecOk' : 'plain'
        expect(key).to.include({ payloadSize: decoded.edns?.payloadSize ?? 0, edns: EDNS_USE[edns] })
      }),
      { numRuns: 3000 },
    )
  })

  it('messages are answered alike exactly if they ask the same in the same way', () => {
    fc.assert(
      fc.property(octets, octets, (left, right) => {
        const alike = areAlike(left, right)
        if (alike === undefined) return
        if (alike) expect(meaning(left)).to.deep.equal(meaning(right))
        else expect(meaning(left)).not.to.deep.equal(meaning(right))
      }),
      { numRuns: 3000 },
    )
  })

  it('every ordinary query has one', () => {
    fc.assert(
      fc.property(ordinary, (message) => {
        expect(readKey(encodeMessage(message, 65_535).octets)).not.to.equal(undefined)
      }),
    )
  })
})
