import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { query } from '../dns/messages.ts'
import { octetsOf } from '../server/harness.ts'
import { freePorts } from '../support/ports.ts'
import { openClient } from '../transport/tcp/client.ts'
import { dig, short } from './dig.ts'
import { testFolder } from './folder.ts'
import { commandOf, type Program, programs, root, shop, until } from './program.ts'

const web = 'web.shop.svc.cluster.local'

describe('the start', () => {
  const { run, serve } = programs()

  it('says where it listens, and what to ask', async function start() {
    const began = performance.now()
    const program = await serve('-f', shop)
    if (this.test !== undefined) this.test.title += `, after ${Math.round(performance.now() - began)} ms`
    const asks = [await program.line(/^ {2}dig @127\.0\.0\.1 -p \d+ /)]
    asks.push(await program.line(/^ {2}dig .* -x /))
    for (const ask of asks) {
      const [, , , ...words] = ask.trim().split(' ')
      expect((await dig(program.port(), ...words.slice(1))).status, ask).to.equal('NOERROR')
    }
  })

  it('reads what is piped into it', async () => {
    const manifests = ['web', 'db'].map((name) => readFileSync(join(shop, `${name}.yaml`), 'utf8'))
    const program = run('serve', '--listen', '127.0.0.1:0', '-f', '-')
    program.child.stdin?.end(manifests.join('---\n'))
    await program.listening()
    expect(await short(program.port(), web)).to.deep.equal(['10.96.0.20'])
    expect(await short(program.port(), 'db-1.db.shop.svc.cluster.local')).to.deep.equal(['10.244.0.12'])
  })

  it('ends with one line where the port is in use', async () => {
    const first = await serve('-f', shop)
    const second = run('serve', '-f', shop, '--listen', `127.0.0.1:${first.port()}`)
    expect((await second.ended).code).to.equal(1)
    expect(second.err).to.deep.equal([`cannot listen on tcp 127.0.0.1:${first.port()}: address already in use`])
    expect(await short(first.port(), web), 'of the first').to.deep.equal(['10.96.0.20'])
  })
})

describe('what cannot be served', () => {
  const folder = testFolder({
    Corefile: 'cluster.local {\n    kubernets\n}\n',
    'bad.yaml':
      'apiVersion: v1\nkind: Service\nmetadata: { name: Web }\nspec: { clusterIP: nowhere, ports: [{ port: 80 }] }\n',
    'Good.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: good }\n',
  })
  const { run } = programs()

  const cases: readonly { title: string; args: readonly string[]; code: number; says: readonly RegExp[] }[] = [
    {
      title: 'a missing manifest',
      args: ['-f', 'missing.yaml'],
      code: 1,
      says: [/^missing\.yaml: found nothing there/, /^1 error/],
    },
    { title: 'a missing Corefile', args: ['--conf', 'missing'], code: 1, says: [/^missing: no such file$/] },
    {
      title: 'a bad Corefile',
      args: ['--conf', 'Corefile'],
      code: 1,
      says: [/^Corefile:2 - Error during parsing: Unknown/],
    },
    {
      title: 'bad manifests',
      args: ['-f', 'bad.yaml'],
      code: 1,
      says: [
        /^bad\.yaml:3:19: metadata\.name: found 'Web'/,
        /^bad\.yaml:4:20: spec\.clusterIP: found 'nowhere'/,
        /^2 errors/,
      ],
    },
    { title: 'nothing', args: [], code: 2, says: [/^error: there is nothing to read/, /^\(--help tells more\)$/] },
  ]
  for (const { title, args, code, says } of cases) {
    it(`${title}: exit code ${code}, and ${says.length === 1 ? 'one line' : `${says.length} lines`}`, async () => {
      const inFolder = args.map((arg) => (arg.startsWith('-') ? arg : folder.path(arg)))
      const program = run('serve', '--listen', '127.0.0.1:0', ...inFolder)
      expect((await program.ended).code).to.equal(code)
      expect(program.out).to.deep.equal([])
      expect(program.err).to.have.length(says.length)
      for (const [index, line] of program.err.entries()) expect(folder.relative(line)).to.match(says[index] ?? /never/)
    })
  }
})

