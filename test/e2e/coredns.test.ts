import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { expect } from 'chai'
import { probe } from '../support/http.ts'
import { freePorts } from '../support/ports.ts'
import { startLoad } from '../support/query-load.ts'
import { dig } from './dig.ts'
import { testFolder } from './folder.ts'
import { commandOf, type Program, programs, until } from './program.ts'

const block = (port: number, ...directives: readonly string[]): string =>
  `.:${port} {\n${['bind 127.0.0.1', ...directives].map((line) => `    ${line}\n`).join('')}}\n`

/** The process as manifests for CoreDNS start it. */
describe('the command line of CoreDNS', () => {
  const folder = testFolder({})
  const { run, runCommand } = programs()
  let port: number
  let httpPort: number

  beforeEach(async () => {
    const ports = await freePorts()
    port = ports[0]
    httpPort = ports[1]
  })

  /** Serves `Corefile`, and waits until it has said what it is. */
  async function start(corefile: string, ...args: readonly string[]): Promise<Program> {
    folder.write('Corefile', corefile)
    const program = run('-conf', folder.path('Corefile'), ...args)
    await program.line(/^\w+\/\w+, node/)
    return program
  }

  const status = async (at = port): Promise<string> => (await dig(at, 'example.org')).status
  const hash = /^\[INFO\] plugin\/reload: Running configuration SHA512 = [0-9a-f]{128}$/

  it('starts with its lines in order, and keeps the number of the process', async () => {
    const program = await start(block(port, 'reload', 'whoami'), '-pidfile', folder.path('pid'))
    expect(program.out.slice(0, 1)[0]).to.match(/^\[INFO\] udp: /)
    expect(program.out[1]).to.equal(`.:${port} on 127.0.0.1`)
    expect(program.out[2]).to.match(hash)
    expect(program.out[3]).to.equal('CoreDNS-1.14.7')
    expect(program.out[4]).to.match(/^(linux|darwin|windows)\/(amd64|arm64), node\d+\.\d+\.\d+, cluster-dns-\d/)
    expect(program.out).to.have.length(5)
    expect(await status()).to.equal('NOERROR')
    expect(readFileSync(folder.path('pid'), 'utf8')).to.equal(`${program.child.pid}\n`)
    expect(await program.stop()).to.deep.equal({ code: 0, signal: null })
    expect(program.out.at(-1)).to.equal('[INFO] SIGTERM: Shutting down servers then terminating')
    expect(existsSync(folder.path('pid'))).to.equal(false)
    expect(program.err).to.deep.equal([])
  })

  it('reads the Corefile that is piped into it', async () => {
    const program = run('-conf', 'stdin')
    program.child.stdin?.end(block(port, 'whoami'))
    await program.line(/^CoreDNS-1\.14\.7$/)
    expect(await status()).to.equal('NOERROR')
  })

  for (const { args, code, line, on } of [
    { args: ['-version'], code: 0, line: 'CoreDNS-1.14.7', on: 'out' },
    { args: ['-plugins'], code: 0, line: 'acl', on: 'out' },
    { args: ['-conf'], code: 2, line: 'flag needs an argument: -conf', on: 'err' },
    { args: ['-p', '53', 'more'], code: 1, line: 'extra command line arguments: [more]', on: 'err' },
  ] as const) {
    it(`${args.join(' ')}: exit code ${code}`, async () => {
      const program = run(...args)
      expect((await program.ended).code).to.equal(code)
      expect(program[on][0]).to.equal(line)
      expect(program[on === 'out' ? 'err' : 'out']).to.deep.equal([])
    })
  }

  it('goes by its name: called `coredns`, no flag is needed', async () => {
    const [node, entry = ''] = commandOf()
    symlinkSync(entry, folder.path('coredns'))
    const program = runCommand(node, folder.path('coredns'), '-h')
    expect((await program.ended).code).to.equal(0)
    expect(program.err[0]).to.equal('Usage of coredns:')
  })

  it('ends with exit code 1 where the port is taken, and where the Corefile is wrong', async () => {
    await start(block(port, 'whoami', `health 127.0.0.1:${httpPort}`))
    const taken = await freePorts()
    folder.write('Other', block(taken[0], 'whoami', `health 127.0.0.1:${httpPort}`))
    const second = run('-conf', folder.path('Other'))
    expect((await second.ended).code).to.equal(1)
    expect(second.err).to.deep.equal([`listen tcp 127.0.0.1:${httpPort}: bind: address already in use`])

    folder.write('Other', block(taken[0], 'forwrd . 192.0.2.1'))
    const third = run('-conf', folder.path('Other'))
    expect((await third.ended).code).to.equal(1)
    expect(third.err.map(folder.relative)).to.deep.equal([
      "Other:3 - Error during parsing: Unknown directive 'forwrd', did you mean 'forward'?",
    ])
  })

  it('follows its Corefile, and loses no query', async () => {
    const program = await start(block(port, 'reload 2s 0s', 'whoami'))
    const load = await startLoad({ address: '127.0.0.1', port }, 'example.org. A')
    try {
      folder.replace('Corefile', block(port, 'reload 2s 0s', 'whoami').replace('.:', 'example.com:'))
      await program.line(/^\[INFO\] Reloading$/)
      await program.line(hash)
      await program.line(/^\[INFO\] Reloading complete$/)
      expect(await status()).to.equal('REFUSED')

      folder.replace('Corefile', block(port, 'reload 2s 0s', 'whoami {', 'no_end {'))
      await program.line(/^\[WARNING\] plugin\/reload: Corefile parse failed: /)
      folder.replace('Corefile', block(port, 'reload 2s 0s', 'whoami now'))
      await program.line(/^\[ERROR\] Restart failed: plugin\/whoami: /)
      await program.line(
        /^\[ERROR\] plugin\/reload: Corefile changed but reload failed: starting with listener file descriptors: plugin\/whoami: /,
      )
      expect(await status()).to.equal('REFUSED')
    } finally {
      await load.end()
    }
    expect(Object.keys(load.outcomes)).to.have.members(['NOERROR', 'REFUSED'])
    expect(Object.values(load.outcomes).reduce((sum, count) => sum + count, 0)).to.equal(load.sent)
  })

  it('SIGUSR1: reads it again, though nothing has changed, and where nobody told it to look', async () => {
    const program = await start(block(port, 'whoami'))
    const said = program.out.length
    program.child.kill('SIGUSR1')
    await program.line(/^\[INFO\] Reloading complete$/)
    expect(program.out.slice(said)).to.deep.equal([
      '[INFO] SIGUSR1: Reloading',
      '[INFO] Reloading',
      '[INFO] Reloading complete',
    ])
    const [next] = await freePorts()
    folder.replace('Corefile', block(next, 'whoami'))
    program.child.kill('SIGUSR1')
    await program.line(/^\[INFO\] Reloading complete$/)
    expect(await status(next)).to.equal('NOERROR')
    expect(program.err, 'no debugger listens').to.deep.equal([])
  })

  it('SIGTERM: ready closes first, queries are answered while it is a lame duck, then it ends', async () => {
    const health = `health 127.0.0.1:${httpPort} {\n lameduck 3s\n }`
    const [readyPort] = await freePorts()
    const program = await start(block(port, health, `ready 127.0.0.1:${readyPort}`, 'whoami'))
    expect(await probe(`http://127.0.0.1:${readyPort}/ready`)).to.equal('200 OK')
    program.child.kill('SIGTERM')
    await program.line(/^\[INFO\] SIGTERM: Shutting down servers then terminating$/)
    await program.line(/^\[INFO\] plugin\/health: Going into lameduck mode for 3s$/)
    expect(await probe(`http://127.0.0.1:${readyPort}/ready`)).to.equal('ECONNREFUSED')
    expect(await probe(`http://127.0.0.1:${httpPort}/health`)).to.equal('200 OK')
    expect(await status()).to.equal('NOERROR')
    expect(await program.ended).to.deep.equal({ code: 0, signal: null })
  })

  it('SIGINT: the same; a second one ends it at once, with exit code 2', async () => {
    const program = await start(block(port, `health 127.0.0.1:${httpPort} {\n lameduck 10m\n }`, 'whoami'))
    program.child.kill('SIGINT')
    await program.line(/^\[INFO\] SIGINT: Shutting down$/)
    await program.line(/Going into lameduck mode/)
    expect(await status()).to.equal('NOERROR')
    expect(await program.stop('SIGINT')).to.deep.equal({ code: 2, signal: null })
    expect(program.out.at(-1)).to.equal('[INFO] SIGINT: Force quit')
  })

  it('SIGQUIT: ends at once, with exit code 0; SIGHUP and SIGUSR2 do nothing', async () => {
    const pidfile = folder.path('pid')
    const program = await start(
      block(port, `health 127.0.0.1:${httpPort} {\n lameduck 10m\n }`, 'whoami'),
      '-pidfile',
      pidfile,
    )
    program.child.kill('SIGHUP')
    program.child.kill('SIGUSR2')
    await program.line(/^\[WARNING\] SIGUSR2: /)
    expect(await status()).to.equal('NOERROR')
    expect(await program.stop('SIGQUIT')).to.deep.equal({ code: 0, signal: null })
    expect(program.out.at(-1)).to.equal('[INFO] SIGQUIT: Quitting process immediately')
    await until(() => !existsSync(pidfile), 'the end of the pidfile')
  })
})
