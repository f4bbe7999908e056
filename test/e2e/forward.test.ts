import { expect } from 'chai'
import { testAuthority } from '../support/api-server/certificates.ts'
import { freePorts, manyFreePorts } from '../support/ports.ts'
import { bigText, dnsmasq, type RealUpstream, unbound } from '../support/real-upstream.ts'
import { type Dug, dig, digText } from './dig.ts'
import { testFolder } from './folder.ts'
import { programs } from './program.ts'

/** Everything of a response but what differs each time. */
const essence = ({ status, flags, answer, authority, additional }: Dug) => ({
  status,
  flags,
  answer,
  authority,
  additional,
})

const questions: readonly (readonly string[])[] = [
  ['www.example', 'A'],
  ['www.example', 'A', '+noedns'],
  ['WwW.eXample', 'AAAA'],
  ['www.example', 'A', '+dnssec'],
  ['www.example', 'A', '+norecurse'],
  ['www.example', 'A', '+tcp'],
  ['www.example', 'A', '+cdflag', '+adflag'],
  ['www.example', 'A', '+subnet=192.0.2.0/24'],
  ['alias.example', 'A'],
  ['example', 'MX'],
  ['example', 'SOA'],
  ['example', 'ANY'],
  ['_http._tcp.example', 'SRV'],
  ['caa.example', 'CAA'],
  ['odd.example', 'TYPE65280'],
  ['key.example', 'DS'],
  ['www.example', 'HTTPS'],
  ['_443._tcp.www.example', 'TLSA'],
  ['www.example', 'TYPE65281'],
  ['nope.example', 'A'],
  ['big.example', 'TXT'],
  ['big.example', 'TXT', '+tcp'],
  ['big.example', 'TXT', '+ignore', '+noedns'],
  ['version.bind', 'CH', 'TXT'],
]

const kinds: readonly { readonly name: string; readonly create: (port: number) => RealUpstream }[] = [
  { name: 'unbound', create: (port) => unbound(port) },
  { name: 'dnsmasq', create: dnsmasq },
]

