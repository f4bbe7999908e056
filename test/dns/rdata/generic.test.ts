import { expect } from 'chai'
import fc from 'fast-check'
import { NameSyntaxError, RdataSyntaxError, WireFormatError } from '../../../src/dns/errors.ts'
import { isMetaType, TYPE } from '../../../src/dns/iana.ts'
import { root } from '../../../src/dns/name.ts'
import { rrTypeOf } from '../../../src/dns/rdata/codecs.ts'
import type { RRset, RRType } from '../../../src/dns/record.ts'
import { formatRRset, parseRecord } from '../../../src/dns/text/record.ts'
import { rdataOf } from '../../../src/dns/wire/section.ts'

const key = 'AwEAAcdY7u6hgQhKBw=='

/** Text of a generic type, the octets it means in hexadecimal, and `canonical` where we write it another way. */
const cases: { text: string; octets: string; canonical?: string }[] = [
  {
    text: 'DS 60485 5 1 2BB183AF5F22 588179A53B0A98631FAD1A292118',
    octets: 'ec4505012bb183af5f22588179a53b0a98631fad1a292118',
    canonical: 'DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118',
  },
  { text: 'DS 60485 RSASHA256 2 ab', octets: 'ec450802ab', canonical: 'DS 60485 8 2 AB' },
  { text: 'CDS 0 0 0 00', octets: '0000000000' },
  { text: `DNSKEY 256 3 13 ${key}`, octets: `0100030d${Buffer.from(key, 'base64').toString('hex')}` },
  {
    text: `RRSIG A 8 3 86400 20030322173103 20030220173103 2642 Example.com. ${key}`,
    octets: `0001080300015180${(1048354263).toString(16)}${(1045762263).toString(16)}0a52074578616d706c6503636f6d00${Buffer.from(key, 'base64').toString('hex')}`,
  },
  {
    text: `RRSIG TYPE65280 8 3 5 4294967295 0 1 . ${key}`,
    octets: `ff00080300000005ffffffff00000000000100${Buffer.from(key, 'base64').toString('hex')}`,
    canonical: `RRSIG TYPE65280 8 3 5 21060207062815 19700101000000 1 . ${key}`,
  },
  {
    text: 'NSEC host.example. A MX RRSIG NSEC TYPE1234', // RFC 4034 section 4.3
    octets: `04686f7374076578616d706c65000006400100000003041b${'00'.repeat(26)}20`,
  },
  {
    text: 'NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG', // RFC 5155 appendix A
    octets: '0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b000722010000000290',
    canonical: 'NSEC3 1 1 12 AABBCCDD 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM',
  },
  { text: 'NSEC3PARAM 1 0 10 -', octets: '0100000a00' },
  { text: 'TLSA 3 1 1 d2abde240d7cd3ee', octets: '030101d2abde240d7cd3ee', canonical: 'TLSA 3 1 1 D2ABDE240D7CD3EE' },
  { text: 'SSHFP 2 1 123456789abcdef6', octets: '0201123456789abcdef6', canonical: 'SSHFP 2 1 123456789ABCDEF6' },
  { text: 'RP Admin.example. .', octets: '0541646d696e076578616d706c650000' },
  { text: 'AFSDB 1 a.', octets: '0001016100' },
  { text: 'MINFO a. b.', octets: '016100016200' },
  { text: 'PX 10 a. b.', octets: '000a016100016200' },
  { text: 'SPF "v=spf1" "-all"', octets: '06763d73706631042d616c6c' },
  { text: 'GPOS "-32.6882" "116.8652" "10.0"', octets: '082d33322e36383832083131362e383635320431302e30' },
  { text: 'URI 10 1 "ftp://a"', octets: '000a00016674703a2f2f61' },
  { text: 'CSYNC 66 3 A NS AAAA', octets: '00000042000300046000000 8'.replaceAll(' ', '') },
  { text: 'ZONEMD 1 1 1 FEBE3D4C', octets: '00000001' + '0101febe3d4c' },
  {
    text: `CERT PKIX 1 RSASHA256 ${key}`,
    octets: `0001000108${Buffer.from(key, 'base64').toString('hex')}`,
    canonical: `CERT 1 1 8 ${key}`,
  },
  { text: 'EUI48 00-00-5e-00-53-2a', octets: '00005e00532a' },
  { text: 'NID 10 14:4fff:ff20:ee64', octets: '000a00144fffff20ee64', canonical: 'NID 10 0014:4fff:ff20:ee64' },
  { text: 'L32 10 10.1.2.0', octets: '000a0a010200' },
  { text: 'LP 10 a.', octets: '000a016100' },
  // RFC 9460 appendix D
  { text: 'HTTPS 0 foo.example.com.', octets: '000003666f6f076578616d706c6503636f6d00' },
  { text: 'SVCB 1 .', octets: '000100' },
  { text: 'SVCB 16 foo.example.com. port=53', octets: '001003666f6f076578616d706c6503636f6d00000300020035' },
  {
    text: 'SVCB 1 foo. key667=hello',
    octets: '000103666f6f00029b000568656c6c6f',
    canonical: 'SVCB 1 foo. key667="hello"',
  },
  { text: 'SVCB 1 foo. key667="hello\\210qoo"', octets: '000103666f6f00029b000968656c6c6fd2716f6f' },
  {
    text: 'SVCB 1 foo. ipv6hint="2001:db8::1,2001:db8::53:1"',
    octets: '000103666f6f000006002020010db800000000000000000000000120010db8000000000000000000530001',
    canonical: 'SVCB 1 foo. ipv6hint=2001:db8::1,2001:db8::53:1',
  },
  {
    text: 'SVCB 16 foo. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1',
    octets: '001003666f6f0000000004000100040001000902683205' + '68332d3139' + '00040004c0000201',
    canonical: 'SVCB 16 foo. mandatory=alpn,ipv4hint alpn="h2,h3-19" ipv4hint=192.0.2.1',
  },
  { text: 'SVCB 16 foo. alpn="f\\\\\\\\oo\\\\,bar,h2"', octets: '001003666f6f000001000c08665c6f6f2c626172026832' },
  { text: 'HTTPS 1 . no-default-alpn ech=AEX+DQ==', octets: '00010000020000000500040045fe0d' },
  { text: 'NULL \\# 2 ABCD', octets: 'abcd' },
  { text: 'IPSECKEY \\# 0', octets: '' },
  // RFC 4034 section 4.1.2: windows ascend, and end in a type; as types these would be others
  { text: 'NSEC \\# 7 00010140000140', octets: '00010140000140' },
  { text: 'NSEC \\# 7 00000140000140', octets: '00000140000140' },
  { text: 'NSEC \\# 5 0000024000', octets: '0000024000' },
  { text: 'NSEC \\# 3 000000', octets: '000000' },
  // RFC 1876 section 3
  {
    text: 'LOC 42 21 54 N 71 06 18 W -24m 30m',
    octets: '003316138917 2d d0 70 be 15 f0 00 98 8d 20'.replaceAll(' ', ''),
    canonical: 'LOC 42 21 54.000 N 71 6 18.000 W -24.00m 30m 10000m 10m',
  },
  {
    text: 'LOC 52 14 05.5 S 0 8 E 10 0.05 1m 2000.00m',
    octets: `00501225${(2 ** 31 - 188045500).toString(16)}${(2 ** 31 + 480000).toString(16)}00989a68`,
    canonical: 'LOC 52 14 5.500 S 0 8 0.000 E 10.00m 0.05m 1m 2000m',
  },
]

