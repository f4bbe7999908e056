import { expect } from 'chai'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { type Answer, type Query, unpack } from '../../../src/plugin/handler.ts'
import { setupRewrite } from '../../../src/plugins/rewrite/setup.ts'
import { records } from '../../dns/messages.ts'
import { queryFor, recordsAnswer, relayedAnswer } from '../../support/answers.ts'
import { clusterIp, headless, manifests, slice } from '../../support/manifests.ts'
import { handlerOf } from '../../support/plugin.ts'
import { serveManifests } from '../../support/serve.ts'
import { type QueryCase, soaOf, testQueries } from '../../support/table.ts'

/** The name that is asked for below the rules. */
function rewritten(rules: readonly string[], name: string): string {
  let asked: Query | undefined
  void handlerOf(setupRewrite, rules).serve(queryFor(`${name} A`), (query) => {
    asked = query
    return recordsAnswer([])
  })
  expect(asked?.spelling).to.equal(asked?.qname === name.toLowerCase() ? name : asked?.qname)
  return asked?.qname ?? ''
}

describe('rewrite name: the question', () => {
  for (const { rules, name, expected } of [
    { rules: ['rewrite name a.test b.test'], name: 'a.test.', expected: 'b.test.' },
    { rules: ['rewrite name a.test b.test'], name: 'A.Test.', expected: 'b.test.' },
    { rules: ['rewrite name A.Test. B.Test.'], name: 'a.test.', expected: 'b.test.' },
    { rules: ['rewrite name a.test b.test'], name: 'X.a.test.', expected: 'x.a.test.' },
    { rules: ['rewrite name exact a.test b.test'], name: 'a.test.', expected: 'b.test.' },
    { rules: ['rewrite stop name EXACT a.test b.test'], name: 'a.test.', expected: 'b.test.' },
    { rules: ['rewrite NAME suffix .a.test .b.test'], name: 'x.a.test.', expected: 'x.b.test.' },
    { rules: ['rewrite name suffix .a.test .b.test'], name: 'a.test.', expected: 'a.test.' },
    { rules: ['rewrite name suffix a.test b.test'], name: 'mya.test.', expected: 'myb.test.' },
    { rules: ['rewrite name prefix a b'], name: 'a.test.', expected: 'b.test.' },
    { rules: ['rewrite name prefix a b'], name: 'aa.test.', expected: 'aa.test.' },
    { rules: ['rewrite name substring us-west us-east'], name: 'x.us-west.test.', expected: 'x.us-east.test.' },
    { rules: ['rewrite name substring us-west us-east'], name: 'us-west-1.test.', expected: 'us-west-1.test.' },
    { rules: ['rewrite name substring a b'], name: 'a.xa.test.', expected: 'b.xb.test.' },
    { rules: ['rewrite name substring a.b $&'], name: 'a.b.test.', expected: '$&.test.' },
    { rules: ['rewrite name regex (.*)\\.a\\.test {1}.b.test'], name: 'x.y.a.test.', expected: 'x.y.b.test.' },
    { rules: ['rewrite name regex us-west us-east.test'], name: 'a-us-west-1.test.', expected: 'us-east.test.' },
    { rules: ['rewrite name regex (a)(b)(c) {3}.{1}.{0}.{1}.test'], name: 'xabc.test.', expected: 'c.a.abc.a.test.' },
    { rules: ['rewrite name regex ^(a)\\.test\\.$ {1}.b.TEST.'], name: 'A.test.', expected: 'a.b.test.' },
    { rules: ['rewrite name regex a\\.Test b.test'], name: 'a.test.', expected: 'a.test.' },
    { rules: ['rewrite name a.test b.test', 'rewrite name b.test c.test'], name: 'a.test.', expected: 'b.test.' },
    {
      rules: ['rewrite continue name a.test b.test', 'rewrite name b.test c.test'],
      name: 'a.test.',
      expected: 'c.test.',
    },
    { rules: ['rewrite name x.test y.test', 'rewrite name a.test b.test'], name: 'a.test.', expected: 'b.test.' },
  ]) {
    it(`${rules.join('; ')}: ${name} is ${expected}`, () => expect(rewritten(rules, name)).to.equal(expected))
  }

  it('is rewritten once for each rule that is matched, and keeps its type', () => {
    const asked: Query[] = []
    const rules = handlerOf(setupRewrite, ['rewrite continue name a.test b.test', 'rewrite type A AAAA'])
    void rules.serve(queryFor('a.test. A'), (query) => {
      asked.push(query)
      return recordsAnswer([])
    })
    expect(asked.map(({ qname, qtype, qclass }) => ({ qname, qtype, qclass }))).to.deep.equal([
      { qname: 'b.test.', qtype: 28, qclass: 1 },
    ])
  })

  it('passes what no rule holds for as it is', () => {
    const query = queryFor('other.test. A')
    const answer = recordsAnswer([])
    const rules = handlerOf(setupRewrite, ['rewrite name exact a.test b.test answer auto', 'rewrite type MX A'])
    expect(
      rules.serve(query, (passed) => {
        expect(passed).to.equal(query)
        return answer
      }),
    ).to.equal(answer)
  })

  for (const { rule, name, invalid } of [
    { rule: 'rewrite name regex (a*)\\.test {1}..x.test', name: 'a.test.', invalid: 'a..x.test.' },
    {
      rule: `rewrite name regex (a)\\.test {1}${'x'.repeat(63)}.test`,
      name: 'a.test.',
      invalid: `a${'x'.repeat(63)}.test.`,
    },
  ]) {
    it(`invalid name after rewrite: ${invalid.slice(0, 12)}`, () => {
      const ask = () => handlerOf(setupRewrite, [rule]).serve(queryFor(`${name} A`), () => recordsAnswer([]))
      expect(ask).to.throw().with.property('message', `invalid name after rewrite: ${invalid}`)
    })
  }

  it('an invalid name is SERVFAIL, and logged', async () => {
    const corefile = 'test {\nerrors\nrewrite name regex (.*)\\.test {1}..test\nwhoami\n}\n'
    const server = serveManifests('', corefile)
    expect((await server.ask('A.test. A')).rcode).to.equal('SERVFAIL')
    expect(new Set(server.lines)).to.deep.equal(
      new Set(['[ERROR] plugin/errors: 2 a.test. A: invalid name after rewrite: a..test.']),
    )
  })
})

