import { expect } from 'chai'
import type { RRset } from '../../../src/dns/record.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { batches } from '../../../src/dns/wire/batches.ts'
import { encodeMessage } from '../../../src/dns/wire/encode.ts'
import { addresses, query, records } from '../messages.ts'

const textsOf = (rrsets: Iterable<RRset>, limit: number) =>
  [...batches(rrsets, limit)].map((part) => part.flatMap(formatRRset))

describe('batches', () => {
  const [a = '', b = '', c = ''] = ['a', 'b', 'c'].map((name) => `${name}. 5 IN A 10.0.0.1`) // of 17 octets each

  const cases = [
    { title: 'nothing', lines: [], limit: 100, parts: [] },
    { title: 'what fits', lines: [a, b, c], limit: 51, parts: [[a, b, c]] },
    { title: 'one octet too few', lines: [a, b, c], limit: 50, parts: [[a, b], [c]] },
    { title: 'a record each', lines: [a, b, c], limit: 17, parts: [[a], [b], [c]] },
    { title: 'a record longer than the limit is whole', lines: [a, b], limit: 1, parts: [[a], [b]] },
  ]
  for (const { title, lines, limit, parts } of cases) {
    it(title, () => expect(textsOf(records(...lines), limit)).to.deep.equal(parts))
  }

  it('cut an RRset between records', () => {
    const rrset = addresses('a.', 10)
    const texts = formatRRset(rrset)
    expect(textsOf([rrset], 4 * 17)).to.deep.equal([texts.slice(0, 4), texts.slice(4, 8), texts.slice(8)])
    const [first = ''] = formatRRset(addresses('b.', 1))
    const behind = [[first, ...texts.slice(0, 3)], texts.slice(3, 7), texts.slice(7)]
    expect(textsOf([addresses('b.', 1), rrset], 4 * 17)).to.deep.equal(behind)
  })

  it('count no less than the octets of each type', () => {
    const lines = [
      'a\\.b.test. 5 IN A 10.0.0.1',
      'a.test. 5 IN AAAA fd00::1',
      'a.test. 5 IN CNAME b.example.',
      'test. 5 IN NS b.example.',
      '1.in-addr.arpa. 5 IN PTR b.example.',
      'test. 5 IN SOA ns.dns.example. hostmaster.sample. 1 2 3 4 5',
      '_a._b.test. 5 IN SRV 0 1 2 b.example.',
      'a.test. 5 IN TXT "some" "text"',
      'a.test. 5 IN MX 10 mail.example.',
      'a.test. 5 IN HINFO "PDP" "UNIX"',
      'a.test. 5 IN CAA 0 issue "ca.example"',
      'a.test. 5 IN DNAME b.example.',
      'a.test. 5 IN NAPTR 1 2 "S" "SIP+D2T" "" _sip.example.',
      'a.test. 5 IN DS \\# 6 30390802ABCD',
    ]
    for (const answer of records(...lines).map((rrset) => [rrset])) {
      const plain = encodeMessage(query('other. A', { answer }), 65_535).octets.length
      const octets = plain - encodeMessage(query('other. A'), 65_535).octets.length
      expect([...batches([...answer, ...answer], 2 * octets - 1)], formatRRset(answer[0] as RRset)[0]).to.have.length(2)
    }
  })
})
