import { expect } from 'chai'
import { CorefileError, ValueSyntaxError } from '../../src/corefile/errors.ts'
import { parseZones } from '../../src/corefile/reverse-zones.ts'
import { formatServerKey, parseServerKey } from '../../src/corefile/server-key.ts'

const at = { file: 'Corefile', line: 3 }
const label = 'a'.repeat(63)

/** Keys as written, and the servers they stand for in full. */
const keys: Readonly<Record<string, readonly string[]>> = {
  '.': ['dns://.:53'],
  '.:1053': ['dns://.:1053'],
  'Example.ORG': ['dns://example.org.:53'],
  'example.org.:5353': ['dns://example.org.:5353'],
  'dns://.': ['dns://.:53'],
  'tls://.': ['tls://.:853'],
  'quic://.': ['quic://.:853'],
  'grpc://.': ['grpc://.:443'],
  'https://.': ['https://.:443'],
  'https3://.': ['https3://.:443'],
  'tls://example.org:8853': ['tls://example.org.:8853'],
  'example.org:+53': ['dns://example.org.:53'],
  'example.org:0': ['dns://example.org.:0'],
  'example.org:domain': ['dns://example.org:domain.:53'],
  'udp://.:53': ['dns://udp://.:53'],
  'TLS://.:53': ['dns://tls://.:53'],
  'bücher.example': ['dns://b\\195\\188cher.example.:53'],
  'a\\.b.example': ['dns://a\\.b.example.:53'],
  '10.0.0.0/8': ['dns://10.in-addr.arpa.:53'],
  '10.1.2.0/24:5353': ['dns://2.1.10.in-addr.arpa.:5353'],
  'tls://10.1.2.3/32': ['tls://3.2.1.10.in-addr.arpa.:853'],
  '10.1.2.3/24': ['dns://2.1.10.in-addr.arpa.:53'],
  '0.0.0.0/0': ['dns://in-addr.arpa.:53'],
  '10.1.0.0/23': ['dns://0.1.10.in-addr.arpa.:53', 'dns://1.1.10.in-addr.arpa.:53'],
  '10.1.3.0/23': ['dns://2.1.10.in-addr.arpa.:53', 'dns://3.1.10.in-addr.arpa.:53'],
  '10.0.0.8/31:54': ['dns://8.0.0.10.in-addr.arpa.:54', 'dns://9.0.0.10.in-addr.arpa.:54'],
  '2001:db8::/32': ['dns://8.b.d.0.1.0.0.2.ip6.arpa.:53'],
  '2001:db8::/32:54': ['dns://8.b.d.0.1.0.0.2.ip6.arpa.:54'],
  'FD00:1::/30': ['0', '1', '2', '3'].map((nibble) => `dns://${nibble}.0.0.0.0.0.d.f.ip6.arpa.:53`),
  '2000::/0': ['dns://ip6.arpa.:53'],
  // What is no CIDR is a zone.
  '10.0.0.0/33': ['dns://10.0.0.0/33.:53'],
  '10.0.0/8': ['dns://10.0.0/8.:53'],
  '010.0.0.0/8': ['dns://010.0.0.0/8.:53'],
  '10.0.0.0/+8': ['dns://10.0.0.0/+8.:53'],
  'fe80::1%eth0/64': ['dns://fe80::1%eth0/64.:53'],
}

const errors: Readonly<Record<string, string>> = {
  '': 'expecting data after last colon: ""',
  'dns://': 'expecting data after last colon: ""',
  ':53': 'zone is not a valid domain name: ',
  'example.org:': 'expecting data after last colon: "example.org:"',
  'tls://example.org:': 'expecting data after last colon: "example.org:"',
  'a..b': 'zone is not a valid domain name: a..b',
  '.a': 'zone is not a valid domain name: .a',
  [`${label}a.example`]: `zone is not a valid domain name: ${label}a.example`,
  [`${`${label}.`.repeat(4)}`]: 'specified zone is too long: 256 > 255',
  [`${label}.${label}.${label}.${label}`]: 'specified zone is too long: 256 > 255',
  [`${'ü'.repeat(127)}.a`]: 'specified zone is too long: 256 > 255',
  '::/96': 'invalid CIDR ::/96',
  '::1/128:53': 'invalid CIDR ::1/128',
  '0::1/128': 'invalid CIDR 0::1/128',
  'example.org:65536': 'address 65536: invalid port',
  'example.org:-1': 'address -1: invalid port',
}

describe('corefile: server keys', () => {
  for (const [text, expected] of Object.entries(keys)) {
    it(`${text} is ${expected.join(' ')}`, () => {
      const found = parseServerKey({ text, ...at })
      expect(found.map((key) => formatServerKey(key, 53))).to.deep.equal(expected)
      expect(found.map(({ text: written, file, line }) => ({ text: written, file, line }))).to.deep.equal(
        expected.map(() => ({ text, ...at })),
      )
    })
  }

  for (const [text, message] of Object.entries(errors)) {
    it(`'${text}': ${message}`, () => {
      expect(() => parseServerKey({ text, ...at }))
        .to.throw(CorefileError)
        .with.property('message', `Corefile:3 - Error during parsing: ${message}`)
      expect(() => parseZones(text))
        .to.throw(ValueSyntaxError)
        .with.property('message', message)
    })
  }

  it('splits 10.0.0.0/27 into its 32 addresses, in rising order', () => {
    const zones = Array.from({ length: 32 }, (_, octet) => `${octet}.0.0.10.in-addr.arpa.`)
    expect(parseZones('10.0.0.0/27')).to.deep.equal(zones)
  })

  it('leaves the port open where none is written', () => {
    const [key] = parseServerKey({ text: 'example.org', ...at })
    expect(key).to.deep.equal({ text: 'example.org', scheme: 'dns', zone: 'example.org.', ...at })
    if (key !== undefined) expect(formatServerKey(key, 1053)).to.equal('dns://example.org.:1053')
  })

  it('cuts scheme and port off the zone argument of a plugin', () => {
    expect(parseZones('tls://Example.org:853')).to.deep.equal(['example.org.'])
  })
})
