import { networkInterfaces } from 'node:os'
import { expect } from 'chai'
import { freePorts } from '../support/ports.ts'
import { dig, short } from './dig.ts'
import { testFolder } from './folder.ts'
import { programs, until } from './program.ts'

const block = (port: number, ...directives: readonly string[]): string =>
  `.:${port} {\n${['bind 127.0.0.1', ...directives].map((line) => `    ${line}\n`).join('')}}\n`

const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))

describe('plugins in a process of their own', () => {
  const folder = testFolder({})
  const { run } = programs()

  function start(corefile: string) {
    folder.write('Corefile', corefile)
    return run('-conf', folder.path('Corefile'))
  }

  it('loop: a server that forwards to itself ends', async () => {
    const [port] = await freePorts()
    const program = start(block(port, 'errors', 'loop', `forward . 127.0.0.1:${port}`))
    expect(await program.ended).to.deep.equal({ code: 1, signal: null })
    const fatal = program.out.filter((line) => line.startsWith('[FATAL]'))
    expect(fatal).to.have.lengthOf(1)
    expect(fatal[0]).to.match(
      new RegExp(
        `^\\[FATAL\\] plugin/loop: Loop \\(127\\.0\\.0\\.1:\\d+ -> 127\\.0\\.0\\.1:${port}\\) detected for zone "\\.", see https://coredns\\.io/plugins/loop#troubleshooting\\. Query: "HINFO \\d+\\.\\d+\\."$`,
      ),
    )
  })

  it('loop: a server that forwards to another one serves, and logs its query', async () => {
    const [port, other] = await freePorts()
    await start(block(other, 'erratic {', 'drop 0', '}')).line(/^\w+\/\w+, node/)
    const program = start(block(port, 'log', 'loop', `forward . 127.0.0.1:${other}`))
    await program.line(/^\[INFO\] 127\.0\.0\.1:\d+ - \d+ "HINFO IN \d+\.\d+\. udp \d+ false 512" SERVFAIL /)
    expect(await short(port, 'www.example.org')).to.deep.equal(['192.0.2.53'])
  })

  it('hosts: a file that changes is read again', async () => {
    const [port] = await freePorts()
    folder.write('hosts', '10.1.0.1 a.test\n')
    const program = start(block(port, `hosts ${folder.path('hosts')} {`, 'reload 50ms', '}'))
    await program.line(/^\w+\/\w+, node/)
    expect(await short(port, 'a.test')).to.deep.equal(['10.1.0.1'])
    folder.write('hosts', '10.1.0.2 a.test b.test\n')
    await until(async () => (await short(port, 'a.test')).join() === '10.1.0.2', 'the new address')
  })

  it('acl drop: no response, and the server goes on', async () => {
    const [port] = await freePorts()
    const program = start(block(port, 'acl {', 'drop type TXT', '}', 'whoami'))
    await program.line(/^\w+\/\w+, node/)
    expect((await dig(port, 'a.test', '+time=1', '+tries=1', 'TXT').catch(() => undefined))?.status ?? 'none').to.equal(
      'none',
    )
    expect((await dig(port, 'a.test')).status).to.equal('NOERROR')
  })

  it('dns64: for a client of IPv6, and for none of IPv4 on the same sockets', async function () {
    if (!hasIpv6) this.skip()
    const [port] = await freePorts()
    folder.write('hosts', '192.0.2.33 a.test\n192.0.2.34 b.test\n2001:db8::1 b.test\n')
    const program = start(`.:${port} {\n    dns64\n    hosts ${folder.path('hosts')}\n}\n`)
    await program.line(/^\w+\/\w+, node/)
    for (let round = 0; round < 2; round++) {
      expect(await short(port, '@::1', 'a.test', 'AAAA')).to.deep.equal(['64:ff9b::c000:221'])
      expect(await short(port, '@127.0.0.1', 'a.test', 'AAAA')).to.deep.equal([])
      expect(await short(port, '@::1', '+tcp', 'b.test', 'AAAA')).to.deep.equal(['2001:db8::1'])
    }
  })

  it('view: each client is answered by its own server block, in every round', async () => {
    const [port] = await freePorts()
    const answering = (address: string, ...directives: readonly string[]) =>
      block(port, ...directives, 'hosts {', `${address} a.test`, '}')
    const local = answering('10.0.0.1', 'view local {', "expr incidr(client_ip(), '127.0.0.2/32')", '}')
    const program = start(local + answering('192.0.2.1'))
    await program.line(/^\w+\/\w+, node/)
    for (let round = 0; round < 2; round++) {
      expect(await short(port, '-b', '127.0.0.2', 'a.test')).to.deep.equal(['10.0.0.1'])
      expect(await short(port, '-b', '127.0.0.1', 'a.test')).to.deep.equal(['192.0.2.1'])
      expect(await short(port, '-b', '127.0.0.2', '+tcp', 'a.test')).to.deep.equal(['10.0.0.1'])
    }
  })

  it('view: by the port of the server', async () => {
    const [port, other] = await freePorts()
    const keys = `a.test:${port} a.test:${other}`
    const body = (address: string, ...directives: readonly string[]) =>
      `${keys} {\n${['bind 127.0.0.1', ...directives, 'hosts {', `${address} a.test`, '}'].join('\n')}\n}\n`
    const program = start(body('10.0.0.1', 'view v {', `expr server_port() == '${other}'`, '}') + body('192.0.2.1'))
    await program.line(/^\w+\/\w+, node/)
    expect(await short(other, 'a.test')).to.deep.equal(['10.0.0.1'])
    expect(await short(port, 'a.test')).to.deep.equal(['192.0.2.1'])
  })
})
