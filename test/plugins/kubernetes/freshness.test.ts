import { expect } from 'chai'
import { serviceTag } from '../../../src/cluster/tags.ts'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import { refused } from '../../../src/plugin/chain.ts'
import { kubernetes } from '../../../src/plugins/kubernetes/kubernetes.ts'
import { readConfig } from '../../../src/plugins/kubernetes/setup.ts'
import { memoryIo } from '../../corefile/memory-io.ts'
import { question } from '../../dns/messages.ts'
import { clusterIp, externalName, headless, manifests, namespace, pod, slice } from '../../support/manifests.ts'
import { serveManifests, type TestServer } from '../../support/serve.ts'

const testns = 'testns.svc.cluster.local.'
const web = clusterIp('testns/web', '10.96.0.10')
const shop = clusterIp('shop/web', '10.96.0.20')
const db = headless('testns/db', { selector: { app: 'db' } })
const alias = externalName('testns/alias', `web.${testns}`)
const dbPod = (index: number, ready: boolean, ip = `10.1.0.${index}`) =>
  pod(`testns/db-${index}`, [ip], { app: 'db', ready, hostname: `db-${index}`, subdomain: 'db' })

const astray = externalName('testns/astray', `late.${testns}`)
const base = [web, shop, db, dbPod(1, true), dbPod(2, false), alias, astray, namespace('testns'), namespace('shop')]

/** What is in the cache before each change, beside what the case asks. */
const bystanders = ['web.shop.svc.cluster.local. A', '20.0.96.10.in-addr.arpa. PTR', 'nope.shop.svc.cluster.local. A']

interface Change {
  readonly title: string
  /** Asked before and after the change. */
  readonly ask: string
  readonly before: readonly string[]
  /** The objects of `base` that give way, and what comes in their place. */
  readonly without?: readonly object[]
  readonly with?: readonly object[]
  readonly after: readonly string[]
  /** Other questions whose answers stay in the cache. */
  readonly kept?: readonly string[]
}

const a = (name: string, ...addresses: string[]) => addresses.map((address) => `${name} 5 IN A ${address}`)
const db1 = base[3] ?? {}
const db2 = base[4] ?? {}

