import { hostname } from 'node:os'
import { expect } from 'chai'
import { CLASS } from '../../../src/dns/iana.ts'
import { question } from '../../dns/messages.ts'
import { serveManifests } from '../../support/serve.ts'
import { testSetup } from '../../support/setup.ts'

const serve = (directives: string) => serveManifests('', `. {\n${directives}\nwhoami\n}\n`)
const ask = (server: ReturnType<typeof serve>, text: string, qclass: number = CLASS.CH) =>
  server.ask(text, { message: { question: { ...question(text), qclass } } })

describe('chaos', () => {
  const version = 'CoreDNS-1.14.7'
  for (const { directive = 'chaos', name, texts } of [
    { name: 'version.bind.', texts: [version] },
    { name: 'version.server.', texts: [version] },
    { name: 'hostname.bind.', texts: [hostname()] },
    { name: 'id.server.', texts: [hostname()] },
    { name: 'authors.bind.', texts: ['cluster-dns'] },
    { directive: 'chaos "My DNS"', name: 'version.bind.', texts: ['My DNS'] },
    { directive: 'chaos mine', name: 'authors.bind.', texts: ['cluster-dns'] },
    { directive: 'chaos mine b a b', name: 'authors.bind.', texts: ['a', 'b'] },
    { directive: 'chaos first\nchaos second', name: 'version.bind.', texts: ['first'] },
    { directive: 'chaos é', name: 'version.bind.', texts: ['\\195\\169'] },
    { directive: `chaos ${'v'.repeat(300)}`, name: 'version.bind.', texts: ['v'.repeat(255)] },
  ]) {
    it(`${directive.slice(0, 30).replace('\n', '; ')}: ${name}`, async () => {
      const reply = await ask(serve(directive), `${name} TXT`)
      const answer = texts.map((text) => `${name} 0 IN TXT "${text}"`)
      expect(reply).to.deep.equal({ rcode: 'NOERROR', flags: ['qr'], answer, authority: [], additional: [] })
    })
  }

  it('answers in class CH', async () => {
    const { answer } = await serve('chaos').exchange('version.bind. TXT', {
      message: { question: { ...question('Version.Bind. TXT'), qclass: CLASS.CH } },
    })
    expect(answer, 'records of another class are passed over').to.have.lengthOf(1)
  })

  it('passes all else on', async () => {
    const server = serve('chaos')
    for (const { text, qclass } of [
      { text: 'version.bind. TXT', qclass: CLASS.IN },
      { text: 'version.bind. A', qclass: CLASS.CH },
      { text: 'other.bind. TXT', qclass: CLASS.CH },
    ]) {
      expect((await ask(server, text, qclass)).answer, text).to.deep.equal([])
    }
  })
})

describe('chaos: setup', () => {
  testSetup([
    { text: 'chaos' },
    { text: 'chaos version one two' },
    { text: 'chaos {\nfoo\n}', line: 4, error: "unknown property 'foo'" },
  ])
})
