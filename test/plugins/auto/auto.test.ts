import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { samplesOf } from '../../support/samples.ts'
import { serveManifests, type TestServer } from '../../support/serve.ts'
import { UpstreamDouble } from '../../support/upstream-double.ts'
import { until } from '../../transport/until.ts'

const zone = (serial: number, address: string) => `$TTL 60\n@ SOA ns host ${serial} 2 3 4 5\nweb A ${address}\n`

describe('auto', () => {
  const servers: TestServer[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop()
  })

  async function started(files: Record<string, string>, corefile = '. {\nauto {\ndirectory zones\n}\n}') {
    const server = serveManifests('', corefile, { files })
    servers.push(server)
    await server.start()
    const web = async (origin: string) => {
      const { rcode, answer } = await server.ask(`web.${origin} A`)
      return answer[0]?.split(' ').at(-1) ?? rcode
    }
    return { server, web, files }
  }

  it('answers for every zone that it finds, the longest first', async () => {
    const { server, web } = await started({
      'zones/db.example.org': zone(1, '192.0.2.1'),
      'zones/more/db.sub.example.org': zone(1, '192.0.2.2'),
      'zones/other': 'nothing',
    })
    expect(await web('example.org.')).to.equal('192.0.2.1')
    expect(await web('sub.example.org.')).to.equal('192.0.2.2')
    expect((await server.ask('none.sub.example.org. A')).authority).to.deep.equal([
      'sub.example.org. 5 IN SOA ns.sub.example.org. host.sub.example.org. 1 2 3 4 5',
    ])
    expect(server.lines).to.deep.equal([
      "[INFO] plugin/auto: Inserting zone `example.org.' from: zones/db.example.org",
      "[INFO] plugin/auto: Inserting zone `sub.example.org.' from: zones/more/db.sub.example.org",
    ])
  })

  it('takes in what comes, and lets go of what goes', async () => {
    const { server, web, files } = await started({ 'zones/db.example.org': zone(1, '192.0.2.1') })
    expect(await web('sub.example.org.')).to.equal('NXDOMAIN')
    expect(await web('example.net.')).to.equal('REFUSED')
    files['zones/db.sub.example.org'] = zone(1, '192.0.2.2')
    files['zones/db.example.net'] = zone(1, '192.0.2.3')
    server.timer.pass(59_999)
    expect(await web('sub.example.org.')).to.equal('NXDOMAIN')
    server.timer.pass(1)
    expect(await web('sub.example.org.')).to.equal('192.0.2.2')
    expect(await web('example.net.')).to.equal('192.0.2.3')
    delete files['zones/db.sub.example.org']
    delete files['zones/db.example.org']
    server.timer.pass(60_000)
    expect(await web('sub.example.org.')).to.equal('REFUSED')
    expect(await web('example.org.')).to.equal('REFUSED')
    expect(server.lines.slice(1)).to.deep.equal([
      "[INFO] plugin/auto: Inserting zone `example.net.' from: zones/db.example.net",
      "[INFO] plugin/auto: Inserting zone `sub.example.org.' from: zones/db.sub.example.org",
      "[INFO] plugin/auto: Deleting zone `example.org.'",
      "[INFO] plugin/auto: Deleting zone `sub.example.org.'",
    ])
  })

  it('reads a zone again when its serial is another', async () => {
    const { server, web, files } = await started({ 'zones/db.a': zone(1, '192.0.2.1') })
    expect(await web('a.')).to.equal('192.0.2.1')
    files['zones/db.a'] = zone(1, '192.0.2.2')
    server.timer.pass(60_000)
    expect(await web('a.')).to.equal('192.0.2.1')
    files['zones/db.a'] = zone(2, '192.0.2.3')
    server.timer.pass(60_000)
    expect(await web('a.')).to.equal('192.0.2.3')
    expect(server.lines.at(-1)).to.equal(
      '[INFO] plugin/auto: Successfully reloaded zone "a." in "zones/db.a" with 2 SOA serial',
    )
  })

  it('reads a zone from where its file is by now', async () => {
    const { server, web, files } = await started({ 'zones/1/db.a': zone(1, '192.0.2.1') })
    delete files['zones/1/db.a']
    files['zones/2/db.a'] = zone(2, '192.0.2.2')
    server.timer.pass(60_000)
    expect(await web('a.')).to.equal('192.0.2.2')
    expect(server.lines.slice(1)).to.deep.equal([
      '[INFO] plugin/auto: Successfully reloaded zone "a." in "zones/2/db.a" with 2 SOA serial',
    ])
  })

  it('says once what is wrong with a file, and serves the others', async () => {
    const { server, web, files } = await started({ 'zones/db.a': 'broken', 'zones/db.b': zone(1, '192.0.2.2') })
    server.timer.pass(60_000)
    expect(await web('a.')).to.equal('REFUSED')
    expect(await web('b.')).to.equal('192.0.2.2')
    files['zones/db.a'] = zone(1, '192.0.2.1')
    server.timer.pass(60_000)
    expect(await web('a.')).to.equal('192.0.2.1')
    expect(server.lines).to.have.lengthOf(3)
    expect(server.lines[1]).to.match(
      /^\[WARNING\] plugin\/auto: Parse zone `a\.': failed to parse file "zones\/db\.a" for origin a\. /,
    )
  })

  it('keeps a zone whose file is no zone file any more', async () => {
    const { server, web, files } = await started({ 'zones/db.a': zone(1, '192.0.2.1') })
    files['zones/db.a'] = 'broken'
    server.timer.pass(60_000)
    expect(await web('a.')).to.equal('192.0.2.1')
    expect(server.lines.at(-1)).to.match(/^\[ERROR\] plugin\/auto: Parsing zone "a\.": failed to parse file/)
  })

  it('passes over a file whose name spells no zone', async () => {
    const { server } = await started({ 'zones/db.a..b': zone(1, '192.0.2.1') })
    expect(server.lines).to.have.lengthOf(1)
    expect(server.lines[0]).to.match(/^\[WARNING\] plugin\/auto: Parse zone `a\.\.b\.': /)
  })

  it('waits for the folder', async () => {
    const { server, web, files } = await started({})
    server.timer.pass(60_000)
    expect(server.lines, 'told once').to.have.lengthOf(2)
    files['zones/db.a'] = zone(1, '192.0.2.1')
    server.timer.pass(60_000)
    expect(await web('a.')).to.equal('192.0.2.1')
  })

  it('looks as often as it is told, or never', async () => {
    const corefile = (reload: string) => `. {\nauto {\ndirectory zones\nreload ${reload}\n}\n}`
    const often = await started({ 'zones/db.a': zone(1, '192.0.2.1') }, corefile('5s'))
    often.files['zones/db.b'] = zone(1, '192.0.2.2')
    often.server.timer.pass(5000)
    expect(await often.web('b.')).to.equal('192.0.2.2')
    const never = await started({ 'zones/db.a': zone(1, '192.0.2.1') }, corefile('0'))
    expect(never.server.timer.waiting).to.equal(0)
    expect(await never.web('a.')).to.equal('192.0.2.1')
  })

  it('ends with the server', async () => {
    const { server } = await started({ 'zones/db.a': zone(1, '192.0.2.1') })
    await server.stop()
    expect(server.timer.waiting).to.equal(0)
  })

  it('is asked for names in its own zones alone: all else is the next plugin, also what no file is for', async () => {
    const files = { 'zones/db.org': zone(1, '192.0.2.1'), 'zones/db.net': zone(1, '192.0.2.2') }
    const last = await started(files, '. {\nauto org com {\ndirectory zones\n}\n}')
    expect(await last.web('org.')).to.equal('192.0.2.1')
    expect(await last.web('net.')).to.equal('SERVFAIL')
    expect(await last.web('com.')).to.equal('REFUSED')
    expect(last.server.lines, 'they are read all the same').to.have.lengthOf(2)
    const before = await started(files, '. {\nauto org com {\ndirectory zones\n}\nwhoami\n}')
    expect((await before.server.ask('web.net. A')).rcode).to.equal('NOERROR')
    expect((await before.server.ask('web.com. A')).rcode).to.equal('NOERROR')
  })

  it('says why: no file for the name yet', async () => {
    const { server } = await started({ 'zones/db.a': zone(1, '192.0.2.1') })
    expect((await server.trace('web.b. A')).map(({ code }) => code)).to.deep.equal(['other-zones'])
    expect((await server.trace('web.a. A')).map(({ code }) => code)).to.deep.equal(['in-zone', 'answered'])
  })

  it('hands out its zones by the plugin transfer, and refuses without it', async () => {
    const files: Record<string, string> = { 'zones/db.a': zone(7, '192.0.2.1') }
    const auto = 'auto {\ndirectory zones\n}'
    const { server } = await started(files, `. {\ntransfer {\nto *\n}\n${auto}\n}`)
    const types = async (name: string) => {
      const messages = await server.exchangeAll(`${name} AXFR`)
      return messages.flatMap(({ answer }) => answer.map(({ type }) => type))
    }
    expect(await types('a.')).to.deep.equal(['SOA', 'A', 'SOA'])
    expect(await types('b.')).to.deep.equal([])
    files['zones/db.b'] = zone(7, '192.0.2.2')
    server.timer.pass(60_000)
    expect(await types('b.')).to.deep.equal(['SOA', 'A', 'SOA'])
    const without = await started(files)
    const [message] = await without.server.exchangeAll('a. AXFR')
    expect(rcodeName(message?.rcode ?? 0)).to.equal('REFUSED')
  })

  it('tells secondaries of each zone at start, when it comes and when it changes', async () => {
    const secondary = await UpstreamDouble.start()
    try {
      const files: Record<string, string> = { 'zones/db.a': zone(1, '192.0.2.1') }
      const corefile = `. {\ntransfer {\nto ${secondary.at}\n}\nauto {\ndirectory zones\n}\n}`
      const { server } = await started(files, corefile)
      const told = () => secondary.received.map(({ message }) => message.question?.qname)
      const sent = (count: number) =>
        until(() => server.lines.filter((line) => line.includes('Sent notifies')).length === count)
      await sent(1)
      files['zones/db.b'] = zone(1, '192.0.2.2')
      server.timer.pass(60_000)
      await sent(2)
      files['zones/db.a'] = zone(2, '192.0.2.1')
      server.timer.pass(60_000)
      await sent(3)
      server.timer.pass(60_000)
      expect(told()).to.deep.equal(['a.', 'b.', 'a.'])
    } finally {
      await secondary.stop()
    }
  })

  it('has queries counted in its zones', async () => {
    const files: Record<string, string> = { 'zones/db.a': zone(1, '192.0.2.1') }
    const { server, web } = await started(files, '. {\nprometheus\nauto {\ndirectory zones\n}\n}')
    await web('a.')
    await web('b.')
    const counted = Object.keys(samplesOf(server.metrics)).filter((name) =>
      name.startsWith('coredns_dns_requests_total'),
    )
    expect(new Set(counted.map((name) => /zone="([^"]*)"/.exec(name)?.[1]))).to.deep.equal(new Set(['a.', '.']))
  })
})
