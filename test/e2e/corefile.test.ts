import { expect } from 'chai'
import { freePorts } from '../support/ports.ts'
import { dig, short } from './dig.ts'
import { testFolder } from './folder.ts'
import { programs, shop } from './program.ts'

const web = 'web.shop.svc.cluster.local'

describe('a Corefile', () => {
  const folder = testFolder({
    Log: 'cluster.local in-addr.arpa {\n    errors\n    log\n    kubernetes\n    loadbalance\n}\n',
  })
  const { run, serve } = programs()

  it('with log has a line for every query, from the cache or not', async () => {
    const program = await serve('-f', shop, '--conf', folder.path('Log'))
    const asked = [
      { args: ['+noedns', web], line: `"A IN ${web}. udp 44 false 512" NOERROR qr,aa,rd 60 ` },
      { args: ['+noedns', web], line: `"A IN ${web}. udp 44 false 512" NOERROR qr,aa,rd 60 ` },
      { args: ['+tcp', '+dnssec', '+nocookie', web], line: `"A IN ${web}. tcp 55 true 65535" NOERROR qr,aa,rd 71 ` },
      {
        args: ['+noedns', '+norec', 'no.cluster.local'],
        line: '"A IN no.cluster.local. udp 34 false 512" NXDOMAIN qr,aa ',
      },
      {
        args: ['+noedns', '+norec', 'No.Cluster.local'],
        line: '"A IN no.cluster.local. udp 34 false 512" NXDOMAIN qr,aa ',
      },
    ]
    for (const { args, line } of asked) {
      await dig(program.port(), ...args)
      const logged = await program.line(/^\[INFO\] 127\.0\.0\.1:\d+ - \d+ "/)
      expect(logged)
        .to.include(line)
        .and.match(/ \d+ [\d.]+s$/)
    }
  })

  it('on every address logs a client of IPv4 as such', async () => {
    const [port] = await freePorts()
    folder.write('Everywhere', `cluster.local:${port} {\n    log\n    kubernetes\n}\n`)
    const program = await run('serve', '-f', shop, '--conf', folder.path('Everywhere')).listening()
    for (const transport of ['+notcp', '+tcp']) {
      await dig(port, transport, web)
      await program.line(/^\[INFO\] 127\.0\.0\.1:\d+ - \d+ "/)
    }
  })

  it('with two blocks on two ports answers at each what is served there', async () => {
    const [first, second] = await freePorts()
    folder.write(
      'Two',
      `cluster.local:${first} {\n    kubernetes\n}\nexample.org:${second} {\n    kubernetes example.org\n}\n`,
    )
    const program = await run('serve', '-f', shop, '--conf', folder.path('Two')).listening()
    await program.line(new RegExp(`^listening on tcp \\S+:${second}$`))
    expect(await short(first, web)).to.deep.equal(['10.96.0.20'])
    expect(await short(second, '+tcp', 'web.shop.svc.example.org')).to.deep.equal(['10.96.0.20'])
    expect((await dig(first, 'web.shop.svc.example.org')).status).to.equal('REFUSED')
    expect((await dig(second, web)).status).to.equal('REFUSED')
  })

  it('rotates addresses from one answer to the next', async () => {
    const program = await serve('-f', shop, '--conf', folder.path('Log'))
    const firsts = new Set<string>()
    for (let time = 0; time < 4; time++) {
      const { text } = await dig(program.port(), '+noall', '+answer', 'db.shop.svc.cluster.local')
      firsts.add(text.trim().split('\n')[0] ?? '')
    }
    expect(firsts).to.have.length(2)
  })
})
