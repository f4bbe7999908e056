import { expect } from 'chai'
import { type Answer, unpack } from '../../../src/plugin/handler.ts'
import { minimal } from '../../../src/plugins/minimal/minimal.ts'
import { records } from '../../dns/messages.ts'
import { queryFor, recordsAnswer, relayedAnswer } from '../../support/answers.ts'
import { headless, manifests, slice } from '../../support/manifests.ts'
import { serveManifests } from '../../support/serve.ts'

const ask = 'www.example.org. A'
const address = 'www.example.org. 300 IN A 192.0.2.1'
const ns = records('example.org. 300 IN NS ns.example.org.')
const soa = records('example.org. 300 IN SOA ns.example.org. h.example.org. 1 2 3 4 5')
const glue = records('ns.example.org. 300 IN A 192.0.2.2')

const through = (answer: Answer, question = ask) => minimal.serve(queryFor(question), () => answer) as Answer

describe('minimal', () => {
  it('leaves the addresses of SRV targets out', async () => {
    const cluster = manifests(headless('shop/db'), slice('shop/db', { endpoints: [{ addresses: ['10.1.0.1'] }] }))
    const srv = 'db.shop.svc.cluster.local. SRV'
    const corefile = (directive: string) => `cluster.local {\n${directive}\nkubernetes\n}\n`
    const full = await serveManifests(cluster, corefile('')).ask(srv)
    const reply = await serveManifests(cluster, corefile('minimal')).ask(srv)
    expect(full.additional).to.have.lengthOf(1)
    expect(reply).to.deep.equal({ ...full, additional: [] })
  })

  const kept = [
    { title: 'NODATA', answer: recordsAnswer([], { authority: soa, additional: glue }) },
    { title: 'NXDOMAIN', answer: recordsAnswer([], { rcode: 'NXDOMAIN', authority: soa }) },
    { title: 'a referral', answer: recordsAnswer([], { authority: ns, additional: glue }) },
    { title: 'an error with records', answer: recordsAnswer([address], { rcode: 'SERVFAIL', authority: ns }) },
    { title: 'an answer that has nothing else', answer: recordsAnswer([address]) },
    { title: 'a relayed NODATA', answer: relayedAnswer(ask, { authority: soa }) },
    { title: 'a relayed referral', answer: relayedAnswer(ask, { authority: ns, additional: glue }) },
    { title: 'a relayed answer that has nothing else', answer: relayedAnswer(ask, { answer: records(address) }) },
  ]
  for (const { title, answer } of kept) {
    it(`keeps ${title} as it is`, () => expect(through(answer)).to.equal(answer))
  }

  it('keeps zone transfers as they are', () => {
    const answer = recordsAnswer([address], { authority: ns })
    for (const type of ['AXFR', 'IXFR']) expect(through(answer, `example.org. ${type}`)).to.equal(answer)
  })

  it('leaves authority and additional out of a positive answer', () => {
    const answer = recordsAnswer([address], { authority: ns, additional: glue })
    expect(through(answer)).to.deep.equal({ ...answer, authority: [], additional: [] })
  })

  it('leaves the additional section out of an answer without records', () => {
    expect(unpack(through(recordsAnswer([], { additional: glue }))).additional).to.deep.equal([])
  })

  it('does so with what another server sent', () => {
    const answer = relayedAnswer(ask, { answer: records(address), authority: ns, additional: glue }, { ttl: 7 })
    expect(through(answer)).to.deep.include({
      answer: records(address.replace('300', '7')),
      authority: [],
      additional: [],
    })
  })
})
