import { expect } from 'chai'
import { parseName } from '../../../src/dns/name.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { readZoneFile } from '../../../src/dns/text/zone-file.ts'
import type { Query, RecordsAnswer } from '../../../src/plugin/handler.ts'
import { answerFrom } from '../../../src/plugin/zone/answer.ts'
import { lookup } from '../../../src/plugin/zone/lookup.ts'
import { buildZone } from '../../../src/plugin/zone/zone.ts'
import { edns, query } from '../../dns/messages.ts'

const signature = (type: string) => `RRSIG ${type} 8 2 60 20300101000000 20200101000000 1 test. AAAA`
const text = `
$TTL 60
@ SOA ns host 1 2 3 4 30
@ ${signature('SOA')}
@ NS ns
@ ${signature('NS')}
@ NSEC *.midstar A NS SOA
@ ${signature('NSEC')}
x.*.midstar A 192.0.2.1
x.*.midstar NSEC safe A
safe NS ns.safe
safe DS 1 8 2 AB
safe ${signature('DS')}
safe NSEC unsafe NS DS
ns.safe A 192.0.2.4
unsafe NS ns.safe
unsafe NSEC web NS
unsafe ${signature('NSEC')}
web A 192.0.2.2
web ${signature('A')}
web NSEC *.wild A
web ${signature('NSEC')}
*.wild CNAME web
*.wild ${signature('CNAME')}
*.wild NSEC @ CNAME
`
const origin = parseName('test')
const zone = buildZone(
  origin,
  [...readZoneFile(text, 'db', { origin })].map(({ rrset }) => rrset),
)

async function ask(question: string, dnssecOk = true): Promise<RecordsAnswer> {
  const { question: asked } = query(question)
  if (asked === undefined) throw new Error('no question')
  const client = { transport: 'udp', address: '192.0.2.9', port: 1, localAddress: '192.0.2.53' } as const
  const request = { id: 1, rd: false, ad: false, cd: false, edns: edns({ dnssecOk }) }
  const whole: Query = { ...asked, client, via: [], request }
  const resolve = () => {
    throw new Error('nothing leads out of the zone')
  }
  return answerFrom(zone, whole, lookup(zone, asked.qname, asked.qtype), { resolve, tags: [] })
}

/** Owner and type of each record, the type that a signature covers with it. */
const brief = (rrsets: RecordsAnswer['answer']) =>
  rrsets.flatMap(formatRRset).map((line) => {
    const [owner, , , type, covered] = line.split(' ')
    return type === 'RRSIG' ? `${owner} RRSIG ${covered}` : `${owner} ${type}`
  })

describe('a signed zone', () => {
  const cases = [
    {
      title: 'an answer',
      ask: 'web.test. A',
      answer: ['web.test. A', 'web.test. RRSIG A'],
      authority: ['test. NS', 'test. RRSIG NS'],
    },
    {
      title: 'NODATA',
      ask: 'web.test. TXT',
      authority: ['test. SOA', 'test. RRSIG SOA', 'web.test. NSEC', 'web.test. RRSIG NSEC'],
    },
    {
      title: 'NXDOMAIN',
      ask: 'zz.test. A',
      authority: ['test. SOA', 'test. RRSIG SOA', '*.wild.test. NSEC', 'test. NSEC', 'test. RRSIG NSEC'],
    },
    {
      title: 'a zone with DS',
      ask: 'x.safe.test. A',
      authority: ['safe.test. NS', 'safe.test. DS', 'safe.test. RRSIG DS'],
      additional: ['ns.safe.test. A'],
    },
    {
      title: 'a zone without',
      ask: 'x.unsafe.test. A',
      authority: ['unsafe.test. NS', 'unsafe.test. NSEC', 'unsafe.test. RRSIG NSEC'],
    },
    {
      title: 'DS that is ours',
      ask: 'safe.test. DS',
      answer: ['safe.test. DS', 'safe.test. RRSIG DS'],
      authority: ['test. NS', 'test. RRSIG NS'],
    },
    {
      title: 'a wildcard',
      ask: 'x.wild.test. CNAME',
      answer: ['x.wild.test. CNAME', 'x.wild.test. RRSIG CNAME'],
      authority: ['test. NS', 'test. RRSIG NS', '*.wild.test. NSEC'],
    },
    {
      title: 'a wildcard before an alias',
      ask: 'x.wild.test. A',
      answer: ['x.wild.test. CNAME', 'x.wild.test. RRSIG CNAME', 'web.test. A', 'web.test. RRSIG A'],
      authority: ['test. NS', 'test. RRSIG NS', '*.wild.test. NSEC'],
    },
    {
      title: 'a wildcard without records',
      ask: 'y.midstar.test. A',
      authority: ['test. SOA', 'test. RRSIG SOA', 'test. NSEC', 'test. RRSIG NSEC', 'x.*.midstar.test. NSEC'],
    },
    {
      title: 'NSEC itself',
      ask: 'web.test. NSEC',
      answer: ['web.test. NSEC', 'web.test. RRSIG NSEC'],
      authority: ['test. NS', 'test. RRSIG NS'],
    },
    {
      title: 'NSEC of an alias',
      ask: '*.wild.test. NSEC',
      answer: ['*.wild.test. NSEC'],
      authority: ['test. NS', 'test. RRSIG NS'],
    },
  ]
  for (const { title, ask: question, answer = [], authority, additional = [] } of cases) {
    it(`is answered from with its records: ${title}`, async () => {
      const reply = await ask(question)
      expect([brief(reply.answer), brief(reply.authority), brief(reply.additional)]).to.deep.equal([
        answer,
        authority,
        additional,
      ])
    })
  }

  it('is a zone like any other for who does not ask for them', async () => {
    expect(brief((await ask('web.test. A', false)).answer)).to.deep.equal(['web.test. A'])
    expect(brief((await ask('zz.test. A', false)).authority)).to.deep.equal(['test. SOA'])
    expect(brief((await ask('x.safe.test. A', false)).authority)).to.deep.equal(['safe.test. NS'])
  })

  it('has the TTL of negative answers in signatures, too', async () => {
    const { authority } = await ask('zz.test. A')
    expect(authority.slice(0, 2).map(({ ttl }) => ttl)).to.deep.equal([30, 30])
  })

  it('says which wildcard stood for the name', async () => {
    expect((await ask('x.wild.test. CNAME')).metadata).to.deep.equal({ 'zone/wildcard': '*.wild.test.' })
    expect((await ask('x.wild.test. A')).metadata, 'of an alias').to.deep.equal({ 'zone/wildcard': '*.wild.test.' })
    expect((await ask('web.test. A')).metadata).to.equal(undefined)
  })
})
