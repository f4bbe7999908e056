import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../../src/dns/wire/encode.ts'
import { UpstreamError, type Upstreams } from '../../../src/plugin/upstream.ts'
import { formatAddressPart, type SocketAddress } from '../../../src/util/address.ts'
import { serveManifests, type TestServer } from '../../support/serve.ts'
import { testSetup, wrongCount } from '../../support/setup.ts'

/** What becomes of a message to another server, or to ourselves. */
type Outcome = (message: Uint8Array, server: TestServer, count: number) => Promise<Uint8Array>

/** Asks the server itself, from another port each time. */
const toUs: Outcome = async (message, server, count) => {
  const octets = await server.send(message, { client: { address: '127.0.0.1', port: 53_000 + count } })
  if (octets === undefined) throw new Error('no response')
  return octets
}
const fails: Outcome = () => Promise.reject(new UpstreamError('i/o timeout'))
const nxdomain: Outcome = async (message) => {
  const { id, question } = decodeMessage(message)
  const bits = { id, qr: true, opcode: 0, aa: false, tc: false, rd: true, ra: true, ad: false, cd: false, rcode: 3 }
  const draft = { ...bits, answer: [], authority: [], additional: [], ...(question && { question }) }
  return encodeMessage(draft, 512).octets
}

/** @param outcomes of the messages to each address, in their order; the last one again and again */
function serve(corefile: string, outcomes: Readonly<Record<string, readonly Outcome[]>>, at?: SocketAddress) {
  const sent: string[] = []
  let count = 0
  const upstreams: Upstreams = {
    open: ({ at: { address, port } }) => ({
      exchange(message) {
        const place = `${formatAddressPart(address)}:${port}`
        const past = sent.filter((each) => each === place).length
        sent.push(place)
        const choices = outcomes[place] ?? []
        const outcome = choices[past] ?? choices.at(-1)
        if (outcome === undefined) throw new Error(`nobody is at ${place}`)
        return outcome(message, server, ++count)
      },
      close: () => {},
    }),
    receive: () => Promise.reject(new UpstreamError('not asked')),
    lookup: () => Promise.resolve([]),
  }
  const server = serveManifests('', corefile, { upstreams, ...(at && { listening: at }) })
  return { server, sent }
}

/** Lets what is under way go on as far as it comes without time. */
async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) await new Promise(setImmediate)
}

const us = '127.0.0.1:53'
const other = '10.0.0.53:53'
const forwarding = (to: string) => `. {\nerrors\nlog\nloop\nforward . ${to}\n}\n`
const own = /^\d{1,19}\.\d{1,19}\.$/

