import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { records } from '../../dns/messages.ts'
import { serveManifests } from '../../support/serve.ts'

const soa = 'example.org. 60 IN SOA ns.example.org. host.example.org. 7 2 3 4 5'
const lines = [
  'example.org. 60 IN NS ns.example.org.',
  'a.example.org. 60 IN A 192.0.2.3',
  'x.a.example.org. 60 IN TXT "x"',
  '*.w.example.org. 60 IN A 192.0.2.4',
  'z.example.org. 60 IN A 192.0.2.1',
  'z.example.org. 60 IN A 192.0.2.2',
]
const files = { db: [soa, ...lines.toReversed()].join('\n') }
const corefile = '. {\ntransfer example.org gone.test {\nto *\n}\nfile db example.org\nfile gone gone.test\n}'

describe('file: transfers', () => {
  const server = serveManifests('', corefile, { files })
  const transferred = async (question: string, serial?: number) => {
    const authority = serial === undefined ? [] : records(soa.replace(' 7 ', ` ${serial} `))
    const messages = await server.exchangeAll(question, { message: { authority } })
    expect(messages.map(({ rcode }) => rcodeName(rcode))).to.deep.equal(['NOERROR'])
    return messages.flatMap(({ answer }) => answer.flatMap(formatRRset))
  }

  it('AXFR gives the whole zone, its names in canonical order', async () => {
    const found = await transferred('example.org. AXFR')
    expect([found[0], found.at(-1)]).to.deep.equal([soa, soa])
    expect(found.slice(1, -1).filter((line) => !line.startsWith('z.'))).to.deep.equal(lines.slice(0, 4))
    expect(found.slice(1, -1)).to.have.members(lines)
  })

  it('IXFR gives the whole zone to who has an older one, and the SOA record else', async () => {
    expect(await transferred('example.org. IXFR', 6)).to.have.length(lines.length + 2)
    expect(await transferred('example.org. IXFR', 7)).to.deep.equal([soa])
  })

  it('of a zone that has not been read is refused', async () => {
    const [message] = await server.exchangeAll('gone.test. AXFR')
    expect(rcodeName(message?.rcode ?? 0)).to.equal('REFUSED')
  })
})
