import { expect } from 'chai'
import fc from 'fast-check'
import { ZoneFileError } from '../../../src/dns/errors.ts'
import { parseName } from '../../../src/dns/name.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { parseRecordLine, readZoneFile } from '../../../src/dns/text/zone-file.ts'
import { rrset } from '../arbitraries.ts'

const origin = parseName('example.org')

function read(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  const readText = (path: string) => {
    const found = files[path]
    if (found === undefined) throw new Error('no such file')
    return found
  }
  return [...readZoneFile(text, '/zones/db', { origin, readText })].flatMap(({ rrset }) => formatRRset(rrset))
}

const a = (owner: string, ttl: number, last = 1) => `${owner} ${ttl} IN A 10.0.0.${last}`

const cases: { title: string; text: string; records: string[]; files?: Record<string, string> }[] = [
  { title: 'nothing', text: '', records: [] },
  { title: 'comments and empty lines', text: '; one\n\n   ; two\n\t\n', records: [] },
  { title: 'a last line without its end', text: 'a 5 IN A 10.0.0.1', records: [a('a.example.org.', 5)] },
  {
    title: 'lines that end as in Windows',
    text: 'a 5 IN A 10.0.0.1\r\n  5 A 10.0.0.2\r\n',
    records: [a('a.example.org.', 5), a('a.example.org.', 5, 2)],
  },
  {
    title: 'names with their last dot, without, and the origin',
    text: 'a 5 MX 1 b\na.b. 5 MX 1 c.\n@ 5 MX 1 @',
    records: ['a.example.org. 5 IN MX 1 b.example.org.', 'a.b. 5 IN MX 1 c.', 'example.org. 5 IN MX 1 example.org.'],
  },
  {
    title: 'escapes in names',
    text: 'a\\.b 5 A 10.0.0.1\nc\\. 5 A 10.0.0.1\n\\@ 5 A 10.0.0.1\n\\097 5 A 10.0.0.1',
    records: [a('a\\.b.example.org.', 5), a('c\\..example.org.', 5), a('\\@.example.org.', 5), a('a.example.org.', 5)],
  },
  {
    title: 'TTL and class in any order',
    text: 'a 5 IN A 10.0.0.1\na IN 6 A 10.0.0.1\na A 10.0.0.1\na in A 10.0.0.1\na 7 A 10.0.0.1\na CLASS1 8 TYPE1 10.0.0.1',
    records: [
      a('a.example.org.', 5),
      a('a.example.org.', 6),
      a('a.example.org.', 6),
      a('a.example.org.', 6),
      a('a.example.org.', 7),
      a('a.example.org.', 8),
    ],
  },
  {
    title: 'the owner before',
    text: 'a 5 A 10.0.0.1\n  A 10.0.0.2\n\tIN A 10.0.0.3',
    records: [1, 2, 3].map((last) => a('a.example.org.', 5, last)),
  },
  {
    title: '$TTL, which TTLs of records leave as it is',
    text: '$TTL 1h\na A 10.0.0.1\na 5 A 10.0.0.1\na A 10.0.0.1\n$ttl 10\na A 10.0.0.1',
    records: [a('a.example.org.', 3600), a('a.example.org.', 5), a('a.example.org.', 3600), a('a.example.org.', 10)],
  },
  {
    title: 'units of TTLs',
    text: 'a 1h30m A 10.0.0.1\na 1W2d3H4M5s A 10.0.0.1\na 1m30 A 10.0.0.1',
    records: [a('a.example.org.', 5400), a('a.example.org.', 788645), a('a.example.org.', 90)],
  },
  {
    title: '$ORIGIN, relative ones as well',
    text: '$ORIGIN b\na 5 A 10.0.0.1\n$ORIGIN c.\na A 10.0.0.1\n@ A 10.0.0.1',
    records: [a('a.b.example.org.', 5), a('a.c.', 5), a('c.', 5)],
  },
  {
    title: 'quoted strings',
    text: 'a 5 TXT "one;two" three "a \\"b\\" (c)" "" x\\;y',
    records: ['a.example.org. 5 IN TXT "one;two" "three" "a \\"b\\" (c)" "" "x;y"'],
  },
  { title: 'strings that touch', text: 'a 5 TXT "a""b"c', records: ['a.example.org. 5 IN TXT "a" "b" "c"'] },
  {
    title: 'quoted parts of words',
    text: 'a 5 HTTPS 1 . alpn="h2,h3" port=443',
    records: ['a.example.org. 5 IN HTTPS 1 . alpn="h2,h3" port=443'],
  },
  {
    title: 'rdata as octets',
    text: 'a 5 A \\# 4 0A000001\na TYPE65280 \\# 2 ( ab\n cd )',
    records: [a('a.example.org.', 5), 'a.example.org. 5 IN TYPE65280 \\# 2 ABCD'],
  },
  {
    title: 'an owner that looks like a type',
    text: 'a 5 A 10.0.0.1\nA 5 A 10.0.0.1\nIN 5 IN A 10.0.0.1',
    records: [a('a.example.org.', 5), a('a.example.org.', 5), a('in.example.org.', 5)],
  },
  {
    title: '$INCLUDE, whose directives end with it',
    text: '$TTL 5\nx A 10.0.0.9\n$INCLUDE sub/one\n  A 10.0.0.2\n$INCLUDE /two c.\ny A 10.0.0.3',
    files: {
      '/zones/sub/one': '  A 10.0.0.1\n$ORIGIN b.\n$TTL 6\na A 10.0.0.1\n$INCLUDE two',
      '/zones/sub/two': 'z A 10.0.0.1',
      '/two': 'a A 10.0.0.1',
    },
    records: [
      a('x.example.org.', 5, 9),
      a('x.example.org.', 5),
      a('a.b.', 6),
      a('z.b.', 6),
      a('x.example.org.', 5, 2),
      a('a.c.', 5),
      a('y.example.org.', 5, 3),
    ],
  },
  {
    title: '$GENERATE',
    text: '$TTL 5\n$GENERATE 1-3 a$ A 10.0.0.$\n  A 10.0.0.9',
    records: [
      a('a1.example.org.', 5),
      a('a2.example.org.', 5, 2),
      a('a3.example.org.', 5, 3),
      a('a3.example.org.', 5, 9),
    ],
  },
  {
    title: '$GENERATE with a step, TTL and class',
    text: `$GENERATE 1-5/2 $ 7 IN PTR b-\${10}.c.`,
    records: ['1.example.org. 7 IN PTR b-11.c.', '3.example.org. 7 IN PTR b-13.c.', '5.example.org. 7 IN PTR b-15.c.'],
  },
  {
    title: '$GENERATE with modifiers',
    text: `$GENERATE 30-31 a 5 TXT \${0} \${-1,4} \${+2,3,x} \${0,0,X} \${0,4,o} \${0,8,n} \${200,0,N} "$ $$ \\$ \\"\${1}"`,
    records: [
      'a.example.org. 5 IN TXT "30" "0029" "020" "1E" "0036" "e.1.0.0." "6.E" "30 $ $ \\"31"',
      'a.example.org. 5 IN TXT "31" "0030" "021" "1F" "0037" "f.1.0.0." "7.E" "31 $ $ \\"32"',
    ],
  },
]

