import { expect } from 'chai'
import { serveManifests } from '../../support/serve.ts'
import { each, type QueryCase, testQueries } from '../../support/table.ts'

const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}`
const text = `
$ORIGIN example.org.
$TTL 3600
@ 7200 IN SOA ns host 7 7200 3600 1209600 300
@      NS ns
@      NS ns.other.test.
@      MX 10 mail
@      MX 20 mail
@      A  192.0.2.1
ns     A  192.0.2.53
       AAAA fd00::53
mail   A  192.0.2.25
web    CNAME @
far    CNAME www.other.test.
up     CNAME missing.other.test.
dead   CNAME dead.fails.test.
none   CNAME missing
star   CNAME x.wild
old-w  CNAME www.old
below  CNAME deep.sub
ring1  CNAME ring2
ring2  CNAME ring1
cross  CNAME cross.other.test.
c0 CNAME c1
c1 CNAME c2
c2 CNAME c3
c3 CNAME c4
c4 CNAME c5
c5 CNAME c6
c6 CNAME c7
c7 CNAME c8
c8 CNAME c9
c9 CNAME c10
c10 CNAME c11
c11 A 192.0.2.11
svc    HTTPS 1 mail alpn="h2"
bad    HTTPS \\# 1 00
*.wild A 192.0.2.77
       MX 10 mail
sub    NS ns.sub
       NS ns
