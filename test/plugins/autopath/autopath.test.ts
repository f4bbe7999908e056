import { expect } from 'chai'
import { CLASS, type Rcode, TYPE } from '../../../src/dns/iana.ts'
import { parseName, root } from '../../../src/dns/name.ts'
import { NoNextPluginError, refused } from '../../../src/plugin/chain.ts'
import type { Answer, Next, Query } from '../../../src/plugin/handler.ts'
import { noOffers } from '../../../src/plugin/offers.ts'
import { autopath } from '../../../src/plugins/autopath/autopath.ts'
import { clusterIp, externalName, manifests, namespace, pod } from '../../support/manifests.ts'
import { samplesOf } from '../../support/samples.ts'
import { type AskOptions, serveManifests, type TestServer } from '../../support/serve.ts'
import { nodata, nxdomain, type QueryCase, testQueries } from '../../support/table.ts'
import { messageOf, relayed } from '../../support/upstream.ts'

const svc = 'svc.cluster.local.'

const cluster = manifests(
  namespace('shop'),
  namespace('tools'),
  clusterIp('shop/web', '10.96.0.10'),
  clusterIp('tools/db', '10.96.0.20'),
  externalName('shop/alias', 'db.tools.svc.cluster.local'),
  pod('shop/client', ['10.244.0.7', 'fd00::7']),
  pod('tools/client', ['10.244.0.8']),
)

const from = (address: string): AskOptions => ({ client: { address, port: 40_000 } })
const shopPod = from('10.244.0.7')
const toolsPod = from('10.244.0.8')
const stranger = from('192.0.2.1')

const block = (kubernetes = 'pods verified', autopath = '@kubernetes') =>
  `. {\nautopath ${autopath}\nkubernetes cluster.local {\n${kubernetes}\n}\n}\n`
const serve = (corefile = block(), files: Readonly<Record<string, string>> = {}) =>
  serveManifests(cluster, corefile, { files })

const found = (name: string, target: string, address: string) => ({
  answer: [`${name} 5 IN CNAME ${target}`, `${target} 5 IN A ${address}`],
})

it('autopath: the CNAME has the TTL of what it leads to', async () => {
  const server = serve(block('pods verified\nttl 17'))
  const { answer } = await server.ask(`db.tools.shop.${svc} A`, shopPod)
  expect(answer).to.deep.equal([
    `db.tools.shop.${svc} 17 IN CNAME db.tools.${svc}`,
    `db.tools.${svc} 17 IN A 10.96.0.20`,
  ])
})

