import { hostname } from 'node:os'
import { expect } from 'chai'
import type { EdnsOption } from '../../../src/dns/edns.ts'
import { EDNS_OPTION } from '../../../src/dns/iana.ts'
import { nsid } from '../../../src/plugins/nsid/nsid.ts'
import { edns } from '../../dns/messages.ts'
import { queryFor, relayedAnswer } from '../../support/answers.ts'
import { serveManifests, type TestServer } from '../../support/serve.ts'
import { testSetup } from '../../support/setup.ts'

const serve = (directive: string) => serveManifests('', `cluster.local {\n${directive}\nkubernetes\n}\n`)
const asking: EdnsOption = { code: EDNS_OPTION.NSID, data: Buffer.alloc(0) }
const cookie: EdnsOption = { code: EDNS_OPTION.COOKIE, data: Buffer.from('12345678') }
const answered = (text: string): EdnsOption => ({ code: EDNS_OPTION.NSID, data: Buffer.from(text) })
const ask = 'cluster.local. SOA'

/** The options of a response. */
async function optionsOf(server: TestServer, ...options: readonly EdnsOption[]) {
  const response = await server.exchange(ask, { edns: { options } })
  return (response.edns?.options ?? []).map(({ code, data }) => ({ code, data: Buffer.from(data) }))
}

describe('nsid', () => {
  it('gives the name of the host', async () => {
    expect(await optionsOf(serve('nsid'), asking)).to.deep.equal([answered(hostname())])
  })

  it('gives the words of the directive', async () => {
    expect(await optionsOf(serve('nsid My DNS'), asking)).to.deep.equal([answered('My DNS')])
  })

  it('gives it beside what is echoed', async () => {
    expect(await optionsOf(serve('nsid mine'), cookie, asking)).to.deep.equal([answered('mine'), cookie])
  })

  it('gives nothing to who does not ask for it', async () => {
    expect(await optionsOf(serve('nsid mine'))).to.deep.equal([])
    expect(await optionsOf(serve('nsid mine'), cookie)).to.deep.equal([cookie])
  })

  it('is given whatever the answer cache holds', async () => {
    const server = serve('nsid mine')
    for (let round = 0; round < 2; round++) {
      expect(await optionsOf(server)).to.deep.equal([])
      expect(await optionsOf(server, asking)).to.deep.equal([answered('mine')])
    }
    await optionsOf(server)
    expect(server.misses, 'what is asked without it is kept').to.equal(3)
  })

  it('stands in the place of what another server says of itself', () => {
    const options = [cookie, answered('theirs')]
    const relayed = relayedAnswer(ask, { edns: edns({ options }) })
    const request = { id: 1, rd: true, ad: false, cd: false, edns: edns({ options: [asking] }) }
    const answer = nsid(Buffer.from('ours')).serve(queryFor(ask, { request }), () => relayed)
    expect(answer).to.deep.include({ options: [{ ...cookie, data: Uint8Array.from(cookie.data) }, answered('ours')] })
  })
})

describe('nsid: setup', () => {
  testSetup([
    { text: 'nsid' },
    { text: 'nsid one two' },
    { text: 'nsid\nnsid', line: 4, error: 'this plugin can only be used once per Server Block' },
    { text: 'nsid {\nfoo\n}', error: "Unexpected token '{', expecting argument" },
    { text: 'nsid {\n}', error: "Unexpected token '{', expecting argument" },
  ])
})
