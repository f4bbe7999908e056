import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect } from 'chai'
import fc from 'fast-check'
import { createAuthority, testAuthority } from '../support/api-server/certificates.ts'
import { freePorts } from '../support/ports.ts'
import { digText, short } from './dig.ts'
import { testFolder } from './folder.ts'
import { type Program, programs, shop, until } from './program.ts'

const web = 'web.shop.svc.cluster.local'

/** The process, asked by the real dig. */
describe('DNS over TLS', () => {
  const folder = testFolder({})
  const { run, serve } = programs()
  let port: number
  let plainPort: number

  beforeEach(async () => {
    const ports = await freePorts()
    port = ports[0]
    plainPort = ports[1]
    const { cert, key } = testAuthority().issueServer()
    folder.write('cert.pem', cert)
    folder.write('key.pem', key)
    folder.write('ca.pem', testAuthority().cert)
    folder.write('other-ca.pem', createAuthority('other').cert)
  })

  const corefile = () =>
    [
      `tls://cluster.local:${port} cluster.local:${plainPort} {`,
      ...['bind 127.0.0.1', `root ${folder.path()}`, 'tls cert.pem key.pem', 'errors', 'kubernetes'],
      '}\n',
    ].join('\n')

  /** Serves the shop by a Corefile, and waits until it answers. */
  async function start(): Promise<Program> {
    folder.write('Corefile', corefile())
    return run('serve', '--conf', folder.path('Corefile'), '-f', shop).listening()
  }

  const trusting = (ca = 'ca.pem') => [`+tls-ca=${folder.path(ca)}`, '+tls-hostname=localhost']

  it('is spoken with dig, which knows the certificate', async () => {
    const program = await start()
    expect(await short(port, '+tls', web)).to.deep.equal(['10.96.0.20'])
    expect(await short(port, ...trusting(), web)).to.deep.equal(['10.96.0.20'])
    expect(await short(port, ...trusting(), '+keepopen', web, web)).to.deep.equal(['10.96.0.20', '10.96.0.20'])
    const refused = await digText(port, ...trusting('other-ca.pem'), web).catch(String)
    expect(refused).to.match(/TLS peer certificate verification/)
    expect(await short(plainPort, web)).to.deep.equal(['10.96.0.20'])
    expect((await program.stop()).code).to.equal(0)
    expect(program.err).to.deep.equal([])
  })

  it('is shown at the start as in CoreDNS', async () => {
    folder.write(
      'Corefile',
      `tls://example.org:${port} {\n    bind 127.0.0.1\n    tls ${folder.path('cert.pem')} ${folder.path('key.pem')}\n    whoami\n}\n`,
    )
    const program = run('-conf', folder.path('Corefile'))
    await program.line(/^CoreDNS-/)
    expect(program.out).to.include(`tls://example.org.:${port} on 127.0.0.1`)
    expect(await digText(port, '+tls', 'example.org')).to.include('status: NOERROR')
  })

  it('goes on while the certificate is exchanged, on one connection and on many', async () => {
    const program = await start()
    const kept = await secured(port)
    const { cert, key } = testAuthority().issueServer()
    folder.write('cert.pem', cert)
    folder.write('key.pem', key)
    program.child.kill('SIGUSR1')
    await program.line(/Reloading complete/)
    const next = await secured(port)
    expect(next.getPeerCertificate().serialNumber).to.not.equal(kept.getPeerCertificate().serialNumber)
    expect(kept.destroyed).to.equal(false)
    for (const socket of [kept, next]) socket.destroy()
    expect(await short(port, ...trusting(), web)).to.deep.equal(['10.96.0.20'])
  })

  it('goes where --listen has it', async () => {
    folder.write('Corefile', corefile())
    const program = await serve('--listen', 'tls://127.0.0.1:0', '--conf', folder.path('Corefile'), '-f', shop)
    const line = program.out.find((each) => each.startsWith('listening on tls')) ?? ''
    expect(await short(Number(line.split(':').at(-1)), '+tls', web)).to.deep.equal(['10.96.0.20'])
  })

  it('is not kept from answering by noise', async () => {
    const program = await start()
    const noise = fc.sample(fc.uint8Array({ maxLength: 1500 }), { numRuns: 1000, seed: 42 })
    for (let at = 0; at < noise.length; at += 50) {
      await Promise.all(noise.slice(at, at + 50).map((octets, index) => shout(port, octets, index)))
    }
    expect(await short(port, '+tls', web)).to.deep.equal(['10.96.0.20'])
    expect(program.err).to.deep.equal([])
    expect(program.out.join()).to.not.match(/ERROR|panic/)
    expect((await program.stop()).code).to.equal(0)
  })
})

/** A connection with keys agreed. */
async function secured(port: number) {
  const socket = connectTls({ port, host: '127.0.0.1', ca: testAuthority().cert })
  let isSecured = false
  socket.once('secureConnect', () => {
    isSecured = true
  })
  await until(() => isSecured, 'a handshake')
  return socket
}

/** Sends octets, every second time as a record of TLS, and goes away: now with an end, now with a reset. */
function shout(port: number, octets: Uint8Array, index: number): Promise<void> {
  return new Promise((gone) => {
    const socket = connect(port, '127.0.0.1')
    const head = index % 2 === 0 ? Buffer.of(0x16, 3, 1, octets.length >> 8, octets.length & 0xff) : Buffer.of()
    socket.on('error', () => {})
    socket.on('close', () => gone())
    socket.write(Buffer.concat([head, octets]), () => {
      if (index % 3 === 0) socket.resetAndDestroy()
      else socket.end()
      socket.resume()
    })
  })
}
