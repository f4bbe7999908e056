/**
 * e2e: the program as users run it, a process of its own that is asked over real sockets.
 *
 * program.ts starts the bundle, dig.ts asks it. The bundle is built once, unless CLUSTER_DNS_ENTRY names one.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { bundle } from '../../scripts/bundle.ts'

export const root = join(import.meta.dirname, '../..')
export const shop = join(root, 'fixtures/shop')

let entry = ''
let bundleFolder: string | undefined

before(async function bundleOnce() {
  this.timeout(60_000)
  const given = process.env.CLUSTER_DNS_ENTRY
  if (given === undefined) bundleFolder = mkdtempSync(join(tmpdir(), 'cluster-dns-e2e-'))
  entry = given === undefined ? (await bundle(bundleFolder ?? '')).file : resolve(root, given)
})

after(() => {
  if (bundleFolder !== undefined) rmSync(bundleFolder, { recursive: true, force: true })
})

/** The command that runs the program, for whoever starts it by other means. */
export function commandOf(...args: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, entry, ...args]
}

/** How long anything may take that is waited for. Nothing is asserted of time. */
const deadlineMs = 20_000

/** Asks again until it is so. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const start = performance.now()
  while (!(await condition())) {
    if (performance.now() - start > deadlineMs) throw new Error(`waited in vain for ${what}`)
    await setTimeout(5)
  }
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A run of the program. */
export class Program {
  readonly child: ChildProcess
  /** Lines of both streams as they came, and of each. */
  readonly lines: string[] = []
  readonly out: string[] = []
  readonly err: string[] = []
  readonly ended: Promise<Ended>
  #hasEnded = false
  /** The line that `line` looks at first. */
  #next = 0

  /** @param command what is run, if it is not the program as it is */
  constructor(args: readonly string[], command = commandOf(...args)) {
    const [file, ...rest] = command
    this.child = spawn(file, rest, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#read(this.child.stdout, this.out)
    this.#read(this.child.stderr, this.err)
    this.child.stdin?.on('error', () => {})
    this.ended = new Promise((done) => {
      // `close`, not `exit`: all that it has said has been read by then.
      this.child.once('close', (code, signal) => {
        this.#hasEnded = true
        done({ code, signal })
      })
    })
  }

  /** The port that it listens on, over UDP and TCP alike: the first one, or that of an address. */
  port(address = '\\S+'): number {
    const pattern = new RegExp(`^listening on udp ${address}:(\\d+)$`)
    const [, port] = this.out.map((line) => pattern.exec(line)).find((match) => match !== null) ?? []
    if (port === undefined) throw new Error(`it does not listen:\n${this.lines.join('\n')}`)
    return Number(port)
  }

  /** Waits until it answers queries. */
  async listening(): Promise<this> {
    await this.line(/^listening on tcp /)
    return this
  }

  /** Waits for a line that is like this, behind the one that was waited for last. */
  async line(pattern: RegExp): Promise<string> {
    let found: string | undefined
    await until(
      () => {
        while (found === undefined && this.#next < this.lines.length) {
          const line = this.lines[this.#next++] ?? ''
          if (pattern.test(line)) found = line
        }
        if (found === undefined && this.#hasEnded) throw new Error(`it ended:\n${this.lines.join('\n')}`)
        return found !== undefined
      },
      `${pattern} among\n${this.lines.join('\n')}`,
    )
    return found ?? ''
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal)
    return this.ended
  }

  #read(stream: NodeJS.ReadableStream | null, into: string[]): void {
    if (stream === null) return
    createInterface({ input: stream }).on('line', (line) => {
      into.push(line)
      this.lines.push(line)
    })
  }
}

/** Starts programs, and ends at the end of each test what is still running. */
export function programs() {
  const started: Program[] = []
  const keep = (program: Program): Program => {
    started.push(program)
    return program
  }
  const run = (...args: readonly string[]): Program => keep(new Program(args))
  afterEach(async () => {
    for (const program of started.splice(0)) {
      program.child.kill('SIGKILL')
      await program.ended
    }
  })
  return {
    run,
    runCommand: (...command: readonly [string, ...string[]]): Program => keep(new Program([], command)),
    /** On a free port of the loopback address, and waits until it listens. */
    serve: (...args: readonly string[]): Promise<Program> =>
      run('serve', '--listen', '127.0.0.1:0', ...args).listening(),
  }
}
