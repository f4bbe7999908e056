import { expect } from 'chai'
import fc from 'fast-check'
import { NameSyntaxError } from '../../src/dns/errors.ts'
import {
  compareNames,
  enclosingNames,
  formatLabels,
  isSubdomain,
  type Label,
  labelsBelow,
  labelsOf,
  longestZone,
  lowerCase,
  nameBelow,
  nameOf,
  parseLabels,
  parseName,
  root,
  tryParseName,
} from '../../src/dns/name.ts'
import { labels } from './arbitraries.ts'

const label63 = 'x'.repeat(63)
const octets255 = `${label63}.${label63}.${label63}.${'y'.repeat(61)}`

const parsed: { text: string; labels: Label[]; name?: string }[] = [
  { text: '.', labels: [], name: '.' },
  { text: 'web', labels: ['web'], name: 'web.' },
  { text: 'Web.Shop.', labels: ['Web', 'Shop'], name: 'web.shop.' },
  { text: 'a\\.b.c', labels: ['a.b', 'c'], name: 'a\\.b.c.' },
  { text: 'a\\046b.c.', labels: ['a.b', 'c'], name: 'a\\.b.c.' },
  { text: 'a\\.', labels: ['a.'], name: 'a\\..' },
  { text: '\\..', labels: ['.'], name: '\\..' },
  { text: 'a\\\\.b', labels: ['a\\', 'b'], name: 'a\\\\.b.' },
  { text: '\\a\\@.b', labels: ['a@', 'b'], name: 'a@.b.' },
  { text: '\\065\\000\\255', labels: ['A\0\xff'], name: 'a\\000\\255.' },
  { text: '\\201.', labels: ['\xc9'], name: '\\201.' },
  { text: 'a b', labels: ['a b'], name: 'a\\032b.' },
  { text: '*.shop', labels: ['*', 'shop'], name: '*.shop.' },
  { text: octets255, labels: octets255.split('.'), name: `${octets255}.` },
]

const refused = [
  { text: '', found: /empty label/ },
  { text: '..', found: /empty label/ },
  { text: '.a', found: /empty label/ },
  { text: 'a..b', found: /empty label/ },
  { text: 'a..', found: /empty label/ },
  { text: 'a\\.b..', found: /empty label/ },
  { text: '.a\\.b', found: /empty label/ },
  { text: `${label63}x`, found: /label has 64 octets, at most 63/ },
  { text: `${octets255}y`, found: /has 256 octets, at most 255/ },
  { text: 'a\\', found: /half an escape/ },
  { text: 'a\\1.', found: /half an escape/ },
  { text: 'a\\12', found: /half an escape/ },
  { text: 'a\\256', found: /\\256 is no octet/ },
  { text: 'caf\u00e9', found: /outside ASCII/ },
  { text: '\\\u4f60.\u597d', found: /outside ASCII/ },
]

describe('names', () => {
  for (const { text, labels, name = text } of parsed) {
    it(`parses '${text.slice(0, 20)}'`, () => {
      expect(parseLabels(text)).to.deep.equal(labels)
      expect(parseName(text)).to.equal(name)
      expect(labelsOf(parseName(text)).map(lowerCase)).to.deep.equal(labels.map(lowerCase))
    })
  }

  for (const { text, found } of refused) {
    it(`refuses '${text.slice(0, 20)}'`, () => {
      expect(() => parseName(text)).to.throw(NameSyntaxError, found)
      expect(tryParseName(text)).to.equal(undefined)
    })
  }

  it('counts the octets that escapes stand for, not their characters', () => {
    expect(labelsOf(parseName('\\000'.repeat(63)))).to.deep.equal(['\0'.repeat(63)])
    expect(() => parseName('\\000'.repeat(64))).to.throw(NameSyntaxError, /64 octets/)
  })

  it('refuses labels that are none', () => {
    expect(() => nameOf([''])).to.throw(NameSyntaxError, /empty label/)
    expect(() => nameOf(['\u0100'])).to.throw(NameSyntaxError, /no octet/)
  })

  it('folds the case of ASCII letters only (RFC 4343 section 3)', () => {
    expect(lowerCase('AZ@[\xc9\u212a')).to.equal('az@[\xc9\u212a')
    expect(nameOf(['\xc9'])).not.to.equal(nameOf(['\xe9']))
  })

  it('parses what it formats', () => {
    fc.assert(
      fc.property(labels, (labels) => {
        expect(parseLabels(formatLabels(labels))).to.deep.equal(labels)
      }),
    )
  })

  it('gives two names one text exactly if their labels differ in nothing but case', () => {
    const folded = (labels: Label[]) => labels.map(lowerCase)
    fc.assert(
      fc.property(labels, labels, (left, right) => {
        const same = JSON.stringify(folded(left)) === JSON.stringify(folded(right))
        expect(nameOf(left) === nameOf(right)).to.equal(same)
        expect(labelsOf(nameOf(left))).to.deep.equal(folded(left))
      }),
    )
  })
})

