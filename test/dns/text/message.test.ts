import { expect } from 'chai'
import { formatMessage } from '../../../src/dns/text/message.ts'
import { edns, query, records, response } from '../messages.ts'

/** What dig 9.18.49 prints for the same messages. */
const cases = [
  {
    title: 'every section',
    message: response('web.shop.svc.cluster.local. A', {
      rd: true,
      answer: records(
        'web.shop.svc.cluster.local. 5 IN A 10.0.0.1',
        'a.b. 5 IN AAAA fd00::1',
        'a234567890123456789012.b. 123456789 IN SRV 0 100 5432 db-0.db.shop.svc.cluster.local.',
        'a2345678901234567890.b. 5 IN TXT "a b" "c\\"\\\\;\\000x"',
        'a\\.b\\032\\;\\@.c. 5 IN CNAME x\\.y.z.',
        '. 5 IN NS a.',
      ),
      authority: records('cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5'),
      additional: records('web.shop.svc.cluster.local. 5 IN A 10.0.0.1'),
      edns: edns(),
    }),
    lines: [
      ';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660',
      ';; flags: qr aa rd; QUERY: 1, ANSWER: 6, AUTHORITY: 1, ADDITIONAL: 2',
      ';; WARNING: recursion requested but not available',
      '',
      ';; OPT PSEUDOSECTION:',
      '; EDNS: version: 0, flags:; udp: 1232',
      ';; QUESTION SECTION:',
      ';web.shop.svc.cluster.local.\tIN\tA',
      '',
      ';; ANSWER SECTION:',
      'web.shop.svc.cluster.local. 5\tIN\tA\t10.0.0.1',
      'a.b.\t\t\t5\tIN\tAAAA\tfd00::1',
      'a234567890123456789012.b. 123456789 IN\tSRV\t0 100 5432 db-0.db.shop.svc.cluster.local.',
      'a2345678901234567890.b.\t5\tIN\tTXT\t"a b" "c\\"\\\\;\\000x"',
      'a\\.b\\032\\;\\@.c.\t\t5\tIN\tCNAME\tx\\.y.z.',
      '.\t\t\t5\tIN\tNS\ta.',
      '',
      ';; AUTHORITY SECTION:',
      'cluster.local.\t\t5\tIN\tSOA\tns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5',
      '',
      ';; ADDITIONAL SECTION:',
      'web.shop.svc.cluster.local. 5\tIN\tA\t10.0.0.1',
    ],
  },
  {
    title: 'no EDNS, a type without a mnemonic',
    message: response('nx. TYPE999', { rcode: 3 }),
    lines: [
      ';; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4660',
      ';; flags: qr aa; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0',
      '',
      ';; QUESTION SECTION:',
      ';nx.\t\t\t\tIN\tTYPE999',
    ],
  },
  {
    title: 'DO, an escaped name, no flags, BADVERS',
    message: query('a\\.\\@b.nx. ANY', { rcode: 16, edns: edns({ dnssecOk: true, payloadSize: 4096 }) }),
    lines: [
      ';; ->>HEADER<<- opcode: QUERY, status: BADVERS, id: 4660',
      ';; flags:; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1',
      '',
      ';; OPT PSEUDOSECTION:',
      '; EDNS: version: 0, flags: do; udp: 4096',
      ';; QUESTION SECTION:',
      ';a\\.\\@b.nx.\t\t\tIN\tANY',
    ],
  },
  {
    title: 'the letter case that the question lends by compression, but not to SRV targets',
    message: response('WEB.Shop.cluster.LOCAL. SRV', {
      answer: records('web.shop.cluster.local. 5 IN SRV 0 1 2 web.shop.cluster.local.'),
      authority: records('cluster.local. 5 IN NS ns.dns.cluster.local.'),
      additional: records('x.shop.cluster.local. 5 IN A 10.0.0.1', 'workshop.cluster.local. 5 IN A 10.0.0.1'),
    }),
    lines: [
      ';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660',
      ';; flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 1, ADDITIONAL: 2',
      '',
      ';; QUESTION SECTION:',
      ';WEB.Shop.cluster.LOCAL.\t\tIN\tSRV',
      '',
      ';; ANSWER SECTION:',
      'WEB.Shop.cluster.LOCAL.\t5\tIN\tSRV\t0 1 2 web.shop.cluster.local.',
      '',
      ';; AUTHORITY SECTION:',
      'cluster.LOCAL.\t\t5\tIN\tNS\tns.dns.cluster.LOCAL.',
      '',
      ';; ADDITIONAL SECTION:',
      'x.Shop.cluster.LOCAL.\t5\tIN\tA\t10.0.0.1',
      'workshop.cluster.LOCAL.\t5\tIN\tA\t10.0.0.1',
    ],
  },
]

describe('messages as dig prints them', () => {
  for (const { title, message, lines } of cases) {
    it(title, () => expect(formatMessage(message).split('\n')).to.deep.equal(lines))
  }

  it('details of the exchange below', () => {
    const when = new Date('2026-11-03T00:18:06Z')
    const details = { queryTimeMs: 4, server: '127.0.0.1#1053(127.0.0.1) (UDP)', when, size: 20 }
    expect(formatMessage(query('a.'), details).split('\n').slice(-5)).to.deep.equal([
      '',
      ';; Query time: 4 msec',
      ';; SERVER: 127.0.0.1#1053(127.0.0.1) (UDP)',
      ';; WHEN: Tue Nov 03 00:18:06 UTC 2026',
      ';; MSG SIZE  rcvd: 20',
    ])
  })
})
