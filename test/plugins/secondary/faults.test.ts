import { expect } from 'chai'
import type { RRset } from '../../../src/dns/record.ts'
import { records } from '../../dns/messages.ts'
import { type PrimaryDouble, partOf, type Transfer, transferOf } from '../../support/primary-double.ts'
import type { Received } from '../../support/upstream-double.ts'
import { Serving, soa, zone } from './serving.ts'

const good = zone(7, '192.0.2.1')
const [first = ''] = good
const lineOf = (primary: PrimaryDouble, problem: string) =>
  `[ERROR] plugin/secondary: Failed to transfer \`example.org.' from "${primary.at}": ${problem}`

interface Fault {
  readonly title: string
  /** The messages of the transfer. */
  readonly sent: (received: Received, zone: readonly RRset[]) => readonly Uint8Array[]
  readonly problem: string
}

const faults: readonly Fault[] = [
  { title: 'it refuses', sent: (received) => [partOf(received, [], { rcode: 5 })], problem: 'dns: bad xfr rcode: 5' },
  {
    title: 'it fails in the middle',
    sent: (received, [head]) => [partOf(received, head ? [head] : []), partOf(received, [], { rcode: 2 })],
    problem: 'dns: bad xfr rcode: 2',
  },
  { title: 'there is nothing in it', sent: (received) => [partOf(received, [])], problem: 'dns: no SOA' },
  {
    title: 'it does not begin with the SOA record',
    sent: (received, [head, ...rest]) => transferOf(received, [...rest, ...(head ? [head] : [])]),
    problem: 'dns: no SOA',
  },
  {
    title: 'it begins with the SOA record of another zone',
    sent: (received) => [partOf(received, records(soa(7, undefined, 'example.net.')))],
    problem: 'dns: no SOA',
  },
  {
    title: 'it ends with another SOA record',
    sent: (received, sent) => transferOf(received, [...sent, ...records(soa(8))]),
    problem: 'dns: the zone begins with serial 7 and ends with 8',
  },
  {
    title: 'something comes behind its end',
    sent: (received, sent) => [partOf(received, [...sent, ...records(first, 'late.example.org. 60 IN A 192.0.2.9')])],
    problem: 'dns: records behind the end of the zone',
  },
  {
    title: 'a message has another id',
    sent: (received, sent) => {
      const [one = new Uint8Array(), two = new Uint8Array(), ...more] = transferOf(received, [
        ...sent,
        ...sent.slice(0, 1),
      ])
      return [one, Uint8Array.from(two, (octet, at) => (at === 1 ? octet ^ 1 : octet)), ...more]
    },
    problem: 'dns: id mismatch',
  },
  { title: 'a message is cut short', sent: () => [new Uint8Array(3)], problem: 'dns: id mismatch' },
  {
    title: 'a message is no message behind its header',
    sent: (received, sent) => transferOf(received, sent).map((octets) => octets.subarray(0, octets.length - 5)),
    problem: 'malformed message at octet',
  },
  {
    title: 'it is a query',
    sent: (received, sent) => [partOf(received, sent, { qr: false })],
    problem: 'dns: no response to AXFR',
  },
  {
    title: 'it has TC',
    sent: (received, sent) => [partOf(received, sent, { tc: true })],
    problem: 'dns: no response to AXFR',
  },
  {
    title: 'it answers another question',
    sent: (received, sent) => {
      const { question } = received.message
      return [partOf(received, sent, question ? { question: { ...question, qtype: 6 } } : {})]
    },
    problem: 'dns: response to another question',
  },
  {
    title: 'it holds NSEC3',
    sent: (received, sent) =>
      transferOf(received, [...sent, ...records('example.org. 0 IN TYPE51 \\# 5 0100000000', first)]),
    problem: 'NSEC3 zone is not supported, dropping RR: example.org. for zone: example.org.',
  },
]