describe('autopath: @kubernetes', () => {
  testQueries(
    () => serve(),
    [
      {
        title: 'the first candidate is the name itself',
        ask: `web.shop.${svc} A`,
        options: shopPod,
        answer: [`web.shop.${svc} 5 IN A 10.96.0.10`],
      },
      {
        title: 'NAMESPACE.svc.ZONE: the second, behind a CNAME',
        ask: `db.tools.shop.${svc} A`,
        options: shopPod,
        ...found(`db.tools.shop.${svc}`, `db.tools.${svc}`, '10.96.0.20'),
      },
      {
        title: 'for the IPv6 address of the Pod',
        ask: `db.tools.shop.${svc} A`,
        options: from('fd00::7'),
        ...found(`db.tools.shop.${svc}`, `db.tools.${svc}`, '10.96.0.20'),
      },
      {
        title: 'for its IPv4 address as a socket of both families has it',
        ask: `db.tools.shop.${svc} A`,
        options: from('::ffff:10.244.0.7'),
        ...found(`db.tools.shop.${svc}`, `db.tools.${svc}`, '10.96.0.20'),
      },
      {
        title: 'ZONE: the third',
        ask: `db.tools.svc.shop.${svc} A`,
        options: shopPod,
        ...found(`db.tools.svc.shop.${svc}`, `db.tools.${svc}`, '10.96.0.20'),
      },
      {
        title: 'the name alone: the last',
        ask: `db.tools.${svc}shop.${svc} A`,
        options: shopPod,
        ...found(`db.tools.${svc}shop.${svc}`, `db.tools.${svc}`, '10.96.0.20'),
      },
      {
        title: 'SRV',
        ask: `_http._tcp.db.tools.shop.${svc} SRV`,
        options: shopPod,
        answer: [
          `_http._tcp.db.tools.shop.${svc} 5 IN CNAME _http._tcp.db.tools.${svc}`,
          `_http._tcp.db.tools.${svc} 5 IN SRV 0 100 80 db.tools.${svc}`,
        ],
        additional: [`db.tools.${svc} 5 IN A 10.96.0.20`],
      },
      {
        title: 'NODATA ends the walk, without a CNAME',
        ask: `db.tools.shop.${svc} AAAA`,
        options: shopPod,
        ...nodata,
      },
      {
        title: 'an ExternalName has one CNAME (CoreDNS: the same one twice)',
        ask: `alias.shop.${svc} A`,
        options: shopPod,
        answer: [`alias.shop.${svc} 5 IN CNAME db.tools.${svc}`, `db.tools.${svc} 5 IN A 10.96.0.20`],
      },
      {
        title: 'an ExternalName further down',
        ask: `alias.shop.tools.${svc} A`,
        options: toolsPod,
        answer: [
          `alias.shop.tools.${svc} 5 IN CNAME alias.shop.${svc}`,
          `alias.shop.${svc} 5 IN CNAME db.tools.${svc}`,
          `db.tools.${svc} 5 IN A 10.96.0.20`,
        ],
      },
      {
        title: 'none exists: the first answer (CoreDNS without a plugin for other names: SERVFAIL)',
        ask: `nope.nope.shop.${svc} A`,
        options: shopPod,
        ...nxdomain,
      },
      {
        title: 'the first element itself (CoreDNS: SERVFAIL)',
        ask: `shop.${svc} A`,
        options: shopPod,
        ...nodata,
      },
      {
        title: 'no second element without a first one',
        ask: `db.tools.${svc} A`,
        options: shopPod,
        answer: [`db.tools.${svc} 5 IN A 10.96.0.20`],
      },
      ...(
        [
          ["another namespace's first element", `db.tools.shop.${svc} A`, toolsPod],
          ['a client that is no Pod', `db.tools.shop.${svc} A`, stranger],
          ['a client without a usable address', `db.tools.shop.${svc} A`, from('pipe')],
          ['the zone alone', 'db.tools.cluster.local. A', shopPod],
        ] as const
      ).map(([title, ask, options]): QueryCase => ({ title: `not for ${title}`, ask, options, ...nxdomain })),
    ],
  )

  it('keeps the letter case of the question', async () => {
    const { question, answer } = await serve().exchange(`DB.tools.shop.${svc} A`, shopPod)
    expect(question?.spelling).to.equal(`DB.tools.shop.${svc}`)
    expect(answer.map(({ owner }) => owner)).to.deep.equal([`db.tools.shop.${svc}`, `db.tools.${svc}`])
  })

  it('needs pods verified', async () => {
    for (const mode of ['pods insecure', 'pods disabled', '']) {
      expect((await serve(block(mode)).ask(`db.tools.shop.${svc} A`, shopPod)).rcode, mode).to.equal('NXDOMAIN')
    }
  })

  it('goes by the zones it is given', async () => {
    const ask = (zones: string) =>
      serve(block(undefined, `${zones} @kubernetes`)).ask(`db.tools.shop.${svc} A`, shopPod)
    expect((await ask('shop.svc.cluster.local a.test')).rcode).to.equal('NOERROR')
    expect((await ask('a.test')).rcode).to.equal('NXDOMAIN')
  })

  const others = (search: string) => ({ '/etc/resolv.conf': `nameserver 192.0.2.53\nsearch ${search}\n` })

  it("ends the path as the server's own does", async () => {
    const ask = (files?: Readonly<Record<string, string>>) => serve(block(), files).ask(`db.shop.${svc} A`, shopPod)
    expect((await ask()).rcode).to.equal('NXDOMAIN')
    expect((await ask(others('corp.test'))).rcode).to.equal('NXDOMAIN')
    expect((await ask(others('corp.test Tools.svc.cluster.local'))).answer).to.deep.equal(
      found(`db.shop.${svc}`, `db.tools.${svc}`, '10.96.0.20').answer,
    )
  })

  it('does not walk for the target of a CNAME, which nobody put a search path behind (CoreDNS does)', async () => {
    const server = serveManifests(
      manifests(
        pod('shop/client', ['10.244.0.7']),
        clusterIp('tools/db', '10.96.0.20'),
        externalName('shop/away', 'db.tools.shop.svc.other.test'),
      ),
      '. {\nautopath @kubernetes\nkubernetes cluster.local other.test {\npods verified\n}\n}\n',
    )
    expect((await server.ask(`away.shop.${svc} A`, shopPod)).answer).to.deep.equal([
      `away.shop.${svc} 5 IN CNAME db.tools.shop.svc.other.test.`,
    ])
  })

  it('leaves out candidates that are too long', async () => {
    const label = 'l'.repeat(63)
    const name = `${label}.${label}.${label}.${'m'.repeat(33)}.shop.${svc}`
    const files = others(`${label}.test`)
    expect((await serve(block(), files).ask(`${name} A`, shopPod)).rcode).to.equal('NXDOMAIN')
  })

  it('says what it found, and what not', async () => {
    const steps = async (question: string) => {
      const trace = await serve().trace(question, shopPod)
      return trace.map((step) => `${step.code}: ${step.describe()}`)
    }
    expect((await steps(`db.tools.shop.${svc} A`)).slice(1, 3)).to.deep.equal([
      `search-path-found: along the search path of the client, db.tools.${svc} exists`,
      'cluster-ip: Service tools/db of type ClusterIP has 10.96.0.20',
    ])
    expect(await steps(`nope.shop.${svc} A`)).to.deep.equal([
      `search-path-exhausted: along the search path of the client, none of these exists: nope.${svc}, nope.cluster.local., nope.`,
      'no-such-service: there is no Service shop/nope',
    ])
  })
})