const refused = [
  { text: 'DS 1 8 2', found: /no DS rdata, expected octets in hexadecimal/ },
  { text: 'DS 1 8 2 abc', found: /octets in hexadecimal/ },
  { text: 'DS 65536 8 2 ab', found: /from 0 to 65535/ },
  { text: 'DS 1', found: /a number/ },
  { text: 'DNSKEY 256 3 8 %%%', found: /base64/ },
  { text: 'NSEC a. NOPE', found: /types, found 'NOPE'/ },
  { text: 'NSEC3 1 0 0 - w A', found: /a hash in base32/ },
  { text: `RRSIG A 8 3 1 20031322173103 0 1 a. ${key}`, found: /YYYYMMDDHHmmSS/ },
  { text: `RRSIG NOPE 8 3 1 0 0 1 a. ${key}`, found: /a type, found 'NOPE'/ },
  { text: 'RP a. b. c.', found: /less behind it/ },
  { text: 'RP a..b. c.', found: /empty label/ },
  { text: 'SPF', found: /one string or more/ },
  { text: 'EUI48 00-00-5e', found: /6 groups/ },
  { text: 'SVCB 1 . port=65536', found: /port= and a port/ },
  { text: 'SVCB 1 . port=1 port=2', found: /each once, found 'port=2'/ },
  { text: 'SVCB 1 . nope=1', found: /parameters, each once, found 'nope=1'/ },
  { text: 'SVCB 1 . alpn=', found: /alpn= and protocols/ },
  { text: 'SVCB 1 . no-default-alpn=1', found: /without a value/ },
  { text: 'SVCB 1 . ipv4hint=fd00::1', found: /IPv4 addresses/ },
  { text: 'SVCB 1 . ipv6hint=10.0.0.1', found: /IPv6 addresses/ },
  { text: 'SVCB 1 . mandatory=nope', found: /mandatory= and keys/ },
  { text: 'SVCB 1 . ech=%', found: /ech= and base64/ },
  {
    text: 'IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG',
    found: /no IPSECKEY rdata, expected octets as \\# LENGTH HEX \(RFC 3597\)/,
  },
  { text: 'LOC 91 N 0 E 0', found: /no LOC rdata, expected latitude/ },
  { text: 'LOC 1 60 N 0 E 0', found: /expected latitude/ },
  { text: 'LOC 1 N 0 E', found: /expected latitude/ },
  { text: 'LOC 1 N 0 E 99999999', found: /expected latitude/ },
]

