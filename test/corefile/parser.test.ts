import { expect } from 'chai'
import fc from 'fast-check'
import { CorefileError } from '../../src/corefile/errors.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { memoryIo } from './memory-io.ts'
import { outline } from './outline.ts'

const variables = { ZONE: 'example.org', PORT: '1053', TWO: 'a b', BRACE: '{', NONE: '' }

const cases: readonly { title: string; text: string; blocks: readonly string[] }[] = [
  // Keys.
  { title: 'one block', text: '. {\n  errors\n  log\n}\n', blocks: ['dns://.:53 { errors; log }'] },
  { title: 'keys by blanks', text: 'a b {\n}', blocks: ['dns://a.:53 dns://b.:53 {}'] },
  { title: 'keys by commas', text: 'a, b {\n}', blocks: ['dns://a.:53 dns://b.:53 {}'] },
  {
    title: 'keys over lines',
    text: 'a,\nb c,\n\nd {\n}',
    blocks: ['dns://a.:53 dns://b.:53 dns://c.:53 dns://d.:53 {}'],
  },
  { title: 'a comma inside a word parts nothing', text: 'a,b {\n}', blocks: ['dns://a,b.:53 {}'] },
  { title: 'an empty key does not count', text: '"" a "{$NONE}" {\n}', blocks: ['dns://a.:53 {}'] },
  { title: 'schemes and ports mixed', text: 'a:54 tls://a {\n}', blocks: ['dns://a.:54 tls://a.:853 {}'] },
  {
    title: 'a CIDR among keys',
    text: '10.1.0.0/23 a {\n}',
    blocks: ['dns://0.1.10.in-addr.arpa.:53 dns://1.1.10.in-addr.arpa.:53 dns://a.:53 {}'],
  },
  {
    title: 'several blocks',
    text: 'a {\n log\n}\nb {\n errors\n}',
    blocks: ['dns://a.:53 { log }', 'dns://b.:53 { errors }'],
  },
  { title: 'several blocks on one line', text: 'a {\n} b {\n}', blocks: ['dns://a.:53 {}', 'dns://b.:53 {}'] },
  // Braces.
  { title: 'braces on lines of their own', text: 'a\n{\n log\n}', blocks: ['dns://a.:53 { log }'] },
  { title: 'an empty block on one line', text: 'a { }', blocks: ['dns://a.:53 {}'] },
  {
    title: 'a directive behind the opening brace',
    text: 'a { log\nerrors\n}',
    blocks: ['dns://a.:53 { log; errors }'],
  },
  {
    title: 'no braces',
    text: 'a b\nlog\nhealth {\n lameduck 5s\n}\nerrors',
    blocks: ['dns://a.:53 dns://b.:53 { log; health { lameduck 5s }; errors }'],
  },
  { title: 'no braces, ended by one', text: 'a\nlog\n}\nb {\n}', blocks: ['dns://a.:53 { log }', 'dns://b.:53 {}'] },
  { title: 'keys only', text: 'a b:54', blocks: ['dns://a.:53 dns://b.:54 {}'] },
  { title: 'keys only, with a line end', text: 'a\n\n# nothing\n', blocks: ['dns://a.:53 {}'] },
  {
    title: 'the last brace may be missing behind that of a directive',
    text: 'a {\n health {\n }\n',
    blocks: ['dns://a.:53 { health {} }'],
  },
  { title: 'a block without keys is dropped', text: '{\n log\n}\na {\n}', blocks: ['dns://a.:53 {}'] },
  // Directives.
  {
    title: 'arguments end with the line',
    text: 'a {\n forward . 1.1.1.1\n log\n}',
    blocks: ['dns://a.:53 { forward . 1.1.1.1; log }'],
  },
  {
    title: 'quoted arguments',
    text: 'a {\n log . "{remote} x" ""\n}',
    blocks: ['dns://a.:53 { log . "{remote} x" "" }'],
  },
  {
    title: 'arguments behind a quote that spans lines',
    text: 'a {\n log "x\ny" z\n errors\n}',
    blocks: ['dns://a.:53 { log "x\\ny" z; errors }'],
  },
  {
    title: 'a body of lines',
    text: 'a {\n f x {\n  b c\n\n  d\n }\n log\n}',
    blocks: ['dns://a.:53 { f x { b c; d }; log }'],
  },
  { title: 'an empty body', text: 'a {\n f {\n }\n g { }\n}', blocks: ['dns://a.:53 { f {}; g {} }'] },
  {
    title: 'a body on one line',
    text: 'a {\n health { lameduck 5s }\n}',
    blocks: ['dns://a.:53 { health { lameduck 5s } }'],
  },
  {
    title: 'a body that begins behind its brace',
    text: 'a {\n f { b\n c\n }\n}',
    blocks: ['dns://a.:53 { f { b; c } }'],
  },
  {
    title: 'nested braces stay in their lines',
    text: 'a {\n f {\n  b {\n   c\n  }\n  d { e }\n }\n}',
    blocks: ['dns://a.:53 { f { b {; c; }; d { e } } }'],
  },
  { title: 'occurrences keep their order', text: 'a {\n x 1\n y\n x 2\n}', blocks: ['dns://a.:53 { x 1; y; x 2 }'] },
  { title: 'import as an argument is a word', text: 'a {\n f import x\n}', blocks: ['dns://a.:53 { f import x }'] },
  // Environment.
  { title: 'environment in keys', text: '{$ZONE}:{%PORT%} {\n}', blocks: ['dns://example.org.:1053 {}'] },
  {
    title: 'environment in directives',
    text: 'a {\n {$ZONE} x\n f {$ZONE} "{%ZONE%}" {\n  {$ZONE} p.{$ZONE}\n }\n}',
    blocks: ['dns://a.:53 { example.org x; f example.org example.org { example.org p.example.org } }'],
  },
  { title: 'a value is one word', text: 'a {\n f {$TWO}\n}', blocks: ['dns://a.:53 { f "a b" }'] },
  { title: 'an unset argument is empty', text: 'a {\n f {$NOPE}\n}', blocks: ['dns://a.:53 { f "" }'] },
  {
    title: 'a brace from the environment opens nothing',
    text: 'a {\n f {$BRACE}\n g\n}',
    blocks: ['dns://a.:53 { f {; g }'],
  },
  // The default.
  { title: 'an empty file', text: '', blocks: ['dns://.:53 { whoami; log }'] },
  { title: 'comments only', text: '# nothing\n\n', blocks: ['dns://.:53 { whoami; log }'] },
  { title: 'snippets only', text: '(s) {\n errors\n}', blocks: ['dns://.:53 { whoami; log }'] },
  // Zones that are shared.
  { title: 'one zone on two ports', text: 'a {\n}\na:54 {\n}', blocks: ['dns://a.:53 {}', 'dns://a.:54 {}'] },
  {
    title: 'one zone by two schemes',
    text: 'a dns://a:853 tls://a {\n}',
    blocks: ['dns://a.:53 dns://a.:853 tls://a.:853 {}'],
  },
  {
    title: 'one zone at two addresses',
    text: 'a {\n bind 10.0.0.1\n}\na {\n bind 10.0.0.2\n}',
    blocks: ['dns://a.:53 { bind 10.0.0.1 }', 'dns://a.:53 { bind 10.0.0.2 }'],
  },
  {
    title: 'one zone in a view',
    text: 'a {\n view v {\n  expr true\n }\n}\na {\n}',
    blocks: ['dns://a.:53 { view v { expr true } }', 'dns://a.:53 {}'],
  },
]

