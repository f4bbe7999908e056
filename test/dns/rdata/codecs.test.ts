import { expect } from 'chai'
import fc from 'fast-check'
import { NameSyntaxError, RdataSyntaxError, RecordSyntaxError } from '../../../src/dns/errors.ts'
import { formatRRset, parseRecord } from '../../../src/dns/text/record.ts'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../../src/dns/wire/encode.ts'
import { rrset } from '../arbitraries.ts'
import { response } from '../messages.ts'

/** Text and the rdata it means; `canonical` where we write it another way. */
const cases: { text: string; rdata: object; canonical?: string }[] = [
  { text: 'A 10.96.0.10', rdata: { address: '10.96.0.10' } },
  { text: 'AAAA fd00::1', rdata: { address: 'fd00::1' } },
  { text: 'AAAA ::', rdata: { address: '::' } },
  { text: 'AAAA 2001:0DB8:0:0:1:0:0:1', rdata: { address: '2001:db8::1:0:0:1' }, canonical: 'AAAA 2001:db8::1:0:0:1' },
  { text: 'AAAA 1:2:3:4:5:6:0:8', rdata: { address: '1:2:3:4:5:6:0:8' } },
  { text: 'AAAA ::ffff:10.0.0.1', rdata: { address: '::ffff:a00:1' }, canonical: 'AAAA ::ffff:a00:1' },
  { text: 'CNAME Web.Example', rdata: { target: 'web.example.' }, canonical: 'CNAME web.example.' },
  { text: 'NS ns.dns.cluster.local.', rdata: { target: 'ns.dns.cluster.local.' } },
  { text: 'PTR a\\.b\\032\\;c.', rdata: { target: 'a\\.b\\032;c.' } },
  {
    text: 'SOA ns. h. 1 2h 30M 1w1d 90',
    rdata: { mname: 'ns.', rname: 'h.', serial: 1, refresh: 7200, retry: 1800, expire: 691200, minimum: 90 },
    canonical: 'SOA ns. h. 1 7200 1800 691200 90',
  },
  {
    text: 'SOA ns. host\\.master. 4294967295 7200 1800 86400 5',
    rdata: {
      mname: 'ns.',
      rname: 'host\\.master.',
      serial: 4294967295,
      refresh: 7200,
      retry: 1800,
      expire: 86400,
      minimum: 5,
    },
  },
  { text: 'SRV 0 65535 443 .', rdata: { priority: 0, weight: 65535, port: 443, target: '.' } },
  { text: 'TXT "1.1.0"', rdata: { strings: ['1.1.0'] } },
  {
    text: 'TXT one "two three" ""',
    rdata: { strings: ['one', 'two three', ''] },
    canonical: 'TXT "one" "two three" ""',
  },
  { text: 'TXT "a;b" ; comment', rdata: { strings: ['a;b'] }, canonical: 'TXT "a;b"' },
  { text: 'TXT "\\"\\\\\\000\\255"', rdata: { strings: ['"\\\0\xff'] } },
  { text: 'MX 10 mail.example.', rdata: { preference: 10, exchange: 'mail.example.' } },
  { text: 'HINFO "PDP 11" "\\"UNIX"', rdata: { cpu: 'PDP 11', os: '"UNIX' } },
  { text: 'HINFO "PDP UNIX"', rdata: { cpu: 'PDP', os: 'UNIX' }, canonical: 'HINFO "PDP" "UNIX"' },
  { text: 'HINFO PDP', rdata: { cpu: 'PDP', os: '' }, canonical: 'HINFO "PDP" ""' },
  { text: 'CAA 128 issue "ca.example; a=\\"b\\""', rdata: { flags: 128, tag: 'issue', value: 'ca.example; a="b"' } },
  { text: 'DNAME b.example.', rdata: { target: 'b.example.' } },
  {
    text: 'NAPTR 100 10 "U" "E2U+sip" "!^.*$!sip:a@b.example!" .',
    rdata: {
      order: 100,
      preference: 10,
      flags: 'U',
      services: 'E2U+sip',
      regexp: '!^.*$!sip:a@b.example!',
      replacement: '.',
    },
  },
  { text: 'TYPE65280 \\# 3 00ABFF', rdata: { octets: Uint8Array.of(0, 0xab, 0xff) } },
  { text: 'TYPE65280 \\# 0', rdata: { octets: new Uint8Array(0) } },
  { text: 'TYPE43 \\# 2 ab CD', rdata: { octets: Uint8Array.of(0xab, 0xcd) }, canonical: 'DS \\# 2 ABCD' },
  { text: 'TYPE1 \\# 4 0a 000001', rdata: { address: '10.0.0.1' }, canonical: 'A 10.0.0.1' },
  {
    text: 'MX \\# 6 000a 02 6d78 00',
    rdata: { preference: 10, exchange: 'mx.' },
    canonical: 'MX 10 mx.',
  },
  { text: 'TXT \u00e9', rdata: { strings: ['\xc3\xa9'] }, canonical: 'TXT "\\195\\169"' },
]

