import { expect } from 'chai'
import { compileRegex } from '../../src/util/regex.ts'

/** What Go 1.26 says of each. */
const refused = [
  ['(', 'missing closing ): `(`'],
  [')', 'unexpected ): `)`'],
  ['())', 'unexpected ): `())`'],
  ['[a', 'missing closing ]: `[a`'],
  ['*', 'missing argument to repetition operator: `*`'],
  ['a**', 'invalid nested repetition operator: `**`'],
  ['a{1001}', 'invalid repeat count: `{1001}`'],
  ['[z-a]', 'invalid character class range: `z-a`'],
  ['(?P<n', 'invalid named capture: `(?P<n`'],
  ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
  ['\\1', 'invalid escape sequence: `\\1`'],
  ['\\', 'trailing backslash at end of expression: ``'],
] as const

describe('util: regular expressions', () => {
  for (const [source, message] of refused) {
    it(`refuses ${source} as Go does`, () => {
      expect(() => compileRegex(source))
        .to.throw()
        .with.property('message', `error parsing regexp: ${message}`)
    })
  }

  it('matches anywhere', () => {
    const regex = compileRegex('b+')
    expect(regex.source).to.equal('b+')
    expect(regex.test('abbc')).to.equal(true)
    expect(regex.test('ac')).to.equal(false)
    expect(regex.match('abbc')).to.deep.equal(['bb'])
    expect(regex.match('ac')).to.equal(undefined)
  })

  it('knows its groups by number and name; what took no part is empty', () => {
    const regex = compileRegex('(?P<a>x)?(y)(?<b>z)')
    expect(regex.groupNames).to.deep.equal(['', 'a', '', 'b'])
    expect(regex.match('.yz')).to.deep.equal(['yz', '', 'y', 'z'])
  })

  for (const [source, text] of [
    ['(?i)abc', 'ABC'],
    ['a\\z', 'a'],
    ['^[[:alpha:]]+$', 'abc'],
    ['\\Qa.b\\E', 'a.b'],
    ['(?s)a.b', 'a\nb'],
  ] as const) {
    it(`reads ${source} as RE2 does`, () => expect(compileRegex(source).test(text)).to.equal(true))
  }

  it('ends in its time where backtracking would not', () => {
    expect(compileRegex('(x+x+)+y').test('x'.repeat(10_000))).to.equal(false)
  })
})
