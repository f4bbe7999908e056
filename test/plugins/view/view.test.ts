import { expect } from 'chai'
import { EXTENDED_ERROR } from '../../../src/dns/iana.ts'
import { clusterIp, manifests, namespace } from '../../support/manifests.ts'
import { samplesOf } from '../../support/samples.ts'
import { type AskOptions, serveManifests, type TestServer } from '../../support/serve.ts'

const from = (address: string): AskOptions => ({ client: { address, port: 4711 } })
const inside = from('10.1.2.3')
const outside = from('192.0.2.1')

/** A server block that answers every query with its own name, as text. */
const block = (keys: string, name: string, ...directives: readonly string[]): string =>
  `${keys} {\n${directives.join('\n')}\ntemplate IN ANY {\nanswer "{{ .Name }} 60 IN TXT ${name}"\n}\n}\n`
const view = (name: string, ...expressions: readonly string[]): string =>
  `view ${name} {\n${expressions.map((each) => `expr ${each}\n`).join('')}}`

const serve = (...blocks: readonly string[]): TestServer => serveManifests('', blocks.join(''))

/** The block that has answered, or the code if none has. */
async function answering(server: TestServer, question: string, options: AskOptions = {}): Promise<string> {
  const { rcode, answer } = await server.ask(question, options)
  return /"(.*)"/.exec(answer[0] ?? '')?.[1] ?? rcode
}

describe('view: which server block answers', () => {
  const blocks = [
    block('a.test', 'one', view('one', "name() == 'x.a.test.' || name() == 'ds.a.test.'")),
    block('a.test', 'two', view('two', "name() startsWith 'y.'", "client_ip() == '10.1.2.3'")),
    block('a.test', 'three', view('three', "name() startsWith 'z.' || name() == 'ds.a.test.'")),
    block('test', 'above', view('above', "name() endsWith '.q.a.test.' || name() == 'b.test.'")),
    block('.', 'root', view('root', "not (name() contains 'none')")),
  ]
  for (const { title, ask, options = {}, expected } of [
    { title: 'the one whose view takes the query', ask: 'x.a.test. TXT', expected: 'one' },
    { title: 'in any letter case', ask: 'X.A.test. TXT', expected: 'one' },
    { title: 'if all expressions are true', ask: 'y.a.test. TXT', options: inside, expected: 'two' },
    { title: 'not if one is false', ask: 'y.a.test. TXT', options: outside, expected: 'root' },
    { title: 'the next one of the zone', ask: 'z.a.test. TXT', expected: 'three' },
    { title: 'that of a zone above, where no view of the zone does', ask: 'm.q.a.test. TXT', expected: 'above' },
    { title: 'the root, if nothing else', ask: 'w.a.test. TXT', expected: 'root' },
    { title: 'none: REFUSED', ask: 'none.test. TXT', expected: 'REFUSED' },
    // CoreDNS 1.14.7: see server/zones.ts.
    { title: 'DS: the last one of the zone', ask: 'ds.a.test. DS', expected: 'three' },
    { title: 'DS: that of a zone above', ask: 'b.test. DS', expected: 'above' },
    { title: 'DS: the root, if nothing else', ask: 'w.a.test. DS', expected: 'root' },
  ]) {
    it(`${title}: ${ask}`, async () => expect(await answering(serve(...blocks), ask, options)).to.equal(expected))
  }

  for (const { title, expression, isTaken } of [
    { title: 'no expression at all', isTaken: true },
    { title: 'another value than true', expression: '1', isTaken: false },
    { title: 'an expression without a value', expression: "incidr('nobody', '10.0.0.0/8')", isTaken: false },
    { title: 'a prefix that is none', expression: "incidr(client_ip(), '10.0.0.0/33')", isTaken: false },
  ]) {
    it(`${title}: ${isTaken ? 'takes' : 'does not take'} the query`, async () => {
      const server = serve(
        block('.', 'view', view('v', ...(expression === undefined ? [] : [expression]))),
        block('.', 'rest'),
      )
      expect(await answering(server, 'a.test. TXT')).to.equal(isTaken ? 'view' : 'rest')
      expect(server.lines).to.deep.equal([]) // as in CoreDNS
    })
  }

  it('a block without a view takes all that gets to it', async () => {
    const server = serve(
      ...['.', 'a.test'].flatMap((zone) => [block(zone, 'all'), block(zone, 'view', view('v', 'true'))]),
    )
    for (const ask of ['x.b.test. TXT', 'x.b.test. DS', 'x.a.test. TXT']) {
      expect(await answering(server, ask), ask).to.equal('all')
    }
    expect(await answering(server, 'x.a.test. DS')).to.equal('view')
    const before = 'go to a server block without a view that stands before this one'
    expect(server.lines).to.deep.equal([
      `[WARNING] plugin/view: Corefile:7: all queries for . ${before}`,
      `[WARNING] plugin/view: Corefile:21: all queries but DS for a.test. ${before}`,
    ])
  })

  it('says that no view takes the query', async () => {
    const server = serve(block('a.test', 'a', view('v', 'false')), block('.', 'root', view('w', 'false')))
    const [step, ...others] = await server.trace('x.a.test. TXT')
    expect(others).to.deep.equal([])
    expect([step?.code, step?.describe()]).to.deep.equal(['no-view', 'no view takes such a query for a.test. .'])
    const { edns } = await server.exchange('x.a.test. TXT', { edns: {} })
    expect(edns?.extendedError?.infoCode).to.equal(EXTENDED_ERROR.Prohibited)
  })
})

