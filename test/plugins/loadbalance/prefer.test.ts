import { expect } from 'chai'
import { parseNetwork } from '../../../src/corefile/network.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { type Answer, isRelayed, unpack } from '../../../src/plugin/handler.ts'
import { prefer } from '../../../src/plugins/loadbalance/prefer.ts'
import { records } from '../../dns/messages.ts'
import { queryFor, recordsAnswer, relayedAnswer } from '../../support/answers.ts'
import { headless, manifests, slice } from '../../support/manifests.ts'
import { serveManifests } from '../../support/serve.ts'

const ask = 'a.test. A'
const through = (networks: string, answer: Answer) =>
  prefer(networks.split(' ').map(parseNetwork)).serve(queryFor(ask), () => answer) as Answer
const a = (...addresses: string[]) => addresses.map((address) => `a.test. 5 IN A ${address}`)
const oneRRset = (...addresses: string[]) =>
  ({
    ...recordsAnswer([]),
    answer: records(a('192.0.2.1')[0] ?? '').map((rrset) => ({
      ...rrset,
      rdata: addresses.map((address) => ({ address })),
    })),
  }) as Answer

describe('loadbalance prefer', () => {
  for (const { networks, addresses, expected } of [
    { networks: '10.0.0.0/8', addresses: ['192.0.2.1', '10.0.0.1'], expected: ['10.0.0.1', '192.0.2.1'] },
    {
      networks: '10.2.0.0/16 10.0.0.0/8',
      addresses: ['192.0.2.1', '10.1.0.1', '10.2.0.1', '192.0.2.2', '10.1.0.2'],
      expected: ['10.2.0.1', '10.1.0.1', '10.1.0.2', '192.0.2.1', '192.0.2.2'],
    },
    { networks: '10.0.0.0/8', addresses: ['192.0.2.1', '192.0.2.2'], expected: ['192.0.2.1', '192.0.2.2'] },
    { networks: '0.0.0.0/0', addresses: ['192.0.2.1', '10.0.0.1'], expected: ['192.0.2.1', '10.0.0.1'] },
    { networks: '::/0', addresses: ['192.0.2.1', '10.0.0.1'], expected: ['192.0.2.1', '10.0.0.1'] },
  ]) {
    it(`${networks}: ${addresses.join(' ')}`, () => {
      const changed = through(networks, oneRRset(...addresses))
      expect(unpack(changed).answer.flatMap(formatRRset)).to.deep.equal(a(...expected))
      expect(changed).to.include({ rotate: true })
    })
  }

  it('holds for the additional section, and keeps other records where they are', () => {
    const mx = records('a.test. 5 IN MX 10 m.test.')
    const changed = unpack(
      through('10.0.0.0/8', {
        ...recordsAnswer([]),
        answer: mx,
        additional: unpack(oneRRset('192.0.2.1', '10.0.0.1')).answer,
      }),
    )
    expect(changed.answer).to.deep.equal(mx)
    expect(changed.additional.flatMap(formatRRset)).to.deep.equal(a('10.0.0.1', '192.0.2.1'))
  })

  it('leaves what another server sent whole where nothing comes before anything', () => {
    const relayed = (...lines: string[]) => relayedAnswer(ask, { answer: records(...lines) })
    expect(isRelayed(through('10.0.0.0/8', relayed(...a('192.0.2.1', '192.0.2.2'))))).to.equal(true)
    const changed = through('10.0.0.0/8', relayed(...a('192.0.2.1', '10.0.0.1')))
    expect(unpack(changed).answer.flatMap(formatRRset)).to.deep.equal(a('10.0.0.1', '192.0.2.1'))
  })

  it('holds for NOERROR alone', () => {
    const answer: Answer = { ...oneRRset('192.0.2.1', '10.0.0.1'), rcode: 'SERVFAIL' }
    expect(through('10.0.0.0/8', answer)).to.equal(answer)
  })

  it('gives the addresses of each network in turn, of the answer cache as well', async () => {
    const endpoints = ['10.1.0.1', '10.2.0.1', '10.1.0.2', '10.2.0.2'].map((address) => ({ addresses: [address] }))
    const cluster = manifests(headless('shop/db'), slice('shop/db', { endpoints }))
    const server = serveManifests(
      cluster,
      'cluster.local {\nloadbalance round_robin {\nprefer 10.2.0.0/16\n}\nkubernetes\n}\n',
    )
    const rounds: string[] = []
    for (let round = 0; round < 3; round++) {
      const { answer } = await server.exchange('db.shop.svc.cluster.local. A')
      rounds.push(
        answer.flatMap(({ rdata }) => (rdata as { address: string }[]).map(({ address }) => address)).join(' '),
      )
    }
    const [first, second] = ['10.2.0.1 10.2.0.2 10.1.0.1 10.1.0.2', '10.2.0.2 10.2.0.1 10.1.0.2 10.1.0.1']
    expect(rounds).to.deep.equal([first, second, first])
    expect(server.misses).to.equal(1)
  })
})