describe('zone files', () => {
  for (const { title, text, records, files } of cases) {
    it(`have ${title}`, () => expect(read(text, files)).to.deep.equal(records))
  }

  it('have parentheses over lines, with comments within', () => {
    const text = '@ 5 IN SOA ns hostmaster ( ; begins (\n  1 ; serial )\n 3600\t600\n) \nb 5 A ( 10.0.0.1 )'
    expect(() => read(text)).to.throw(ZoneFileError, /^\/zones\/db:1: 'ns hostmaster 1 3600 600' is no SOA rdata/)
    const whole = text.replace('600\n)', '600 86400 5\n)')
    expect(read(whole)).to.deep.equal([
      'example.org. 5 IN SOA ns.example.org. hostmaster.example.org. 1 3600 600 86400 5',
      a('b.example.org.', 5),
    ])
  })

  it('have parentheses that begin before the type, and blanks at the start of a line within them', () => {
    expect(read('a ( 5\nIN\n A\n10.0.0.1 )\n  ( A\n10.0.0.2 )')).to.deep.equal([
      a('a.example.org.', 5),
      a('a.example.org.', 5, 2),
    ])
  })

  it('say where each record stands', () => {
    const text = '; one\n$TTL 5\na A (\n 10.0.0.1 )\n\nb A 10.0.0.1\n$GENERATE 1-2 c$ A 10.0.0.1\n$INCLUDE x'
    const options = { origin, readText: () => '\nd A 10.0.0.1' }
    const places = [...readZoneFile(text, 'db', options)].map(({ file, line }) => `${file}:${line}`)
    expect(places).to.deep.equal(['db:3', 'db:6', 'db:7', 'db:7', 'x:2'])
  })

  const refused: { text: string; found: RegExp; files?: Record<string, string> }[] = [
    { text: '\na 5 A x', found: /^\/zones\/db:2: 'x' is no A rdata, expected an IPv4 address$/ },
    { text: 'a 5 A (\n x', found: /db:1: a '\(' without its '\)'/ },
    { text: 'a 5 A ( ( x ) )', found: /db:1: a '\(' within others/ },
    { text: 'a 5 A x )', found: /db:1: a '\)' without its '\('/ },
    { text: 'a 5 TXT "x\n', found: /db:1: a quote without its other/ },
    { text: '\na 5 TXT x\\', found: /db:2: a backslash at the end of a line/ },
    { text: 'a..b 5 A 10.0.0.1', found: /db:1: 'a..b' is no domain name: it has an empty label/ },
    { text: 'a A 10.0.0.1', found: /db:1: no TTL: neither here, nor before, nor by \$TTL/ },
    { text: '  5 A 10.0.0.1', found: /db:1: a record without an owner/ },
    { text: 'a 5 CH TXT x', found: /db:1: class CH, expected IN/ },
    { text: 'a 5 CLASS2 TXT x', found: /db:1: class CLASS2/ },
    { text: 'a 5 6 A 10.0.0.1', found: /db:1: '6', expected a TTL, a class or a type/ },
    { text: 'a 5 IN NOPE x', found: /db:1: 'NOPE', expected a TTL/ },
    { text: 'a 5 IN ANY x', found: /db:1: class ANY, expected IN|type ANY/ },
    { text: 'a 5 IN OPT x', found: /db:1: type OPT, of which there are no records/ },
    { text: `a ${'1'.repeat(5000)}x A 10.0.0.1`, found: /expected a TTL/ },
    { text: 'a 5 IN', found: /db:1: no record, expected an owner/ },
    { text: 'a 2147483648 A 10.0.0.1', found: /db:1: '2147483648'/ },
    { text: '$NOPE 5', found: /db:1: unknown directive '\$NOPE'/ },
    { text: '$TTL', found: /\$TTL takes one TTL/ },
    { text: '$TTL 5 6', found: /\$TTL takes one TTL/ },
    { text: '$TTL x', found: /\$TTL takes one TTL/ },
    { text: '$ORIGIN', found: /\$ORIGIN takes one name/ },
    { text: '$ORIGIN a b', found: /\$ORIGIN takes one name/ },
    { text: '$ORIGIN a..', found: /db:1: 'a..' is no domain name/ },
    { text: '$INCLUDE', found: /\$INCLUDE takes a file/ },
    { text: '$INCLUDE a b c', found: /\$INCLUDE takes a file/ },
    { text: '\n$INCLUDE gone', found: /db:2: cannot include \/zones\/gone: no such file/ },
    { text: '$INCLUDE one', found: /^\/zones\/one:2: 'x' is no A rdata/, files: { '/zones/one': '\na 5 A x' } },
    {
      text: '$INCLUDE db',
      found: /^\/zones\/db:1: files include one another 8 deep/,
      files: { '/zones/db': '$INCLUDE db' },
    },
    { text: '$GENERATE', found: /'' is no range/ },
    { text: '$GENERATE 3-1 a 5 A 10.0.0.$', found: /'3-1' is no range/ },
    { text: '$GENERATE 1-2/0 a 5 A 10.0.0.$', found: /'1-2\/0' is no range/ },
    { text: '$GENERATE 0-65536 a 5 A 10.0.0.1', found: /'0-65536' makes more than 65536 records/ },
    { text: `$GENERATE 1-2 a\${1,2,q} 5 A 10.0.0.1`, found: /'\$\{1,2,q\}' is no modifier/ },
    { text: `$GENERATE 1-2 a\${x 5 A 10.0.0.1`, found: /a brace behind '\$'/ },
    { text: `$GENERATE 1-2 a\${-2} 5 A 10.0.0.1`, found: /leads out of the range/ },
    { text: '\n$GENERATE 255-256 a 5 A 10.0.0.$', found: /db:2: '10.0.0.256' is no A rdata/ },
  ]
  for (const { text, found, files } of refused) {
    it(`are refused: ${JSON.stringify(text.slice(0, 80))}`, () =>
      expect(() => read(text, files)).to.throw(ZoneFileError, found))
  }

  it('hold all that a record can be written as', () => {
    fc.assert(
      fc.property(fc.array(rrset, { maxLength: 5 }), (rrsets) => {
        const lines = rrsets.flatMap(formatRRset)
        expect(read(lines.join('\n'))).to.deep.equal(lines)
      }),
      { numRuns: 300 },
    )
  })

  it('of any text are read or refused', () => {
    const parts = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\t',
      '(',
      ')',
      '"',
      '\\',
      ';',
      '$',
      '@',
      '5',
      'IN',
      'A',
      'TXT',
      '10.0.0.1',
      '$TTL',
      '$GENERATE 1-2',
      '\\#',
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (words) => {
        try {
          read(words.join(''))
        } catch (error) {
          if (!(error instanceof ZoneFileError)) throw error
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('may have to do without files to include', () => {
    const records = readZoneFile('$INCLUDE a', 'db', { origin })
    expect(() => [...records]).to.throw(ZoneFileError, 'db:1: $INCLUDE is not allowed here')
  })
})

describe('one record', () => {
  const formatted = (text: string, below?: string) => {
    const rrset = parseRecordLine(text, below === undefined ? undefined : parseName(below))
    return rrset && formatRRset(rrset)[0]
  }

  it('may say that it is of any class', () => {
    for (const text of ['a. 5 CH TXT x', 'a. HS 5 TXT x', 'a. 5 CLASS2 TXT x', 'a. 5 ANY TXT x']) {
      expect(parseRecordLine(text), text).to.deep.equal(parseRecordLine('a. 5 IN TXT x'))
    }
  })

  it('has a TTL of 3600 and class IN where nothing is said', () => {
    expect(formatted('a.b. A 10.0.0.1')).to.equal('a.b. 3600 IN A 10.0.0.1')
    expect(formatted('a.b. 5 IN A 10.0.0.1')).to.equal('a.b. 5 IN A 10.0.0.1')
    expect(formatted('$TTL 7\na.b. A 10.0.0.1\nc. A 10.0.0.2')).to.equal('a.b. 7 IN A 10.0.0.1')
  })

  it('lies below the root, or another origin', () => {
    expect(formatted('a MX 1 @')).to.equal('a. 3600 IN MX 1 .')
    expect(formatted('a MX 1 @', 'b.c')).to.equal('a.b.c. 3600 IN MX 1 b.c.')
  })

  it('may be missing', () => expect(formatted('; nothing')).to.equal(undefined))

  it('is refused with what is wrong', () => {
    expect(() => parseRecordLine('a. A x')).to.throw(ZoneFileError, "record:1: 'x' is no A rdata")
  })
})