describe('view: what an expression can ask of a query', () => {
  const question = 'www.a.test. TXT'
  const edns: AskOptions = { edns: { payloadSize: 900, dnssecOk: true } }
  for (const { expression, options, others } of [
    { expression: 'bufsize() == 900', options: edns, others: {} },
    { expression: "client_ip() == '10.1.2.3'", options: inside, others: outside },
    { expression: "client_ip() == '10.1.2.3'", options: from('::ffff:10.1.2.3'), others: outside },
    { expression: "client_ip() == 'fd00::1'", options: from('fd00::1'), others: outside },
    { expression: 'do()', options: edns, others: {} },
    { expression: "incidr(client_ip(), '10.0.0.0/8')", options: inside, others: outside },
    { expression: "incidr(client_ip(), 'fd00::/8')", options: from('fd00::1'), others: inside },
    { expression: "port() == '4711'", options: inside, others: {} },
    { expression: "proto() == 'tcp'", options: { transport: 'tcp' }, others: {} },
    { expression: 'size() > 30', options: edns, others: {} },
  ] satisfies { expression: string; options: AskOptions; others: AskOptions }[]) {
    it(expression, async () => {
      const server = serve(block('.', 'view', view('v', expression)), block('.', 'rest'))
      expect(await answering(server, question, options)).to.equal('view')
      expect(await answering(server, question, others)).to.equal('rest')
    })
  }

  for (const { expression, ask } of [
    { expression: "name() == 'www.a.test.'", ask: 'w.a.test. TXT' },
    { expression: "type() == 'TXT'", ask: 'www.a.test. MX' },
    { expression: "class() == 'IN' && opcode() == 0 && type() != 'MX'", ask: 'www.a.test. MX' },
    { expression: "server_ip() == '192.0.2.53' && type() != 'MX'", ask: 'www.a.test. MX' },
  ]) {
    it(expression, async () => {
      const server = serve(block('.', 'view', view('v', expression)), block('.', 'rest'))
      expect(await answering(server, question)).to.equal('view')
      expect(await answering(server, ask)).to.equal('rest')
    })
  }

  it('id()', async () => {
    const server = serve(block('.', 'view', view('v', 'id() == 7')), block('.', 'rest'))
    const texts = [7, 8, 7].map(async (id) => (await server.exchange(question, { message: { id } })).answer[0]?.rdata)
    const [first, second, third] = await Promise.all(texts)
    expect(first).to.not.deep.equal(second)
    expect(first).to.deep.equal(third)
  })

  it('metadata() of its own block, where there is the plugin metadata', async () => {
    const named = view('v', "metadata('view/name') == 'v'")
    expect(await answering(serve(block('.', 'view', 'metadata', named), block('.', 'rest')), question)).to.equal('view')
    expect(await answering(serve(block('.', 'view', named), block('.', 'rest')), question)).to.equal('rest')
  })
})

