import { expect } from 'chai'
import { EXTENDED_ERROR } from '../../src/dns/iana.ts'
import { parseRecord } from '../../src/dns/text/record.ts'
import { refused, serverFailure } from '../../src/plugin/chain.ts'
import { type RecordsAnswer, unpack } from '../../src/plugin/handler.ts'
import { defineReason } from '../../src/plugin/reason.ts'
import { extendedErrorOf } from '../../src/server/extended-error.ts'
import { edns, query, records } from '../dns/messages.ts'
import { clusterIp, headless, manifests, namespace, slice } from '../support/manifests.ts'
import { serveManifests } from '../support/serve.ts'
import { messageOf, relayed } from '../support/upstream.ts'
import { answerOf, testResponder, zonesOf } from './harness.ts'

const testns = 'testns.svc.cluster.local.'
const cluster = manifests(namespace('testns'), clusterIp('testns/web', '10.96.0.10'))

describe('Extended DNS Errors (RFC 8914)', () => {
  const server = serveManifests(
    cluster,
    'cluster.local {\nkubernetes\n}\nbroken.test {\nkubernetes else.test\n}\nempty.test {\n}\n',
  )
  const zones = 'cluster.local. broken.test. empty.test.'
  const cases = [
    { title: 'NXDOMAIN', ask: `nope.${testns} A`, error: { infoCode: 0, text: 'there is no Service testns/nope' } },
    { title: 'NODATA', ask: `web.${testns} AAAA`, error: { infoCode: 0, text: 'the addresses are all IPv4' } },
    {
      title: 'SERVFAIL',
      ask: 'a.broken.test. A',
      error: { infoCode: 0, text: 'plugin/kubernetes: no next plugin found' },
    },
    {
      title: 'REFUSED for want of a zone',
      ask: 'example.com. A',
      error: { infoCode: 20, text: `the name is in no zone served here: ${zones}` },
    },
    {
      title: 'REFUSED for want of a plugin',
      ask: 'a.empty.test. A',
      error: { infoCode: 21, text: 'the server block has no plugin' },
    },
    { title: 'no answer that has records', ask: `web.${testns} A`, error: undefined },
  ]
  for (const { title, ask, error } of cases) {
    it(`explain ${title}, fresh and from the cache`, async () => {
      for (const time of ['fresh', 'cached']) {
        const { edns } = await server.exchange(ask, { edns: {} })
        expect(edns?.extendedError, time).to.deep.equal(error)
      }
    })
  }

  it('explain REFUSED for a class that is not IN', async () => {
    const { question, edns } = await server.exchange(`web.${testns} A`, {
      edns: {},
      message: { question: { qname: `web.${testns}` as never, spelling: `web.${testns}`, qtype: 1, qclass: 3 } },
    })
    expect(question?.qclass).to.equal(3)
    expect(edns?.extendedError).to.deep.equal({ infoCode: 21, text: 'there is nothing here of class CH, only of IN' })
  })

  for (const [infoCode, kind] of [
    [EXTENDED_ERROR['Stale Answer'], 'a stale answer'],
    [EXTENDED_ERROR['Stale NXDOMAIN Answer'], 'a stale NXDOMAIN'],
  ] as const) {
    for (const form of ['records', 'message', 'message, taken apart'] as const) {
      it(`tell of ${kind} with its ${form}, unless they are switched off`, async () => {
        const web = `web.${testns}`
        const lines = [`${web} 0 IN A 10.96.0.10`]
        const trace = [defineReason('stale', infoCode, () => 'its time is over')({})]
        const theirs = { infoCode: 17, text: 'filtered' }
        const said = { answer: lines, edns: edns({ extendedError: theirs }) }
        const message = relayed(messageOf(`${web} A`, said), { trace })
        const answers = {
          records: answerOf({ answer: records(...lines), trace }),
          message,
          'message, taken apart': unpack(message),
        }
        const told = async (extendedErrors?: boolean) => {
          const options = extendedErrors === undefined ? {} : { extendedErrors }
          const responder = testResponder(zonesOf({ 'cluster.local.': () => answers[form] }), 'udp', options)
          return (await responder.ask(query(web, { edns: edns() }))).edns?.extendedError
        }
        expect(await told()).to.deep.equal({ infoCode, text: 'its time is over' })
        expect(await told(false)).to.deep.equal(form === 'records' ? undefined : theirs)
      })
    }
  }

  it('are not for a client without EDNS', async () => {
    expect((await server.exchange(`nope.${testns} A`)).edns).to.equal(undefined)
  })

  it('say of what does not fit even over TCP that it does not', async () => {
    const endpoints = Array.from({ length: 5000 }, (_, index) => ({
      addresses: [`10.1.${index >> 8}.${index & 0xff}`],
    }))
    const slices = Array.from({ length: 5 }, (_, part) =>
      slice('testns/big', { name: `big-${part}`, endpoints: endpoints.slice(part * 1000, part * 1000 + 1000) }),
    )
    const big = serveManifests(manifests(namespace('testns'), headless('testns/big'), ...slices))
    const { tc, edns } = await big.exchange(`big.${testns} A`, { transport: 'tcp', edns: {} })
    expect({ tc, error: edns?.extendedError }).to.deep.equal({
      tc: true,
      error: { infoCode: 0, text: 'the answer does not fit in the 65535 octets of a message' },
    })
  })
})

describe('extendedErrorOf', () => {
  const because = (text: string): RecordsAnswer => ({
    ...refused,
    trace: [defineReason('test', EXTENDED_ERROR.Prohibited, () => text)({})],
  })

  it('cuts the text at 120 octets, and no character in half', () => {
    for (const letter of ['a', 'ä', '€', '𝄞']) {
      const text = extendedErrorOf(because(letter.repeat(200)))?.text ?? ''
      expect(Buffer.byteLength(text), letter).to.be.within(117, 120)
      expect(text).to.match(new RegExp(`^(${letter})+…$`, 'u'))
    }
  })

  it('takes the last step', () => {
    const steps = ['first', 'last'].flatMap((text) => because(text).trace ?? [])
    expect(extendedErrorOf({ ...refused, trace: steps })).to.deep.equal({ infoCode: 18, text: 'last' })
  })

  it('has nothing to say of an answer with records, or one that tells nothing', () => {
    const answer = [parseRecord('a.example. 5 IN A 192.0.2.1')]
    expect(extendedErrorOf({ ...because('x'), rcode: 'NOERROR', answer })).to.equal(undefined)
    expect(extendedErrorOf(refused)).to.equal(undefined)
  })

  it('does not tell a client of a bug', () => {
    expect(extendedErrorOf(serverFailure(new TypeError('x is undefined')))?.text).to.equal('internal error')
  })
})