const below = [
  { name: 'web.shop.', zone: 'shop.', is: true },
  { name: 'shop.', zone: 'shop.', is: true },
  { name: 'web.shop.', zone: '.', is: true },
  { name: '.', zone: '.', is: true },
  { name: '.', zone: 'shop.', is: false },
  { name: 'workshop.', zone: 'shop.', is: false },
  { name: 'shop.', zone: 'web.shop.', is: false },
  { name: 'web\\.shop.', zone: 'shop.', is: false },
  { name: 'web\\\\.shop.', zone: 'shop.', is: true },
  { name: 'web\\\\\\.shop.', zone: 'shop.', is: false },
  { name: 'web.\\.shop.', zone: '\\.shop.', is: true },
  { name: 'web\\.\\.shop.', zone: '\\.shop.', is: false },
  { name: 'a\\000.', zone: '000.', is: false },
]

describe('names below names', () => {
  for (const { name, zone, is } of below) {
    it(`${name} ${is ? 'is' : 'is not'} within ${zone}`, () => {
      expect(isSubdomain(parseName(name), parseName(zone))).to.equal(is)
    })
  }

  it('agrees with the labels', () => {
    fc.assert(
      fc.property(labels, fc.nat(6), (labels, from) => {
        const zone = nameOf(labels.slice(from))
        expect(isSubdomain(nameOf(labels), zone)).to.equal(true)
        expect(labelsBelow(nameOf(labels), zone)).to.deep.equal(labels.slice(0, from).map(lowerCase))
      }),
    )
    fc.assert(
      fc.property(labels, labels, (inner, outer) => {
        const [name, zone] = [labelsOf(nameOf(inner)), labelsOf(nameOf(outer))]
        const tail = zone.length === 0 ? [] : name.slice(-zone.length)
        expect(isSubdomain(nameOf(inner), nameOf(outer))).to.equal(JSON.stringify(tail) === JSON.stringify(zone))
      }),
    )
  })

  it('are made from labels and the name they go below', () => {
    fc.assert(
      fc.property(labels, fc.nat(6), (labels, from) => {
        expect(nameBelow(labels.slice(0, from), nameOf(labels.slice(from)))).to.equal(nameOf(labels))
      }),
    )
    for (const [label, found] of [
      ['', /empty label/],
      ['a'.repeat(64), /64 octets/],
      ['\u0100', /no octet/],
    ] as const) {
      expect(() => nameBelow([label], parseName('shop.'))).to.throw(NameSyntaxError, found)
    }
    const longest = Array(3).fill('a'.repeat(63))
    expect(nameBelow(longest, parseName(`${'b'.repeat(61)}.`))).to.have.lengthOf(254)
    expect(() => nameBelow(longest, parseName(`${'b'.repeat(62)}.`))).to.throw(NameSyntaxError, /256 octets/)
  })

  it('lie in their own, then in each that is a label shorter', () => {
    fc.assert(
      fc.property(labels, (labels) => {
        const expected = Array.from({ length: labels.length + 1 }, (_, from) => nameOf(labels.slice(from)))
        expect([...enclosingNames(nameOf(labels))]).to.deep.equal(expected)
      }),
    )
  })

  it('finds the longest zone', () => {
    const zones = ['.', 'local', 'cluster.local', 'Xcluster.local'].map(parseName)
    expect(longestZone(parseName('web.cluster.local'), zones)).to.equal('cluster.local.')
    expect(longestZone(parseName('xcluster.local'), zones)).to.equal('xcluster.local.')
    expect(longestZone(parseName('example.com'), zones)).to.equal(root)
    expect(longestZone(parseName('example.com'), zones.slice(1))).to.equal(undefined)
  })
})

describe('the order of names (RFC 4034 section 6.1)', () => {
  it('is that of the RFC', () => {
    const ordered = ['example', 'a.example', 'yljkjljk.a.example', 'z.a.example', 'zabc.a.example', 'z.example']
    const names = [...ordered, '\\001.z.example', '*.z.example', '\\200.z.example'].map(parseName)
    expect([...names].reverse().sort(compareNames)).to.deep.equal(names)
  })

  it('tells apart what an escape hides', () => {
    expect(compareNames(parseName('a\\.b'), parseName('a.b'))).to.equal(-1)
    expect(compareNames(root, parseName('a'))).to.be.lessThan(0)
  })

  it('is a total order', () => {
    fc.assert(
      fc.property(labels, labels, (left, right) => {
        const [a, b] = [nameOf(left), nameOf(right)]
        expect(Math.sign(compareNames(a, b))).to.equal(-Math.sign(compareNames(b, a)) + 0)
        expect(compareNames(a, b) === 0).to.equal(a === b)
      }),
    )
  })
})
