import { expect } from 'chai'
import { clusterIp, externalName, manifests } from '../../support/manifests.ts'
import { serveFixture, serveManifests, type TestServer } from '../../support/serve.ts'
import { each, nodata, nxdomain, testQueries } from '../../support/table.ts'

const shop = 'shop.svc.cluster.local.'
const testns = 'testns.svc.cluster.local.'

describe('kubernetes: ExternalName (DNS specification 2.5)', () => {
  let server: TestServer
  before(async () => {
    server = await serveFixture('shop')
  })

  testQueries(
    () => server,
    [
      {
        title: 'a target in the zone comes with its address',
        ask: `website.${shop} A`,
        answer: [`website.${shop} 5 IN CNAME web.${shop}`, `web.${shop} 5 IN A 10.96.0.20`],
      },
      {
        title: 'a target outside, which nobody serves: the CNAME stays',
        ask: `payments.${shop} A`,
        answer: [`payments.${shop} 5 IN CNAME payments.example.com.`],
      },
      {
        title: 'CNAME: not chased',
        ask: `website.${shop} CNAME`,
        answer: [`website.${shop} 5 IN CNAME web.${shop}`],
      },
      ...each(
        ['SRV', 'TXT', 'MX', 'ANY', 'HTTPS', 'PTR', 'NS'].map((type) => `website.${shop} ${type}`),
        'other types have no records, as in CoreDNS',
        nodata,
      ),
      ...each(
        [`_http._tcp.website.${shop} A`, `x.website.${shop} A`, `_tcp.website.${shop} A`],
        'nothing is below it',
        nxdomain,
      ),
      {
        title: 'the target in the zone lacks the family: NODATA without the CNAME, as in CoreDNS',
        ask: `website.${shop} AAAA`,
        ...nodata,
      },
    ],
  )
})

const web = clusterIp('testns/web', '10.96.0.10')

/** `c1` leads to `c2` and so on; `cCOUNT` leads to `web`. */
const chainOf = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    externalName(`testns/c${index + 1}`, index + 1 === count ? `web.${testns}` : `c${index + 2}.${testns}`),
  )

describe('kubernetes: where an ExternalName leads', () => {
  const cluster = [
    web,
    externalName('testns/missing', `nope.${testns}`),
    externalName('testns/self', `self.${testns}`),
    externalName('testns/left', `right.${testns}`),
    externalName('testns/right', `left.${testns}`),
    externalName('testns/below', `x.below.${testns}`),
    externalName('testns/apex', 'cluster.local'),
    externalName('testns/rooted', `web.${testns}`),
    externalName('testns/unrooted', 'web.testns.svc.cluster.local'),
  ]
  testQueries(
    () => serveManifests(manifests(...cluster)),
    [
      ...each(
        ['missing', 'self', 'left', 'right', 'below', 'apex'].map((name) => `${name}.${testns} A`),
        'no address in the zone: NODATA without the CNAME, as in CoreDNS',
        nodata,
      ),
      {
        title: 'but a CNAME query has it',
        ask: `self.${testns} CNAME`,
        answer: [`self.${testns} 5 IN CNAME self.${testns}`],
      },
      ...['rooted', 'unrooted'].map((name) => ({
        title: `the last dot makes no difference: ${name}`,
        ask: `${name}.${testns} A`,
        answer: [`${name}.${testns} 5 IN CNAME web.${testns}`, `web.${testns} 5 IN A 10.96.0.10`],
      })),
    ],
  )

  it('follows a chain of 11', async () => {
    const { answer } = await serveManifests(manifests(web, ...chainOf(11))).ask(`c1.${testns} A`)
    const aliases = Array.from({ length: 10 }, (_, at) => `c${at + 1}.${testns} 5 IN CNAME c${at + 2}.${testns}`)
    expect(answer).to.deep.equal([
      ...aliases,
      `c11.${testns} 5 IN CNAME web.${testns}`,
      `web.${testns} 5 IN A 10.96.0.10`,
    ])
  })

  testQueries(
    () => serveManifests(manifests(web, ...chainOf(12))),
    [{ title: 'but of a chain of 12 nothing is left, as in CoreDNS', ask: `c1.${testns} A`, ...nodata }],
  )

  it('that is an address is no name', async () => {
    const server = serveManifests(manifests(web))
    for (const target of ['192.0.2.1', '2001:db8::1', '']) {
      const service = server.store.service('testns', 'web')
      if (service === undefined) throw new Error('web is a Service')
      server.store.put({ ...service, type: 'ExternalName', clusterIPs: [], externalName: target })
      for (const type of ['A', 'CNAME', 'TXT'])
        expect((await server.ask(`web.${testns} ${type}`)).rcode).to.equal('NXDOMAIN')
    }
  })
})

describe('kubernetes: an ExternalName that leads to another zone of the server', () => {
  const twoZones = (first: string, second: string) => `${first} {\nkubernetes\n}\n${second} {\nkubernetes\n}\n`

  testQueries(
    () =>
      serveManifests(
        manifests(web, externalName('testns/over', 'web.testns.svc.other.test')),
        twoZones('cluster.local', 'other.test'),
      ),
    [
      {
        title: 'comes with what that zone answers',
        ask: `over.${testns} A`,
        answer: [
          `over.${testns} 5 IN CNAME web.testns.svc.other.test.`,
          'web.testns.svc.other.test. 5 IN A 10.96.0.10',
        ],
      },
    ],
  )

  it('ends where two zones lead to each other (CoreDNS: a stack overflow)', async () => {
    const circle = manifests(
      externalName('testns/left', 'right.testns.svc.other.test'),
      externalName('testns/right', `left.${testns}`),
    )
    for (const corefile of [twoZones('cluster.local', 'other.test'), 'cluster.local other.test {\nkubernetes\n}\n']) {
      const { rcode, answer } = await serveManifests(circle, corefile).ask(`left.${testns} A`)
      expect({ rcode, aliases: answer.length }).to.deep.equal({ rcode: 'NOERROR', aliases: 1 })
    }
  })

  it('keeps its CNAME whatever the other zone answers', async () => {
    const corefile =
      'cluster.local {\nkubernetes\n}\nother.test {\nkubernetes\n}\nbroken.test {\nkubernetes else.test\n}\n'
    for (const target of ['nope.testns.svc.other.test.', 'testns.svc.other.test.', 'x.broken.test.', 'nobody.test.']) {
      const reply = await serveManifests(manifests(web, externalName('testns/over', target)), corefile).ask(
        `over.${testns} A`,
      )
      expect(reply).to.deep.equal({
        rcode: 'NOERROR',
        flags: ['qr', 'aa'],
        answer: [`over.${testns} 5 IN CNAME ${target}`],
        authority: [],
        additional: [],
      })
    }
  })
})