describe('rdata of types without fields', () => {
  for (const { text, octets, canonical = text } of cases) {
    it(`of ${text.slice(0, 70)}`, () => {
      const parsed = parseRecord(`a.example. 5 IN ${text}`)
      expect(hexOf(parsed)).to.equal(octets)
      expect(formatRRset(parsed)).to.deep.equal([`a.example. 5 IN ${canonical}`])
    })
  }

  for (const { text, found } of refused) {
    it(`refuses ${text.slice(0, 50)}`, () => {
      const parse = () => parseRecord(`a.example. 5 IN ${text}`)
      expect(parse).to.throw(found)
      expect(parse)
        .to.throw()
        .and.satisfy((error: unknown) => error instanceof RdataSyntaxError || error instanceof NameSyntaxError)
    })
  }

  it('of any octets are parsed from what they are written as', () => {
    const types = Object.values(TYPE).filter((code) => !isMetaType(code) && rrTypeOf(code) === `TYPE${code}`)
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 40 }), fc.boolean(), (code, octets, small) => {
        const given = small ? octets.map((octet) => octet % 8) : octets
        const type = rrTypeOf(code)
        fc.pre(isRdata(type, given))
        const [line = ''] = formatRRset({ owner: root, type, ttl: 5, rdata: [rdataOf(type, given)] } as RRset)
        expect(formatRRset(parseRecord(line))).to.deep.equal([line])
      }),
      { numRuns: 5000 },
    )
  })
})

function hexOf({ rdata: [rdata] }: RRset): string {
  return rdata !== undefined && 'octets' in rdata ? Buffer.from(rdata.octets).toString('hex') : 'none'
}

/** Some types have names that must be there. */
function isRdata(type: RRType, octets: Uint8Array): boolean {
  try {
    rdataOf(type, octets)
    return true
  } catch (error) {
    if (error instanceof WireFormatError) return false
    throw error
  }
}