describe('view: what is kept', () => {
  const by = (...expressions: readonly string[]): TestServer =>
    serve(block('.', 'view', view('v', ...expressions)), block('.', 'rest'))

  for (const { expressions, ask, isKept } of [
    { expressions: ["name() == 'a.test.'"], ask: 'a.test. TXT', isKept: true },
    { expressions: ["name() == 'a.test.'"], ask: 'b.test. TXT', isKept: true },
    { expressions: ["type() in ['A', 'AAAA']"], ask: 'a.test. TXT', isKept: true },
    { expressions: ["incidr(client_ip(), '10.0.0.0/8')"], ask: 'a.test. TXT', isKept: false },
    { expressions: ["metadata('a/b') == ''"], ask: 'a.test. TXT', isKept: false },
    { expressions: ["type() == 'TXT' && do()"], ask: 'a.test. TXT', isKept: false },
    { expressions: ["type() == 'TXT' && do()"], ask: 'a.test. MX', isKept: true },
    { expressions: ["type() == 'TXT'", 'do()'], ask: 'a.test. MX', isKept: true },
    { expressions: ['do()', "type() == 'TXT'"], ask: 'a.test. MX', isKept: false },
  ]) {
    it(`${expressions.join(' and ')}: ${ask} is ${isKept ? 'kept' : 'not kept'}`, async () => {
      const server = by(...expressions)
      for (let round = 0; round < 3; round++) await server.exchange(ask)
      expect(server.misses).to.equal(isKept ? 1 : 3)
    })
  }

  it('each client has the answer of its own view, whoever asked before', async () => {
    const server = by("incidr(client_ip(), '10.0.0.0/8')")
    for (let round = 0; round < 2; round++) {
      expect(await answering(server, 'a.test. TXT', inside)).to.equal('view')
      expect(await answering(server, 'a.test. TXT', outside)).to.equal('rest')
    }
  })

  it('a zone above the one whose views depend on the client is as personal', async () => {
    const server = serve(block('a.test', 'view', view('v', "client_ip() == '10.1.2.3'")), block('.', 'rest'))
    for (let round = 0; round < 2; round++) {
      expect(await answering(server, 'x.a.test. TXT', outside)).to.equal('rest')
      expect(await answering(server, 'x.a.test. TXT', inside)).to.equal('view')
    }
    const before = server.misses
    for (let round = 0; round < 3; round++) await server.exchange('x.b.test. TXT')
    expect(server.misses - before, 'other names are kept').to.equal(1)
  })

  it('so is the answer to a name that leads there', async () => {
    const alias = 'a.test {\ntemplate IN A {\nanswer "{{ .Name }} 60 IN CNAME x.b.test."\n}\n}\n'
    const address = (keys: string, last: number, ...directives: string[]) =>
      `${keys} {\n${directives.join('\n')}\ntemplate IN A {\nanswer "{{ .Name }} 60 IN A 192.0.2.${last}"\n}\n}\n`
    const server = serve(alias, address('b.test', 1, view('v', "client_ip() == '10.1.2.3'")), address('b.test', 2))
    const last = async (options: AskOptions) => (await server.ask('a.test. A', options)).answer.at(-1)
    for (let round = 0; round < 2; round++) {
      expect(await last(inside)).to.equal('x.b.test. 60 IN A 192.0.2.1')
      expect(await last(outside)).to.equal('x.b.test. 60 IN A 192.0.2.2')
    }
  })

  it('names of the cluster are as they are now, in every view', async () => {
    const kubernetes = (...directives: string[]) => `cluster.local {\n${directives.join('\n')}\nkubernetes\n}\n`
    const shop = (address: string) => manifests(namespace('shop'), clusterIp('shop/web', address))
    const named = view('v', "name() startsWith 'web.'")
    const server = serveManifests(shop('10.0.0.1'), kubernetes(named) + kubernetes('acl {\nblock\n}'))
    const ask = async () => (await server.ask('web.shop.svc.cluster.local. A')).answer
    expect(await ask()).to.deep.equal(['web.shop.svc.cluster.local. 5 IN A 10.0.0.1'])
    server.change(shop('10.0.0.2'))
    expect(await ask()).to.deep.equal(['web.shop.svc.cluster.local. 5 IN A 10.0.0.2'])
    expect((await server.ask('api.shop.svc.cluster.local. A')).rcode).to.equal('REFUSED')
  })
})

