import { expect } from 'chai'
import type { Query } from '../../../src/plugin/handler.ts'
import { bufsize } from '../../../src/plugins/bufsize/bufsize.ts'
import { setupBufsize } from '../../../src/plugins/bufsize/setup.ts'
import { edns } from '../../dns/messages.ts'
import { queryFor, recordsAnswer } from '../../support/answers.ts'
import { headless, manifests, slice } from '../../support/manifests.ts'
import { handlerOf } from '../../support/plugin.ts'
import { serveManifests } from '../../support/serve.ts'

const endpoints = Array.from({ length: 60 }, (_, index) => ({ addresses: [`10.1.0.${index}`] }))
const cluster = manifests(headless('shop/db'), slice('shop/db', { endpoints }))
const serve = (directive: string) => serveManifests(cluster, `cluster.local {\n${directive}\nkubernetes\n}\n`)
const ask = 'db.shop.svc.cluster.local. A'

/** The answer has 1,021 octets. */
describe('bufsize', () => {
  for (const { directive, payloadSize, isCut } of [
    { directive: 'bufsize 1000', payloadSize: 1232, isCut: true },
    { directive: 'bufsize 1100', payloadSize: 1232, isCut: false },
    { directive: 'bufsize', payloadSize: 1232, isCut: false },
    { directive: 'bufsize 1100', payloadSize: 600, isCut: true },
    { directive: 'bufsize 512\nbufsize 1100', payloadSize: 1232, isCut: true },
  ]) {
    const title = `${directive.replace('\n', '; ')}, a client that takes ${payloadSize}: ${isCut ? 'TC' : 'all of it'}`
    it(title, async () => {
      const { flags } = await serve(directive).ask(ask, { edns: { payloadSize } })
      expect(flags.includes('tc')).to.equal(isCut)
    })
  }

  it('does not hold over TCP', async () => {
    expect((await serve('bufsize 512').ask(ask, { transport: 'tcp', edns: {} })).flags).not.to.include('tc')
  })

  const asked = (size: number, payloadSize?: number): Query | undefined => {
    let passed: Query | undefined
    const request = { id: 1, rd: true, ad: false, cd: false, ...(payloadSize && { edns: edns({ payloadSize }) }) }
    void bufsize(size).serve(queryFor(ask, { request }), (query) => {
      passed = query
      return recordsAnswer([])
    })
    return passed
  }
  it('lowers what other servers are told', () => expect(asked(700, 4096)?.request?.edns?.payloadSize).to.equal(700))
  it('raises nothing', () => expect(asked(700, 600)?.request?.edns?.payloadSize).to.equal(600))
  it('is 1232 where nothing is said', () => {
    const request = { id: 1, rd: true, ad: false, cd: false, edns: edns({ payloadSize: 4096 }) }
    let passed: Query | undefined
    void handlerOf(setupBufsize, ['bufsize']).serve(queryFor(ask, { request }), (query) => {
      passed = query
      return recordsAnswer([])
    })
    expect(passed?.request?.edns?.payloadSize).to.equal(1232)
  })
  it('makes no OPT record', () => expect(asked(700)?.request?.edns).to.equal(undefined))

  it('leaves a lower limit of a plugin below as it is', () => {
    const answer = recordsAnswer([], { payloadLimit: 600 })
    expect(bufsize(700).serve(queryFor(ask), () => answer)).to.include({ payloadLimit: 600 })
    expect(bufsize(550).serve(queryFor(ask), () => answer)).to.include({ payloadLimit: 550 })
  })
})
