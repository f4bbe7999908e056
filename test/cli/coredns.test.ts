import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { main } from '../../src/cli/main.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { type TestIo, testIo } from '../support/cli-io.ts'
import { freePorts } from '../support/ports.ts'
import { until } from '../transport/until.ts'
import { testFolder, withInput } from './run.ts'

interface Started extends TestIo {
  readonly ended: Promise<number>
}

function coredns(...args: readonly string[]): Started {
  const started = testIo()
  return { ...started, ended: main(args, started.io, 'coredns') }
}

const versionLines = [
  'CoreDNS-1.14.7',
  `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}, node${process.versions.node}, cluster-dns-`,
]

describe('coredns', () => {
  const folder = testFolder({ Corefile: '.:0 {\n    bind 127.0.0.1\n    whoami\n}\n' })

  /** What is said of a command line that ends by itself. */
  async function ended(...args: readonly string[]) {
    const started = coredns(...args)
    return { code: await started.ended, out: started.out, err: started.err }
  }

  const usageLines = [
    'Usage of coredns:',
    '  -conf string',
    '    \tCorefile to load (default "Corefile")',
    '  -dns.port string',
    '    \tDefault port (default "53")',
    '  -p string',
    '    \tDefault port (default "53")',
    '  -pidfile string',
    '    \tPath to write pid file',
    '  -plugins',
    '    \tList installed plugins',
    '  -quiet',
    '    \tQuiet mode (no initialization output)',
    '  -version',
    '    \tShow version',
  ]

  for (const { args, code, err } of [
    { args: ['-h'], code: 0, err: usageLines },
    { args: ['--help'], code: 0, err: usageLines },
    { args: ['-config', 'x'], code: 2, err: ['flag provided but not defined: -config', ...usageLines] },
    { args: ['-conf'], code: 2, err: ['flag needs an argument: -conf', ...usageLines] },
    { args: ['-quiet', 'one', 'two'], code: 1, err: ['extra command line arguments: [one two]'] },
    { args: ['serve'], code: 1, err: ['extra command line arguments: [serve]'] },
    {
      args: ['-conf', '/nowhere/Corefile'],
      code: 1,
      err: ['loading Caddyfile via flag: open /nowhere/Corefile: no such file or directory'],
    },
    { args: ['-conf', '/'], code: 1, err: ['loading Caddyfile via flag: read /: is a directory'] },
    { args: ['-p', 'dns'], code: 1, err: ['lookup tcp/dns: unknown port'] },
    { args: ['-dns.port=65536'], code: 1, err: ['address 65536: invalid port'] },
  ]) {
    it(`${args.join(' ')}: exit code ${code}, ${err[0]}`, async () => {
      expect(await ended(...args)).to.deep.equal({ code, out: [], err })
    })
  }

  it('-version: which CoreDNS it stands for, and what it is', async () => {
    const { code, out, err } = await ended('-version')
    expect(code).to.equal(0)
    expect(out).to.have.length(2)
    expect(out[0]).to.equal(versionLines[0])
    expect(out[1]).to.match(new RegExp(`^${versionLines[1]}\\d+\\.\\d+\\.\\d+`))
    expect(err).to.deep.equal([])
  })

  it('-plugins: their names, sorted', async () => {
    const { code, out } = await ended('-plugins')
    const names = pluginOrder.filter(({ setup }) => setup !== undefined).map(({ name }) => name)
    expect(code).to.equal(0)
    expect(out).to.deep.equal(names.toSorted())
    expect(out).to.include.members(['kubernetes', 'reload'])
  })

  it('is also cluster-dns, where the first argument is one of its flags with a single dash', async () => {
    const { io, out } = testIo()
    expect(await main(['-version'], io)).to.equal(0)
    expect(out[0]).to.equal('CoreDNS-1.14.7')
    for (const args of [['--version'], ['-V'], ['-h'], ['--help']]) {
      const other = testIo()
      expect(await main(args, other.io)).to.equal(0)
      expect(other.out.join('\n')).to.not.include('CoreDNS')
    }
  })

  it('cluster-dns alone shows its help', async () => {
    const { io, err } = testIo()
    expect(await main([], io)).to.equal(2)
    expect(err.join('\n')).to.include('Usage: cluster-dns')
  })

  describe('serves', () => {
    let running: Started | undefined
    afterEach(async () => {
      const last = running
      running = undefined
      last?.stop()
      if (last !== undefined) expect(await last.ended).to.equal(0)
    })

    /** Starts it, and waits until it has said what it is. */
    async function serve(...args: readonly string[]): Promise<Started> {
      const started = coredns(...args)
      running = started
      await until(() => started.err.length > 0 || started.out.some((line) => line.startsWith('CoreDNS-')))
      expect(started.err).to.deep.equal([])
      return started
    }

    const withoutPorts = (lines: readonly string[]) =>
      lines.map((line) => line.replace(/:\d+(?= on |$)/, ':PORT').replace(/= [0-9a-f]{128}$/, '= HASH'))

    it('says what is served where, then the hash, then what it is', async () => {
      const [port] = await freePorts()
      writeFileSync(
        folder.path('Several'),
        `b.test a.test _odd.test 10.0.0.0/8 {\nbind 127.0.0.1 127.0.0.2\nreload\nwhoami\n}\n.:${port} {\nwhoami\n}\n`,
      )
      const { out } = await serve('-conf', folder.path('Several'), '-p', '0')
      const zones = (address: string) => [
        `10.in-addr.arpa.:PORT on ${address}`,
        'Warning: Domain "_odd.test." does not follow RFC1035 preferred syntax',
        `_odd.test.:PORT on ${address}`,
        `a.test.:PORT on ${address}`,
        `b.test.:PORT on ${address}`,
      ]
      expect(withoutPorts(out.slice(1, -1))).to.deep.equal([
        ...zones('127.0.0.1'),
        ...zones('127.0.0.2'),
        '.:PORT',
        '[INFO] plugin/reload: Running configuration SHA512 = HASH',
        'CoreDNS-1.14.7',
      ])
      expect(out).to.include(`.:${port}`)
      expect(out.at(-1)).to.include(versionLines[1])
      expect(out[0]).to.match(/^\[INFO\] udp: /)
    })

    it('-quiet: only its log', async () => {
      const started = coredns('-quiet', '-conf', folder.path('Corefile'))
      running = started
      await until(() => started.out.length > 0)
      started.stop()
      await started.ended
      expect(started.out.every((line) => line.startsWith('[INFO]'))).to.equal(true)
    })

    it('-conf stdin', async () => {
      const corefile = '.:0 {\nbind 127.0.0.9\nwhoami\n}\n'
      const started = testIo()
      const code = withInput(corefile, () => main(['-conf', 'stdin'], started.io, 'coredns'))
      await until(() => started.out.some((line) => line.startsWith('CoreDNS-')))
      started.stop()
      expect(await code).to.equal(0)
      expect(started.out.some((line) => /^\.:\d+ on 127\.0\.0\.9$/.test(line))).to.equal(true)
    })

    it('-pidfile: the number of the process, until it ends', async () => {
      const path = folder.path('pid')
      const started = await serve('-conf', folder.path('Corefile'), '-pidfile', path)
      expect(readFileSync(path, 'utf8')).to.equal(`${process.pid}\n`)
      started.stop()
      await started.ended
      started.end()
      expect(existsSync(path)).to.equal(false)
    })

    it('-pidfile that cannot be written: says so, and serves', async () => {
      const { out } = await serve('-conf', folder.path('Corefile'), '-pidfile', '/nowhere/pid')
      const at = out.indexOf('[ERROR] Could not write pidfile: open /nowhere/pid: no such file or directory')
      expect(out[at - 1], 'the line before').to.match(/^\.:\d+ on 127\.0\.0\.1$/)
    })

    it('what ./Corefile says where none is named, and without one all', async () => {
      const before = process.cwd()
      try {
        process.chdir(folder.path('.'))
        const named = await serve('-p', '0')
        expect(named.out.some((line) => /^\.:\d+ on 127\.0\.0\.1$/.test(line))).to.equal(true)
        named.stop()
        await named.ended
        process.chdir('/')
        const { out } = await serve('-p', '0')
        expect(out.some((line) => /^\.:\d+$/.test(line))).to.equal(true)
      } finally {
        process.chdir(before)
      }
    })

    it('goes on at SIGHUP and SIGUSR2, and ends at once at SIGQUIT', async () => {
      const started = await serve('-conf', folder.path('Corefile'))
      const before = started.out.length
      started.signal('SIGHUP')
      started.signal('SIGUSR2')
      expect(started.exits).to.deep.equal([])
      started.signal('SIGQUIT')
      expect(started.exits).to.deep.equal([0])
      expect(started.out.slice(before)).to.deep.equal([
        '[WARNING] SIGUSR2: there is no upgrade in place, nothing is done',
        '[INFO] SIGQUIT: Quitting process immediately',
      ])
    })
  })

  it('ends where a port is taken, in the words of Go', async () => {
    const [port] = await freePorts()
    const taken = testIo()
    // A server that shares its port with nobody.
    const other = main(['serve', '--listen', `127.0.0.1:${port}`, '--conf', folder.path('Corefile')], taken.io)
    await until(() => taken.out.some((line) => line.startsWith('listening on tcp')))
    writeFileSync(folder.path('Taken'), `.:${port} {\nbind 127.0.0.1\nwhoami\n}\n`)
    expect(await ended('-conf', folder.path('Taken'))).to.deep.include({
      code: 1,
      err: [`Listen: listen tcp 127.0.0.1:${port}: bind: address already in use`],
    })
    taken.stop()
    await other
  })

  it('ends where a Corefile is wrong, with the place', async () => {
    const path = folder.path('Wrong')
    writeFileSync(path, '. {\nwhoami now\n}\n')
    expect(await ended('-conf', path)).to.deep.equal({
      code: 1,
      out: [],
      err: [
        `plugin/whoami: ${path}:2 - Error during parsing: Wrong argument count or unexpected line ending after 'now'`,
      ],
    })
  })
})
