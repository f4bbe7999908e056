import { expect } from 'chai'
import type { Exchange } from '../../../src/plugin/observer.ts'
import { classOf, typeOf } from '../../../src/plugins/log/log.ts'
import { sampleExchange } from '../../support/exchanges.ts'
import { serveFixture } from '../../support/serve.ts'

const shop = 'shop.svc.cluster.local.'

/** One server block that logs by these directives. */
const serve = (...directives: string[]) =>
  serveFixture('shop', { corefile: `cluster.local in-addr.arpa {\n${directives.join('\n')}\nkubernetes\n}\n` })

describe('log: a line for each exchange', () => {
  it('fresh answers and cached ones alike, in the format of CoreDNS', async () => {
    const server = await serve('log')
    const options = { edns: { dnssecOk: true, payloadSize: 1400 }, message: { id: 7, rd: true } }
    await server.exchange(`WEB.${shop} A`, options)
    await server.exchange(`web.${shop} A`, options)
    await server.exchange(`nope.${shop} AAAA`, { transport: 'tcp', client: { address: '2001:db8::1', port: 5 } })
    expect(server.misses).to.equal(2)
    const lines = server.lines.map((line) => line.replace(/ \d+(\.\d+)?s$/, ' TIMEs'))
    const hit = `[INFO] 192.0.2.1:40000 - 7 "A IN web.${shop} udp 55 true 1400" NOERROR qr,aa,rd 71 TIMEs`
    const miss = `[INFO] [2001:db8::1]:5 - 4660 "AAAA IN nope.${shop} tcp 45 false 65535" NXDOMAIN qr,aa 99 TIMEs`
    expect(lines).to.deep.equal([hit, hit, miss])
  })

  it('in the format that is written, which the last of several arguments is if it has a brace', async () => {
    const server = await serve('log . "{type} {name} {rcode}"')
    await server.exchange(`web.${shop} A`)
    await server.exchange('20.0.96.10.in-addr.arpa. PTR')
    expect(server.lines).to.deep.equal([`[INFO] A web.${shop} NOERROR`, '[INFO] PTR 20.0.96.10.in-addr.arpa. NOERROR'])
  })
})

/** What is asked of each server below: a success, two denials and two errors. */
const asked = [
  `web.${shop} A`,
  `web.${shop} AAAA`,
  `nope.${shop} A`,
  'cluster.local. AXFR',
  '1.2.3.4.in-addr.arpa. PTR',
]

const rules: readonly { title: string; directives: string[]; lines: string[] }[] = [
  {
    title: 'all classes, where none is written',
    directives: ['log . {type}'],
    lines: ['A', 'AAAA', 'A', 'AXFR', 'PTR'],
  },
  { title: 'success', directives: ['log . {type} {\nclass success\n}'], lines: ['A'] },
  { title: 'denial', directives: ['log . {type} {\nclass denial\n}'], lines: ['AAAA', 'A', 'PTR'] },
  { title: 'error', directives: ['log . {type} {\nclass error\n}'], lines: ['AXFR'] },
  { title: 'two in a line', directives: ['log . {type} {\nclass success error\n}'], lines: ['A', 'AXFR'] },
  { title: 'two in two lines', directives: ['log . {type} {\nclass success\nclass error\n}'], lines: ['A', 'AXFR'] },
  {
    title: 'all, among others',
    directives: ['log . {type} {\nclass error all\n}'],
    lines: ['A', 'AAAA', 'A', 'AXFR', 'PTR'],
  },
  { title: 'a single argument is a name, whatever it looks like', directives: ['log {type}'], lines: [] },
  { title: 'only names below one', directives: ['log IN-ADDR.arpa {type}'], lines: ['PTR'] },
  {
    title: 'the first rule with a zone of the name, also where its classes leave the line out',
    directives: ['log shop.svc.cluster.local {type} {\nclass error\n}', 'log . "other {type}"'],
    lines: ['other AXFR', 'other PTR'],
  },
  {
    title: 'the first in the file, not the longest',
    directives: ['log . "first {type}"', 'log shop.svc.cluster.local "second {type}"'],
    lines: ['first A', 'first AAAA', 'first A', 'first AXFR', 'first PTR'],
  },
  {
    title: 'several names',
    directives: ['log in-addr.arpa svc.cluster.local {type}'],
    lines: ['A', 'AAAA', 'A', 'PTR'],
  },
]

describe('log: which exchanges', () => {
  for (const { title, directives, lines } of rules) {
    it(title, async () => {
      const server = await serve(...directives)
      for (const question of asked) await server.exchange(question)
      expect(server.lines).to.deep.equal(lines.map((line) => `[INFO] ${line}`))
    })
  }
})

const ofType = (qtype: number) => ({ question: { ...sampleExchange.question, qtype } })

const classes: readonly { title: string; changes: Partial<Exchange>; type: string; expected: string }[] = [
  { title: 'NOERROR with answers', changes: {}, type: 'NOERROR', expected: 'success' },
  { title: 'NOERROR with nothing', changes: { answerCount: 0 }, type: 'NOERROR', expected: 'success' },
  {
    title: 'a referral',
    changes: { answerCount: 0, authorityHasNs: true },
    type: 'DELEGATION',
    expected: 'success',
  },
  { title: 'NODATA', changes: { answerCount: 0, authorityHasSoa: true }, type: 'NODATA', expected: 'denial' },
  {
    title: 'NXDOMAIN',
    changes: { rcode: 3, answerCount: 0, authorityHasSoa: true },
    type: 'NXDOMAIN',
    expected: 'denial',
  },
  { title: 'NXDOMAIN without SOA', changes: { rcode: 3, answerCount: 0 }, type: 'NXDOMAIN', expected: 'denial' },
  { title: 'NXDOMAIN with answers', changes: { rcode: 3 }, type: 'OTHERERROR', expected: 'error' },
  { title: 'SERVFAIL', changes: { rcode: 2, answerCount: 0 }, type: 'SERVERERROR', expected: 'error' },
  { title: 'NOTIMP', changes: { rcode: 4, answerCount: 0 }, type: 'SERVERERROR', expected: 'error' },
  { title: 'REFUSED', changes: { rcode: 5, answerCount: 0 }, type: 'OTHERERROR', expected: 'error' },
  { title: 'AXFR', changes: ofType(252), type: 'META', expected: 'error' },
  { title: 'IXFR', changes: ofType(251), type: 'META', expected: 'error' },
  { title: 'NOTIFY', changes: { opcode: 4 }, type: 'META', expected: 'error' },
  { title: 'UPDATE', changes: { opcode: 5 }, type: 'UPDATE', expected: 'error' },
]

describe('log: the class and the type of an exchange', () => {
  for (const { title, changes, type, expected } of classes) {
    it(`${title}: ${expected}, ${type}`, () => {
      const exchange = { ...sampleExchange, ...changes }
      expect([classOf(exchange), typeOf(exchange)]).to.deep.equal([expected, type])
    })
  }
})
