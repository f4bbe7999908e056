import type { Verb } from './faults.ts'
import type { ResourceName } from './resources.ts'

/** A request that has arrived. */
export interface RequestEntry {
  /** When it came, of `performance.now()`. */
  readonly atMs: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly verb: Verb
  /** Undefined: a path that is of none. */
  readonly resource: ResourceName | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly userAgent: string | undefined
  readonly authorization: string | undefined
  readonly accept: string | undefined
  /** Undefined as long as it is not answered, and for good where it never is. */
  readonly status: number | undefined
}

/** Everything that was asked, and a way to wait for what will be: nothing has to sleep and look again. */
export class RequestLog {
  readonly entries: RequestEntry[] = []
  readonly #waiting = new Set<() => void>()

  /** Looks again at what is waited for: something has changed. */
  notify(): void {
    for (const look of this.#waiting) look()
  }

  /**
   * Resolves once it holds: at once, or after a request, an answer, or the beginning or end of a watch.
   *
   * @throws Error what was asked so far, where it does not hold in time
   */
  until(holds: (requests: readonly RequestEntry[]) => boolean, timeoutMs = 5000): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (holds(this.entries)) return Promise.resolve()
    const look = () => {
      if (!holds(this.entries)) return
      settle()
      resolve()
    }
    const timer = setTimeout(() => {
      settle()
      reject(new Error(`not within ${timeoutMs} ms; the requests so far:\n${this.entries.map(line).join('\n')}`))
    }, timeoutMs)
    const settle = () => {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
    this.#waiting.add(look)
    return promise
  }
}

function line({ method, path, query, status }: RequestEntry): string {
  return `${method} ${path}?${new URLSearchParams(query)} ${status ?? 'no answer'}`
}
