import { expect } from 'chai'
import { parseName } from '../../../src/dns/name.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { type Answer, unpack } from '../../../src/plugin/handler.ts'
import { weighted } from '../../../src/plugins/loadbalance/weighted.ts'
import { parseWeights } from '../../../src/plugins/loadbalance/weights.ts'
import { records } from '../../dns/messages.ts'
import { queryFor, recordsAnswer, relayedAnswer } from '../../support/answers.ts'
import { serveManifests } from '../../support/serve.ts'

const weights = parseWeights('# of a.test\na.test\n10.0.0.1 6\n10.0.0.2 3\nfd00::1 5\n', 'w')
const a = (...addresses: string[]) => addresses.map((address) => `a.test. 5 IN A ${address}`)

/** The answer, where `random` gives a number of so many parts of all. */
function drawn(answer: Answer, random: number, ask = 'a.test. A'): Answer {
  return weighted(
    () => weights,
    () => random,
  ).serve(queryFor(ask), () => answer) as Answer
}
const lines = (answer: Answer) => unpack(answer).answer.flatMap(formatRRset)

describe('loadbalance weighted', () => {
  const answer = recordsAnswer(a('10.0.0.1', '10.0.0.2', '10.0.0.3'))

  for (const { random, expected } of [
    { random: 0, expected: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] },
    { random: 0.59, expected: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] },
    { random: 0.6, expected: ['10.0.0.2', '10.0.0.1', '10.0.0.3'] },
    { random: 0.89, expected: ['10.0.0.2', '10.0.0.1', '10.0.0.3'] },
    { random: 0.9, expected: ['10.0.0.3', '10.0.0.2', '10.0.0.1'] },
    { random: 0.999, expected: ['10.0.0.3', '10.0.0.2', '10.0.0.1'] },
  ]) {
    it(`weights 6, 3 and 1, at ${random}: ${expected[0]}`, () => {
      const changed = drawn(answer, random)
      expect(lines(changed)).to.deep.equal(a(...expected))
      expect(unpack(changed).answer, 'one RRset').to.have.lengthOf(1)
      expect(changed.validity).to.deep.equal({ kind: 'once' })
      expect(lines(drawn(relayedAnswer('a.test. A', { answer: unpack(answer).answer }), random))).to.deep.equal(
        a(...expected),
      )
    })
  }

  it('of a name without weights each has 1', () => {
    const other = recordsAnswer(['b.test. 5 IN A 10.0.0.1', 'b.test. 5 IN A 10.0.0.2'])
    expect(lines(drawn(other, 0.49))[0]).to.equal('b.test. 5 IN A 10.0.0.1')
    expect(lines(drawn(other, 0.5))[0]).to.equal('b.test. 5 IN A 10.0.0.2')
  })

  it('IPv6', () => {
    const two = recordsAnswer(['a.test. 5 IN AAAA fd00::2', 'a.test. 5 IN AAAA fd00::1'])
    expect(lines(drawn(two, 0.16, 'a.test. AAAA'))[0]).to.equal('a.test. 5 IN AAAA fd00::2')
    expect(lines(drawn(two, 0.17, 'a.test. AAAA'))[0]).to.equal('a.test. 5 IN AAAA fd00::1')
  })

  it('addresses stand behind other records, and before MX', () => {
    const mixed = recordsAnswer([
      'm.test. 5 IN MX 1 a.test.',
      ...a('10.0.0.1', '10.0.0.2'),
      'x.test. 5 IN CNAME a.test.',
    ])
    expect(lines(drawn(mixed, 0.9))).to.deep.equal([
      'x.test. 5 IN CNAME a.test.',
      ...a('10.0.0.2', '10.0.0.1'),
      'm.test. 5 IN MX 1 a.test.',
    ])
  })

  it('of SRV the addresses of the targets', () => {
    const additional = records(...a('10.0.0.1'), 'b.test. 5 IN A 10.0.0.9')
    const changed = unpack(drawn(recordsAnswer(['s.test. 5 IN SRV 0 1 2 a.test.'], { additional }), 0.9, 's.test. SRV'))
    expect(changed.additional.flatMap(formatRRset)).to.deep.equal(['b.test. 5 IN A 10.0.0.9', ...a('10.0.0.1')])
  })

  for (const { title, answer: same, ask } of [
    { title: 'one address', answer: recordsAnswer(a('10.0.0.1')), ask: 'a.test. A' },
    { title: 'another type', answer, ask: 'a.test. MX' },
    { title: 'another code', answer: { ...answer, rcode: 'NXDOMAIN' } as Answer, ask: 'a.test. A' },
  ]) {
    it(`leaves an answer as it is: ${title}`, () => expect(drawn(same, 0.9, ask)).to.equal(same))
  }
})

