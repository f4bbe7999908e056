import { type SetupCase, testSetup, wrongCount } from '../support/setup.ts'

/** Each directive as it stands in line 3 of a Corefile, and what is thrown; undefined: it is good. */
const cases: readonly SetupCase[] = [
  { text: 'errors' },
  { text: 'errors stdout' },
  { text: 'errors {\n}' },
  { text: 'errors file.log', error: 'invalid log file: file.log' },
  { text: 'errors stdout more', error: wrongCount('more') },
  { text: 'errors {\nstack\n}', line: 4, error: "unknown property 'stack'" },
  { text: 'errors\nerrors', line: 4, error: 'this plugin can only be used once per Server Block' },

  { text: 'log' },
  { text: 'log example.org' },
  { text: 'log example.org "{remote}"' },
  { text: 'log a.test b.test {common}' },
  { text: 'log {\nclass denial error\nclass success\n}' },
  { text: 'log\nlog example.org {\nclass all\n}' },
  { text: 'log a..b', error: "'a..b' is no domain name" },
  { text: 'log a.test b..c {common}', error: "'b..c' is no domain name" },
  { text: 'log {\nclass\n}', line: 4, error: wrongCount('class') },
  {
    text: 'log {\nclass good\n}',
    line: 4,
    error: 'invalid Class: good, expected success, denial, error, all',
  },
  { text: 'log {\nclas all\n}', line: 4, error: "unknown property 'clas', did you mean 'class'?" },

  { text: 'loadbalance' },
  { text: 'loadbalance round_robin' },
  { text: 'loadbalance\nloadbalance round_robin' },
  { text: 'loadbalance {\nprefer\n}' },
  { text: 'loadbalance round_robin {\nprefer 10.0.0.0/8 fd00::/8\nprefer 0.0.0.0/0\n}' },
  { text: 'loadbalance weighted /no/such/file {\nreload 5s\n}' },
  { text: 'loadbalance random', error: 'unknown policy: random, expected round_robin or weighted' },
  { text: 'loadbalance round_robin more', error: 'unknown property for round_robin' },
  {
    text: 'loadbalance {\nprefer 10.0.0.1\n}',
    line: 4,
    error: 'invalid CIDR "10.0.0.1": invalid CIDR address: 10.0.0.1',
  },
  { text: 'loadbalance round_robin {\nfoo\n}', line: 4, error: "unknown property 'foo'" },
  { text: 'loadbalance {\nreload 5s\n}', line: 4, error: "unknown property 'reload'" },
  { text: 'loadbalance weighted', error: 'missing weight file argument' },
  { text: 'loadbalance weighted file more', error: 'unexpected argument(s)' },
  { text: 'loadbalance weighted file {\nreload\n}', line: 4, error: 'reload duration value is missing' },
  { text: 'loadbalance weighted file {\nreload 5s 6s\n}', line: 4, error: 'unexpected argument' },
  { text: 'loadbalance weighted file {\nreload 5\n}', line: 4, error: "invalid reload duration '5'" },
  { text: 'loadbalance weighted file {\nreload -5s\n}', line: 4, error: "invalid reload duration '-5s'" },
  { text: 'loadbalance weighted file {\nprefer 10.0.0.0/8\n}', line: 4, error: "unknown property 'prefer'" },

  { text: 'whoami' },
  { text: 'whoami\nwhoami' },
  { text: 'whoami now', error: wrongCount('now') },
  { text: 'whoami {\nfoo\n}', error: "Unexpected token '{', expecting argument" },
  { text: 'whoami {\n}', error: "Unexpected token '{', expecting argument" },
]

describe('plugins: setup', () => {
  testSetup(cases)
})
