import { expect } from 'chai'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import { readConfig } from '../../../src/plugins/secondary/setup.ts'
import { memoryIo } from '../../corefile/memory-io.ts'
import { testSetup, wrongCount } from '../../support/setup.ts'

const from = 'transfer from 192.0.2.1'
const missing = 'secondary zones require a transfer from property'

describe('secondary: setup', () => {
  testSetup([
    { text: `secondary {\n${from}\n}` },
    {
      text: 'secondary example.org {\ntransfer from 192.0.2.1 [2001:db8::1]:5300 2001:db8::2\ntransfer from fe80::1%eth0\n}',
    },
    { text: `secondary {\n${from}\ncatalog\n}` },
    { text: `secondary {\n${from}\ncatalog example.org 10.0.0.0/8\nfallthrough\n}` },
    { text: `secondary a.test {\n${from}\n}\nsecondary b.test {\n${from}\n}` },
    { text: 'secondary', error: missing },
    { text: 'secondary {\n}', error: missing },
    { text: 'secondary {\ncatalog\n}', error: missing },
    { text: `secondary a..b {\n${from}\n}`, error: 'zone is not a valid domain name: a..b' },
    { text: 'secondary {\ntransfer\n}', line: 4, error: wrongCount('transfer') },
    { text: 'secondary {\ntransfer to 192.0.2.1\n}', line: 4, error: 'unknown property to' },
    { text: 'secondary {\ntransfer from\n}', line: 4, error: wrongCount('from') },
    { text: 'secondary {\ntransfer from *\n}', line: 4, error: "can't use '*' in transfer from" },
    { text: 'secondary {\ntransfer from a.b\n}', line: 4, error: "must specify an IP address: `a.b'" },
    { text: 'secondary {\ntransfer from 192.0.2.1:70000\n}', line: 4, error: 'address 70000: invalid port' },
    { text: `secondary {\n${from}\ncatalog a..b\n}`, line: 5, error: 'invalid catalog member zone "a..b"' },
    { text: `secondary {\n${from}\nfallthrough a..b\n}`, line: 5, error: 'zone is not a valid domain name: a..b' },
    { text: `secondary {\n${from}\nx\n}`, line: 5, error: "unknown property 'x'" },
  ])

  const primary = { address: '192.0.2.1', port: 53 }
  const configs = [
    { text: `secondary {\n${from}\n}`, zones: { 'example.net.': { primaries: [primary] } } },
    {
      text: 'secondary Example.ORG b.test {\ntransfer from 192.0.2.1 192.0.2.2:5300\ntransfer from ::1\n}',
      zones: Object.fromEntries(
        ['example.org.', 'b.test.'].map((origin) => [
          origin,
          { primaries: [primary, { address: '192.0.2.2', port: 5300 }, { address: '::1', port: 53 }] },
        ]),
      ),
    },
    {
      text: `secondary a.test {\n${from}\nfallthrough b.test\n}\nsecondary a.test {\ntransfer from 192.0.2.2\n}`,
      zones: { 'a.test.': { primaries: [{ address: '192.0.2.2', port: 53 }] } },
      fallthrough: ['b.test.'],
    },
    {
      text: `secondary a.test {\n${from}\nfallthrough\n}`,
      zones: { 'a.test.': { primaries: [primary] } },
      fallthrough: ['.'],
    },
    {
      text: `secondary {\n${from}\ncatalog\n}`,
      zones: { 'example.net.': { primaries: [primary], memberZones: [] } },
    },
    {
      text: `secondary {\n${from}\ncatalog A.test b.test\ncatalog b.test 10.0.0.0/8\n}`,
      zones: { 'example.net.': { primaries: [primary], memberZones: ['a.test.', 'b.test.', '10.in-addr.arpa.'] } },
    },
    {
      text: `secondary {\n${from}\ncatalog a.test\n}\nsecondary {\n${from}\ncatalog\n}`,
      zones: { 'example.net.': { primaries: [primary], memberZones: [] } },
    },
  ]
  for (const { text, zones, fallthrough = [] } of configs) {
    it(`reads: ${text.replaceAll('\n', ' ; ')}`, () => {
      const [serverBlock] = parseCorefile(`example.net {\n${text}\n}`, 'Corefile', memoryIo()).serverBlocks
      if (serverBlock === undefined) throw new Error('no server block')
      const config = readConfig(serverBlock.directives, { serverBlock })
      expect({ zones: Object.fromEntries(config.zones), fallthrough: config.fallthrough }).to.deep.equal({
        zones,
        fallthrough,
      })
    })
  }
})
