import { testSetup, wrongCount } from '../../support/setup.ts'

describe('dns64: setup', () => {
  testSetup([
    { text: 'dns64' },
    { text: 'dns64 64:1337::/96' },
    { text: 'dns64 {\n}' },
    { text: 'dns64 {\nprefix 64:1337::/32\n}' },
    { text: 'dns64 {\ntranslate_all\nallow_ipv4\n}' },
    { text: 'dns64 64:1337::/96 {\ntranslate_all\n}' },
    { text: 'dns64 64:ff9b::/72' },
    { text: 'dns64\ndns64 64:1337::/96' },
    { text: 'dns64 64:1337::/96 b', error: wrongCount('b') },
    { text: 'dns64 foo', error: 'invalid CIDR address: foo' },
    { text: 'dns64 64:1337::/129', error: 'invalid CIDR address: 64:1337::/129' },
    { text: 'dns64 64:1337::1', error: 'invalid CIDR address: 64:1337::1' },
    { text: 'dns64 10.0.0.0/8', error: 'invalid netmask 32 IPv6 address: "10.0.0.0/8"' },
    { text: 'dns64 64:1337::1/33', error: 'invalid prefix length "64:1337::/33"' },
    { text: 'dns64 64:1337::1/24', error: 'invalid prefix length "64:1300::/24"' },
    { text: 'dns64 64:1337::1/104', error: 'invalid prefix length "64:1337::/104"' },
    { text: 'dns64 {\nprefix\n}', line: 4, error: wrongCount('prefix') },
    { text: 'dns64 {\nprefix foo\n}', line: 4, error: 'invalid CIDR address: foo' },
    { text: 'dns64 {\nprefix 64::/96 b\n}', line: 4, error: "unknown property 'b'" },
    { text: 'dns64 {\ntranslate_all yes\n}', line: 4, error: "unknown property 'yes'" },
    { text: 'dns64 {\nallow_ipv4 yes\n}', line: 4, error: "unknown property 'yes'" },
    { text: 'dns64 {\nfoo\n}', line: 4, error: "unknown property 'foo'" },
  ])
})
