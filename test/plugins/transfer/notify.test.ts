import { expect } from 'chai'
import { OPCODE, RCODE } from '../../../src/dns/iana.ts'
import { serveManifests, type TestServer } from '../../support/serve.ts'
import { replyTo, UpstreamDouble } from '../../support/upstream-double.ts'
import { until } from '../../transport/until.ts'

const zone = (serial: number) => `$TTL 60\n@ SOA ns host ${serial} 2 3 4 5\n@ NS ns\n`

describe('transfer: NOTIFY (RFC 1996)', () => {
  const doubles: UpstreamDouble[] = []
  const servers: TestServer[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop()
    for (const double of doubles.splice(0)) await double.stop()
  })

  /** A secondary that takes every NOTIFY: its response is the request with QR (RFC 1996 section 4.7). */
  async function secondary(): Promise<UpstreamDouble> {
    const double = await UpstreamDouble.start()
    doubles.push(double)
    return double
  }

  async function started(corefile: string, files: Record<string, string> = { db: zone(1) }): Promise<TestServer> {
    const server = serveManifests('', corefile, { files })
    servers.push(server)
    await server.start()
    return server
  }

  const block = (transfer: string, more = 'file db example.org') => `. {\ntransfer {\n${transfer}\n}\n${more}\n}`
  const warnings = ({ lines }: TestServer) => lines.filter((line) => !/^\[(DEBUG|INFO)\]/.test(line))
  const sent = ({ lines }: TestServer) => lines.filter((line) => line.includes('Sent notifies'))

  it('is sent over UDP to every address of the zone at start, with AA and the SOA question', async () => {
    const [one, two] = [await secondary(), await secondary()]
    const server = await started(block(`to * ${one.at}\nto ${two.at}`))
    await until(() => sent(server).length === 1)
    expect(sent(server)).to.deep.equal([
      `[DEBUG] plugin/transfer: Sent notifies for zone "example.org." to [* ${one.at} ${two.at}]`,
    ])
    for (const { received } of [one, two]) {
      const [{ message, transport } = { message: undefined, transport: undefined }] = received
      expect(received).to.have.lengthOf(1)
      expect(transport).to.equal('udp')
      expect(message).to.deep.include({ opcode: OPCODE.NOTIFY, aa: true, qr: false, rd: false, tc: false })
      expect(message?.question).to.deep.include({ qname: 'example.org.', qtype: 6, qclass: 1 })
    }
    expect(server.lines).to.have.lengthOf(1)
  })

  it('is sent again when the serial has changed, and not when it has not', async () => {
    const double = await secondary()
    const files = { db: zone(1) }
    const server = await started(block(`to ${double.at}`), files)
    await until(() => sent(server).length === 1)
    server.timer.pass(60_000)
    files.db = zone(2)
    server.timer.pass(60_000)
    await until(() => sent(server).length === 2)
    expect(double.received).to.have.lengthOf(2)
  })

  it('is sent when a file that was missing is there', async () => {
    const double = await secondary()
    const files: Record<string, string> = {}
    const server = await started(block(`to ${double.at}`), files)
    files.db = zone(1)
    server.timer.pass(60_000)
    await until(() => sent(server).length === 1)
    expect(double.received).to.have.lengthOf(1)
  })

  it('goes to those of the longest zone alone', async () => {
    const [wide, narrow] = [await secondary(), await secondary()]
    const rules = `transfer . {\nto ${wide.at}\n}\ntransfer example.org {\nto ${narrow.at}\n}`
    const server = await started(`. {\n${rules}\nfile db example.org example.net\n}`)
    await until(() => sent(server).length === 2)
    expect(narrow.received.map(({ message }) => message.question?.qname)).to.deep.equal(['example.org.'])
    expect(wide.received.map(({ message }) => message.question?.qname)).to.deep.equal(['example.net.'])
  })

  it('is sent from the source address', async () => {
    const double = await secondary()
    const server = await started(block(`to ${double.at}\nsource 127.0.0.2`))
    await until(() => sent(server).length === 1)
    expect(double.received.map(({ address }) => address)).to.deep.equal(['127.0.0.2'])
  })

  it('is sent three times where it is refused, and that is told', async () => {
    const double = await secondary()
    double.reply = (received) => [replyTo(received, { rcode: RCODE.REFUSED })]
    const server = await started(block(`to ${double.at}`))
    await until(() => warnings(server).length === 1)
    expect(warnings(server)).to.deep.equal([
      `[WARNING] plugin/file: Failed sending notifies: notify for zone "example.org." was not accepted by "${double.at}": rcode was "REFUSED"`,
    ])
    expect(double.received).to.have.lengthOf(3)
  })

  it('is taken at the second attempt as well', async () => {
    const double = await secondary()
    double.reply = (received) => [replyTo(received, { rcode: double.received.length === 1 ? RCODE.SERVFAIL : 0 })]
    const server = await started(block(`to ${double.at}`))
    await until(() => sent(server).length === 1)
    expect(double.received).to.have.lengthOf(2)
    expect(warnings(server)).to.deep.equal([])
  })

  it('is no longer waited for after two seconds, three times', async () => {
    const double = await secondary()
    double.reply = () => []
    const server = await started(block(`to ${double.at}`))
    for (const count of [1, 2, 3]) {
      await until(() => double.received.length === count)
      server.timer.pass(2000)
    }
    await until(() => warnings(server).length === 1)
    expect(warnings(server)[0]).to.match(
      /was not accepted by "127\.0\.0\.1:\d+": "read udp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: i\/o timeout"$/,
    )
  })

  for (const [what, changes] of [
    ['a query', { qr: false }],
    ['the answer to a query', { opcode: OPCODE.QUERY }],
  ] as const) {
    it(`${what} is no response to it`, async () => {
      const double = await secondary()
      double.reply = (received) => [replyTo(received, changes)]
      const server = await started(block(`to ${double.at}`))
      await until(() => warnings(server).length === 1)
      expect(warnings(server)[0]).to.include('was not accepted by').and.to.include('"no response to NOTIFY"')
    })
  }

  it('is not sent of zones of the cluster, as in CoreDNS, nor of those in no transfer', async () => {
    const double = await secondary()
    const server = await started(
      `. {\ntransfer example.net cluster.local {\nto ${double.at}\n}\nkubernetes cluster.local\nfile db example.org example.net\n}`,
    )
    await until(() => sent(server).length === 1)
    expect(double.received.map(({ message }) => message.question?.qname)).to.deep.equal(['example.net.'])
  })

  it('ends with the server', async () => {
    const double = await secondary()
    double.reply = () => []
    const server = await started(block(`to ${double.at}`))
    await until(() => double.received.length === 1)
    await server.stop()
    await until(() => server.timer.waiting === 0)
    expect(warnings(server)).to.deep.equal([])
  })
})