ns.sub A 192.0.2.80
old    DNAME new
www.new A 192.0.2.90
self   DNAME self
loop   DNAME x.loop
long   DNAME ${long}
mixed 60 A 192.0.2.60
mixed 61 A 192.0.2.61
`
const other = `
$TTL 60
@ SOA ns host 1 2 3 4 30
@ NS ns
www A 198.51.100.1
cross CNAME cross.example.org.
`
const files = { db: text, other, child: '@ 5 SOA ns host 1 2 3 4 5\na 5 A 192.0.2.99\n' }
const corefile = `. {
  file db example.org
  file other other.test
  file gone fails.test
  file child child.example.org
}`
const serve = () => serveManifests('', corefile, { files })

const soa = 'example.org. 300 IN SOA ns.example.org. host.example.org. 7 7200 3600 1209600 300'
const otherSoa = 'other.test. 30 IN SOA ns.other.test. host.other.test. 1 2 3 4 30'
const authority = ['example.org. 3600 IN NS ns.example.org.', 'example.org. 3600 IN NS ns.other.test.']
const cname = (owner: string, target: string) => `${owner}.example.org. 3600 IN CNAME ${target}`
const apexA = 'example.org. 3600 IN A 192.0.2.1'
const mail = 'mail.example.org. 3600 IN A 192.0.2.25'

const cases: QueryCase[] = [
  {
    title: 'SOA',
    ask: 'example.org. SOA',
    answer: ['example.org. 7200 IN SOA ns.example.org. host.example.org. 7 7200 3600 1209600 300'],
    authority,
  },
  {
    title: 'NS with the addresses in the zone',
    ask: 'example.org. NS',
    answer: authority,
    additional: ['ns.example.org. 3600 IN A 192.0.2.53', 'ns.example.org. 3600 IN AAAA fd00::53'],
  },
  {
    title: 'the addresses of a host once',
    ask: 'example.org. MX',
    answer: ['example.org. 3600 IN MX 10 mail.example.org.', 'example.org. 3600 IN MX 20 mail.example.org.'],
    authority,
    additional: [mail],
  },
  {
    title: 'those of HTTPS',
    ask: 'svc.example.org. HTTPS',
    answer: ['svc.example.org. 3600 IN HTTPS 1 mail.example.org. alpn="h2"'],
    authority,
    additional: [mail],
  },
  {
    title: 'HTTPS that is none',
    ask: 'bad.example.org. HTTPS',
    answer: ['bad.example.org. 3600 IN HTTPS \\# 1 00'],
    authority,
  },
  {
    title: 'those of a wildcard',
    ask: 'a.wild.example.org. MX',
    answer: ['a.wild.example.org. 3600 IN MX 10 mail.example.org.'],
    authority,
    additional: [mail],
  },
  { title: 'letter case', ask: 'EXAMPLE.org. A', answer: [apexA], authority },
  {
    title: 'records of several TTLs',
    ask: 'mixed.example.org. A',
    answer: ['mixed.example.org. 60 IN A 192.0.2.60', 'mixed.example.org. 61 IN A 192.0.2.61'],
    authority,
  },
  { title: 'NXDOMAIN', ask: 'nope.example.org. A', rcode: 'NXDOMAIN', authority: [soa] },
  { title: 'NODATA', ask: 'example.org. AAAA', authority: [soa] },
  { title: 'an empty non-terminal', ask: 'wild.example.org. A', authority: [soa] },
  {
    title: 'an alias in the zone',
    ask: 'web.example.org. A',
    answer: [cname('web', 'example.org.'), apexA],
    authority,
  },
  {
    title: 'an alias for SOA',
    ask: 'web.example.org. SOA',
    answer: [
      cname('web', 'example.org.'),
      'example.org. 7200 IN SOA ns.example.org. host.example.org. 7 7200 3600 1209600 300',
    ],
    authority,
  },
  {
    title: 'an alias with additional records',
    ask: 'web.example.org. MX',
    answer: [
      cname('web', 'example.org.'),
      'example.org. 3600 IN MX 10 mail.example.org.',
      'example.org. 3600 IN MX 20 mail.example.org.',
    ],
    authority,
    additional: [mail],
  },
  { title: 'the alias itself', ask: 'web.example.org. CNAME', answer: [cname('web', 'example.org.')], authority },
  {
    title: 'NODATA behind an alias',
    ask: 'web.example.org. AAAA',
    answer: [cname('web', 'example.org.')],
    authority: [soa],
  },
  {
    title: 'NXDOMAIN behind an alias',
    ask: 'none.example.org. A',
    rcode: 'NXDOMAIN',
    answer: [cname('none', 'missing.example.org.')],
    authority: [soa],
  },
  {
    title: 'a wildcard behind an alias',
    ask: 'star.example.org. A',
    answer: [cname('star', 'x.wild.example.org.'), 'x.wild.example.org. 3600 IN A 192.0.2.77'],
    authority,
  },
  {
    title: 'an alias into another zone here',
    ask: 'far.example.org. A',
    answer: [cname('far', 'www.other.test.'), 'www.other.test. 60 IN A 198.51.100.1'],
    authority,
  },
  {
    title: 'NODATA in another zone',
    ask: 'far.example.org. AAAA',
    answer: [cname('far', 'www.other.test.')],
    authority: [otherSoa],
  },
  {
    title: 'NXDOMAIN in another zone',
    ask: 'up.example.org. A',
    rcode: 'NXDOMAIN',
    answer: [cname('up', 'missing.other.test.')],
    authority: [otherSoa],
  },
  {
    title: 'SERVFAIL of the target, with the CNAME',
    ask: 'dead.example.org. A',
    rcode: 'SERVFAIL',
    answer: [cname('dead', 'dead.fails.test.')],
    authority,
  },
  {
    title: 'an alias into a zone of others',
    ask: 'below.example.org. A',
    answer: [cname('below', 'deep.sub.example.org.')],
    authority: ['sub.example.org. 3600 IN NS ns.sub.example.org.', 'sub.example.org. 3600 IN NS ns.example.org.'],
    additional: ['ns.sub.example.org. 3600 IN A 192.0.2.80'],
  },
  {
    title: 'aliases in a circle',
    ask: 'ring1.example.org. A',
    answer: [cname('ring1', 'ring2.example.org.'), cname('ring2', 'ring1.example.org.')],
    authority,
  },
  {
    title: 'aliases in a circle over two zones',
    ask: 'cross.example.org. A',
    answer: [cname('cross', 'cross.other.test.'), 'cross.other.test. 60 IN CNAME cross.example.org.'],
    authority,
  },
  {
    title: 'aliases without end',
    ask: 'c0.example.org. A',
    answer: Array.from({ length: 10 }, (_, index) => cname(`c${index}`, `c${index + 1}.example.org.`)),
    authority,
  },
  {
    title: 'a referral, with glue below it',
    ask: 'a.sub.example.org. A',
    flags: ['qr'],
    authority: ['sub.example.org. 3600 IN NS ns.sub.example.org.', 'sub.example.org. 3600 IN NS ns.example.org.'],
    additional: ['ns.sub.example.org. 3600 IN A 192.0.2.80'],
  },
  {
    title: 'glue is none of ours',
    ask: 'ns.sub.example.org. A',
    flags: ['qr'],
    authority: ['sub.example.org. 3600 IN NS ns.sub.example.org.', 'sub.example.org. 3600 IN NS ns.example.org.'],
    additional: ['ns.sub.example.org. 3600 IN A 192.0.2.80'],
  },
  { title: 'DS at a cut is ours', ask: 'sub.example.org. DS', authority: [soa] },
  {
    title: 'a DNAME',
    ask: 'www.old.example.org. A',
    answer: [
      `old.example.org. 3600 IN DNAME new.example.org.`,
      cname('www.old', 'www.new.example.org.'),
      'www.new.example.org. 3600 IN A 192.0.2.90',
    ],
    authority,
  },
  {
    title: 'a DNAME behind an alias',
    ask: 'old-w.example.org. A',
    answer: [
      cname('old-w', 'www.old.example.org.'),
      `old.example.org. 3600 IN DNAME new.example.org.`,
      cname('www.old', 'www.new.example.org.'),
      'www.new.example.org. 3600 IN A 192.0.2.90',
    ],
    authority,
  },
  {
    title: 'the CNAME that a DNAME makes',
    ask: 'www.old.example.org. CNAME',
    answer: [`old.example.org. 3600 IN DNAME new.example.org.`, cname('www.old', 'www.new.example.org.')],
    authority,
  },
  { title: 'the owner of a DNAME', ask: 'old.example.org. A', authority: [soa] },
  { title: 'a DNAME to itself', ask: 'www.self.example.org. A', rcode: 'SERVFAIL', flags: ['qr'] },
  {
    title: 'a DNAME to names that are too long',
    ask: `${'d'.repeat(63)}.long.example.org. A`,
    rcode: 'YXDOMAIN',
    answer: [`long.example.org. 3600 IN DNAME ${long}.example.org.`],
  },
  {
    title: 'ANY over UDP: one RRset',
    ask: 'ns.example.org. ANY',
    answer: ['ns.example.org. 3600 IN A 192.0.2.53'],
    authority,
  },
  {
    title: 'ANY over TCP: all',
    ask: 'ns.example.org. ANY',
    options: { transport: 'tcp' },
    answer: ['ns.example.org. 3600 IN A 192.0.2.53', 'ns.example.org. 3600 IN AAAA fd00::53'],
    authority,
  },
  {
    title: 'the longest zone has it',
    ask: 'a.child.example.org. A',
    answer: ['a.child.example.org. 5 IN A 192.0.2.99'],
  },
  ...each(['example.org. AXFR', 'example.org. IXFR', 'a.example.org. AXFR'], 'no transfer', {
    rcode: 'REFUSED',
    flags: ['qr'],
  }),
  { title: 'a zone that has not been read', ask: 'x.fails.test. A', rcode: 'SERVFAIL', flags: ['qr'] },
  { title: 'another zone, and nobody else to ask', ask: 'example.com. A', rcode: 'REFUSED', flags: ['qr'] },
]

describe('file', () => {
  testQueries(serve, cases)

  it('gives DNAME that leads further and further in one step at most nine times', async () => {
    const { rcode, answer } = await serve().ask('a.loop.example.org. A', { transport: 'tcp' })
    expect(rcode).to.equal('SERVFAIL')
    expect(answer.filter((line) => line.includes(' CNAME ')).length).to.be.at.most(9)
  })

  it('answers from the cache until the zone is another', async () => {
    const server = serve()
    await server.exchange('example.org. A')
    await server.exchange('example.org. A')
    expect(server.misses).to.equal(1)
  })

  it('is asked before another plugin, if that is there', async () => {
    const server = serveManifests('', '. {\nfile db example.org\nwhoami\n}', { files })
    expect((await server.ask('example.com. A')).rcode).to.equal('NOERROR')
  })
})

describe('file: fallthrough', () => {
  const withNext = (options: string) => () =>
    serveManifests('', `. {\nfile db example.org {\n${options}\n}\nwhoami\n}`, { files })
  const passedOn = { additional: ['nope.example.org. 0 IN A 192.0.2.1', '_udp.nope.example.org. 0 IN SRV 0 0 40000 .'] }

  describe('of all names', () => {
    testQueries(withNext('fallthrough'), [
      { title: 'a name that is not there', ask: 'nope.example.org. A', ...passedOn },
      { title: 'NODATA stays', ask: 'example.org. AAAA', authority: [soa] },
      {
        title: 'an alias stays, and its target goes on',
        ask: 'none.example.org. A',
        answer: [cname('none', 'missing.example.org.')],
      },
      {
        title: 'a wildcard stays',
        ask: 'x.wild.example.org. A',
        answer: ['x.wild.example.org. 3600 IN A 192.0.2.77'],
        authority,
      },
    ])
    it('an empty non-terminal goes on, as in CoreDNS', async () => {
      const { authority } = await withNext('fallthrough')().ask('wild.example.org. A')
      expect(authority).to.deep.equal([])
    })
  })

  describe('of some names', () => {
    testQueries(withNext('fallthrough nope.example.org'), [
      { title: 'a name among them', ask: 'nope.example.org. A', ...passedOn },
      { title: 'another', ask: 'nope2.example.org. A', rcode: 'NXDOMAIN', authority: [soa] },
    ])
  })

  it('without anybody to ask is SERVFAIL', async () => {
    const server = serveManifests('', '. {\nfile db example.org {\nfallthrough\n}\n}', { files })
    expect((await server.ask('nope.example.org. A')).rcode).to.equal('SERVFAIL')
  })

  it('of the last directive holds for all of them', async () => {
    const server = serveManifests('', '. {\nfile db example.org\nfile other other.test {\nfallthrough\n}\nwhoami\n}', {
      files,
    })
    expect((await server.ask('nope.example.org. A')).rcode).to.equal('NOERROR')
  })
})
