import { expect } from 'chai'
import type { Query } from '../../../src/plugin/handler.ts'
import { header } from '../../../src/plugins/header/header.ts'
import { queryFor, recordsAnswer } from '../../support/answers.ts'
import { serveManifests } from '../../support/serve.ts'

const serve = (lines: string) => serveManifests('', `cluster.local {\nheader {\n${lines}\n}\nkubernetes\n}\n`)
const name = 'cluster.local. SOA'

describe('header', () => {
  for (const { lines, rd = false, flags } of [
    { lines: 'response set ra', flags: ['qr', 'aa', 'ra'] },
    { lines: 'response clear aa', flags: ['qr'] },
    { lines: 'RESPONSE Set RA rd\nresponse clear AA', flags: ['qr', 'rd', 'ra'] },
    { lines: 'response set ra\nresponse clear ra', flags: ['qr', 'aa'] },
    { lines: 'response clear rd', rd: true, flags: ['qr', 'aa'] },
    { lines: 'query set rd', flags: ['qr', 'aa', 'rd'] },
    { lines: 'query clear rd', rd: true, flags: ['qr', 'aa'] },
    { lines: 'query clear rd\nresponse set rd', rd: true, flags: ['qr', 'aa', 'rd'] },
    { lines: 'query set aa ra', flags: ['qr', 'aa'] },
    { lines: 'query clear rd\nquery set rd', flags: ['qr', 'aa', 'rd'] },
    { lines: 'query set rd\nquery clear rd', flags: ['qr', 'aa'] },
  ]) {
    it(`${lines.replaceAll('\n', '; ')}${rd ? ', asked with RD' : ''}: ${flags.join(' ')}`, async () => {
      const reply = await serve(lines).ask(name, { message: { rd } })
      expect(reply.flags).to.deep.equal(flags)
    })
  }

  it('changes RD of the query, and nothing else of it', () => {
    const asked: Query[] = []
    const { serve: ask } = header({ query: [{ flag: 'rd', isSet: false }], response: [] })
    const request = { id: 7, rd: true, ad: true, cd: true }
    const query = queryFor('example.org. A', { request })
    void ask(query, (passed) => {
      asked.push(passed)
      return recordsAnswer([])
    })
    expect(asked).to.deep.equal([{ ...query, request: { ...request, rd: false } }])
  })

  it('is the first of several', async () => {
    const corefile = 'cluster.local {\nheader {\nresponse set ra\n}\nheader {\nresponse clear aa\n}\nkubernetes\n}\n'
    expect((await serveManifests('', corefile).ask(name)).flags).to.deep.equal(['qr', 'aa', 'ra'])
  })
})