describe('loop', () => {
  it('ends the process where queries come back', async () => {
    const { server } = serve(forwarding('127.0.0.1'), { [us]: [toUs] })
    await server.start()
    await settle()
    const [fatal, ...more] = server.lines.filter((line) => line.startsWith('[FATAL]'))
    expect(more).to.deep.equal([])
    expect(fatal).to.match(
      /^\[FATAL\] plugin\/loop: Loop \(127\.0\.0\.1:53003 -> 127\.0\.0\.1:53\) detected for zone "\.", see https:\/\/coredns\.io\/plugins\/loop#troubleshooting\. Query: "HINFO \d+\.\d+\."$/,
    )
  })

  it('names the zone of the block, and the port alone where it listens everywhere', async () => {
    const corefile = 'Example.org test {\nloop\nforward . 127.0.0.1\n}\n'
    for (const { address, first } of [
      { address: '0.0.0.0', first: '127.0.0.1:5300' },
      { address: '::', first: '127.0.0.1:5300' },
    ]) {
      const { server, sent } = serve(corefile, { [us]: [toUs], [first]: [toUs] }, { address, port: 5300 })
      await server.start()
      await settle()
      expect(sent[0]).to.equal(first)
      expect(server.lines.join('\n')).to.match(
        /:53003 -> :5300\) detected for zone "example\.org\.".*"HINFO \d+\.\d+\.example\.org\."$/,
      )
    }
  })

  it('sends one query, and is content with any answer', async () => {
    const { server, sent } = serve(forwarding('10.0.0.53'), { [us]: [toUs], [other]: [nxdomain] })
    await server.start()
    await settle()
    expect(sent).to.deep.equal([us, other])
    server.timer.pass(60_000)
    await settle()
    expect(sent).to.have.lengthOf(2)
    expect(server.lines).to.have.lengthOf(1)
    expect(server.lines[0]).to.match(
      /^\[INFO\] 127\.0\.0\.1:53001 - \d+ "HINFO IN \d+\.\d+\. udp \d+ false 512" NXDOMAIN qr,rd,ra /,
    )
  })

  it('is NXDOMAIN, and no error, where nobody passes it on', async () => {
    const { server } = serve('. {\nerrors\nloop\n}\n', { [us]: [toUs] })
    await server.start()
    await settle()
    expect(server.lines).to.deep.equal([])
  })

  /** The name that it asks for, once it has. */
  async function started(outcome: Outcome) {
    const asked: string[] = []
    const spy: Outcome = (message, ...rest) => {
      asked.push(decodeMessage(message).question?.qname ?? '')
      return outcome(message, ...rest)
    }
    const { server, sent } = serve('. {\nerrors\nloop\nwhoami\n}\n', { [us]: [spy] })
    await server.start()
    await settle()
    const [qname = ''] = asked
    const see = async () => rcodeName((await server.exchange(`${qname} HINFO`)).rcode)
    return {
      server,
      sent,
      asked,
      qname,
      see,
      isDetected: () => server.lines.some((line) => line.startsWith('[FATAL]')),
    }
  }

  it('asks for a name of its own, and its answer is never kept', async () => {
    const { server, qname, see } = await started(fails)
    expect(qname).to.match(own)
    await see()
    await see()
    expect(server.misses).to.equal(2)
    expect((await started(fails)).qname).not.to.equal(qname)
  })

  it('the third sighting is one too many; then it counts no more', async () => {
    const { see, isDetected, server } = await started(fails)
    expect(await see()).to.equal('NOERROR')
    expect(await see()).to.equal('NOERROR')
    expect(isDetected()).to.equal(false)
    expect(await see()).to.equal('SERVFAIL')
    expect(isDetected()).to.equal(true)
    expect(await see()).to.equal('NOERROR')
    expect(server.lines).to.have.lengthOf(1)
  })

  it('other names and types are no sightings', async () => {
    const { server, qname, isDetected } = await started(fails)
    for (let round = 0; round < 4; round++) {
      await server.exchange(`x.${qname} HINFO`)
      await server.exchange(`${qname} A`)
    }
    expect(isDetected()).to.equal(false)
  })

  it('goes on for two seconds behind the answer', async () => {
    for (const { ms, rcodes } of [
      { ms: 1999, rcodes: ['NOERROR', 'SERVFAIL'] },
      { ms: 2000, rcodes: ['NOERROR', 'NOERROR'] },
    ]) {
      const { server, see } = await started(toUs)
      server.timer.pass(ms)
      await settle()
      expect([await see(), await see()]).to.deep.equal(rcodes)
    }
  })

  it('without an answer tries again each second, for thirty, and counts anew', async () => {
    const { server, sent, see, isDetected } = await started(fails)
    for (let second = 0; second < 40; second++) {
      await see()
      server.timer.pass(1000)
      await settle()
    }
    expect(sent).to.have.lengthOf(30)
    expect(isDetected()).to.equal(false)
    for (let round = 0; round < 4; round++) expect(await see()).to.equal('NOERROR')
  })

  it('tries either family where it listens everywhere', async () => {
    const places = { '127.0.0.1:53': [fails], '[::1]:53': [fails] }
    const { server, sent } = serve('. {\nloop\n}\n', places, { address: '::', port: 53 })
    await server.start()
    await settle()
    server.timer.pass(1000)
    await settle()
    expect(sent).to.deep.equal(['127.0.0.1:53', '[::1]:53'])
  })

  it('ends with the server', async () => {
    const { server, sent } = await started(fails)
    await server.stop()
    server.timer.pass(1000)
    await settle()
    expect(sent).to.have.lengthOf(1)
    expect(server.timer.waiting).to.equal(0)
  })

  it('passes on what fails for another reason', async () => {
    const { server } = serve(forwarding('10.0.0.53'), { [us]: [toUs], [other]: [fails] })
    await server.start()
    await settle()
    expect(server.lines.join('\n')).to.match(/plugin\/errors: 2 \d+\.\d+\. HINFO: /)
  })
})

describe('loop: setup', () => {
  const label = 'a'.repeat(63)
  testSetup([
    { text: 'loop' },
    { text: 'loop example.org', error: wrongCount('example.org') },
    { text: 'loop {\nfoo\n}', line: 4, error: "unknown property 'foo'" },
    { text: 'loop\nloop', line: 4, error: 'this plugin can only be used once per Server Block' },
  ])

  it('refuses a zone that leaves no room', () => {
    const zone = `${label}.${label}.${label}.${'b'.repeat(60)}.`
    const message = `plugin/loop: Corefile:2 - Error during parsing: zone ${zone} has no room for a name below it`
    expect(() => serveManifests('', `${zone} {\nloop\n}\n`))
      .to.throw()
      .with.property('message', message)
  })
})
