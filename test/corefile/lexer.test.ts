import { expect } from 'chai'
import fc from 'fast-check'
import { tokenize } from '../../src/corefile/lexer.ts'

/** Tokens as `LINE:TEXT`, with a `+` before those that do not start a line. */
const cases: readonly { title: string; text: string; tokens: readonly string[] }[] = [
  { title: 'nothing', text: '', tokens: [] },
  { title: 'white space only', text: ' \t\r\n\v\f', tokens: [] },
  { title: 'words by line', text: 'a b\n\nc', tokens: ['1:a', '+1:b', '3:c'] },
  { title: 'no line end at the end', text: '. {\n}', tokens: ['1:.', '+1:{', '2:}'] },
  {
    title: 'Unicode white space',
    text: 'a\u00a0b\u2003c\u0085d\u3000e',
    tokens: ['1:a', '+1:b', '+1:c', '+1:d', '+1:e'],
  },
  { title: 'a zero-width space is none', text: 'a\u200bb', tokens: ['1:a\u200bb'] },
  { title: 'a byte order mark is dropped at the start', text: '\ufeffa', tokens: ['1:a'] },
  { title: 'and only there', text: 'a \ufeffb', tokens: ['1:a', '+1:\ufeffb'] },
  { title: 'braces are special only as whole words', text: '.:53{ }x', tokens: ['1:.:53{', '+1:}x'] },
  { title: 'CR LF', text: 'a\r\nb\r\n', tokens: ['1:a', '2:b'] },
  { title: 'CR parts no words', text: 'a\rb', tokens: ['1:ab'] },
  { title: 'a comment line', text: '# a b\nc', tokens: ['2:c'] },
  { title: 'a comment behind words', text: 'a # b "c\nd', tokens: ['1:a', '2:d'] },
  { title: 'a comment in mid-word', text: 'foo#bar\nbaz', tokens: ['1:foo', '2:baz'] },
  { title: 'which ends at the next blank', text: 'foo#bar baz#', tokens: ['1:foo', '+1:baz'] },
  { title: 'quotes join words', text: '"a b" c', tokens: ['1:a b', '+1:c'] },
  { title: 'quotes may be empty', text: 'a "" b', tokens: ['1:a', '+1:', '+1:b'] },
  { title: 'a quoted token ends at its quote', text: '"a"b', tokens: ['1:a', '+1:b'] },
  { title: 'quotes inside a word are literal', text: 'a"b c"', tokens: ['1:a"b', '+1:c"'] },
  { title: 'a quote may be escaped', text: String.raw`"a \"b\" c"`, tokens: ['1:a "b" c'] },
  { title: 'and nothing else', text: String.raw`"\n\\" x`, tokens: [String.raw`1:\n\\`, '+1:x'] },
  {
    title: 'outside quotes a backslash is literal',
    text: String.raw`\" a\ b`,
    tokens: [String.raw`1:\"`, String.raw`+1:a\ `.trim(), '+1:b'],
  },
  { title: 'quotes keep comments, braces, CR', text: '"# {\r}"', tokens: ['1:# {\r}'] },
  { title: 'quotes span lines', text: '"a\nb" c\nd', tokens: ['1:a\nb', '+2:c', '3:d'] },
  { title: 'an unclosed quote ends with the text', text: '"a b\nc', tokens: ['1:a b\nc'] },
  { title: 'an unclosed quote with nothing in it', text: 'a "', tokens: ['1:a'] },
  { title: 'a backslash at the end of an unclosed quote', text: '"a\\', tokens: ['1:a'] },
]

describe('corefile: tokenize', () => {
  for (const { title, text, tokens } of cases) {
    it(title, () => {
      const found = tokenize(text, 'Corefile').map(
        ({ startsLine, line, text }) => `${startsLine ? '' : '+'}${line}:${text}`,
      )
      expect(found).to.deep.equal(tokens)
    })
  }

  it('names the file', () => {
    expect(tokenize('log', '/etc/coredns/Corefile')).to.deep.equal([
      { text: 'log', file: '/etc/coredns/Corefile', line: 1, startsLine: true },
    ])
  })

  it('gives back any words that are quoted', () => {
    const quote = (word: string) => `"${word.replaceAll('"', '\\"')}"`
    const word = fc.string({ unit: fc.constantFrom('a', '"', ' ', '\n', '#', '{', 'é') })
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(tokenize(words.map(quote).join(' '), 'Corefile').map(({ text }) => text)).to.deep.equal(words)
      }),
    )
  })
})