for (const { name, create } of kinds) {
  describe(`forward to ${name}`, () => {
    const { serve } = programs()
    const folder = testFolder({})
    let upstream: RealUpstream
    before(async () => {
      const [port] = await freePorts()
      upstream = create(port)
      await upstream.start()
    })
    after(() => upstream.stop())

    const start = (options = '') => {
      folder.write('Corefile', `. {\n    errors\n    forward . 127.0.0.1:${upstream.port} {\n${options}\n}\n}\n`)
      return serve('--conf', folder.path('Corefile'), '-f', folder.path())
    }

    it('is as if it were asked itself', async () => {
      const program = await start()
      for (const question of questions) {
        const [ours, theirs] = [await dig(program.port(), ...question), await dig(upstream.port, ...question)]
        const isCut = theirs.flags.includes('tc')
        // What is cut is cut at whole RRsets: none of a part.
        const expected = isCut ? { ...essence(theirs), answer: [] } : essence(theirs)
        expect(essence(ours), question.join(' ')).to.deep.equal(expected)
      }
    })

    it('a big answer comes whole, over TCP after UDP', async () => {
      const { answer } = await dig((await start()).port(), 'big.example', 'TXT')
      expect(answer[0]).to.include(bigText.map((text) => `"${text}"`).join(' '))
    })

    it('force_tcp', async () => {
      const program = await start('force_tcp')
      expect((await dig(program.port(), 'big.example', 'TXT', '+bufsize=4096', '+ignore')).flags).to.include('tc')
      expect((await dig(program.port(), 'www.example', 'A')).answer).to.include('www.example. 300 IN A 192.0.2.80')
    })

    it('it is gone, and comes back: SERVFAIL and a line of the log, then answers as before', async () => {
      const program = await start('max_fails 1\nhealth_check 50ms')
      for (let round = 0; round < 2; round++) {
        for (const how of ['+notcp', '+tcp']) {
          expect((await dig(program.port(), 'www.example', 'A', how)).status).to.equal('NOERROR')
        }
        await upstream.stop()
        for (const how of ['+notcp', '+tcp']) {
          const { status, text } = await dig(program.port(), 'www.example', 'A', how)
          expect(status).to.equal('SERVFAIL')
          expect(text).to.match(/EDE: 23 \(Network Error\): \(no upstream answered, the last one: 127\.0\.0\.1:\d+: /)
          await program.line(/^\[ERROR\] plugin\/errors: 2 www\.example\. A: .*: connection refused$/)
        }
        await upstream.start()
      }
      expect((await program.stop()).code).to.equal(0)
    })

    it('many at a time', async () => {
      const program = await start('max_concurrent 1000')
      const manyTimes = Array.from({ length: 20 }, () => ['www.example', 'AAAA']).flat()
      // Left alone, two digs may get the same port (they set SO_REUSEPORT): one of them then has the replies of both.
      const ports = await manyFreePorts(20)
      const asked = ports.map((port) => digText(program.port(), '-b', `127.0.0.1#${port}`, '+short', ...manyTimes))
      for (const text of await Promise.all(asked)) expect(text).to.equal('2001:db8::80\n'.repeat(20))
      expect((await program.stop()).code).to.equal(0)
    })
  })
}

describe('forward to unbound over TLS and HTTPS', () => {
  const { serve } = programs()
  const folder = testFolder({})
  let upstream: RealUpstream
  let [tlsPort, httpsPort] = [0, 0]
  before(async () => {
    const [port] = await freePorts()
    ;[tlsPort, httpsPort] = await freePorts()
    upstream = unbound(port, { certificate: testAuthority().issueServer(), tlsPort, httpsPort })
    await upstream.start()
  })
  after(() => upstream.stop())

  for (const { title, to } of [
    { title: 'TLS, by address', to: () => `tls://127.0.0.1:${tlsPort}` },
    { title: 'TLS, by name', to: () => `tls://127.0.0.1%localhost:${tlsPort}` },
    { title: 'HTTPS', to: () => `https://127.0.0.1:${httpsPort}` },
  ]) {
    it(title, async () => {
      folder.write('ca.pem', testAuthority().cert)
      folder.write(
        'Corefile',
        `. {\n    errors\n    forward . ${to()} {\n        tls ${folder.path('ca.pem')}\n    }\n}\n`,
      )
      const program = await serve('--conf', folder.path('Corefile'), '-f', folder.path())
      for (const question of questions.filter((each) => !each.includes('+noedns'))) {
        const [ours, theirs] = [await dig(program.port(), ...question), await dig(upstream.port, ...question)]
        expect(essence(ours), question.join(' ')).to.deep.equal(essence(theirs))
      }
      expect(program.err).to.deep.equal([])
    })
  }
})

describe('commands without a server, and forward', () => {
  const { run } = programs()
  const folder = testFolder({})
  let upstream: RealUpstream
  before(async () => {
    const [port] = await freePorts()
    upstream = dnsmasq(port)
    await upstream.start()
  })
  after(() => upstream.stop())

  for (const command of ['query', 'explain']) {
    for (const isThere of [true, false]) {
      it(`${command} ends by itself, ${isThere ? 'with an answer' : 'where nobody answers'}`, async () => {
        const port = isThere ? upstream.port : (await freePorts())[0]
        folder.write('Corefile', `. {\n    errors\n    forward . 127.0.0.1:${port}\n}\n`)
        const program = run(command, 'www.example', 'A', '--conf', folder.path('Corefile'), '-f', folder.path())
        const { code, signal } = await program.ended
        expect({ code, signal }).to.deep.equal({ code: 0, signal: null })
        expect(program.out.join('\n')).to.include(isThere ? '192.0.2.80' : 'SERVFAIL')
      })
    }
  }
})
