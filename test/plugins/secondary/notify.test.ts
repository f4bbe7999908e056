import { expect } from 'chai'
import { OPCODE, RCODE } from '../../../src/dns/iana.ts'
import { records } from '../../dns/messages.ts'
import { partOf } from '../../support/primary-double.ts'
import { samplesOf } from '../../support/samples.ts'
import { until } from '../../transport/until.ts'
import { Serving, soa, zone } from './serving.ts'

describe('secondary: NOTIFY (RFC 1996)', () => {
  const serving = new Serving()
  afterEach(() => serving.end())

  it('of a primary is answered at once, and the newer version is had', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    expect(await started.web()).to.equal('192.0.2.1')
    await started.settle()
    primary.zones['example.org.'] = zone(8, '192.0.2.2')
    const reply = await started.notify('Example.ORG.', '127.0.0.1', { answer: records(soa(8)), id: 0x4321 })
    expect(reply).to.deep.include({ id: 0x4321, qr: true, aa: true, opcode: OPCODE.NOTIFY, rcode: 0, answer: [] })
    expect(reply?.question).to.deep.include({ spelling: 'Example.ORG.', qtype: 6 })
    await started.transferred(2)
    expect(await started.web()).to.equal('192.0.2.2')
    expect(started.server.lines.slice(1)).to.deep.equal([
      '[INFO] plugin/secondary: Notify from 127.0.0.1 for example.org.: checking transfer',
      `[INFO] plugin/secondary: Transferred: example.org. from ${primary.at}`,
    ])
  })

  it('that tells nothing new is no transfer, and begins the time to the next refresh anew', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    await started.settle()
    started.timer.pass(3_599_000)
    await started.notify('example.org.')
    await started.lines(/no SOA serial increase seen/)
    await started.settle()
    started.timer.pass(10_000)
    await started.settle()
    expect(primary.asked).to.deep.equal(['example.org. AXFR tcp', 'example.org. SOA tcp'])
  })

  it('before there is a zone is an attempt to have it', async () => {
    const primary = await serving.primary()
    const started = await serving.secondary([primary])
    await started.lines(/retrying in/)
    primary.zones['example.org.'] = zone(7, '192.0.2.1')
    await started.settle()
    await started.notify('example.org.')
    await started.transferred()
    expect(started.timer.now()).to.equal(0)
  })

  it('during an attempt is looked into behind it, once', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    for (let count = 0; count < 5; count++) await started.notify('example.org.')
    await started.transferred()
    await started.lines(/no SOA serial increase seen/)
    await started.settle()
    expect(primary.asked).to.deep.equal(['example.org. AXFR tcp', 'example.org. SOA tcp'])
  })

  it('is looked into once a second at most', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    await started.settle()
    for (const count of [1, 2, 3]) {
      for (let each = 0; each < 5; each++) await started.notify('example.org.')
      await started.lines(/no SOA serial increase seen/, count)
      await started.settle()
      for (let each = 0; each < 5; each++) await started.notify('example.org.')
      await started.settle()
      expect(primary.asked).to.have.lengthOf(1 + count)
      started.timer.pass(999)
      await started.settle()
      expect(primary.asked).to.have.lengthOf(1 + count)
      started.timer.pass(1)
    }
  })

  it('has its sender asked first', async () => {
    const [one, two] = [await serving.primary({ 'example.org.': zone(7, '192.0.2.1') }), await serving.primary()]
    const port = two.at.split(':')[1] // where nobody listens at the other address
    const corefile = `. {\nsecondary example.org {\ntransfer from ${one.at} 127.0.0.2:${port}\n}\n}`
    const started = await serving.start(corefile)
    await started.transferred()
    one.soa = (received) => [partOf(received, [], { rcode: 5 })]
    for (const [from, problem] of [
      ['127.0.0.2', 'rcode was "REFUSED"'],
      ['127.0.0.1', `dial tcp 127.0.0.2:${port}: connect: connection refused`],
    ]) {
      await started.settle()
      started.timer.pass(1000)
      await started.notify('example.org.', from)
      const line = `[WARNING] plugin/secondary: Notify from ${from} for example.org.: failed primary check: ${problem}`
      await until(() => started.server.lines.includes(line))
    }
  })

  it('from a client of IPv4 on a socket of both families is from that address', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    expect((await started.notify('example.org.', '::ffff:127.0.0.1'))?.rcode).to.equal(RCODE.NOERROR)
  })

  it('of anybody else gets no answer and no attempt', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    await started.settle()
    expect(await started.notify('example.org.', '192.0.2.66')).to.equal(undefined)
    await started.settle()
    expect(primary.asked).to.have.lengthOf(1)
    expect(started.server.lines.at(-1)).to.equal(
      '[INFO] plugin/secondary: Dropping notify from 192.0.2.66 for example.org.',
    )
  })

  it('fills no log', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    for (let count = 0; count < 200; count++) await started.notify('example.org.', '192.0.2.66')
    expect(started.server.lines).to.have.lengthOf(1 + 100)
  })

  for (const name of ['web.example.org.', 'example.net.', '.']) {
    it(`for what is no zone of its own is NOTIMP: ${name}`, async () => {
      const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
      const started = await serving.secondary([primary])
      await started.transferred()
      const reply = await started.notify(name)
      expect(reply).to.deep.include({ opcode: OPCODE.NOTIFY, rcode: RCODE.NOTIMP, aa: false })
    })
  }

  it('says what keeps it from being looked into', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    primary.soa = (received) => [partOf(received, [], { rcode: 5 })]
    await started.settle()
    await started.notify('example.org.')
    expect(await started.lines(/^\[WARNING\]/)).to.deep.equal([
      '[WARNING] plugin/secondary: Notify from 127.0.0.1 for example.org.: failed primary check: rcode was "REFUSED"',
    ])
    primary.soa = (received) => [partOf(received, records(soa(8)))]
    await started.settle()
    started.timer.pass(1000)
    await started.notify('example.org.')
    expect((await started.lines(/^\[WARNING\]/, 2))[1]).to.equal(
      '[WARNING] plugin/secondary: Notify from 127.0.0.1 for example.org.: transfer failed: serial 7 is not newer than 7',
    )
  })

  it('is a line of the plugin log, and counted by prometheus', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.start(
      `. {\nlog\nprometheus\nsecondary example.org {\ntransfer from ${primary.at}\n}\n}`,
    )
    await started.transferred()
    await started.notify('example.org.')
    expect(await started.lines(/ "SOA IN example\.org\. udp \d+ false 512" NOERROR qr,aa \d+ /)).to.have.lengthOf(1)
    const counted = Object.entries(samplesOf(started.server.metrics)).filter(([name]) =>
      name.startsWith('coredns_dns_responses_total'),
    )
    expect(counted.map(([, value]) => value)).to.deep.equal([1])
  })
})
