import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pinned } from '../pin.ts'
import type { LiveSize } from './cluster.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** What came of probes. */
export interface Probed {
  /** Microseconds from event to answer, of each. */
  readonly latencies: readonly number[]
  /** For so long the prober itself was held up by collecting garbage. */
  readonly pauseMs: number
}

/** What the double can be told to do. */
export interface Commands {
  url(argument: undefined): Promise<string>
  lists(argument: 'streaming' | 'paged'): Promise<void>
  /** So many changes a second from now on, 0: none. @returns how many were made at the pace before */
  changes(argument: number): Promise<number>
  probe(argument: Address & { readonly seconds: number }): Promise<Probed>
  /** @returns seconds until the last of so many changes is in an answer */
  burst(argument: Address & { readonly count: number }): Promise<number>
  /** @returns seconds until answers are made of new lists */
  expire(argument: Address): Promise<number>
}

export interface Request {
  readonly id: number
  readonly name: keyof Commands
  readonly argument: unknown
}

export interface Response {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** So much room, in MiB, that no garbage is collected while latencies are counted: a pause of the prober's would count as one of the server's. */
const roomy = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256', '--initial-heap-size=4096']

/** The double in its own process, on the core of the load. */
export class RemoteDouble {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #id = 0

  /** Resolves once it has made its cluster. */
  static async start({ services, endpoints }: LiveSize): Promise<RemoteDouble> {
    const script = join(import.meta.dirname, 'double.ts')
    const [program = '', ...args] = pinned('load', [
      process.execPath,
      ...roomy,
      script,
      String(services),
      String(endpoints),
    ])
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const double = new RemoteDouble(child)
    await double.#expect(0)
    return double
  }

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', ({ id, result, error }: Response) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) waiting?.resolve(result)
      else waiting?.reject(new Error(error))
    })
    child.once('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the API double ended with ${code}`))
    })
  }

  async tell<N extends keyof Commands>(
    name: N,
    argument: Parameters<Commands[N]>[0],
  ): Promise<Awaited<ReturnType<Commands[N]>>> {
    const id = ++this.#id
    this.#child.send({ id, name, argument } satisfies Request)
    // double.ts answers each command with what it says here.
    return this.#expect(id) as ReturnType<Commands[N]> as Promise<Awaited<ReturnType<Commands[N]>>>
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }

  #expect(id: number): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    return waiting.promise
  }
}
