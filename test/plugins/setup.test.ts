import { type SetupCase, testSetup, wrongCount } from '../support/setup.ts'

const unsupported = (name: string) => `property '${name}' is not supported yet`

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
    error: 'failed to parse Class: good, expected success, denial, error, all',
  },
  { text: 'log {\nclas all\n}', line: 4, error: "unknown property 'clas', did you mean 'class'?" },

  { text: 'loadbalance' },
  { text: 'loadbalance round_robin' },
  { text: 'loadbalance\nloadbalance round_robin' },
  { text: 'loadbalance random', error: 'unknown policy: random, expected round_robin' },
  { text: 'loadbalance weighted file', error: "policy 'weighted' is not supported yet" },
  { text: 'loadbalance round_robin more', error: wrongCount('more') },
  { text: 'loadbalance round_robin {\nprefer 10.0.0.0/8\n}', line: 4, error: unsupported('prefer') },
  { text: 'loadbalance round_robin {\nfoo\n}', line: 4, error: "unknown property 'foo'" },

  { text: 'whoami' },
  { text: 'whoami\nwhoami' },
  { text: 'whoami now', error: wrongCount('now') },
  { text: 'whoami {\nfoo\n}', line: 4, error: "unknown property 'foo'" },
]

describe('plugins: setup', () => {
  testSetup(cases)
})
