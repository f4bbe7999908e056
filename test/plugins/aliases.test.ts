import { expect } from 'chai'
import { edns, records } from '../dns/messages.ts'
import { externalName, manifests, namespace, service } from '../support/manifests.ts'
import { serveManifests, type TestServer } from '../support/serve.ts'
import { replyTo, UpstreamDouble } from '../support/upstream-double.ts'

const balancer = {
  ...service('shop/web', { type: 'LoadBalancer' }),
  status: { loadBalancer: { ingress: [{ hostname: 'target.example' }] } },
}
const zone = `$ORIGIN a.test.
@ 60 IN SOA ns hostmaster 1 7200 1800 86400 60
@ 60 IN NS ns.example.
www 60 IN CNAME target.example.
`
const cluster = manifests(namespace('shop'), externalName('shop/alias', 'target.example'), balancer)

describe('where a CNAME leads to what another server answers', () => {
  let double: UpstreamDouble
  const servers: TestServer[] = []

  beforeEach(async () => {
    double = await UpstreamDouble.start()
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop()
    await double.stop()
  })

  const serve = (directives: string) => {
    const corefile = `. {\n${directives}\nforward . ${double.at}\n}\n`
    const server = serveManifests(cluster, corefile, { files: { zone } })
    servers.push(server)
    return server
  }

  for (const { directives, ask } of [
    { directives: 'template IN A a.test {\nanswer "{{ .Name }} 60 IN CNAME target.example."\n}', ask: 'www.a.test. A' },
    { directives: 'kubernetes cluster.local', ask: 'alias.shop.svc.cluster.local. A' },
    { directives: 'kubernetes cluster.local\nk8s_external a.test', ask: 'web.shop.a.test. A' },
    { directives: 'file zone a.test', ask: 'www.a.test. A' },
    {
      directives: 'rewrite cname exact other.example. target.example.\nkubernetes cluster.local',
      ask: 'alias.shop.svc.cluster.local. A',
    },
    { directives: 'rewrite name www.a.test. target.example.', ask: 'www.a.test. A' },
    { directives: 'kubernetes cluster.local\ncache', ask: 'alias.shop.svc.cluster.local. A' },
  ]) {
    it(`${directives.replaceAll('\n', ' ; ')}: TC is that of the other server, each time`, async () => {
      const server = serve(directives)
      for (const tc of [true, false]) {
        double.reply = (received) => [replyTo(received, { tc })]
        const message = await server.exchange(ask)
        expect(
          message.answer.map(({ type }) => type),
          'what is there',
        ).to.include('A')
        expect(message.tc).to.equal(tc)
      }
    })
  }

  it('TC of a CNAME that leads elsewhere now is not that of the answer', async () => {
    double.reply = (received) => {
      const isOld = received.message.question?.qname === 'www.a.test.'
      const { answer } = isOld ? { answer: records('www.a.test. 60 IN CNAME other.example.') } : {}
      return [replyTo(received, { tc: isOld, ...(answer && { answer }) })]
    }
    const message = await serve('rewrite cname exact other.example. target.example.').exchange('www.a.test. A')
    expect(message.answer.map(({ type }) => type)).to.deep.equal(['CNAME', 'A'])
    expect(message.tc).to.equal(false)
  })

  it('the options of the other server, and its error, reach the client behind a rewritten name', async () => {
    const extendedError = { infoCode: 4, text: 'forged' }
    const cookie = { code: 0xffee, data: Buffer.from('theirs') }
    double.reply = (received) => [replyTo(received, { edns: edns({ extendedError, options: [cookie] }) })]
    const message = await serve('rewrite name www.a.test. target.example.').exchange('www.a.test. A', { edns: {} })
    expect(message.answer).to.deep.equal(records('www.a.test. 300 IN A 192.0.2.80'))
    expect(message.edns).to.deep.include({ extendedError, options: [cookie] })
  })
})