describe('autopath: @kubernetes and the answer cache', () => {
  const name = `db.tools.shop.${svc}`
  const outcome = async (server: TestServer, question: string, options: AskOptions) =>
    (await server.exchange(question, options)).rcode

  it('gives no client what was made for another, in whatever order they ask', async () => {
    const expected = [
      { options: shopPod, rcode: 0 },
      { options: toolsPod, rcode: 3 },
      { options: stranger, rcode: 3 },
    ]
    for (const order of [expected, expected.toReversed(), [...expected, ...expected, ...expected.toReversed()]]) {
      const server = serve()
      for (const { options, rcode } of order) {
        expect(await outcome(server, `${name} A`, options), options.client?.address).to.equal(rcode)
      }
    }
  })

  const misses = async (server: TestServer, question: string) => {
    const before = server.misses
    for (const options of [shopPod, toolsPod, stranger]) await server.exchange(question, options)
    return server.misses - before
  }

  it('keeps what is the same for all', async () => {
    const server = serve()
    for (const question of [
      `web.shop.${svc} A`,
      `web.shop.${svc} AAAA`,
      `shop.${svc} A`,
      `nope.${svc} A`,
      'nope.cluster.local. A',
      'nope.nope.nope.cluster.local. A',
      'cluster.local. SOA',
    ]) {
      expect(await misses(server, question), question).to.equal(1)
    }
  })

  it('and not what depends on who asks', async () => {
    const server = serve()
    for (const question of [`${name} A`, `nope.shop.${svc} A`, `nope.tools.${svc} A`, `a.b.c.nons.${svc} A`]) {
      expect(await misses(server, question), question).to.equal(3)
    }
  })

  it('keeps all where there is no path to know: without pods verified', async () => {
    expect(await misses(serve(block('pods insecure')), `${name} A`)).to.equal(1)
  })

  it('follows the Pods', async () => {
    const server = serve()
    const late = from('10.244.0.99')
    expect(await outcome(server, `${name} A`, late)).to.equal(3)
    const [client] = server.store.podsAt('10.244.0.7')
    if (client === undefined) throw new Error('no Pod')
    server.store.put({ ...client, name: 'late', podIPs: ['10.244.0.99'] })
    expect(await outcome(server, `${name} A`, late)).to.equal(0)
    server.store.remove({ kind: 'Pod', namespace: 'shop', name: 'late' })
    expect(await outcome(server, `${name} A`, late)).to.equal(3)
  })

  it('follows the Services', async () => {
    const server = serve()
    const web = server.store.service('shop', 'web')
    if (web === undefined) throw new Error('no Service web')
    expect(await outcome(server, `late.tools.shop.${svc} A`, shopPod)).to.equal(3)
    server.store.put({ ...web, namespace: 'tools', name: 'late' })
    expect(await outcome(server, `late.tools.shop.${svc} A`, shopPod)).to.equal(0)
    // What is the same for all was kept, and ends no less.
    await server.exchange(`web.shop.${svc} A`, stranger)
    server.store.remove({ kind: 'Service', namespace: 'shop', name: 'web' })
    expect(await outcome(server, `web.shop.${svc} A`, stranger)).to.equal(3)
  })
})