const changes: readonly Change[] = [
  {
    title: 'a Pod turns ready',
    ask: `db.${testns} A`,
    before: a(`db.${testns}`, '10.1.0.1'),
    without: [db2],
    with: [dbPod(2, true)],
    after: a(`db.${testns}`, '10.1.0.1', '10.1.0.2'),
    kept: [`web.${testns} A`, `nope.${testns} A`],
  },
  {
    title: 'a Pod that had no name has one',
    ask: `db-2.db.${testns} A`,
    before: [],
    without: [db2],
    with: [dbPod(2, true)],
    after: a(`db-2.db.${testns}`, '10.1.0.2'),
    kept: [`web.${testns} A`],
  },
  {
    title: 'a Pod is no longer ready',
    ask: `_http._tcp.db.${testns} A`,
    before: a(`_http._tcp.db.${testns}`, '10.1.0.1'),
    without: [db1],
    with: [dbPod(1, false)],
    after: [],
    kept: [`web.${testns} A`],
  },
  {
    title: 'a Pod comes back with another address',
    ask: `db-1.db.${testns} A`,
    before: a(`db-1.db.${testns}`, '10.1.0.1'),
    without: [db1],
    with: [dbPod(1, true, '10.1.0.9')],
    after: a(`db-1.db.${testns}`, '10.1.0.9'),
    kept: [`web.${testns} A`],
  },
  {
    title: 'a Service is created after NXDOMAIN',
    ask: `late.${testns} A`,
    before: [],
    with: [clusterIp('testns/late', '10.96.0.11')],
    after: a(`late.${testns}`, '10.96.0.11'),
    kept: [`web.${testns} A`, `nope.${testns} A`, `db.${testns} A`, `alias.${testns} A`],
  },
  {
    title: 'a Service is deleted',
    ask: `_http._tcp.web.${testns} SRV`,
    before: [`_http._tcp.web.${testns} 5 IN SRV 0 100 80 web.${testns}`],
    without: [web],
    after: [],
    kept: [`db.${testns} A`],
  },
  {
    title: 'an ExternalName leads elsewhere',
    ask: `alias.${testns} A`,
    before: [`alias.${testns} 5 IN CNAME web.${testns}`, ...a(`web.${testns}`, '10.96.0.10')],
    without: [alias],
    with: [externalName('testns/alias', `web.shop.svc.cluster.local`)],
    after: [
      `alias.${testns} 5 IN CNAME web.shop.svc.cluster.local.`,
      ...a('web.shop.svc.cluster.local.', '10.96.0.20'),
    ],
    kept: [`web.${testns} A`],
  },
  {
    title: 'what an ExternalName leads to changes',
    ask: `alias.${testns} A`,
    before: [`alias.${testns} 5 IN CNAME web.${testns}`, ...a(`web.${testns}`, '10.96.0.10')],
    without: [web],
    with: [clusterIp('testns/web', '10.96.0.99')],
    after: [`alias.${testns} 5 IN CNAME web.${testns}`, ...a(`web.${testns}`, '10.96.0.99')],
    kept: [`db.${testns} A`],
  },
  {
    title: 'what an ExternalName leads to is deleted',
    ask: `alias.${testns} A`,
    before: [`alias.${testns} 5 IN CNAME web.${testns}`, ...a(`web.${testns}`, '10.96.0.10')],
    without: [web],
    after: [],
    kept: [`db.${testns} A`],
  },
  {
    title: 'what an ExternalName leads to is created',
    ask: `astray.${testns} A`,
    before: [],
    with: [clusterIp('testns/late', '10.96.0.11')],
    after: [`astray.${testns} 5 IN CNAME late.${testns}`, ...a(`late.${testns}`, '10.96.0.11')],
    kept: [`alias.${testns} A`],
  },
  {
    title: 'the reverse name of a Service that is created',
    ask: '11.0.96.10.in-addr.arpa. PTR',
    before: [],
    with: [clusterIp('testns/late', '10.96.0.11')],
    after: [`11.0.96.10.in-addr.arpa. 5 IN PTR late.${testns}`],
    kept: ['10.0.96.10.in-addr.arpa. PTR', '1.0.1.10.in-addr.arpa. PTR'],
  },
  {
    title: 'the reverse name of a Pod that turns ready',
    ask: '2.0.1.10.in-addr.arpa. PTR',
    before: [],
    without: [db2],
    with: [dbPod(2, true)],
    after: [`2.0.1.10.in-addr.arpa. 5 IN PTR db-2.db.${testns}`],
    kept: ['10.0.96.10.in-addr.arpa. PTR'],
  },
  {
    title: 'the reverse name of a Service that is deleted',
    ask: '10.0.96.10.in-addr.arpa. PTR',
    before: [`10.0.96.10.in-addr.arpa. 5 IN PTR web.${testns}`],
    without: [web],
    after: [],
  },
  {
    title: 'part of a reverse name, from NXDOMAIN to NODATA',
    ask: '97.10.in-addr.arpa. PTR',
    before: [],
    with: [clusterIp('testns/late', '10.97.0.11')],
    after: [],
    kept: [`web.${testns} A`, 'x.97.10.in-addr.arpa. PTR'],
  },
  {
    title: 'the name server, once a Service fronts it',
    ask: 'cluster.local. NS',
    before: ['cluster.local. 5 IN NS ns.dns.cluster.local.'],
    with: [
      clusterIp('kube-system/kube-dns', '10.96.0.2'),
      {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { namespace: 'kube-system', name: 'kube-dns' },
        subsets: [{ addresses: [{ ip: '10.1.0.53' }], ports: [{ name: 'http', port: 53 }] }],
      },
    ],
    after: ['cluster.local. 5 IN NS kube-dns.kube-system.svc.cluster.local.'],
    kept: [`web.${testns} A`],
  },
  {
    title: "a Pod's name of its address, once it has it",
    ask: '10-1-0-7.testns.pod.cluster.local. A',
    before: [],
    with: [pod('testns/loner', ['10.1.0.7'])],
    after: a('10-1-0-7.testns.pod.cluster.local.', '10.1.0.7'),
    kept: [`web.${testns} A`, '10-1-0-1.testns.pod.cluster.local. A', `db.${testns} A`],
  },
  {
    title: 'a namespace is created, and its Service',
    ask: 'web.new.svc.cluster.local. A',
    before: [],
    with: [clusterIp('new/web', '10.96.0.30')],
    after: a('web.new.svc.cluster.local.', '10.96.0.30'),
    kept: [`web.${testns} A`, 'new.shop.svc.cluster.local. A'],
  },
]

const corefile = 'cluster.local in-addr.arpa {\nkubernetes {\npods verified\n}\nloadbalance\n}\n'

