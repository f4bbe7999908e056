import { expect } from 'chai'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { records } from '../../dns/messages.ts'
import { externalName, headless, manifests, slice } from '../../support/manifests.ts'
import { serveManifests, type TestServer } from '../../support/serve.ts'
import { replyTo, UpstreamDouble } from '../../support/upstream-double.ts'

const t = 'testns.svc.cluster.local.'
const ips = ['10.1.0.1', '10.1.0.2', '10.1.0.3']
const cluster = manifests(
  headless('testns/db'),
  slice('testns/db', { endpoints: ips.map((ip) => ({ addresses: [ip] })) }),
  headless('testns/six'),
  slice('testns/six', { endpoints: [{ addresses: ['fd00::1'] }, { addresses: ['fd00::2'] }] }),
  externalName('testns/alias', `db.${t}`),
)
const corefile = 'cluster.local {\nkubernetes\nloadbalance\n}\n'

/** Rdata of the answers to the same question, asked several times. */
async function rounds(server: TestServer, question: string, count: number): Promise<string[][]> {
  const answers: string[][] = []
  for (let round = 0; round < count; round++) {
    const { answer } = await server.exchange(question)
    answers.push(answer.flatMap(formatRRset).map((line) => line.split(' ').slice(4).join(' ')))
  }
  return answers
}

const turned = [
  ['10.1.0.1', '10.1.0.2', '10.1.0.3'],
  ['10.1.0.2', '10.1.0.3', '10.1.0.1'],
  ['10.1.0.3', '10.1.0.1', '10.1.0.2'],
]

describe('loadbalance', () => {
  let server: TestServer
  beforeEach(() => {
    server = serveManifests(cluster, corefile)
  })

  it('gives addresses by one more place each time, the fresh answer first', async () => {
    expect(await rounds(server, `db.${t} A`, 4)).to.deep.equal([...turned, turned[0]])
    expect(server.misses).to.equal(1)
  })

  it('does so with IPv6 addresses', async () => {
    expect(await rounds(server, `six.${t} AAAA`, 2)).to.deep.equal([
      ['fd00::1', 'fd00::2'],
      ['fd00::2', 'fd00::1'],
    ])
  })

  it('leaves a CNAME before the addresses it leads to', async () => {
    const expected = turned.map((addresses) => [`db.${t}`, ...addresses])
    expect(await rounds(server, `alias.${t} A`, 3)).to.deep.equal(expected)
  })

  for (const policy of ['round_robin', 'round_robin {\nprefer 10.0.0.0/8\n}']) {
    it(`has the CNAMEs of another server first, which sent them last: ${policy.replaceAll('\n', ' ')}`, async () => {
      const upstream = await UpstreamDouble.start()
      const lines = ['b.test. 9 IN A 10.0.0.1', 'a.test. 9 IN CNAME b.test.', 'www.test. 9 IN CNAME a.test.']
      upstream.reply = (received) => [replyTo(received, { answer: records(...lines) })]
      const forwarding = serveManifests('', `. {\nloadbalance ${policy}\nforward . ${upstream.at}\n}\n`)
      const { answer } = await forwarding.exchange('www.test. A')
      await forwarding.stop()
      await upstream.stop()
      expect(answer.map(({ type, owner }) => `${owner} ${type}`)).to.deep.equal([
        'a.test. CNAME',
        'www.test. CNAME',
        'b.test. A',
      ])
    })
  }

  it('leaves SRV records and the additional section as they are', async () => {
    const answers = await rounds(server, `db.${t} SRV`, 3)
    expect(answers[1]).to.deep.equal(answers[0])
    expect(answers[2]).to.deep.equal(answers[0])
    const first = await server.exchange(`db.${t} SRV`)
    const second = await server.exchange(`db.${t} SRV`)
    expect(second.additional).to.deep.equal(first.additional)
  })

  it('turns fresh answers too: after each change another address comes first', async () => {
    const firsts = new Set<string | undefined>()
    for (let round = 0; round < ips.length; round++) {
      const [answer] = await rounds(server, `db.${t} A`, 1)
      firsts.add(answer?.[0])
      server.change(cluster.replace('"port":8080', `"port":${9000 + round}`))
    }
    expect([...firsts].sort()).to.deep.equal(ips)
  })

  it('is not done where the directive is not written', async () => {
    const plain = serveManifests(cluster, 'cluster.local {\nkubernetes\n}\n')
    expect(await rounds(plain, `db.${t} A`, 3)).to.deep.equal([turned[0], turned[0], turned[0]])
  })

  it('of several in a block the last one counts', async () => {
    const twice = serveManifests(cluster, 'cluster.local {\nkubernetes\nloadbalance weighted w\nloadbalance\n}\n', {
      files: { w: `db.${t}\n10.1.0.3 255\n` },
    })
    expect(await rounds(twice, `db.${t} A`, 3)).to.deep.equal(turned)
  })

  it('changes nothing in an answer without addresses', async () => {
    const reply = await server.ask(`nope.${t} A`)
    expect(reply.rcode).to.equal('NXDOMAIN')
    expect(reply.authority).to.have.lengthOf(1)
  })
})