const refused = [
  { text: 'A 10.0.0', error: RdataSyntaxError, found: /'10.0.0' is no A rdata, expected an IPv4 address/ },
  { text: 'A 10.0.0.1 10.0.0.2', error: RdataSyntaxError, found: /an IPv4 address/ },
  { text: 'A', error: RdataSyntaxError, found: /an IPv4 address/ },
  { text: 'AAAA 10.0.0.1', error: RdataSyntaxError, found: /an IPv6 address/ },
  { text: 'AAAA fe80::1%eth0', error: RdataSyntaxError, found: /an IPv6 address/ },
  { text: 'CNAME', error: RdataSyntaxError, found: /one name/ },
  { text: 'CNAME a. b.', error: RdataSyntaxError, found: /one name/ },
  { text: 'NS a..b', error: NameSyntaxError, found: /empty label/ },
  { text: 'SRV 0 1 80', error: RdataSyntaxError, found: /priority, weight, port and target/ },
  { text: 'SRV 0 1 65536 a.', error: RdataSyntaxError, found: /'65536' .* from 0 to 65535/ },
  { text: 'SRV 0 -1 80 a.', error: RdataSyntaxError, found: /'-1'/ },
  { text: 'SOA a. b. 1 2 3 4', error: RdataSyntaxError, found: /two names and five numbers/ },
  { text: 'SOA a. b. 1h 2 3 4 5', error: RdataSyntaxError, found: /'1h' is no SOA rdata/ },
  { text: 'SOA a. b. 1 2x 3 4 5', error: RdataSyntaxError, found: /'2x' is no SOA rdata/ },
  { text: 'SOA a. b. 1 2 3 4 4294967296', error: RdataSyntaxError, found: /4294967296/ },
  { text: 'TXT', error: RdataSyntaxError, found: /one string or more/ },
  { text: `TXT ${'x'.repeat(256)}`, error: RdataSyntaxError, found: /at most 255 octets/ },
  { text: 'TXT "\\256"', error: RdataSyntaxError, found: /\\256/ },
  { text: 'TXT "\\1"', error: RdataSyntaxError, found: /\\DDD/ },
  { text: 'TXT "open', error: RecordSyntaxError, found: /'"open'/ },
  { text: 'MX a.', error: RdataSyntaxError, found: /a preference and a name/ },
  { text: 'MX 10 a. b.', error: RdataSyntaxError, found: /a preference and a name/ },
  { text: 'MX 65536 a.', error: RdataSyntaxError, found: /from 0 to 65535/ },
  { text: 'HINFO', error: RdataSyntaxError, found: /two strings/ },
  { text: `HINFO a ${'x'.repeat(256)}`, error: RdataSyntaxError, found: /at most 255 octets/ },
  { text: 'CAA 256 issue ""', error: RdataSyntaxError, found: /from 0 to 255/ },
  { text: 'CAA 0 is-sue ""', error: RdataSyntaxError, found: /a tag of letters and digits/ },
  { text: 'CAA 0 issue', error: RdataSyntaxError, found: /and a value/ },
  { text: 'DNAME a. b.', error: RdataSyntaxError, found: /one name/ },
  { text: 'NAPTR 1 2 "" "" ""', error: RdataSyntaxError, found: /order, preference, flags/ },
  { text: 'NAPTR 1 65536 "" "" "" .', error: RdataSyntaxError, found: /from 0 to 65535/ },
  { text: 'TYPE65280 ab', error: RdataSyntaxError, found: /no TYPE65280 rdata, expected octets as \\# LENGTH HEX/ },
  { text: 'TYPE65280 \\# 2 ab', error: RdataSyntaxError, found: /a length, and so many octets/ },
  { text: 'TYPE65280 \\# 1 xy', error: RdataSyntaxError, found: /a length, and so many octets/ },
  { text: 'TYPE65280 \\# 65536', error: RdataSyntaxError, found: /from 0 to 65535/ },
  { text: 'A \\# 3 0A0000', error: RdataSyntaxError, found: /no A rdata, expected octets that are some/ },
  { text: 'MX \\# 4 000AC00C 00', error: RdataSyntaxError, found: /octets/ },
]

describe('rdata', () => {
  for (const { text, rdata, canonical = text } of cases) {
    it(`of ${text}`, () => {
      const parsed = parseRecord(`a.example. 5 IN ${text}`)
      expect(parsed.rdata).to.deep.equal([rdata])
      expect(formatRRset(parsed)).to.deep.equal([`a.example. 5 IN ${canonical}`])
      const { octets } = encodeMessage(response('a.example.', { answer: [parsed] }), 512)
      expect(decodeMessage(octets).answer).to.deep.equal([parsed])
    })
  }

  for (const { text, error, found } of refused) {
    it(`refuses ${text.slice(0, 30)}`, () => {
      expect(() => parseRecord(`a.example. 5 IN ${text}`)).to.throw(error, found)
    })
  }

  it('parses what it formats', () => {
    fc.assert(
      fc.property(rrset, (rrset) => {
        const parsed = formatRRset(rrset).map(parseRecord)
        expect(parsed).to.deep.equal(rrset.rdata.map((rdata) => ({ ...rrset, rdata: [rdata] })))
      }),
      { numRuns: 500 },
    )
  })
})