describe('corefile: parseCorefile', () => {
  for (const { title, text, blocks } of cases) {
    it(title, () => {
      const corefile = parseCorefile(text, 'Corefile', memoryIo({}, variables))
      expect(outline(corefile)).to.deep.equal(blocks)
    })
  }

  it('says of everything where it is written', () => {
    const file = '/etc/coredns/Corefile'
    expect(parseCorefile('\n.:54 {\n  health :80 {\n\n    lameduck 5s\n  }\n}', file, memoryIo())).to.deep.equal({
      file,
      serverBlocks: [
        {
          file,
          line: 2,
          keys: [{ text: '.:54', scheme: 'dns', zone: '.', port: 54, file, line: 2 }],
          directives: [
            {
              name: 'health',
              file,
              line: 3,
              args: [{ text: ':80', file, line: 3 }],
              body: [
                [
                  { text: 'lameduck', file, line: 5 },
                  { text: '5s', file, line: 5 },
                ],
              ],
            },
          ],
        },
      ],
    })
  })

  it('takes the port of an empty file from its options', () => {
    const corefile = parseCorefile('', 'Corefile', memoryIo(), { defaultPort: 1053 })
    expect(outline(corefile)).to.deep.equal(['dns://.:1053 { whoami; log }'])
  })

  it('reads any text, or throws CorefileError', () => {
    const piece = fc.oneof(
      fc.constantFrom('. {\n', 'a:54 ', '}\n', ' {', ' }', '\n', ',', '(s) {\n', 'import s\n', '"', '#', '""'),
      fc.constantFrom('log', ' x', '{$A}', '{%B%}', '10.0.0.0/25 ', '\\', '\r', ':'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    const textOf = (arbitrary: fc.Arbitrary<string>) =>
      fc.array(arbitrary, { maxLength: 20 }).map((pieces) => pieces.join(''))
    // Only the main file imports files: a circle ends, but takes a hundred thousand steps.
    const main = textOf(fc.oneof(piece, piece, fc.constantFrom('import /x\n', 'import *\n')))
    fc.assert(
      fc.property(main, textOf(piece), textOf(piece), (text, imported, value) => {
        const io = memoryIo({ '/x': imported }, { A: value, B: '{$A}' })
        try {
          expect(parseCorefile(text, '/Corefile', io).serverBlocks).to.not.equal([])
        } catch (error) {
          expect(error).to.be.instanceOf(CorefileError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