/** What a client gets of an answer to the rewritten question, as lines of all sections. */
function answered(rules: readonly string[], ask: string, answer: Answer): string[] {
  const changed = unpack(handlerOf(setupRewrite, rules).serve(queryFor(ask), () => answer) as Answer)
  return [...changed.answer, ...changed.authority, ...changed.additional].flatMap(formatRRset)
}

/** Records of every type that has a name in it. */
const named = (name: string) => [
  `x.test. 5 IN CNAME ${name}`,
  `x.test. 5 IN DNAME ${name}`,
  `x.test. 5 IN MX 10 ${name}`,
  `x.test. 5 IN NAPTR 1 2 "" "" "" ${name}`,
  `x.test. 5 IN NS ${name}`,
  `x.test. 5 IN PTR ${name}`,
  `x.test. 5 IN SOA ${name} mail.b.test. 1 2 3 4 5`,
  `x.test. 5 IN SRV 1 2 3 ${name}`,
]

describe('rewrite name: the answer', () => {
  for (const { rules, ask = 'a.test. A', lines, expected } of [
    {
      rules: ['rewrite name exact a.test b.test'],
      lines: ['b.test. 5 IN A 192.0.2.1', 'x.b.test. 5 IN A 192.0.2.2', 'xb.test. 5 IN A 192.0.2.3'],
      expected: ['a.test. 5 IN A 192.0.2.1', 'x.a.test. 5 IN A 192.0.2.2', 'xb.test. 5 IN A 192.0.2.3'],
    },
    { rules: ['rewrite name exact a.test b.test'], lines: named('b.test.'), expected: named('a.test.') },
    { rules: ['rewrite name exact a.test b.test'], lines: named('y.b.test.'), expected: named('y.a.test.') },
    {
      rules: ['rewrite name exact a.test .'],
      lines: ['. 5 IN A 192.0.2.1', 'com. 5 IN A 192.0.2.1'],
      expected: ['a.test. 5 IN A 192.0.2.1', 'com. 5 IN A 192.0.2.1'],
    },
    {
      rules: ['rewrite name suffix .test .b.test'],
      lines: ['a.b.test. 5 IN CNAME c.b.test.', 'c.b.test. 5 IN A 192.0.2.1'],
      expected: ['a.b.test. 5 IN CNAME c.b.test.', 'c.b.test. 5 IN A 192.0.2.1'],
    },
    {
      rules: ['rewrite name suffix .test .b.test answer auto'],
      lines: ['a.b.test. 5 IN CNAME c.b.test.', 'c.b.test. 5 IN A 192.0.2.1', 'c.test. 5 IN A 192.0.2.1'],
      expected: ['a.test. 5 IN CNAME c.test.', 'c.test. 5 IN A 192.0.2.1', 'c.test. 5 IN A 192.0.2.1'],
    },
    {
      rules: ['rewrite name prefix a b answer auto'],
      lines: ['b.test. 5 IN CNAME c.test.', 'x.b.test. 5 IN A 192.0.2.1'],
      expected: ['a.test. 5 IN CNAME c.test.', 'x.a.test. 5 IN A 192.0.2.1'],
    },
    {
      rules: ['rewrite name substring a b answer auto'],
      lines: ['b.test. 5 IN A 192.0.2.1'],
      expected: ['a.test. 5 IN A 192.0.2.1'],
    },
    {
      rules: ['rewrite name regex ^a\\.(.*)\\.$ b.{1} answer auto'],
      lines: ['b.test. 5 IN CNAME x.b.test.'],
      expected: ['a.test. 5 IN CNAME x.a.test.'],
    },
    {
      rules: ['rewrite name regex ^a\\.(.*)\\.$ b.{1}'],
      lines: ['b.test. 5 IN A 192.0.2.1'],
      expected: ['b.test. 5 IN A 192.0.2.1'],
    },
    {
      rules: ['rewrite name regex ^a\\.(.*)\\.$ b.{1} answer name ^b(.*)\\.$ c{1} name ^c(.*)\\.$ d{1}'],
      lines: ['b.test. 5 IN A 192.0.2.1', 'c.test. 5 IN A 192.0.2.2'],
      expected: ['c.test. 5 IN A 192.0.2.1', 'd.test. 5 IN A 192.0.2.2'],
    },
    {
      rules: ['rewrite name regex ^a\\.(.*)\\.$ b.{1} answer name ^b\\.(.*)\\.$ A.{1}'],
      lines: ['b.test. 5 IN CNAME b.c.test.', 'b.c.test. 5 IN A 192.0.2.1'],
      expected: ['a.test. 5 IN CNAME b.c.test.', 'a.c.test. 5 IN A 192.0.2.1'],
    },
    {
      rules: ['rewrite name suffix .test .b.test answer value (.*)\\.b\\.test\\. {1}.test'],
      lines: ['a.b.test. 5 IN CNAME c.b.test.'],
      expected: ['a.b.test. 5 IN CNAME c.test.'],
    },
    {
      rules: ['rewrite name suffix .test .b.test answer name (.*)\\.b\\.test {1}.test value ^c\\. d.test'],
      lines: ['a.b.test. 5 IN CNAME c.b.test.'],
      expected: ['a.test. 5 IN CNAME d.test.'],
    },
    {
      rules: ['rewrite name suffix .test .b.test answer auto answer value ^c\\. d.b.test'],
      lines: ['a.b.test. 5 IN CNAME c.b.test.'],
      expected: ['a.test. 5 IN CNAME d.test.'],
    },
    {
      rules: ['rewrite name exact a.test b.test answer value ^c\\. b.test'],
      lines: ['b.test. 5 IN CNAME c.test.'],
      expected: ['a.test. 5 IN CNAME a.test.'],
    },
    {
      rules: ['rewrite continue name exact a.test b.test', 'rewrite name suffix b.test c.test answer auto'],
      lines: ['c.test. 5 IN CNAME x.c.test.'],
      expected: ['a.test. 5 IN CNAME x.a.test.'],
    },
    {
      rules: ['rewrite name exact a.test b.test answer name (.*) {1}..x value (.*)\\. {1}.{1}'].map((rule) =>
        rule.replace('{1}..x', 'x..x'),
      ),
      lines: ['b.test. 5 IN A 192.0.2.1'],
      expected: ['a.test. 5 IN A 192.0.2.1'],
    },
  ]) {
    it(`${rules.join('; ')}: ${lines.at(0)}`, () => {
      expect(answered(rules, ask, recordsAnswer(lines))).to.deep.equal(expected)
      const relayed = relayedAnswer(ask.replace('a.test.', 'b.test.'), { answer: records(...lines) })
      expect(answered(rules, ask, relayed), 'of another server').to.deep.equal(expected)
    })
  }

  it('is changed in all sections', () => {
    const [authority, additional] = [records('b.test. 5 IN NS ns.b.test.'), records('ns.b.test. 5 IN A 192.0.2.9')]
    const answer = recordsAnswer(['b.test. 5 IN A 192.0.2.1'], { authority, additional })
    expect(answered(['rewrite name a.test b.test'], 'a.test. A', answer)).to.deep.equal([
      'a.test. 5 IN A 192.0.2.1',
      'a.test. 5 IN NS ns.a.test.',
      'ns.a.test. 5 IN A 192.0.2.9',
    ])
  })

  it('of another server stays whole where no name in it is concerned', () => {
    const relayed = relayedAnswer('x.test. A', { answer: records('x.test. 5 IN A 192.0.2.1') })
    const answer = handlerOf(setupRewrite, ['rewrite name exact a.test b.test']).serve(
      queryFor('a.test. A'),
      () => relayed,
    )
    expect(answer).to.include({ message: relayed.message })
  })

  it('is changed when it comes later, too', async () => {
    const rules = handlerOf(setupRewrite, ['rewrite name a.test b.test'])
    const answer = await rules.serve(queryFor('a.test. A'), () =>
      Promise.resolve(recordsAnswer(['b.test. 5 IN A 192.0.2.1'])),
    )
    expect(unpack(answer).answer.flatMap(formatRRset)).to.deep.equal(['a.test. 5 IN A 192.0.2.1'])
  })

  it('is valid as long as it is below', () => {
    const validity = { kind: 'until-changed', tags: ['svc:a/b'] } as const
    const rules = handlerOf(setupRewrite, ['rewrite name a.test b.test'])
    expect(rules.serve(queryFor('a.test. A'), () => recordsAnswer([], { validity }))).to.deep.include({ validity })
  })

  it('says what the name was made', () => {
    const answer = handlerOf(setupRewrite, ['rewrite name a.test b.test']).serve(queryFor('a.test. A'), () =>
      recordsAnswer([]),
    ) as Answer
    expect(answer.trace?.map((step) => [step.code, step.describe()])).to.deep.equal([
      ['name-rewritten', 'a rule makes the name b.test.'],
    ])
  })
})