describe('the end', () => {
  const { run, serve } = programs()

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal}: exit code 0, without an error`, async () => {
      const program = await serve('-f', shop)
      await short(program.port(), web)
      expect(await program.stop(signal)).to.deep.equal({ code: 0, signal: null })
      expect(program.err).to.deep.equal([])
    })
  }

  it('waits for answers that are under way', async () => {
    const name = 'big.load.svc.cluster.local'
    const program = await serve('-f', join(root, 'fixtures/big-headless'))
    const client = await openClient({ address: '127.0.0.1', port: program.port() })
    const ids = Array.from({ length: 60 }, (_, id) => id)
    client.send(...ids.map((id) => Buffer.from(octetsOf(query(`${name}. A`, { id }))).toString('latin1')))
    await until(() => client.segments.length > 0, 'the first octets')
    // All sixty are there with the first: one segment has them. What they are answered is more than a socket holds.
    client.socket.pause()
    program.child.kill('SIGTERM')
    client.socket.resume()
    await until(() => client.isClosed(), 'the end of the connection')
    const responses = client.inbox().map((message) => decodeMessage(Buffer.from(message, 'latin1')))
    expect(responses.map(({ id }) => id)).to.deep.equal(ids)
    for (const { answer } of responses) expect(answer[0]?.rdata).to.have.length(1000)
    expect((await program.ended).code).to.equal(0)
  })

  it('does not wait for clients that ask nothing', async () => {
    const program = await serve('-f', shop)
    const idle = await openClient({ address: '127.0.0.1', port: program.port() })
    const halfway = await openClient({ address: '127.0.0.1', port: program.port() })
    halfway.socket.write(Buffer.of(0, 40, 1, 2, 3))
    await short(program.port(), '+tcp', web)
    expect((await program.stop()).code).to.equal(0)
    await until(() => idle.isClosed() && halfway.isClosed(), 'both ends')
  })

  it('comes also while manifests are still being piped in', async () => {
    const program = run('serve', '--listen', '127.0.0.1:0', '-f', '-')
    await readsInput(program)
    expect(await program.stop()).to.deep.equal({ code: 0, signal: null })
    expect(program.lines).to.deep.equal([])
  })
})

describe('its output', () => {
  const folder = testFolder({ Corefile: 'cluster.local {\n    log\n    kubernetes\n}\n' })
  const { serve } = programs()

  it('may be closed: it goes on answering', async () => {
    const [port] = await freePorts()
    const command = commandOf('serve', '-f', shop, '--conf', folder.path('Corefile'), '--listen', `127.0.0.1:${port}`)
    // The shell tells the number of the process, which is not its own child.
    const shell = spawn('sh', ['-c', '{ "$@" & echo "pid $!" >&2; wait; } | head -1', 'sh', ...command])
    const [pid] = await Promise.all([pidFrom(shell.stderr), lineFrom(shell.stdout)])
    try {
      for (let time = 0; time < 20; time++) {
        await until(
          () =>
            short(port, web).then(
              (found) => found.includes('10.96.0.20'),
              () => false,
            ),
          'an answer',
        )
      }
    } finally {
      process.kill(pid, 'SIGTERM')
    }
    await until(() => !isAlive(pid), 'its end')
  })

  it('may be read by nobody', async () => {
    const program = await serve('-f', shop, '--conf', folder.path('Corefile'))
    program.child.stdout?.destroy()
    program.child.stderr?.destroy()
    for (let time = 0; time < 20; time++) expect(await short(program.port(), web)).to.deep.equal(['10.96.0.20'])
    program.child.kill('SIGTERM')
    expect((await program.ended).code).to.equal(0)
  })
})

describe('a command that is not serve', () => {
  const { run } = programs()

  it('is ended by a signal as any program is, though it waits for its input', async () => {
    const program = run('check', '-f', '-')
    await readsInput(program)
    expect(await program.stop('SIGINT')).to.deep.equal({ code: null, signal: 'SIGINT' })
  })
})

/** Writes more than a pipe holds: when it is all taken, somebody reads. */
function readsInput(program: Program): Promise<void> {
  return new Promise((taken) => program.child.stdin?.write('# nothing\n'.repeat(200_000), () => taken()))
}

async function lineFrom(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line
  return ''
}

async function pidFrom(stream: NodeJS.ReadableStream): Promise<number> {
  return Number((await lineFrom(stream)).replace('pid ', ''))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
