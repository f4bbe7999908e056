import { expect } from 'chai'
import { serveManifests } from '../../support/serve.ts'

const text = `
$TTL 60
@ SOA ns host 1 2 3 4 5
@ NS ns
web A 192.0.2.1
alias CNAME web
far CNAME www.elsewhere.test.
ring CNAME ring
b.ent A 192.0.2.2
*.wild A 192.0.2.3
sub NS ns.elsewhere.test.
old DNAME new
www.new A 192.0.2.4
self DNAME self
long DNAME ${`${'a'.repeat(63)}.`.repeat(3)}
${Array.from({ length: 11 }, (_, index) => `c${index} CNAME c${index + 1}`).join('\n')}
`
const server = serveManifests(
  '',
  '. {\nfile db example.org {\nfallthrough through.example.org\n}\nfile gone gone.test\n}',
  {
    files: { db: text },
  },
)
const bare = serveManifests('', '. {\nfile db example.org\n}', { files: { db: text } })

describe('file: reasons', () => {
  for (const { ask, steps, said } of [
    { ask: 'web.example.org. A', steps: 'in-zone answered', said: '1 record of type A' },
    {
      ask: 'web.example.org. TXT',
      steps: 'in-zone no-such-type',
      said: 'the name exists, and has no records of type TXT',
    },
    {
      ask: 'nope.example.org. A',
      steps: 'no-such-name',
      said: 'the zone example.org. has neither the name nor a wildcard for it below example.org.',
    },
    {
      ask: 'x.web.example.org. A',
      steps: 'no-such-name',
      said: 'the zone example.org. has neither the name nor a wildcard for it below web.example.org.',
    },
    {
      ask: 'ent.example.org. A',
      steps: 'empty-non-terminal',
      said: 'nothing stands here itself, but names below it exist',
    },
    { ask: 'x.wild.example.org. A', steps: 'wildcard answered', said: '1 record of type A' },
    {
      ask: 'x.wild.example.org. TXT',
      steps: 'wildcard no-such-type',
      said: 'the name exists, and has no records of type TXT',
    },
    {
      ask: 'x.sub.example.org. A',
      steps: 'delegated',
      said: 'sub.example.org. is a zone of others: ask ns.elsewhere.test.',
    },
    { ask: 'alias.example.org. A', steps: 'in-zone alias in-zone answered', said: '1 record of type A' },
    {
      ask: 'far.example.org. A',
      steps: 'in-zone alias other-zones alias-outside',
      said: 'www.elsewhere.test. lies outside of the zone; asking for it gave REFUSED',
    },
    {
      ask: 'ring.example.org. A',
      steps: 'in-zone alias alias-circle',
      said: 'ring.example.org. leads back here, or through too many names',
    },
    { ask: 'www.old.example.org. A', steps: 'redirected in-zone answered', said: '1 record of type A' },
    {
      ask: 'x.self.example.org. A',
      steps: 'redirected redirected-nowhere',
      said: 'the DNAME at self.example.org. leads to itself',
    },
    { ask: `${'b'.repeat(63)}.long.example.org. A`, steps: 'redirected redirected-too-long' },
    { ask: 'x.gone.test. A', steps: 'zone-unread', said: 'the zone gone.test. has not been read yet: gone' },
    { ask: 'example.com. A', steps: 'other-zones', said: 'the name is in none of the zones example.org., gone.test.' },
    { ask: 'example.org. AXFR', steps: 'transfer-refused' },
  ]) {
    it(`${ask}: ${steps}`, async () => {
      const trace = await server.trace(ask)
      expect(trace.map(({ code }) => code).join(' ')).to.equal(steps)
      if (said !== undefined) expect(trace.at(-1)?.describe()).to.equal(said)
    })
  }

  it('tells of aliases that are too many', async () => {
    const trace = await bare.trace('c0.example.org. A')
    expect(trace.at(-1)?.describe()).to.equal(
      'too many names lead on from one to the next; c10.example.org. was not asked for',
    )
  })

  it('tells of what is passed on', async () => {
    const fallthrough = '. {\nfile db example.org {\nfallthrough\n}\nwhoami\n}'
    const withNext = serveManifests('', fallthrough, { files: { db: text } })
    const trace = await withNext.trace('nope.example.org. A')
    expect(trace.map(({ code }) => code).slice(0, 2)).to.deep.equal(['no-such-name', 'fallthrough'])
    const ofEmpty = await withNext.trace('ent.example.org. A')
    expect(ofEmpty.map(({ code }) => code).slice(0, 2)).to.deep.equal(['empty-non-terminal', 'fallthrough'])
  })
})
