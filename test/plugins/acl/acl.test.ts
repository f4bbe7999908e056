import { expect } from 'chai'
import { EXTENDED_ERROR } from '../../../src/dns/iana.ts'
import { clusterIp, manifests } from '../../support/manifests.ts'
import { encodeQuery, serveManifests, type TestServer } from '../../support/serve.ts'

const cluster = manifests(clusterIp('shop/web', '10.0.0.1'))
const web = 'web.shop.svc.cluster.local.'
const block = (policies: string, zones = '') => `acl ${zones} {\n${policies}\n}`
const serve = (...directives: string[]) =>
  serveManifests(cluster, `cluster.local {\nlog\n${directives.join('\n')}\nkubernetes\n}\n`)
const from = (address: string) => ({ client: { address, port: 4711 } })

/** What a query gets, and the code of the Extended DNS Error. */
async function outcome(server: TestServer, question: string, address = '10.1.2.3'): Promise<string> {
  const octets = await server.send(encodeQuery(question), from(address))
  if (octets === undefined) return 'silence'
  const { rcode, answer } = await server.ask(question, from(address))
  const { edns } = await server.exchange(question, { ...from(address), edns: {} })
  return `${rcode} ${answer.length} ${edns?.extendedError?.infoCode ?? '-'}`
}

const answered = 'NOERROR 1 -'
const blocked = `REFUSED 0 ${EXTENDED_ERROR.Blocked}`
const filtered = `NOERROR 0 ${EXTENDED_ERROR.Filtered}`

