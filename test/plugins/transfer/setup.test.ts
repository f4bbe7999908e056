import { expect } from 'chai'
import { readRule } from '../../../src/plugins/transfer/setup.ts'
import { onlyDirective, type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const noAddress = (text: string) => `must specify an IP address: \`${text}'`

/** `transfer` as it stands in line 3 of a Corefile, and what is thrown; undefined: it is good. */
const cases: readonly SetupCase[] = [
  { text: 'transfer {\nto *\n}' },
  { text: 'transfer example.net example.org {\nto 1.2.3.4 5.6.7.8:1053 [1::2]:34 [fe80::1%eth0]:53 12:34::56\n}' },
  { text: 'transfer {\nto 192.0.2.1\nto *\nto 192.0.2.2: [::1]:\n}' },
  { text: 'transfer {\nto *\n}\ntransfer example.com {\nto 192.0.2.1\nsource 2001:db8::53\n}' },
  { text: 'transfer', error: "'to' is required" },
  { text: 'transfer example.net {\n}', error: "'to' is required" },
  { text: 'transfer {\nsource 192.0.2.53\n}', error: "'to' is required" },
  { text: 'transfer {\nto\n}', line: 4, error: wrongCount('to') },
  { text: 'transfer {\nto 192.0.2.0/24\n}', line: 4, error: noAddress('192.0.2.0/24') },
  { text: 'transfer {\nto example.com 1.2.3.4\n}', line: 4, error: noAddress('example.com') },
  { text: 'transfer {\nto example.com:53\n}', line: 4, error: noAddress('example.com') },
  { text: 'transfer {\nto [::1\n}', line: 4, error: noAddress('[::1') },
  { text: 'transfer {\nto 192.0.2.1:65536\n}', line: 4, error: 'address 65536: invalid port' },
  { text: 'transfer {\nto *\nsource\n}', line: 5, error: wrongCount('source') },
  { text: 'transfer {\nto *\nsource ::1 ::2\n}', line: 5, error: wrongCount('::2') },
  { text: 'transfer {\nto *\nsource example.org\n}', line: 5, error: 'invalid source address "example.org"' },
  { text: 'transfer {\nto *\nsource ::1\nsource ::2\n}', line: 6, error: 'source already specified' },
  { text: 'transfer {\ntoo *\n}', line: 4, error: "unknown property 'too', did you mean 'to'?" },
  { text: 'transfer a..b {\nto *\n}', error: 'zone is not a valid domain name: a..b' },
]

describe('transfer: setup', () => {
  testSetup(cases)

  const configs = [
    { text: 'transfer {\nto *\n}', rule: { to: ['*'], addresses: [], source: undefined } },
    {
      text: 'transfer Example.ORG 10.0.0.0/8 {\nto 192.0.2.1 [2001:DB8:0::1]:5300\nto * fe80::1%eth0\nsource 192.0.2.53\n}',
      rule: {
        zones: ['example.org.', '10.in-addr.arpa.'],
        to: [
          { address: '192.0.2.1', port: 53 },
          { address: '2001:DB8:0::1', port: 5300 },
          '*',
          { address: 'fe80::1%eth0', port: 53 },
        ],
        addresses: ['192.0.2.1', '2001:db8::1', 'fe80::1'],
        source: '192.0.2.53',
      },
    },
  ]
  for (const { text, rule } of configs) {
    it(`reads: ${text.replaceAll('\n', ' ; ')}`, () => {
      const { serverBlock, directive } = onlyDirective(`example.net {\n${text}\n}`)
      const { addresses, ...read } = readRule(directive, { serverBlock })
      expect({ ...read, addresses: [...addresses] }).to.deep.equal({ zones: ['example.net.'], ...rule })
    })
  }
})
