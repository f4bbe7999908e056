import { expect } from 'chai'
import { WireFormatError } from '../../src/dns/errors.ts'
import type { Message } from '../../src/dns/message.ts'
import { parseName } from '../../src/dns/name.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import { goldenNames, readGolden } from '../golden/golden.ts'
import { edns, query, question, records, response } from './messages.ts'

const web = 'web.shop.svc.cluster.local.'
const ext = 'ext.shop.svc.cluster.local.'
const a = `${web} 5 IN A 10.96.0.1`
const soa = 'cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5'
const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}.`

/** Messages that we would write octet for octet as they stand. */
const written: Record<string, Message> = {
  query: query(web, { rd: true }),
  'query-do-mixed-case': query('wEb.ShOp.svc.CLUSTER.local. AAAA', {
    rd: true,
    edns: edns({ dnssecOk: true, payloadSize: 4096 }),
  }),
  'query-edns-version-1': query(web, { edns: edns({ version: 1 }) }),
  'query-unknown-type': query(web, { question: { ...question('version.bind. TYPE65280'), qclass: 3 } }),
  'query-odd-octets': query('a\\.b\\032c\\\\.\\000\\195\\169\\255. TXT'),
  'query-longest-name': query(longest),
  'answer-a': response(web, {
    rd: true,
    answer: [{ owner: parseName(web), type: 'A', ttl: 5, rdata: [{ address: '10.96.0.1' }, { address: '10.96.0.2' }] }],
    edns: edns(),
  }),
  'answer-aaaa': response(`${web} AAAA`, { rd: true, answer: records(`${web} 5 IN AAAA fd00:1234::1`) }),
  'answer-cname': response(`${ext} CNAME`, { rd: true, answer: records(`${ext} 5 IN CNAME example.com.`) }),
  'answer-cname-compressed': response(`${ext} CNAME`, { rd: true, answer: records(`${ext} 5 IN CNAME ${web}`) }),
  'answer-ns': response('cluster.local. NS', {
    answer: records('cluster.local. 5 IN NS ns.dns.cluster.local.'),
    additional: records('ns.dns.cluster.local. 5 IN A 10.96.0.10'),
  }),
  'answer-ptr': response('12.0.244.10.in-addr.arpa. PTR', {
    rd: true,
    answer: records('12.0.244.10.in-addr.arpa. 5 IN PTR db-0.db.shop.svc.cluster.local.'),
  }),
  'nxdomain-soa': response('no.shop.svc.cluster.local.', { rd: true, rcode: 3, authority: records(soa) }),
  'answer-srv': response(`_http._tcp.${web} SRV`, {
    rd: true,
    answer: records(`_http._tcp.${web} 5 IN SRV 0 100 80 db-0.${web}`),
    additional: records(`db-0.${web} 5 IN A 10.244.0.12`),
  }),
  'answer-txt': response('dns-version.cluster.local. TXT', {
    rd: true,
    answer: records('dns-version.cluster.local. 5 IN TXT "1.1.0" "" "\\255\\"\\\\"'),
  }),
  'answer-mx': response('a.test. MX', { answer: records('a.test. 5 IN MX 10 mx.test.') }),
  'answer-hinfo': response('a.test. HINFO', { answer: records('a.test. 5 IN HINFO "PDP" "UNIX"') }),
  'answer-caa': response('a.test. CAA', { answer: records('a.test. 5 IN CAA 128 issue "ca\\255"') }),
  'answer-dname': response('a.test. DNAME', { answer: records('a.test. 5 IN DNAME b.test.') }),
  'answer-naptr': response('a.test. NAPTR', {
    answer: records('a.test. 5 IN NAPTR 1 2 "S" "SIP+D2T" "" _sip.test.'),
  }),
  'answer-ds': response('a.test. DS', { answer: records('a.test. 5 IN DS \\# 6 303908 02ABCD') }),
  truncated: response(web, { rd: true, tc: true, edns: edns() }),
  badvers: response(web, { aa: false, rcode: 16, edns: edns() }),
  'rcode-4095': response(web, { aa: false, rcode: 4095, edns: edns() }),
}

/** Messages that hold what we do not write. */
const read: Record<string, Message> = {
  'query-edns-cookie': query(web, {
    rd: true,
    ad: true,
    edns: edns({ options: [{ code: 10, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }] }),
  }),
  'query-client-subnet': query(web, {
    rd: true,
    edns: edns({ options: [{ code: 8, data: Uint8Array.of(0, 2, 56, 0, 32, 1, 13, 184, 0, 0, 0) }] }),
  }),
  'query-trailing-octets': query(web),
  'answer-rp-compressed': response('a.test. RP', {
    answer: records('a.test. 5 IN RP \\# 17 02 4D65 04 74657374 00 01 61 04 74657374 00'),
  }),
  'record-passed-over': response(`${web} ANY`, { aa: false, answer: records(a) }),
}

/** Messages with the offset at which they are found to be wrong, and what is said of it. */
const malformed: Record<string, [offset: number, found: RegExp]> = {
  'bad-short-header': [11, /header has 12/],
  'bad-two-questions': [4, /2 questions/],
  'bad-no-question': [12, /ends inside a name/],
  'bad-question-cut': [15, /ends inside its question/],
  'bad-label-overrun': [13, /label of 63 octets runs over/],
  'bad-name-cut': [14, /ends inside a name/],
  'bad-pointer-cut': [15, /ends inside a name/],
  'bad-pointer-to-itself': [12, /pointer to octet 12/],
  'bad-pointer-loop': [14, /pointer to octet 12/],
  'bad-pointer-forward': [12, /pointer to octet 18/],
  'bad-pointer-into-header': [12, /pointer to octet 4/],
  'bad-label-type': [12, /label type 1/],
  'bad-name-too-long': [12, /over 255 octets/],
  'bad-pointer-chain': [34, /more than 127 pointers/],
  'bad-no-record': [19, /ends inside a name/],
  'bad-record-cut': [21, /ends inside a record/],
  'bad-rdata-overrun': [29, /runs over the end/],
  'bad-a-short': [19, /RDLENGTH is 3/],
  'bad-a-long': [19, /RDLENGTH is 5/],
  'bad-aaaa-short': [19, /RDLENGTH is 4/],
  'bad-cname-long': [19, /consumed 3/],
  'bad-cname-short': [19, /consumed 3/],
  'bad-srv-short': [37, /ends inside a name/],
  'bad-soa-short': [19, /past end of message/],
  'bad-txt-overrun': [19, /overruns/],
  'bad-hinfo-overrun': [39, /rdata ends early: 1 of 2/],
  'bad-hinfo-long': [40, /rdata goes on for 1 after/],
  'bad-minfo-short': [38, /rdata ends early: 0 of 1/],
  'bad-afsdb-short': [36, /rdata ends early: 1 of 2/],
  'bad-two-opts': [30, /OPT record too many/],
  'bad-opt-owner': [19, /OPT record below the root/],
  'bad-opt-in-answer': [19, /out of its section/],
  'bad-option-overrun': [30, /options do not fill/],
  'bad-option-head': [30, /options do not fill/],
}

describe('golden messages', () => {
  for (const [name, message] of Object.entries({ ...written, ...read })) {
    it(`decodes ${name}`, () => expect(decodeMessage(readGolden(name))).to.deep.equal(message))
  }

  for (const [name, message] of Object.entries(written)) {
    it(`encodes ${name}`, () => {
      expect(hex(encodeMessage(message, 512).octets)).to.equal(hex(readGolden(name)))
    })
  }

  for (const [name, [offset, found]] of Object.entries(malformed)) {
    it(`refuses ${name}`, () => {
      const decode = () => decodeMessage(readGolden(name))
      expect(decode).to.throw(WireFormatError, found).with.property('offset', offset)
    })
  }

  it('has a case for every file', () => {
    const cases = [...Object.keys(written), ...Object.keys(read), ...Object.keys(malformed), 'header-only']
    expect(cases.sort()).to.deep.equal(goldenNames().sort())
  })

  it('decodes a header without a question', () => {
    const { question: _, ...header } = response(web, { aa: false, rcode: 1 })
    expect(decodeMessage(readGolden('header-only'))).to.deep.equal(header)
  })
})

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex')