describe('loadbalance weighted: the file', () => {
  it('of two weights of an address the first counts, and a name may come again', () => {
    const read = parseWeights('A.Test.\n 10.0.0.1\t2 \n10.0.0.1 3\nb.test\n10.0.0.1 4\n\na.test\n10.0.0.2 255\n', 'w')
    expect([...read].map(([name, addresses]) => [name, ...addresses])).to.deep.equal([
      [parseName('a.test'), ['10.0.0.1', 2], ['10.0.0.2', 255]],
      [parseName('b.test'), ['10.0.0.1', 4]],
    ])
  })

  for (const { text, error } of [
    { text: '10.0.0.1', error: 'wrong domain name:"10.0.0.1" in weight file w. (Maybe a missing weight value?)' },
    { text: 'a..b', error: 'wrong domain name:"a..b" in weight file w. (Maybe a missing weight value?)' },
    { text: 'a.test\nb.test 1', error: 'wrong IP address:"b.test" in weight file w' },
    { text: 'a.test\nfe80::1%x 1', error: 'wrong IP address:"fe80::1%x" in weight file w' },
    { text: 'a.test\n10.0.0.1 0', error: 'wrong weight value:"0" in weight file w' },
    { text: 'a.test\n10.0.0.1 256', error: 'wrong weight value:"256" in weight file w' },
    { text: 'a.test\n10.0.0.1 x', error: 'wrong weight value:"x" in weight file w' },
    { text: '10.0.0.1 1', error: 'missing domain name in weight file w' },
    { text: 'a.test\n10.0.0.1 1 2', error: 'could not parse weight line:"10.0.0.1 1 2" in weight file w' },
  ]) {
    it(error, () =>
      expect(() => parseWeights(text, 'w'))
        .to.throw()
        .with.property('message', error),
    )
  }

  const corefile = (block = '') => `. {\nloadbalance weighted /etc/w ${block}\nwhoami\n}\n`
  const readLine = '[INFO] plugin/loadbalance: Successfully reloaded weight file /etc/w'

  it('is read at once, and again every thirty seconds if it is another', async () => {
    const files: Record<string, string> = { '/etc/w': 'a.test\n10.0.0.1 2\n' }
    const server = serveManifests('', corefile(), { files })
    await server.start()
    expect(server.lines).to.deep.equal([readLine])
    server.timer.pass(30_000)
    expect(server.lines).to.have.lengthOf(1)
    files['/etc/w'] = 'a.test\n10.0.0.1 3\n'
    server.timer.pass(29_999)
    expect(server.lines).to.have.lengthOf(1)
    server.timer.pass(1)
    expect(server.lines).to.deep.equal([readLine, readLine])
    await server.stop()
    expect(server.timer.waiting).to.equal(0)
  })

  it('that becomes wrong is told of once, and changes nothing', async () => {
    const files: Record<string, string> = { '/etc/w': 'a.test\n' }
    const server = serveManifests('', corefile('{\nreload 1m\n}'), { files })
    await server.start()
    files['/etc/w'] = 'x'.repeat(3).concat(' 1\n')
    server.timer.pass(180_000)
    expect(server.lines).to.deep.equal([
      readLine,
      '[ERROR] plugin/loadbalance: wrong IP address:"xxx" in weight file /etc/w',
    ])
  })

  it('that is gone is told of each time', async () => {
    const files: Record<string, string> = { '/etc/w': '' }
    const server = serveManifests('', corefile(), { files })
    await server.start()
    delete files['/etc/w']
    server.timer.pass(60_000)
    expect(server.lines.slice(1)).to.deep.equal(Array(2).fill('[ERROR] plugin/loadbalance: weight file open error'))
  })

  it('may be below root', () => {
    const { lines } = serveManifests('', '. {\nroot /etc\nloadbalance weighted w\nwhoami\n}\n', {
      files: { '/etc/w': '' },
    })
    expect(lines).to.include(readLine)
  })

  it('may come later', async () => {
    const files: Record<string, string> = {}
    const server = serveManifests('', corefile(), { files })
    await server.start()
    files['/etc/w'] = ''
    server.timer.pass(30_000)
    expect(server.lines).to.deep.equal([
      '[WARNING] plugin/loadbalance: Failed to open weight file:weight file open error. Will try again in 30s',
      readLine,
    ])
  })

  it('reload 0: is read once, and has to be there', async () => {
    const block = '{\nreload 0\n}'
    const server = serveManifests('', corefile(block), { files: { '/etc/w': '' } })
    await server.start()
    expect(server.timer.waiting).to.equal(0)
    const message = 'plugin/loadbalance: Corefile:2 - Error during parsing: weight file open error'
    expect(() => serveManifests('', corefile(block)))
      .to.throw()
      .with.property('message', message)
  })

  it('that is wrong at the start is an error', () => {
    const message = 'plugin/loadbalance: Corefile:2 - Error during parsing: missing domain name in weight file /etc/w'
    const build = () => serveManifests('', corefile(), { files: { '/etc/w': '10.0.0.1 1' } })
    expect(build).to.throw().with.property('message', message)
  })

  it('that is a folder is an error', () => {
    const message = 'plugin/loadbalance: Corefile:2 - Error during parsing: read /etc/w: is a directory'
    const build = () => serveManifests('', corefile(), { files: { '/etc/w/x': '' } })
    expect(build).to.throw().with.property('message', message)
  })

  it('draws for each response', async () => {
    const files = { w: '', hosts: '10.0.0.1 a.test\n10.0.0.2 a.test\n' }
    const server = serveManifests('', '. {\nloadbalance weighted w\nhosts hosts\n}\n', { files })
    for (let round = 0; round < 3; round++) expect((await server.ask('a.test. A')).answer).to.have.lengthOf(2)
    expect(server.misses).to.equal(6)
  })
})