describe('freshness: the very next answer after a change is right, and nothing else is dropped', () => {
  for (const change of changes) {
    it(change.title, async () => {
      const server = serveManifests(manifests(...base), corefile, { localAddresses: ['10.1.0.53'] })
      const kept = [...bystanders, ...(change.kept ?? [])]
      expect((await server.ask(change.ask)).answer).to.deep.equal(change.before)
      for (const question of kept) await server.ask(question)

      server.change(manifests(...base.filter((object) => !change.without?.includes(object)), ...(change.with ?? [])))

      expect(await missesOf(server, kept), 'asked anew of the plugins').to.deep.equal([])
      expect((await server.ask(change.ask)).answer).to.deep.equal(change.after)
    })
  }

  it('the address of the name server, once the Service that fronts it has another', async () => {
    const fronted = (address: string) =>
      manifests(clusterIp('testns/dns', address), slice('testns/dns', { endpoints: [{ addresses: ['10.1.0.53'] }] }))
    const server = serveManifests(fronted('10.96.0.2'), corefile, { localAddresses: ['10.1.0.53'] })
    const asked = 'ns.dns.cluster.local. A'
    expect((await server.ask(asked)).answer).to.deep.equal(a('ns.dns.cluster.local.', '10.96.0.2'))
    server.change(fronted('10.96.0.3'))
    expect((await server.ask(asked)).answer).to.deep.equal(a('ns.dns.cluster.local.', '10.96.0.3'))
  })

  it('a Service whose namespace comes and goes by itself', async () => {
    const server = serveManifests(manifests(...base), corefile)
    const rcodes = []
    for (const change of ['remove', 'put'] as const) {
      await server.ask(`web.${testns} A`)
      server.store[change]({ kind: 'Namespace', name: 'testns', labels: {} })
      rcodes.push((await server.ask(`web.${testns} A`)).rcode)
    }
    expect(rcodes).to.deep.equal(['NXDOMAIN', 'NOERROR'])
  })

  it('the rcode too: NXDOMAIN, then NODATA, then NXDOMAIN', async () => {
    const server = serveManifests(manifests(...base), corefile)
    const rcodes = []
    for (const objects of [[], [clusterIp('testns/late', '10.96.0.11')], []]) {
      server.change(manifests(...base, ...objects))
      rcodes.push((await server.ask(`late.${testns} AAAA`)).rcode)
    }
    expect(rcodes).to.deep.equal(['NXDOMAIN', 'NOERROR', 'NXDOMAIN'])
  })

  it('the serial in the SOA record of the apex, with every change', async () => {
    const server = serveManifests(manifests(...base), corefile)
    const serials = []
    for (const [at, objects] of [[base[0]], [base[1]], [base[1]]].entries()) {
      server.clock.nowMs = 5000 + at * 1000
      server.change(manifests(...objects.flatMap((object) => object ?? [])))
      const [line = ''] = (await server.ask('cluster.local. SOA')).answer
      serials.push(line.split(' ')[6])
    }
    expect(serials, 'the third is no change').to.deep.equal(['5', '6', '6'])
  })

  it('the serial in a cached answer that the change leaves as it is', async () => {
    const server = serveManifests(manifests(...base), corefile)
    const asked = [`nope.${testns} A`, `web.${testns} AAAA`, 'cluster.local. SOA']
    const serialsOf = async () => {
      const replies = await Promise.all(asked.map((question) => server.ask(question)))
      return replies.map(({ answer, authority }) => [...answer, ...authority].map((line) => line.split(' ')[6]).join())
    }
    await serialsOf()
    server.clock.nowMs = 77_000
    server.change(manifests(...base, clusterIp('testns/late', '10.96.0.11')))
    expect(await serialsOf()).to.deep.equal(['77', '77', '77'])
    expect(await missesOf(server, asked)).to.deep.equal([])
  })

  it('a change that changes nothing drops nothing', async () => {
    const server = serveManifests(manifests(...base), corefile)
    const asked = [...bystanders, 'cluster.local. SOA', '96.10.in-addr.arpa. PTR', `db.${testns} A`]
    for (const question of asked) await server.ask(question)
    server.change(manifests(...base.toReversed()))
    expect(await missesOf(server, asked)).to.deep.equal([])
  })

  it('whatever was passed on, once the name is there', async () => {
    const server = serveManifests(manifests(...base), 'cluster.local {\nkubernetes {\nfallthrough\n}\nwhoami\n}\n')
    const question = `late.${testns} A`
    expect((await server.ask(question)).answer).to.deep.equal([])
    server.change(manifests(...base, clusterIp('testns/late', '10.96.0.11')))
    expect((await server.ask(question)).answer).to.deep.equal(a(`late.${testns}`, '10.96.0.11'))
  })

  it('which it owes to the tags of the name, whatever the next plugin makes of it', async () => {
    const { store } = serveManifests(manifests(...base))
    const corefile = parseCorefile('cluster.local {\nkubernetes {\nfallthrough\n}\n}\n', 'Corefile', memoryIo())
    const [serverBlock] = corefile.serverBlocks
    const [directive] = serverBlock?.directives ?? []
    if (serverBlock === undefined || directive === undefined) throw new Error('no kubernetes directive')
    const context = { cluster: store, localAddresses: [], resolve: () => refused }
    const handler = kubernetes(readConfig(directive, serverBlock), context)
    const client = { transport: 'udp', address: '192.0.2.1', port: 1, localAddress: '192.0.2.53' } as const
    const { validity } = await handler.serve({ ...question(`late.${testns} A`), client, via: [] }, () => refused)
    if (validity.kind !== 'until-changed') throw new Error('it may be kept')
    expect(validity.tags).to.include(serviceTag('testns', 'late'))
  })
})

/** Those questions that the cache has no answer to. */
async function missesOf(server: TestServer, questions: readonly string[]): Promise<string[]> {
  const missed: string[] = []
  for (const question of questions) {
    const before = server.misses
    await server.exchange(question)
    if (server.misses !== before) missed.push(question)
  }
  return missed
}