describe('rewrite name: a cluster', () => {
  const cluster = manifests(
    clusterIp('shop/api', '10.0.0.7'),
    headless('shop/db'),
    slice('shop/db', { endpoints: [{ addresses: ['10.1.0.1'], hostname: 'db-0' }] }),
  )
  const corefile = `. {
    rewrite name exact api.dev.example api.shop.svc.cluster.local
    rewrite stop {
      name regex (.*)\\.apps\\.example {1}.shop.svc.cluster.local
      answer name (.*)\\.shop\\.svc\\.cluster\\.local {1}.apps.example
    }
    rewrite name suffix .old.example .shop.svc.cluster.local answer auto
    kubernetes cluster.local
    loadbalance
  }
  `
  const cases: readonly QueryCase[] = [
    { title: 'exact', ask: 'api.dev.example. A', answer: ['api.dev.example. 5 IN A 10.0.0.7'] },
    { title: "in the client's letters", ask: 'API.dev.Example. A', answer: ['api.dev.example. 5 IN A 10.0.0.7'] },
    { title: 'a block', ask: 'api.apps.example. A', answer: ['api.apps.example. 5 IN A 10.0.0.7'] },
    { title: 'suffix', ask: 'db-0.db.old.example. A', answer: ['db-0.db.old.example. 5 IN A 10.1.0.1'] },
    {
      title: 'suffix: targets and additional',
      ask: '_http._tcp.db.old.example. SRV',
      answer: ['_http._tcp.db.old.example. 5 IN SRV 0 100 8080 db-0.db.old.example.'],
      additional: ['db-0.db.old.example. 5 IN A 10.1.0.1'],
    },
    { title: 'a negative answer', ask: 'nope.old.example. A', rcode: 'NXDOMAIN', authority: [soaOf('cluster.local.')] },
  ]
  testQueries(() => serveManifests(cluster, corefile), cases)

  it('keeps answers until the cluster changes', async () => {
    const server = serveManifests(cluster, corefile)
    for (let round = 0; round < 3; round++) await server.exchange('api.dev.example. A')
    expect(server.misses).to.equal(1)
    server.change(manifests(clusterIp('shop/api', '10.0.0.8')))
    expect((await server.exchange('API.dev.example. A')).answer).to.deep.equal(
      records('api.dev.example. 5 IN A 10.0.0.8'),
    )
  })

  it('repeats the question in the letters of the client', async () => {
    const { question } = await serveManifests(cluster, corefile).exchange('Api.DEV.example. A')
    expect(question?.spelling).to.equal('Api.DEV.example.')
  })

  it('hands a zone over under the other name', async () => {
    const server = serveManifests(
      cluster,
      '. {\nrewrite name suffix example cluster.local answer auto\ntransfer {\nto *\n}\nkubernetes cluster.local\n}\n',
    )
    const messages = await server.exchangeAll('example. AXFR')
    const lines = messages.flatMap(({ answer }) => answer.flatMap(formatRRset))
    expect(lines).to.include('api.shop.svc.example. 5 IN A 10.0.0.7')
    expect(lines.filter((line) => line.includes('cluster.local. 5 IN A'))).to.deep.equal([])
  })
})
