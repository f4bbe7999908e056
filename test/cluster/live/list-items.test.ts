import { expect } from 'chai'
import fc from 'fast-check'
import { ListItems } from '../../../src/cluster/live/list-items.ts'
import { key, layout, object, pieceSizes, piecesOf, value, write } from './pieces.ts'

interface Read {
  readonly items: readonly string[]
  readonly frame: string
}

function read(pieces: readonly Buffer[]): Read {
  const items: string[] = []
  const list = new ListItems((octets) => items.push(octets.toString('utf8')))
  for (const piece of pieces) list.add(piece)
  return { items, frame: list.frame() }
}

const octetByOctet = (text: string) => Array.from(Buffer.from(text), (octet) => Buffer.from([octet]))

/** Keys of a list in any order, `items` among them or not. */
const list = fc
  .record({
    before: fc.dictionary(key, value, { maxKeys: 3 }),
    items: fc.oneof(fc.array(object, { maxLength: 6 }), fc.constant(null), fc.constant(undefined)),
    after: fc.dictionary(key, value, { maxKeys: 3 }),
  })
  .map(({ before, items, after }) => {
    const { items: _, ...first } = before
    const { items: __, ...last } = after
    return items === undefined ? { ...first, ...last } : { ...first, items, ...last }
  })

describe('live cluster: the items of a list', () => {
  it('come out as they were put in, and the list without them, in pieces of any size', () => {
    fc.assert(
      fc.property(list, layout, pieceSizes, (given, look, sizes) => {
        const whole = write(given, look)
        const { items, frame } = read(piecesOf(Buffer.from(whole), sizes))
        const { items: expected, ...rest } = JSON.parse(whole)
        expect(items.map((item) => JSON.parse(item))).to.deep.equal(expected ?? [])
        const { items: left, ...others } = JSON.parse(frame)
        expect(left).to.deep.equal(Array.isArray(expected) ? [] : expected)
        expect(JSON.stringify(others)).to.equal(JSON.stringify(rest))
      }),
      { numRuns: 500 },
    )
  })

  it('are never more than there are, wherever the stream is cut off', () => {
    fc.assert(
      fc.property(list, layout, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (given, look, part) => {
        const whole = Buffer.from(write(given, look))
        const { items, frame } = read([whole.subarray(0, Math.floor(whole.length * part))])
        const expected = (JSON.parse(whole.toString()).items ?? []).slice(0, items.length)
        expect(items.map((item) => JSON.parse(item))).to.deep.equal(expected)
        expect(() => JSON.parse(frame)).to.throw(SyntaxError)
      }),
      { numRuns: 300 },
    )
  })

  const cases: { title: string; text: string; items: string[]; frame: string }[] = [
    { title: 'none', text: '{"items":[]}', items: [], frame: '{"items":[]}' },
    { title: 'null, as Go writes a list without any', text: '{"items":null}', items: [], frame: '{"items":null}' },
    { title: 'metadata behind them', text: '{"items":[{}],"a":{}}', items: ['{}'], frame: '{"items":[],"a":{}}' },
    {
      title: 'blanks and line ends',
      text: ' {\r\n"items" :\t[ {} ,\n{ } ] }\n',
      items: ['{}', '{ }'],
      frame: ' {\r\n"items" :\t[] }\n',
    },
    {
      title: '`items` of an item',
      text: '{"items":[{"items":[{}]}]}',
      items: ['{"items":[{}]}'],
      frame: '{"items":[]}',
    },
    { title: '`items` elsewhere', text: '{"a":{"items":[{}]}}', items: [], frame: '{"a":{"items":[{}]}}' },
    { title: '`items` in a list', text: '{"a":["items",[{}]]}', items: [], frame: '{"a":["items",[{}]]}' },
    { title: 'the word `items`', text: '{"a":"items","b":[{}]}', items: [], frame: '{"a":"items","b":[{}]}' },
    { title: 'an object called `items`', text: '{"items":{"a":[{}]}}', items: [], frame: '{"items":{"a":[{}]}}' },
    { title: 'a key that ends so', text: '{"\\titems":[{}]}', items: [], frame: '{"\\titems":[{}]}' },
    { title: 'a key with a quotation mark', text: '{"it\\"ems":[{}]}', items: [], frame: '{"it\\"ems":[{}]}' },
    { title: 'a longer key', text: '{"itemss":[{}]}', items: [], frame: '{"itemss":[{}]}' },
    { title: 'what are no objects', text: '{"items":[null,1,"[{}",{}]}', items: ['{}'], frame: '{"items":[]}' },
    { title: 'a list of lists', text: '[{"items":[{}]}]', items: [], frame: '[{"items":[{}]}]' },
    { title: 'no JSON', text: 'Bad gateway: "[{', items: [], frame: 'Bad gateway: "[{' },
    { title: 'nothing', text: '', items: [], frame: '' },
  ]
  for (const { title, text, items, frame } of cases) {
    it(title, () => {
      expect(read([Buffer.from(text)])).to.deep.equal({ items, frame })
      expect(read(octetByOctet(text))).to.deep.equal({ items, frame })
    })
  }

  it('throws on what is too long without any', () => {
    const list = new ListItems(() => {})
    list.add(Buffer.from('{"metadata":"'))
    const piece = Buffer.alloc(64 * 1024, 'x')
    for (let count = 1; count < 16; count++) list.add(piece)
    expect(() => list.add(piece))
      .to.throw(RangeError)
      .with.property('message', 'found no list of objects')
  })

  it('throws on an item that is too long', () => {
    const list = new ListItems(() => {})
    list.add(Buffer.from('{"items":[{"a":"'))
    const piece = Buffer.alloc(1024 * 1024, 'x')
    for (let count = 1; count < 16; count++) list.add(piece)
    expect(() => list.add(piece))
      .to.throw(RangeError)
      .with.property('message', 'found an object of more than 16777216 octets')
  })

  it('takes any number of items, however long they are together', () => {
    let count = 0
    const list = new ListItems(() => count++)
    const piece = Buffer.from(`"},{"a":"${'x'.repeat(1024 * 1024)}`)
    list.add(Buffer.from('{"items":[{"a":"'))
    for (let index = 0; index < 20; index++) list.add(piece)
    list.add(Buffer.from('"}]}'))
    expect({ count, frame: list.frame() }).to.deep.equal({ count: 21, frame: '{"items":[]}' })
  })

  it('hands on what its reader throws', () => {
    const list = new ListItems(() => {
      throw new Error('no more')
    })
    expect(() => list.add(Buffer.from('{"items":[{}'))).to.throw('no more')
  })
})