describe('view: its name', () => {
  it('is what view/name stands for, in its own block', async () => {
    const log = 'metadata\nlog . "{name} {/view/name}"'
    const server = serve(block('.', 'v', log, view('inner', "name() == 'a.test.'")), block('.', 'rest', log))
    for (const ask of ['a.test. TXT', 'b.test. TXT']) await server.exchange(ask)
    expect(server.lines).to.deep.equal(['[INFO] a.test. inner', '[INFO] b.test. -'])
  })

  it('is a label of what is counted in its block', async () => {
    const counting = 'prometheus\ncache\nacl {\nallow\n}'
    const server = serve(
      block('.', 'v', counting, view('inner', "name() == 'a.test.'")),
      block('.', 'rest', counting, view('other', "name() == 'b.test.'")),
      block('.', 'rest', counting),
    )
    for (const ask of ['a.test. TXT', 'b.test. TXT', 'b.test. TXT', 'c.test. TXT']) await server.exchange(ask)
    const samples = samplesOf(server.metrics)
    const of = (name: string) =>
      Object.fromEntries(
        Object.entries(samples).flatMap(([key, value]) => {
          if (!key.startsWith(`${name}{`)) return []
          return [[/view="(.*?)"/.exec(key)?.[1] ?? 'no view', value]]
        }),
      )
    const expected = { inner: 1, other: 2, '': 1 }
    for (const name of [
      'coredns_dns_requests_total',
      'coredns_dns_responses_total',
      'coredns_dns_request_duration_seconds_count',
      'coredns_dns_request_size_bytes_count',
      'coredns_dns_response_size_bytes_count',
      'coredns_cache_requests_total',
      'coredns_acl_allowed_requests_total',
      'coredns_template_matches_total',
    ]) {
      expect(of(name), name).to.deep.equal(expected)
    }
  })

  it('is no label of what no view takes', async () => {
    const server = serve(block('.', 'v', 'prometheus', view('inner', 'false')))
    await server.exchange('a.test. TXT')
    expect(
      Object.keys(samplesOf(server.metrics)).filter((key) => key.startsWith('coredns_dns_responses')),
    ).to.deep.equal([
      'coredns_dns_responses_total{server="dns://:53",zone="dropped",view="",rcode="REFUSED",plugin=""}',
    ])
  })
})

describe('view: a link of the chain', () => {
  it('is the one that finds nobody to pass a query on to', async () => {
    const server = serve(`. {\nerrors\nhosts {\n10.0.0.1 a.test\nfallthrough\n}\n${view('v')}\n}\n`)
    expect((await server.ask('b.test. A')).rcode).to.equal('SERVFAIL')
    expect(server.lines[0]).to.include('plugin/view: no next plugin found')
  })
})
