import { expect } from 'chai'
import { serveManifests } from '../../support/serve.ts'
import { type QueryCase, testQueries } from '../../support/table.ts'

const ttl = 604_800
const soa = (owner: string) => `${owner} ${ttl} IN SOA localhost. root.localhost. 1 0 0 0 ${ttl}`
const flags = ['qr']
const serve = (block = '') => serveManifests('', `. {\nlocal ${block}\nwhoami\n}\n`)

const a = (owner: string): QueryCase => ({
  title: `${owner} A`,
  ask: `${owner} A`,
  flags,
  answer: [`${owner} ${ttl} IN A 127.0.0.1`],
})
const nodata = (ask: string, owner: string): QueryCase => ({ title: ask, ask, flags, authority: [soa(owner)] })
const nxdomain = (ask: string, zone: string): QueryCase => ({ ...nodata(ask, zone), rcode: 'NXDOMAIN' })
const answer = (ask: string, record: string): QueryCase => ({ title: ask, ask, flags, answer: [record] })

describe('local', () => {
  testQueries(serve, [
    a('localhost.'),
    a('x.localhost.'),
    a('localhost.shop.svc.cluster.local.'),
    answer('localhost. AAAA', `localhost. ${ttl} IN AAAA ::1`),
    answer('x.y.localhost. AAAA', `x.y.localhost. ${ttl} IN AAAA ::1`),
    answer('localhost. SOA', soa('localhost.')),
    answer('localhost. NS', `localhost. ${ttl} IN NS localhost.`),
    nodata('localhost. MX', 'localhost.'),
    nodata('x.localhost. SOA', 'x.localhost.'),
    nodata('localhost.example.org. NS', 'localhost.example.org.'),
    ...['0', '127', '255'].flatMap((octet) => [
      answer(`${octet}.in-addr.arpa. SOA`, soa(`${octet}.in-addr.arpa.`)),
      answer(`${octet}.in-addr.arpa. NS`, `${octet}.in-addr.arpa. ${ttl} IN NS localhost.`),
      nodata(`${octet}.in-addr.arpa. A`, `${octet}.in-addr.arpa.`),
      nodata(`${octet}.in-addr.arpa. AAAA`, `${octet}.in-addr.arpa.`),
      nxdomain(`2.0.0.${octet}.in-addr.arpa. PTR`, `${octet}.in-addr.arpa.`),
    ]),
    answer('1.0.0.127.in-addr.arpa. PTR', `1.0.0.127.in-addr.arpa. ${ttl} IN PTR localhost.`),
    nodata('1.0.0.127.in-addr.arpa. A', '127.in-addr.arpa.'),
  ])

  it('passes all other names on', async () => {
    for (const name of ['mylocalhost.', 'localhostess.test.', '1.0.0.10.in-addr.arpa.', 'test.']) {
      expect((await serve().ask(`${name} A`)).additional, name).to.have.lengthOf(2)
    }
  })

  it('localhost_prefix off: passes on what only begins with it', async () => {
    const server = serve('{\nlocalhost_prefix off\n}')
    expect((await server.ask('localhost.example.org. A')).additional).to.have.lengthOf(2)
    expect((await server.ask('x.localhost. A')).answer).to.deep.equal([`x.localhost. ${ttl} IN A 127.0.0.1`])
  })

  it('localhost_prefix: the last one counts', async () => {
    const server = serve('{\nlocalhost_prefix off\nlocalhost_prefix on\n}')
    expect((await server.ask('localhost.example.org. A')).answer).to.have.lengthOf(1)
  })

  it('says why', async () => {
    const server = serve()
    const codes = ['localhost. A', 'localhost. MX', '9.0.0.127.in-addr.arpa. A'].map(async (question) => {
      const steps = await server.trace(question)
      return steps.map((step) => [step.code, step.describe()])
    })
    expect((await Promise.all(codes)).flat()).to.deep.equal([
      ['local-name', 'localhost. means the machine that asks, and is answered without looking anything up'],
      ['local-without-type', 'localhost. means the machine that asks, and has no records of this type'],
      ['no-local-name', 'there is no such name in 127.in-addr.arpa., whose names mean the machine that asks'],
    ])
  })

  it('counts names below localhost, and those that begin with it, cached answers as well', async () => {
    const server = serve()
    for (const name of ['x.localhost.', 'x.localhost.', 'localhost.test.', 'localhost.', '127.in-addr.arpa.']) {
      await server.exchange(`${name} A`)
    }
    const family = server.metrics.families().find(({ name }) => name === 'coredns_local_localhost_requests_total')
    expect([...(family?.series.values() ?? [])]).to.deep.equal([{ values: [], series: { value: 3 } }])
  })
})
