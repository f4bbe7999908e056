import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { partOf } from '../../support/primary-double.ts'
import { Serving, soa, zone } from './serving.ts'

describe('secondary', () => {
  const serving = new Serving()
  afterEach(() => serving.end())

  it('has its zone from the primary, over TCP, and answers from it', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    expect(await started.web()).to.equal('SERVFAIL')
    expect(await started.transferred()).to.deep.equal([
      `[INFO] plugin/secondary: Transferred: example.org. from ${primary.at}`,
    ])
    expect(primary.asked).to.deep.equal(['example.org. AXFR tcp'])
    const { server } = started
    expect(await server.ask('web.example.org. A')).to.deep.include({
      rcode: 'NOERROR',
      flags: ['qr', 'aa'],
      answer: ['web.example.org. 60 IN A 192.0.2.1'],
      authority: ['example.org. 60 IN NS ns.example.org.'],
    })
    expect((await server.ask('none.example.org. A')).rcode).to.equal('NXDOMAIN')
    expect((await server.ask('example.net. A')).rcode).to.equal('REFUSED')
    expect(server.lines).to.have.lengthOf(1)
  })

  it('says why there is no answer', async () => {
    const primary = await serving.primary()
    const { server } = await serving.secondary([primary])
    const [step] = await server.trace('web.example.org. A')
    expect(step?.code).to.equal('zone-not-transferred')
    expect(step?.describe()).to.equal(`the zone example.org. has not been transferred yet from ${primary.at}`)
  })

  it('passes on what the zone does not have, where it shall', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const passing = async (fallthrough: string) => {
      const transfer = `transfer from ${primary.at}\n${fallthrough}`
      const started = await serving.start(`. {\nsecondary example.org {\n${transfer}\n}\nwhoami\n}`)
      await started.transferred()
      const names = ['none.example.org.', 'x.a.example.org.']
      const replies = await Promise.all(names.map((name) => started.server.ask(`${name} A`)))
      return replies.map(({ rcode }) => rcode)
    }
    expect(await passing('')).to.deep.equal(['NXDOMAIN', 'NXDOMAIN'])
    expect(await passing('fallthrough a.example.org')).to.deep.equal(['NXDOMAIN', 'NOERROR'])
    expect(await passing('fallthrough')).to.deep.equal(['NOERROR', 'NOERROR'])
  })

  it('tries again until it has the zone, in pauses that grow from 250 ms to 10 s', async () => {
    const primary = await serving.primary()
    const started = await serving.secondary([primary])
    const pauses = ['250ms', '500ms', '1s', '2s', '4s', '8s', '10s', '10s']
    for (const [index, pause] of pauses.entries()) {
      const lines = await started.lines(/^\[WARNING\]/, index + 1)
      expect(lines.at(-1)).to.equal(
        `[WARNING] plugin/secondary: All 'example.org.' masters failed to transfer, retrying in ${pause}: dns: bad xfr rcode: 5`,
      )
      await started.settle()
      started.timer.pass(pause.endsWith('ms') ? Number.parseInt(pause, 10) : Number.parseInt(pause, 10) * 1000)
    }
    await started.lines(/^\[WARNING\]/, pauses.length + 1)
    primary.zones['example.org.'] = zone(7, '192.0.2.1')
    await started.settle()
    started.timer.pass(10_000)
    await started.transferred()
    expect(await started.web()).to.equal('192.0.2.1')
  })

  it('takes another primary where one fails, and says so', async () => {
    const [down, refusing, good] = [
      await serving.primary(),
      await serving.primary(),
      await serving.primary({ 'example.org.': zone(7, '192.0.2.1') }),
    ]
    await down.upstream.stop()
    const started = await serving.secondary([down, refusing, good])
    await started.transferred()
    expect(started.server.lines).to.deep.equal([
      `[ERROR] plugin/secondary: Failed to setup transfer \`example.org.' with \`"${down.at}"': dial tcp ${down.at}: connect: connection refused`,
      `[ERROR] plugin/secondary: Failed to transfer \`example.org.' from "${refusing.at}": dns: bad xfr rcode: 5`,
      `[INFO] plugin/secondary: Transferred: example.org. from ${good.at}`,
    ])
  })

  it('asks for the serial when it is time to refresh, and has a newer version', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    expect(await started.web()).to.equal('192.0.2.1')
    await started.settle()
    started.timer.pass(3_599_999)
    await started.settle()
    expect(primary.asked).to.have.lengthOf(1)
    await started.attemptAfter(1)
    while (primary.asked.length < 2) await started.settle()
    expect(primary.asked).to.deep.equal(['example.org. AXFR tcp', 'example.org. SOA tcp'])
    primary.zones['example.org.'] = zone(8, '192.0.2.2')
    await started.attemptAfter(3_600_000)
    await started.transferred(2)
    expect(await started.web(), 'what was answered is dropped').to.equal('192.0.2.2')
    expect(primary.asked.slice(2)).to.deep.equal(['example.org. SOA tcp', 'example.org. AXFR tcp'])
  })

  it('counts serials around the circle (RFC 1982)', async () => {
    const primary = await serving.primary({ 'example.org.': zone(4_294_967_295, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    primary.zones['example.org.'] = zone(0, '192.0.2.2')
    await started.attemptAfter(3_600_000)
    await started.transferred(2)
    expect(await started.web()).to.equal('192.0.2.2')
  })

  it('keeps its version where the serial goes back', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    primary.zones['example.org.'] = zone(6, '192.0.2.2')
    await started.attemptAfter(3_600_000)
    expect(await started.lines(/^\[WARNING\]/)).to.deep.equal([
      `[WARNING] plugin/secondary: ${primary.at} has serial 6 of example.org., older than ours, 7`,
    ])
    expect(await started.web()).to.equal('192.0.2.1')
  })

  it('asks the next primary where one is behind, and takes no older version from that', async () => {
    const [old, young] = [
      await serving.primary({ 'example.org.': zone(6, '192.0.2.6') }),
      await serving.primary({ 'example.org.': zone(7, '192.0.2.7') }),
    ]
    await old.upstream.stop()
    const started = await serving.secondary([old, young])
    await started.transferred()
    await old.upstream.start()
    young.zones['example.org.'] = zone(8, '192.0.2.8')
    const { transfer } = young
    young.transfer = (received) => [partOf(received, [], { rcode: 2 })]
    await started.attemptAfter(3_600_000)
    await started.lines(/Failed to transfer/, 2)
    expect(started.server.lines.slice(2)).to.deep.equal([
      `[WARNING] plugin/secondary: ${old.at} has serial 6 of example.org., older than ours, 7`,
      `[ERROR] plugin/secondary: Failed to transfer \`example.org.' from "${young.at}": dns: bad xfr rcode: 2`,
      `[ERROR] plugin/secondary: Failed to transfer \`example.org.' from "${old.at}": serial 6 is not newer than 7`,
    ])
    expect(await started.web()).to.equal('192.0.2.7')
    young.transfer = transfer
    await started.attemptAfter(600_000)
    await started.transferred(2)
    expect(await started.web()).to.equal('192.0.2.8')
  })

  it('retries more often while no primary can be asked, and expires', async () => {
    const primary = await serving.primary({
      'example.org.': [soa(7, '3600 600 5400 60'), 'web.example.org. 60 IN A 192.0.2.1'],
    })
    const started = await serving.secondary([primary])
    await started.transferred()
    await primary.upstream.stop()
    await started.attemptAfter(3_600_000)
    expect(await started.lines(/Failed/)).to.deep.equal([
      `[WARNING] plugin/secondary: Failed refresh check dial tcp ${primary.at}: connect: connection refused`,
    ])
    await started.attemptAfter(600_000)
    expect((await started.lines(/Failed/, 2))[1]).to.equal(
      `[WARNING] plugin/secondary: Failed retry check dial tcp ${primary.at}: connect: connection refused`,
    )
    const expiresMs = 5_400_000
    while (started.timer.now() < expiresMs - 1) {
      await started.settle()
      started.timer.goTo(Math.min(started.timer.now() + 1000, expiresMs - 1))
    }
    expect(await started.web(), 'not expired yet').to.equal('192.0.2.1')
    started.timer.pass(1)
    expect(await started.lines(/expired/)).to.deep.equal(['[ERROR] plugin/secondary: Zone example.org. is expired'])
    expect(await started.web()).to.equal('SERVFAIL')
    expect((await started.server.trace('web.example.org. A'))[0]?.code).to.equal('zone-expired')
    await started.lines(/retrying in 250ms/)
    await primary.upstream.start()
    await started.settle()
    started.timer.pass(250)
    await started.transferred(2)
    expect(await started.web(), 'the same serial is as good as any').to.equal('192.0.2.1')
  })

  it('does not expire where a primary is reached in between', async () => {
    const primary = await serving.primary({
      'example.org.': [soa(7, '3600 600 5000 60'), 'web.example.org. 60 IN A 192.0.2.1'],
    })
    const started = await serving.secondary([primary])
    await started.transferred()
    for (let count = 2; count < 6; count++) {
      await started.attemptAfter(3_600_000)
      while (primary.asked.length < count) await started.settle()
      await started.settle()
    }
    expect(await started.web()).to.equal('192.0.2.1')
  })

  it('expires at the first failure where that comes after its time', async () => {
    const primary = await serving.primary({
      'example.org.': [soa(7, '3600 600 60 60'), 'web.example.org. 60 IN A 192.0.2.1'],
    })
    const started = await serving.secondary([primary])
    await started.transferred()
    await started.settle()
    started.timer.pass(3_500_000)
    expect(await started.web(), 'nobody has failed').to.equal('192.0.2.1')
    await primary.upstream.stop()
    await started.attemptAfter(100_000)
    await started.lines(/expired/)
    expect(await started.web()).to.equal('SERVFAIL')
  })

  it('has timers of zero last a second', async () => {
    const primary = await serving.primary({
      'example.org.': [soa(7, '0 0 0 60'), 'web.example.org. 60 IN A 192.0.2.1'],
    })
    const started = await serving.secondary([primary])
    await started.transferred()
    await started.settle()
    started.timer.pass(999)
    await started.settle()
    expect(primary.asked).to.have.lengthOf(1)
    await started.attemptAfter(1)
    while (primary.asked.length < 2) await started.settle()
  })

  it('hands the zone on by the plugin transfer, and tells others of it', async () => {
    const other = await serving.primary()
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary], `transfer {\nto * ${other.at}\n}`)
    const rcodes = async () =>
      (await started.server.exchangeAll('example.org. AXFR')).map(({ rcode }) => rcodeName(rcode))
    expect(await rcodes(), 'there is none yet').to.deep.equal(['REFUSED'])
    await started.transferred()
    const messages = await started.server.exchangeAll('example.org. AXFR')
    expect(messages.flatMap(({ answer }) => answer.map(({ type }) => type))).to.deep.equal(['SOA', 'NS', 'A', 'SOA'])
    while (other.asked.length === 0) await started.settle()
    expect(other.asked[0]).to.equal('example.org. SOA udp')
  })

  it('REFUSES transfers without it', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    const started = await serving.secondary([primary])
    await started.transferred()
    const [message] = await started.server.exchangeAll('example.org. AXFR')
    expect(rcodeName(message?.rcode ?? 0)).to.equal('REFUSED')
  })

  it('serves several zones, each from its own primaries', async () => {
    const [one, two] = [
      await serving.primary({ 'a.test.': zone(1, '192.0.2.1', 'a.test.') }),
      await serving.primary({ 'b.test.': zone(1, '192.0.2.2', 'b.test.'), 'c.test.': zone(1, '192.0.2.3', 'c.test.') }),
    ]
    const started = await serving.start(
      `. {\nsecondary a.test {\ntransfer from ${one.at}\n}\nsecondary b.test c.test {\ntransfer from ${two.at}\n}\n}`,
    )
    await started.transferred(3)
    const found = await Promise.all(['a', 'b', 'c'].map((name) => started.web(`web.${name}.test.`)))
    expect(found).to.deep.equal(['192.0.2.1', '192.0.2.2', '192.0.2.3'])
  })

  it('ends with the server, also in the middle of a transfer', async () => {
    const primary = await serving.primary({ 'example.org.': zone(7, '192.0.2.1') })
    primary.transfer = () => []
    const started = await serving.secondary([primary])
    while (primary.asked.length === 0) await started.settle()
    await started.server.stop()
    await started.settle()
    expect(started.timer.waiting).to.equal(0)
    expect(started.server.lines).to.deep.equal([])
  })
})