describe('autopath: a search path from a file', () => {
  const serveFile = (text: string, zones = '') =>
    serve(block('', `${zones} path.conf`), { 'path.conf': text, '/etc/resolv.conf': 'search other.test\n' })
  const name = `db.tools.shop.${svc}`
  const path = 'search shop.svc.cluster.local svc.cluster.local\n'

  testQueries(
    () => serveFile(path),
    [
      { title: 'is that of every client', ask: `${name} A`, ...found(name, `db.tools.${svc}`, '10.96.0.20') },
      {
        title: 'ends in the name alone',
        ask: `db.tools.${svc}shop.${svc} A`,
        ...found(`db.tools.${svc}shop.${svc}`, `db.tools.${svc}`, '10.96.0.20'),
      },
      { title: 'none exists', ask: `nope.shop.${svc} A`, ...nxdomain },
      { title: 'the first element itself', ask: `shop.${svc} A`, ...nodata },
      { title: 'not below the first element', ask: `db.tools.tools.${svc} A`, ...nxdomain },
    ],
  )

  it('is walked once for all clients: the answer is kept, and ends with any of its candidates', async () => {
    const server = serveFile(path)
    for (const options of [shopPod, toolsPod, stranger]) await server.exchange(`${name} A`, options)
    expect(server.misses).to.equal(1)
    const web = server.store.service('shop', 'web')
    if (web === undefined) throw new Error('no Service web')

    expect((await server.ask(`late.tools.shop.${svc} A`)).rcode).to.equal('NXDOMAIN')
    server.store.put({ ...web, namespace: 'tools', name: 'late', clusterIPs: ['10.96.0.99'] })
    expect((await server.ask(`late.tools.shop.${svc} A`)).answer).to.deep.equal(
      found(`late.tools.shop.${svc}`, `late.tools.${svc}`, '10.96.0.99').answer,
    )
    server.store.remove({ kind: 'Service', namespace: 'tools', name: 'late' })
    expect((await server.ask(`late.tools.shop.${svc} A`)).rcode).to.equal('NXDOMAIN')
  })

  for (const { title, text, rcode } of [
    { title: 'domain', text: 'domain shop.svc.cluster.local\n', rcode: 'NOERROR' },
    { title: 'the last line counts', text: `search a.test\n${path}`, rcode: 'NOERROR' },
    { title: 'the last line counts, whichever word', text: `${path}domain a.test\n`, rcode: 'NXDOMAIN' },
    { title: 'letter case, a last dot, white space', text: '  search\tSHOP.svc.Cluster.local.  \n', rcode: 'NOERROR' },
    { title: 'what is no name is left out', text: 'search a..b shop.svc.cluster.local', rcode: 'NOERROR' },
    { title: 'comments and other lines', text: `# search a.test\n;x\noptions ndots:5\n${path}`, rcode: 'NOERROR' },
    { title: 'an empty file does nothing', text: '', rcode: 'NXDOMAIN' },
    { title: 'an empty search does nothing', text: 'search\n', rcode: 'NXDOMAIN' },
    { title: 'nor does the root', text: 'search .\n', rcode: 'NXDOMAIN' },
  ]) {
    it(`${title}: ${rcode}`, async () => {
      expect((await serveFile(text).ask(`db.tools.${svc}shop.${svc} A`)).rcode).to.equal(rcode)
    })
  }
})

