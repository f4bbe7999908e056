import { expect } from 'chai'
import { CorefileError } from '../../src/corefile/errors.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { memoryIo } from './memory-io.ts'

const directiveNames = ['errors', 'log', 'health', 'kubernetes', 'forward', 'bind', 'view']

const cases: readonly { title: string; text: string; error: string }[] = [
  // Syntax.
  {
    title: 'no closing brace',
    text: '. {\n errors\n log',
    error: "3 - Syntax error: Unexpected token 'log', expecting '}'",
  },
  {
    title: 'no closing brace, nothing inside',
    text: '. {\n',
    error: "1 - Syntax error: Unexpected token '{', expecting '}'",
  },
  {
    title: 'a directive that is not closed',
    text: '. {\n health {\n  lameduck 5s\n',
    error: '3 - Error during parsing: Unexpected EOF',
  },
  {
    title: 'a closing brace without an opening one',
    text: '. {\n log }\n}',
    error: "2 - Error during parsing: Unexpected '}' because no matching opening brace",
  },
  {
    title: 'two closing braces',
    text: '. {\n health {\n } }\n',
    error: "3 - Error during parsing: Unexpected '}' because no matching opening brace",
  },
  {
    title: 'a word behind the closing brace',
    text: '. {\n health {\n } log\n}',
    error: "3 - Error during parsing: Wrong argument count or unexpected line ending after '}'",
  },
  {
    title: 'an opening brace on its own line',
    text: '. {\n health\n {\n }\n}',
    error: "3 - Error during parsing: Unexpected token '{', which must stand on the line of 'health'",
  },
  {
    title: 'a second body',
    text: '. {\n health {\n }\n {\n }\n}',
    error: "4 - Error during parsing: Unexpected token '{', which must stand on the line of 'health'",
  },
  {
    title: 'a brace that sticks to its key',
    text: '.{\n errors\n}',
    error: '1 - Error during parsing: zone is not a valid domain name: .{',
  },
  {
    title: 'no closing brace, behind an import of nothing',
    text: '. {\n log\n import none*\n',
    error: "2 - Syntax error: Unexpected token 'log', expecting '}'",
  },
  // Keys.
  {
    title: 'a comma too many',
    text: 'a,\nb, {\n}',
    error: "2 - Error during parsing: Expected another address but had '{' - check for extra comma",
  },
  { title: 'a comma at the end', text: 'a,\n', error: '1 - Error during parsing: Unexpected EOF' },
  { title: 'no zone', text: '. {\n}\n:54 {\n}', error: '3 - Error during parsing: zone is not a valid domain name: ' },
  { title: 'no port', text: 'a: {\n}', error: '1 - Error during parsing: expecting data after last colon: "a:"' },
  {
    title: 'keys are looked at last',
    text: ':53 {\n}\nb {\n x\n}',
    error: "4 - Error during parsing: Unknown directive 'x'",
  },
  {
    title: 'a zone twice',
    text: '. {\n}\n.:53 {\n}',
    error: '3 - Error during parsing: cannot serve dns://.:53 - it is already defined',
  },
  { title: 'a zone twice in a block', text: 'a\n,A. {\n}', error: "2 - Error during parsing: Unknown directive ',A.'" },
  {
    title: 'a zone twice in a block, in other letters',
    text: 'a A. {\n}',
    error: '1 - Error during parsing: cannot serve dns://a.:53 - it is already defined',
  },
  {
    title: 'a zone twice, once as a CIDR',
    text: '10.0.0.0/8 {\n}\n10.in-addr.arpa {\n}',
    error: '3 - Error during parsing: cannot serve dns://10.in-addr.arpa.:53 - it is already defined',
  },
  {
    title: 'a zone twice, beside a bound one',
    text: 'a {\n bind 10.0.0.1\n}\nb {\n}\nb {\n}',
    error: '6 - Error during parsing: cannot serve dns://b.:53 - it is already defined',
  },
  // Directives.
  { title: 'an unknown directive', text: '. {\n foo\n}', error: "2 - Error during parsing: Unknown directive 'foo'" },
  {
    title: 'a misspelt directive',
    text: '. {\n kubernets cluster.local\n}',
    error: "2 - Error during parsing: Unknown directive 'kubernets', did you mean 'kubernetes'?",
  },
  { title: 'a brace for a directive', text: '. {\n{\n}\n}', error: "2 - Error during parsing: Unknown directive '{'" },
  {
    title: 'a directive from the environment',
    text: '. {\n {$NOPE}\n}',
    error: "2 - Error during parsing: Unknown directive ''",
  },
  {
    title: 'the first error wins',
    text: '. {\n foo\n bar\n',
    error: "2 - Error during parsing: Unknown directive 'foo'",
  },
  // Snippets.
  {
    title: 'a snippet without braces',
    text: '(s)\nlog\n',
    error: "2 - Syntax error: Unexpected token 'log', expecting '{'",
  },
  {
    title: 'a snippet without anything',
    text: '(s)',
    error: "1 - Syntax error: Unexpected token '(s)', expecting '{'",
  },
  {
    title: 'a snippet that is not closed',
    text: '(s) {\n health {\n }\n',
    error: "3 - Syntax error: Unexpected token '}', expecting '}'",
  },
]

describe('corefile: errors of parseCorefile', () => {
  for (const { title, text, error } of cases) {
    it(`${title}: ${error}`, () => {
      expect(() => parseCorefile(text, '/etc/coredns/Corefile', memoryIo(), { directiveNames }))
        .to.throw(CorefileError)
        .with.property('message', `/etc/coredns/Corefile:${error}`)
    })
  }

  it('carry file and line', () => {
    try {
      parseCorefile('. {\n foo\n}', 'Corefile', memoryIo(), { directiveNames })
      expect.fail('nothing was thrown')
    } catch (error) {
      expect(error).to.include({ name: 'CorefileError', code: 'COREFILE_SYNTAX', file: 'Corefile', line: 2 })
    }
  })
})
