import { serveManifests } from '../../support/serve.ts'
import { type QueryCase, testQueries } from '../../support/table.ts'

const serve = (text: string, corefile: string) => () => serveManifests('', corefile, { files: { db: text } })

describe('file: the example of RFC 1034 section 6.1', () => {
  const zone = `
$TTL 86400
@ IN SOA SRI-NIC.ARPA. HOSTMASTER.SRI-NIC.ARPA. ( 870611 1800 300 604800 86400 )
  NS A.ISI.EDU.
  NS C.ISI.EDU.
  NS SRI-NIC.ARPA.
MIL. 86400 NS SRI-NIC.ARPA.
     86400 NS A.ISI.EDU.
EDU. 86400 NS SRI-NIC.ARPA.
     86400 NS C.ISI.EDU.
SRI-NIC.ARPA. A 26.0.0.73
              A 10.0.0.51
              MX 0 SRI-NIC.ARPA.
              HINFO DEC-2060 TOPS20
ACC.ARPA. A 26.6.0.65
          HINFO PDP-11/70 UNIX
          MX 10 ACC.ARPA.
USC-ISIC.ARPA. CNAME C.ISI.EDU.
73.0.0.26.IN-ADDR.ARPA. PTR SRI-NIC.ARPA.
65.0.6.26.IN-ADDR.ARPA. PTR ACC.ARPA.
51.0.0.10.IN-ADDR.ARPA. PTR SRI-NIC.ARPA.
52.0.0.10.IN-ADDR.ARPA. PTR C.ISI.EDU.
A.ISI.EDU. 86400 A 26.3.0.103
C.ISI.EDU. 86400 A 10.0.0.52
`
  const soa = '. 86400 IN SOA sri-nic.arpa. hostmaster.sri-nic.arpa. 870611 1800 300 604800 86400'
  const servers = ['a.isi.edu.', 'c.isi.edu.', 'sri-nic.arpa.'].map((target) => `. 86400 IN NS ${target}`)
  const nic = ['sri-nic.arpa. 86400 IN A 26.0.0.73', 'sri-nic.arpa. 86400 IN A 10.0.0.51']
  const cases: QueryCase[] = [
    { title: '6.2.1: addresses', ask: 'SRI-NIC.ARPA. A', answer: nic, authority: servers },
    {
      title: '6.2.3: a host in the additional section',
      ask: 'SRI-NIC.ARPA. MX',
      answer: ['sri-nic.arpa. 86400 IN MX 0 sri-nic.arpa.'],
      authority: servers,
      additional: nic,
    },
    { title: '6.2.4: no data', ask: 'SRI-NIC.ARPA. NS', authority: [soa] },
    { title: '6.2.5: no name', ask: 'SIR-NIC.ARPA. A', rcode: 'NXDOMAIN', authority: [soa] },
    {
      title: '6.2.6: a referral',
      ask: 'BRL.MIL. A',
      flags: ['qr'],
      authority: ['mil. 86400 IN NS sri-nic.arpa.', 'mil. 86400 IN NS a.isi.edu.'],
    },
    {
      title: '6.2.7: an alias into a zone of others',
      ask: 'USC-ISIC.ARPA. A',
      answer: ['usc-isic.arpa. 86400 IN CNAME c.isi.edu.'],
      authority: ['edu. 86400 IN NS sri-nic.arpa.', 'edu. 86400 IN NS c.isi.edu.'],
      additional: ['c.isi.edu. 86400 IN A 10.0.0.52'],
    },
    {
      title: '6.2.8: the alias itself',
      ask: 'USC-ISIC.ARPA. CNAME',
      answer: ['usc-isic.arpa. 86400 IN CNAME c.isi.edu.'],
      authority: servers,
    },
    {
      title: '6.3.1: an address that has a name',
      ask: '65.0.6.26.IN-ADDR.ARPA. PTR',
      answer: ['65.0.6.26.in-addr.arpa. 86400 IN PTR acc.arpa.'],
      authority: servers,
    },
  ]
  testQueries(serve(zone, '. {\nfile db\n}'), cases)
})

describe('file: the example of RFC 4592 section 2.2.1', () => {
  const zone = `
$ORIGIN example.
example.                 3600 IN  SOA   ns.example.com. host.example.com. 1 2 3 4 3600
example.                 3600     NS    ns.example.com.
example.                 3600     NS    ns.example.net.
*.example.               3600     TXT   "this is a wildcard"
*.example.               3600     MX    10 host1.example.
sub.*.example.           3600     TXT   "this is not a wildcard"
host1.example.           3600     A     192.0.2.1
_ssh._tcp.host1.example. 3600     SRV   0 0 22 host1.example.
_ssh._tcp.host2.example. 3600     SRV   0 0 22 host2.example.
subdel.example.          3600     NS    ns.example.com.
subdel.example.          3600     NS    ns.example.net.
`
  const soa = 'example. 3600 IN SOA ns.example.com. host.example.com. 1 2 3 4 3600'
  const authority = ['example. 3600 IN NS ns.example.com.', 'example. 3600 IN NS ns.example.net.']
  const referral = ['subdel.example. 3600 IN NS ns.example.com.', 'subdel.example. 3600 IN NS ns.example.net.']
  const cases: QueryCase[] = [
    {
      title: 'a wildcard',
      ask: 'host3.example. MX',
      answer: ['host3.example. 3600 IN MX 10 host1.example.'],
      authority,
      additional: ['host1.example. 3600 IN A 192.0.2.1'],
    },
    { title: 'no data at a wildcard', ask: 'host3.example. A', authority: [soa] },
    {
      title: 'a wildcard for several labels',
      ask: 'foo.bar.example. TXT',
      answer: ['foo.bar.example. 3600 IN TXT "this is a wildcard"'],
      authority,
    },
    { title: 'a name that exists', ask: 'host1.example. MX', authority: [soa] },
    { title: 'a name below the wildcard', ask: 'sub.*.example. MX', authority: [soa] },
    {
      title: 'the wildcard itself',
      ask: '*.example. TXT',
      answer: ['*.example. 3600 IN TXT "this is a wildcard"'],
      authority,
    },
    { title: 'below a name that exists', ask: '_telnet._tcp.host1.example. SRV', rcode: 'NXDOMAIN', authority: [soa] },
    { title: 'a zone of others', ask: 'host.subdel.example. A', flags: ['qr'], authority: referral },
    { title: 'below the wildcard', ask: 'ghost.*.example. MX', rcode: 'NXDOMAIN', authority: [soa] },
    { title: 'an empty non-terminal', ask: '_tcp.host2.example. TXT', authority: [soa] },
    { title: 'an empty non-terminal that others stand below', ask: 'host2.example. MX', authority: [soa] },
  ]
  testQueries(serve(zone, 'example. {\nfile db\n}'), cases)
})