describe('autopath: candidates that fail', () => {
  const search = ['a.test.', 'b.test.', 'c.test.'].map(parseName)
  let counted = 0
  const found = () => {
    counted++
  }
  const { serve: walk } = autopath({ zones: [root], path: { kind: 'fixed', search } }, { offers: noOffers(), found })
  const client = { transport: 'udp', address: '192.0.2.1', port: 1, localAddress: '192.0.2.53' } as const
  const asked = {
    qname: parseName('x.a.test.'),
    spelling: 'x.a.test.',
    qtype: TYPE.A,
    qclass: CLASS.IN,
    client,
    via: [],
  }
  const replyOf = (rcode: Rcode, authoritative: boolean): Answer => ({ ...refused, rcode, authoritative })

  /** Answers `x.a.test.` and so on with these; a text is thrown. */
  const next = (replies: Readonly<Record<string, Answer | Error>>, later: boolean): Next => {
    const answer = (query: Query) => {
      const reply = replies[query.qname] ?? new NoNextPluginError('test')
      if (reply instanceof Error) throw reply
      return reply
    }
    return later ? async (query) => answer(query) : answer
  }
  const nxdomainReply = replyOf('NXDOMAIN', true)

  for (const later of [false, true]) {
    const when = later ? 'later' : 'at once'
    for (const { title, replies, rcode, counts = 1 } of [
      {
        title: 'nobody answers it: passed over',
        replies: { 'x.a.test.': nxdomainReply, 'x.c.test.': replyOf('NOERROR', true) },
        rcode: 'NOERROR',
      },
      {
        title: 'a failure: passed over',
        replies: { 'x.a.test.': replyOf('SERVFAIL', false), 'x.b.test.': replyOf('NOERROR', false) },
        rcode: 'NOERROR',
      },
      {
        title: 'failures and nothing else: the first answer',
        replies: { 'x.a.test.': replyOf('REFUSED', false), 'x.b.test.': nxdomainReply },
        rcode: 'REFUSED',
        counts: 0,
      },
      {
        title: 'SERVFAIL of who has the zone, which a plugin wrote: it counts',
        replies: { 'x.a.test.': nxdomainReply, 'x.b.test.': replyOf('SERVFAIL', true), 'x.': replyOf('NOERROR', true) },
        rcode: 'SERVFAIL',
      },
      {
        title: 'SERVFAIL of another server, which was relayed: it counts',
        replies: {
          'x.a.test.': nxdomainReply,
          'x.b.test.': relayed(messageOf('x.b.test. A', { rcode: 2 })),
          'x.': replyOf('NOERROR', true),
        },
        rcode: 'SERVFAIL',
      },
    ]) {
      it(`${title} (${when})`, async () => {
        counted = 0
        const answer = await walk(asked, next(replies, later))
        expect(answer.rcode).to.equal(rcode)
        expect(counted, 'what is counted').to.equal(counts)
        answer.onReuse?.()
        expect(counted, 'when it is given again').to.equal(2 * counts)
      })
    }

    it(`an error ends the walk (${when})`, async () => {
      const replies = { 'x.a.test.': nxdomainReply, 'x.b.test.': new Error('broken'), 'x.': replyOf('NOERROR', true) }
      const outcome = await Promise.resolve()
        .then(() => walk(asked, next(replies, later)))
        .catch((error: unknown) => error)
      expect(outcome).to.be.an('error').with.property('message', 'broken')
    })
  }

  it('is passed over in a whole server, too', async () => {
    const corefile = '. {\nautopath path.conf\nkubernetes cluster.local a.test\n}\n'
    const { rcode } = await serve(corefile, { 'path.conf': 'search a.test b.test\n' }).ask('x.a.test. A')
    expect(rcode).to.equal('NXDOMAIN')
  })

  it('leaves zone transfers alone', async () => {
    const reply = await walk({ ...asked, qtype: TYPE.AXFR }, next({ 'x.a.test.': nxdomainReply, 'x.': refused }, false))
    expect(reply).to.equal(nxdomainReply)
  })
})

describe('autopath: the metric', () => {
  const successes = ({ metrics }: TestServer) =>
    samplesOf(metrics)['coredns_autopath_success_total{server="dns://:53"}']

  it('is not there before the first success', async () => {
    const server = serve()
    await server.exchange(`nope.shop.${svc} A`, shopPod)
    await server.exchange(`web.shop.${svc} A`, stranger)
    await server.exchange(`web.tools.${svc} A`, shopPod)
    expect(successes(server)).to.equal(undefined)
  })

  it('counts what a walk found, the first element of the path among it', async () => {
    const server = serve()
    await server.exchange(`db.tools.shop.${svc} A`, shopPod)
    await server.exchange(`db.tools.shop.${svc} A`, shopPod)
    expect(successes(server)).to.equal(2)
    await server.exchange(`web.shop.${svc} A`, shopPod)
    expect(successes(server)).to.equal(3)
  })

  it('counts what is answered from the cache, too', async () => {
    const server = serve(block('', 'path.conf'), { 'path.conf': 'search shop.svc.cluster.local svc.cluster.local\n' })
    for (let asked = 0; asked < 3; asked++) await server.exchange(`db.tools.shop.${svc} A`)
    expect(server.misses).to.equal(1)
    expect(successes(server)).to.equal(3)
  })
})