describe('secondary: a transfer that goes wrong leaves things as they were', () => {
  const serving = new Serving()
  afterEach(() => serving.end())

  for (const { title, sent, problem } of faults) {
    it(`${title}: ${problem}`, async () => {
      const primary = await serving.primary({ 'example.org.': good })
      const { transfer } = primary
      primary.transfer = sent
      const started = await serving.secondary([primary])
      const [line] = await started.lines(/Failed to transfer/)
      expect(line?.startsWith(lineOf(primary, problem)), line).to.equal(true)
      expect(await started.web()).to.equal('SERVFAIL')
      primary.transfer = transfer
      await started.lines(/retrying in/)
      await started.settle()
      started.timer.pass(250)
      await started.transferred()
      expect(await started.web()).to.equal('192.0.2.1')
      primary.soa = (received) => [partOf(received, records(soa(8)))]
      primary.transfer = sent
      await started.attemptAfter(3_600_000)
      await started.lines(/Failed to transfer/, 2)
      expect(await started.web()).to.equal('192.0.2.1')
    })
  }

  /** Messages, and then the end of the connection. */
  const closingAfter = (primary: PrimaryDouble, transfer: Transfer): Transfer => {
    return (received, sent) => {
      setImmediate(() => setImmediate(() => primary.upstream.closeConnections()))
      return transfer(received, sent)
    }
  }

  it('the connection ends before the zone does', async () => {
    const primary = await serving.primary({ 'example.org.': good })
    primary.transfer = closingAfter(primary, (received, sent) => transferOf(received, sent))
    const started = await serving.secondary([primary])
    const [line = ''] = await started.lines(/Failed to transfer/)
    expect(line).to.match(/": (EOF|read tcp \S+: read: connection reset by peer)$/)
    expect(await started.web()).to.equal('SERVFAIL')
  })

  for (const [title, count] of [
    ['before the first message', 0],
    ['in the middle', 1],
  ] as const) {
    it(`the primary stalls ${title}: two seconds are enough`, async () => {
      const primary = await serving.primary({ 'example.org.': good })
      primary.transfer = (received, sent) => transferOf(received, sent).slice(0, count)
      const started = await serving.secondary([primary])
      while (primary.asked.length === 0) await started.settle()
      await new Promise((resolve) => setTimeout(resolve, 50)) // what was sent has come
      started.timer.pass(2000)
      const [line = ''] = await started.lines(/Failed to transfer/)
      expect(line).to.match(/": read tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: i\/o timeout$/)
    })
  }

  it('each message may take so long', async () => {
    const primary = await serving.primary({ 'example.org.': good })
    const pieces = 5
    primary.transfer = () => []
    const started = await serving.secondary([primary])
    while (primary.asked.length === 0) await started.settle()
    const [received] = primary.upstream.received
    if (received === undefined) throw new Error('nothing was asked')
    const lines = Array.from({ length: pieces }, (_, index) => `x${index}.example.org. 60 IN A 192.0.2.9`)
    for (const message of transferOf(received, records(first, ...lines, first), 1)) {
      started.timer.pass(1900)
      const { calls } = started.timer
      primary.upstream.sendOver(received, message)
      while (started.timer.calls === calls) await started.settle()
    }
    await started.transferred()
  })

  it('records outside of the zone are left out, and told', async () => {
    const primary = await serving.primary({
      'example.org.': [...good, 'web.example.net. 60 IN A 192.0.2.9', soa(1, undefined, 'sub.example.org.')],
    })
    const started = await serving.secondary([primary])
    await started.transferred()
    expect(started.server.lines[0]).to.equal(
      '[WARNING] plugin/secondary: 1 record outside of zone example.org. left out, the first at web.example.net.',
    )
    expect((await started.server.ask('example.org. SOA')).answer).to.deep.equal([soa(7)])
    expect((await started.server.ask('sub.example.org. SOA')).rcode).to.equal('NXDOMAIN')
  })

  it('10,000 records come in many messages', async () => {
    const many = Array.from(
      { length: 10_000 },
      (_, index) => `h${index}.example.org. 60 IN A 10.0.${index >> 8}.${index & 255}`,
    )
    const primary = await serving.primary({ 'example.org.': [first, ...many] })
    primary.transfer = (received, sent) => transferOf(received, [...sent, ...sent.slice(0, 1)], 500)
    const started = await serving.secondary([primary], 'transfer {\nto *\n}')
    await started.transferred()
    expect(await started.web('h9999.example.org.')).to.equal('10.0.39.15')
    const messages = await started.server.exchangeAll('example.org. AXFR')
    expect(messages.flatMap(({ answer }) => answer)).to.have.lengthOf(10_002)
  })

  for (const [title, answer] of [
    ['refuses', (received: Received) => partOf(received, [], { rcode: 5 })],
    ['has no SOA record', (received: Received) => partOf(received, [])],
  ] as const) {
    it(`a primary that ${title} when it is asked for the serial has not been reached`, async () => {
      const primary = await serving.primary({ 'example.org.': good })
      const started = await serving.secondary([primary])
      await started.transferred()
      primary.soa = (received) => [answer(received)]
      await started.attemptAfter(3_600_000)
      expect(await started.lines(/Failed/)).to.deep.equal([
        `[WARNING] plugin/secondary: Failed refresh check ${title === 'refuses' ? 'rcode was "REFUSED"' : 'dns: no SOA'}`,
      ])
      await started.attemptAfter(600_000)
      await started.lines(/Failed retry check/)
    })
  }
})
