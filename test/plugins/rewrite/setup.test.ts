import { expect } from 'chai'
import { buildCorefile } from '../../support/serve.ts'
import { type SetupCase, testSetup } from '../../support/setup.ts'

const good = (text: string): SetupCase => ({ text: `rewrite ${text}` })
const bad = (text: string, error: string): SetupCase => ({ text: `rewrite ${text}`, error })
const tooMany = (to: string, from: string) =>
  `the rewrite regex pattern (${to}) uses more subexpressions than its corresponding matching regex pattern (${from})`

describe('rewrite: setup', () => {
  testSetup([
    good('name a.test b.test'),
    good('stop {\nname regex (.*)\\.a {1}.b\nanswer name (.*)\\.b {1}.a\n}'),
    good('{\ncontinue\nname\na.test\nb.test\n}'),
    good('continue {\ntype A AAAA\n}'),
    bad('', 'no rule type specified for rewrite'),
    bad('continue', 'continue rule must begin with a rule type'),
    bad('STOP', 'stop rule must begin with a rule type'),
    bad('names a b', 'invalid rule type "names"'),
    bad('stop names a b', 'invalid rule type "stop"'),
    bad('answer name a b', 'response rewrites must begin with a name rule'),
    { text: 'rewrite name a.test b.test {\nanswer auto\n}', error: "Unexpected token '{', expecting argument" },
    { text: 'rewrite name a.test b.test {\n}', error: "Unexpected token '{', expecting argument" },

    bad('name a.test', 'too few arguments for a name rule'),
    bad(
      'name like a.test b.test',
      'name rule supports only exact, prefix, suffix, substring, and regex name matching, received: like',
    ),
    bad('name exact a.test *.test', 'invalid regex matching pattern: *.test.'),
    bad('name regex ( b', 'invalid regex matching pattern: ('),
    bad('name regex (?=a) b', 'invalid regex matching pattern: (?=a)'),
    bad('name regex (a) {1}.{2}', tooMany('{1}.{2}', '(a)')),
    bad('name regex a {0}', tooMany('{0}', 'a')),
    good('name regex (a) {0}'),
    good('name regex (a) {101}.{1}'),
    bad('name suffix a b answer', 'invalid arguments for suffix rule'),
    bad('name suffix a b c d', 'exceeded the number of arguments for a non-answer rule argument for suffix rule'),
    bad('name suffix a b answer auto answer', 'type missing for answer rule for suffix rule'),
    bad('name suffix a b answer all x', 'invalid type "all" for answer rule for suffix rule'),
    bad('name regex a b answer name x', 'name answer rule for regex rule: 2 arguments required'),
    bad('name regex a b answer value x', 'value answer rule for regex rule: 2 arguments required'),
    bad('name regex a b answer name ( b', 'name answer rule for regex rule: invalid regex matching pattern: ('),
    bad('name regex a b answer value ( b', 'value answer rule for regex rule: invalid regex matching pattern: ('),
    bad('name regex a b answer name a {1}', `name answer rule for regex rule: ${tooMany('{1}', 'a')}`),
    bad(
      'name suffix a b answer auto name a b',
      'auto name answer rule cannot be combined with explicit name anwer rules',
    ),
    good('name suffix a b answer auto value a b answer value c d'),

    bad('type A', 'type rules must have exactly two arguments'),
    bad('type A B C', 'type rules must have exactly two arguments'),
    bad('type nope A', 'invalid type "NOPE"'),
    bad('continue type A nope', 'invalid type "NOPE"'),
    bad('class IN', 'class rules must have exactly two arguments'),
    bad('class XX IN', 'invalid class "XX"'),
    bad('class in xx', 'invalid class "XX"'),

    bad('ttl a.test', 'too few (1) arguments for a ttl rule'),
    bad('ttl exact a.test 5 6', "invalid TTL '' for a ttl rule"),
    ...['x', '-', '5-4', '1-2-3', '4294967296', '-1s'].map((text) =>
      bad(`ttl a.test ${text}`, `invalid TTL '${text}' for a ttl rule`),
    ),
    bad('ttl like a.test 5', 'ttl rule supports only exact, prefix, suffix, substring, and regex name matching'),
    bad('ttl regex ( 5', 'invalid regex pattern in a ttl rule: ('),

    bad('rcode a.test 3', 'too few (2) arguments for a rcode rule'),
    bad('rcode a.test NO SERVFAIL', "invalid matching RCODE 'NO' for a rcode rule"),
    bad('rcode a.test SERVFAIL 24', "invalid replacement RCODE '24' for a rcode rule"),
    bad('rcode a.test 12 0', "invalid matching RCODE '12' for a rcode rule"),
    bad('rcode exact a.test 1 2 3', "invalid matching RCODE '' for a rcode rule"),
    bad('rcode like a.test 1 2', 'rcode rule supports only exact, prefix, suffix, substring, and regex name matching'),
    bad('rcode regex ( 1 2', 'invalid regex pattern in a rcode rule: ('),

    bad('cname a.test', 'too few (1) arguments for a cname rule'),
    bad('cname exact a.test b.test c.test', 'too few (4) arguments for a cname rule'),
    bad('cname Like a.test b.test', 'unknown cname rewrite type: like'),
    bad('cname regex a) b', 'invalid cname rewrite regex pattern: error parsing regexp: unexpected ): `a)`'),

    bad('edns0 local', 'too few arguments for an EDNS0 rule'),
    bad('edns0 local add 1 2', 'invalid action: "add"'),
    bad('edns0 cookie set 1 2', 'invalid rule type "cookie"'),
    bad('edns0 cookie unset', 'invalid rule type "cookie"'),
    bad('edns0 local set 1', 'EDNS0 local rules require three or four args'),
    bad('edns0 local set 1 revert', 'EDNS0 local rules require three or four args'),
    bad('edns0 local set 1 2 3', 'EDNS0 local rules require three or four args'),
    bad('edns0 nsid set 1', 'EDNS0 NSID rules can accept no more than one arg'),
    good('edns0 nsid set revert'),
    bad('edns0 subnet set 24', 'EDNS0 subnet rules require three or four args'),
    bad('edns0 subnet set 33 56', 'invalid IPv4 bit mask length 33'),
    bad('edns0 subnet set 24 129', 'invalid IPv6 bit mask length 129'),
    bad('edns0 local unset', 'local unset action requires exactly two arguments'),
    bad('edns0 local unset 1 revert', 'local unset action requires exactly two arguments'),
    bad('edns0 nsid unset 1', 'nsid unset action requires exactly one argument'),
    bad('edns0 subnet unset 1', 'subnet unset action requires exactly one argument'),
    bad('edns0 local set x 2', 'strconv.ParseUint: parsing "x": invalid syntax'),
    bad('edns0 local set 08 2', 'strconv.ParseUint: parsing "08": invalid syntax'),
    bad('edns0 local set 0x10000 2', 'strconv.ParseUint: parsing "0x10000": value out of range'),
    bad('edns0 local unset -1', 'strconv.ParseUint: parsing "-1": invalid syntax'),
    good('edns0 local set 0b11 0xAB'),
    good('edns0 local set 1_000 2'),
    good('edns0 local set 0x_ff_ee 2'),
    bad('edns0 local set 1__0 2', 'strconv.ParseUint: parsing "1__0": invalid syntax'),
    bad('edns0 local set 1_ 2', 'strconv.ParseUint: parsing "1_": invalid syntax'),
    good('class HS CS'),
    bad('name regex a {100}', tooMany('{100}', 'a')),
    good('name regex a {101}'),
    good('edns0 local set 010 {plugin/label}'),
    bad('edns0 local set 1 0xabc', 'encoding/hex: odd length hex string'),
    bad('edns0 local set 1 0xgg', "encoding/hex: invalid byte: U+0067 'g'"),
    bad('edns0 local set 1 {qclass}', 'unsupported variable name "{qclass}"'),
    bad('edns0 local set 1 {/x}', 'unsupported variable name "{/x}"'),
    bad('edns0 local set 1 {x/}', 'unsupported variable name "{x/}"'),
  ])
  for (const { rule, rest, where } of [
    { rule: 'name', rest: 'b', where: '' },
    { rule: 'ttl', rest: '5', where: ' in a ttl rule' },
    { rule: 'rcode', rest: '1 2', where: ' in a rcode rule' },
    { rule: 'cname', rest: 'b', where: ' in a cname rule' },
  ]) {
    const build = (octets: number) => () =>
      buildCorefile(`. {\nrewrite ${rule} regex ${'a'.repeat(octets)} ${rest}\n}\n`)

    it(`a regular expression of a ${rule} rule has at most 10000 octets`, () => {
      const message = `regex pattern too long${where}: 10001 > 10000`
      expect(build(10_000)).not.to.throw()
      expect(build(10_001))
        .to.throw()
        .with.property('message', `plugin/rewrite: Corefile:2 - Error during parsing: ${message}`)
    })
  }
})
