import { expect } from 'chai'
import type { Edns } from '../../../src/dns/edns.ts'
import { TYPE } from '../../../src/dns/iana.ts'
import { setupRewrite } from '../../../src/plugins/rewrite/setup.ts'
import { edns as plain, records } from '../../dns/messages.ts'
import { queryFor, recordsAnswer } from '../../support/answers.ts'
import { handlerOf } from '../../support/plugin.ts'
import { serveManifests, type TestServer } from '../../support/serve.ts'
import { replyTo, UpstreamDouble } from '../../support/upstream-double.ts'

describe('rewrite: what other servers are asked, and answer', () => {
  let double: UpstreamDouble
  const servers: TestServer[] = []

  beforeEach(async () => {
    double = await UpstreamDouble.start()
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop()
    await double.stop()
  })

  const serve = (...rules: string[]) => {
    const lines = rules.map((rule) => `rewrite ${rule}\n`).join('')
    const server = serveManifests('', `. {\n${lines}forward . ${double.at}\n}\n`)
    servers.push(server)
    return server
  }

  it('the name', async () => {
    double.reply = (received) => [replyTo(received, { answer: records('b.test. 300 IN A 192.0.2.1') })]
    const { question, answer } = await serve('name a.test b.test').exchange('A.test. A')
    expect(double.received.map(({ message }) => message.question?.qname)).to.deep.equal(['b.test.'])
    expect(question?.spelling).to.equal('A.test.')
    expect(answer).to.deep.equal(records('a.test. 300 IN A 192.0.2.1'))
  })

  it('the type', async () => {
    double.reply = (received) => [replyTo(received, { answer: records('a.test. 300 IN AAAA 2001:db8::1') })]
    const { question, answer } = await serve('type A AAAA').exchange('a.test. A')
    expect(double.received.map(({ message }) => message.question?.qtype)).to.deep.equal([TYPE.AAAA])
    expect(question?.qtype).to.equal(TYPE.A)
    expect(answer).to.deep.equal(records('a.test. 300 IN AAAA 2001:db8::1'))
  })

  it('the TTL', async () => {
    double.reply = (received) => [replyTo(received, { answer: records('a.test. 300 IN A 192.0.2.1') })]
    const { answer } = await serve('ttl a.test -60').exchange('a.test. A')
    expect(answer).to.deep.equal(records('a.test. 60 IN A 192.0.2.1'))
  })

  it('the code', async () => {
    double.reply = (received) => [replyTo(received, { rcode: 3 })]
    expect((await serve('rcode a.test NXDOMAIN REFUSED').exchange('a.test. A')).rcode).to.equal(5)
  })

  const local = { code: 0xffee, data: Buffer.from('theirs') }

  /** The options of the response, and of the message to the other server, which echoes them if it is told to. */
  async function options(rules: readonly string[], edns: Partial<Edns> | undefined, echoes: boolean) {
    double.reply = (received) => [
      replyTo(received, echoes || received.message.edns === undefined ? {} : { edns: plain() }),
    ]
    const response = await serve(...rules).exchange('a.test. A', edns && { edns })
    const show = (each?: Edns) => each?.options?.map(({ code, data }) => `${code} ${Buffer.from(data).toString('hex')}`)
    return { got: show(response.edns), sent: show(double.received.at(-1)?.message.edns) }
  }

  const [ours, theirs] = [Buffer.from('abc').toString('hex'), local.data.toString('hex')]
  for (const { title, rule, edns, echoes, got } of [
    { title: 'of which a client without EDNS gets none', rule: 'set 0xffee abc', echoes: true },
    { title: 'which are not echoed', rule: 'set 0xffee abc', edns: {}, echoes: false },
    { title: 'and the answers to them', rule: 'set 0xffee abc', edns: {}, echoes: true, got: ours },
    { title: 'revert: without the answers', rule: 'set 0xffee abc revert', edns: {}, echoes: true },
    {
      title: "revert: the client's own in their place",
      rule: 'replace 0xffee abc revert',
      edns: { options: [local] },
      echoes: true,
      got: theirs,
    },
  ]) {
    it(`options, ${title}`, async () => {
      const rules = ['continue edns0 subnet set 24 56 revert', `edns0 local ${rule}`]
      const found = await options(rules, edns, echoes)
      expect(found.sent).to.have.members(['8 00011800c00002', `65518 ${ours}`])
      expect(found.got).to.deep.equal(got === undefined ? undefined : [`65518 ${got}`])
    })
  }

  it('an option of a client that stands in the response is for that client alone', () => {
    const options = [local]
    const validity = { kind: 'until-changed', tags: [] } as const
    const answer = recordsAnswer([], { options, validity })
    const through = (own: Partial<Edns>) => {
      const request = { id: 1, rd: true, ad: false, cd: false, edns: plain(own) }
      const rules = handlerOf(setupRewrite, ['rewrite edns0 local set 0xffee abc revert'])
      return rules.serve(queryFor('a.test. A', { request }), () => answer)
    }
    expect(through({})).to.deep.include({ options: [], validity })
    expect(through({ options })).to.deep.include({ options, validity: { kind: 'once' } })
  })
})
