import { expect } from 'chai'
import { buildCorefile } from '../../support/serve.ts'
import { testSetup, wrongCount } from '../../support/setup.ts'

const block = (...lines: readonly string[]) => `template ANY ANY {\n${lines.join('\n')}\n}`

describe('template: setup', () => {
  testSetup([
    { text: 'template IN A' },
    { text: 'template ANY ANY example.org 10.0.0.0/8 {\n}' },
    { text: 'template CH TXT' },
    { text: 'template IN TYPE65280' },
    { text: 'template', error: wrongCount('template') },
    { text: 'template IN', error: wrongCount('IN') },
    { text: 'template X A', error: 'invalid query class X' },
    { text: 'template in A', error: 'invalid query class in' },
    { text: 'template IN X', error: 'invalid RR class X' },
    { text: 'template IN a', error: 'invalid RR class a' },
    { text: 'template IN A a..b', error: 'zone is not a valid domain name: a..b' },
    { text: block('notavailable'), line: 4, error: "unknown property 'notavailable'" },
    { text: block('fallthrough', 'upstream', 'upstream 8.8.8.8') },
    { text: block('fallthrough a..b'), line: 4, error: 'zone is not a valid domain name: a..b' },
  ])
})

describe('template: setup of match', () => {
  testSetup([
    { text: block('match a b', 'match (?P<x>c)') },
    { text: block('match'), line: 4, error: wrongCount('match') },
    {
      text: block('match a (b'),
      line: 4,
      error: 'could not parse regex: (b, error parsing regexp: missing closing ): `(b`',
    },
    {
      text: block('match (?=a)'),
      line: 4,
      error: 'could not parse regex: (?=a), error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    },
  ])

  it('takes an expression of 10000 octets, and none of more', () => {
    const build = (octets: number) => buildCorefile(`. {\n${block(`match ${'a'.repeat(octets)}`)}\n}\n`)
    expect(() => build(10_000)).not.to.throw()
    expect(() => build(10_001)).to.throw(/regex pattern too long: 10001 > 10000$/)
  })
})

describe('template: setup of records', () => {
  testSetup([
    ...['answer', 'additional', 'authority'].flatMap((section) => [
      { text: block(`${section} "{{ .Name }} A 10.0.0.1" "{{ parseInt }}"`) },
      { text: block(section), line: 4, error: wrongCount(section) },
      {
        text: block(`${section} "{{"`),
        line: 4,
        error: `could not compile template: {{, template: ${section}:1: unclosed action`,
      },
      {
        text: block(`${section} "{{ notAFunction }}" x`),
        line: 4,
        error: `could not compile template: x, template: ${section}:1: function "notAFunction" not defined`,
      },
    ]),
  ])
})

describe('template: setup of rcode', () => {
  testSetup([
    ...['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED', 'NOTIMP', 'NOTIMPL', 'BADSIG', 'BADCOOKIE'].map((rcode) => ({
      text: block(`rcode ${rcode}`),
    })),
    { text: block('rcode'), line: 4, error: wrongCount('rcode') },
    { text: block('rcode NXDOMAIN x'), line: 4, error: wrongCount('x') },
    { text: block('rcode UNDEFINED'), line: 4, error: 'unknown rcode UNDEFINED' },
    { text: block('rcode constructor'), line: 4, error: 'unknown rcode constructor' },
    { text: block('rcode nxdomain'), line: 4, error: 'unknown rcode nxdomain' },
  ])
})

describe('template: setup of ederror', () => {
  testSetup([
    { text: block('ederror 21 "Blocked according to RFC2606"') },
    { text: block('ederror 65535') },
    { text: block('ederror'), line: 4, error: wrongCount('ederror') },
    { text: block('ederror too many arguments'), line: 4, error: wrongCount('arguments') },
    {
      text: block('ederror invalid reason'),
      line: 4,
      error: 'error parsing extended DNS error code reason, strconv.ParseUint: parsing "invalid": invalid syntax',
    },
    {
      text: block('ederror 65536'),
      line: 4,
      error: 'error parsing extended DNS error code 65536, strconv.ParseUint: parsing "65536": value out of range',
    },
  ])
})

describe('template: setup of var and expr', () => {
  testSetup([
    { text: block('var a 1', 'var b a + 1', "var c 'x' + name()", "expr b == 2 && c != ''") },
    { text: block('var a group("a") + group(1) + group(0)') },
    { text: block('expr 1') },
    { text: block('var'), line: 4, error: wrongCount('var') },
    { text: block('var a'), line: 4, error: wrongCount('a') },
    { text: block('expr'), line: 4, error: wrongCount('expr') },
    { text: block('var 1a 1'), line: 4, error: 'invalid variable name "1a"' },
    { text: block('var a-b 1'), line: 4, error: 'invalid variable name "a-b"' },
    ...['name', 'group', 'len', 'true', 'let', 'any', 'sortBy', 'contains'].map((name) => ({
      text: block(`var ${name} 1`),
      line: 4,
      error: `variable name "${name}" is reserved`,
    })),
    { text: block('var a 1', 'var a 2'), line: 5, error: 'variable name "a" is reserved' },
    {
      text: block('var a 1 +'),
      line: 4,
      error: 'could not compile expression: a, unexpected token EOF (1:3)\n | 1 +\n | ..^',
    },
    {
      text: block('var a b + 1', 'var b 1'),
      line: 4,
      error: 'could not compile expression: a, unknown name b (1:1)\n | b + 1\n | ^',
    },
    {
      text: block('var a 1', "expr a + 'x'"),
      line: 5,
      error:
        "could not compile expression: invalid operation: + (mismatched types int and string) (1:3)\n | a + 'x'\n | ..^",
    },
    {
      text: block('var a 1', 'var b a + 1', "var c 'x' + b"),
      line: 6,
      error:
        "could not compile expression: c, invalid operation: + (mismatched types string and int) (1:5)\n | 'x' + b\n | ....^",
    },
  ])
})