describe('acl', () => {
  for (const { title, acl, address, expected } of [
    { title: 'no policy', acl: block(''), expected: answered },
    { title: 'block', acl: block('block'), expected: blocked },
    { title: 'filter', acl: block('filter'), expected: filtered },
    { title: 'drop', acl: block('drop'), expected: 'silence' },
    { title: 'in capitals', acl: block('BLOCK TYPE A NET 10.0.0.0/8'), expected: blocked },
    { title: 'the first policy decides', acl: block('allow\nblock'), expected: answered },
    { title: 'the type', acl: block('block type A AAAA'), expected: blocked },
    { title: 'another type', acl: block('block type MX AAAA'), expected: answered },
    { title: 'types in several places', acl: block('block type A type MX'), expected: blocked },
    { title: 'networks in several places', acl: block('block net 10.0.0.0/8 net fd00::/8'), expected: blocked },
    { title: 'every network in one of several places', acl: block('block net * net fd00::/8'), expected: blocked },
    { title: 'every type', acl: block('block type *'), expected: blocked },
    { title: 'a network', acl: block('block net 10.0.0.0/8'), expected: blocked },
    { title: 'another network', acl: block('block net 10.1.2.4/31'), expected: answered },
    { title: 'a network of uneven length', acl: block('block net 10.1.2.2/31'), expected: blocked },
    { title: 'a client with a zone id', acl: block('block net fe80::/10'), address: 'fe80::1%eth0', expected: blocked },
    { title: 'one address', acl: block('block net 10.1.2.3'), expected: blocked },
    { title: 'another address', acl: block('block net 10.1.2.4'), expected: answered },
    { title: 'one of several', acl: block('block net fd00::1 10.1.2.3'), expected: blocked },
    { title: 'every network', acl: block('block net *'), expected: blocked },
    { title: 'an IPv6 network', acl: block('block net fd00::/8'), address: 'fd00::1%eth0', expected: blocked },
    { title: 'an IPv6 address', acl: block('block net fd00::1'), address: 'fd00::1', expected: blocked },
    {
      title: 'all of IPv4, and an IPv6 client',
      acl: block('block net 0.0.0.0/0'),
      address: 'fd00::1',
      expected: answered,
    },
    { title: 'IPv4 in IPv6', acl: block('block net 10.0.0.0/8'), address: '::ffff:10.1.2.3', expected: blocked },
    { title: 'type and network', acl: block('block type A net 10.1.0.0/16'), expected: blocked },
    { title: 'the type alone', acl: block('block type A net 10.2.0.0/16'), expected: answered },
    { title: 'a zone', acl: block('block', 'shop.svc.cluster.local'), expected: blocked },
    { title: 'another zone', acl: block('block', 'other.svc.cluster.local'), expected: answered },
    {
      title: 'allowed by a network, all else blocked',
      acl: block('allow net 10.1.2.3\nblock'),
      expected: answered,
    },
    {
      title: 'blocked beside a network that is allowed',
      acl: block('allow net 10.1.2.3\nblock'),
      address: '10.1.2.4',
      expected: blocked,
    },
  ]) {
    it(`${title}: ${acl.replaceAll('\n', ' ')}: ${expected}`, async () => {
      expect(await outcome(serve(acl), `${web} A`, address)).to.equal(expected)
    })
  }

  it('of several, the first that decides', async () => {
    const server = serve(block('block type MX'), block('filter type A'), block('drop'))
    expect(await outcome(server, `${web} MX`)).to.equal(blocked)
    expect(await outcome(server, `${web} A`)).to.equal(filtered)
    expect(await outcome(server, `${web} TXT`)).to.equal('silence')
  })

  it('says why', async () => {
    const server = serve(block('block type A\nfilter type MX\ndrop'))
    const reasons = ['A', 'MX', 'TXT'].map(async (type) => (await server.trace(`${web} ${type}`)).at(-1))
    expect((await Promise.all(reasons)).map((step) => [step?.code, step?.describe()])).to.deep.equal([
      ['acl-blocked', 'a rule for cluster.local. refuses such queries'],
      ['acl-filtered', 'a rule for cluster.local. lets such queries find nothing'],
      ['acl-dropped', 'a rule for cluster.local. leaves such queries without a response'],
    ])
  })

  it('gives each client its own answer, and keeps none of them', async () => {
    const server = serve(block('block net 10.1.2.3'))
    for (let round = 0; round < 2; round++) {
      expect(await outcome(server, `${web} A`, '10.1.2.3')).to.equal(blocked)
      expect(await outcome(server, `${web} A`, '10.1.2.4')).to.equal(answered)
    }
  })

  it('lets answers be kept that no network has a say in', async () => {
    const server = serve(block('block type MX\nblock type TXT net 10.1.2.3'))
    for (let round = 0; round < 3; round++) await server.exchange(`${web} A`)
    for (let round = 0; round < 3; round++) await server.exchange(`${web} MX`)
    expect(server.misses).to.equal(2)
  })

  it('writes no line of what is dropped', async () => {
    const server = serve(block('drop'))
    await server.send(encodeQuery(`${web} A`))
    expect(server.lines).to.deep.equal([])
  })

  it('drops over TCP, too', async () => {
    expect(await serve(block('drop')).send(encodeQuery(`${web} A`), { transport: 'tcp' })).to.equal(undefined)
  })

  it('counts, cached answers as well', async () => {
    const rules = block('block type MX\nfilter type TXT\ndrop type SRV')
    const server = serveManifests(cluster, `cluster.local {\n${rules}\nkubernetes {\nfallthrough\n}\n}\n`)
    // Nobody answers it, and it is allowed all the same.
    await server.exchange('nope.shop.svc.cluster.local. A')
    for (let round = 0; round < 3; round++) await server.exchange(`${web} A`)
    for (let round = 0; round < 2; round++) await server.exchange(`${web} MX`)
    await server.exchange(`${web} TXT`)
    await server.send(encodeQuery(`${web} SRV`))
    const counts = server.metrics
      .families()
      .flatMap(({ name, labels, series }) =>
        name.startsWith('coredns_acl_')
          ? [...series.values()].map((each) => [name, labels, each.values, 'value' in each.series && each.series.value])
          : [],
      )
    const [server53, zone] = ['dns://:53', 'cluster.local.']
    const labels = ['server', 'zone', 'view']
    expect(counts).to.deep.equal([
      ['coredns_acl_blocked_requests_total', labels, [server53, zone, ''], 2],
      ['coredns_acl_filtered_requests_total', labels, [server53, zone, ''], 1],
      ['coredns_acl_dropped_requests_total', labels, [server53, zone, ''], 1],
      ['coredns_acl_allowed_requests_total', ['server', 'view'], [server53, ''], 4],
    ])
  })
})
