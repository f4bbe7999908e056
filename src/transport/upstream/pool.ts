import type { Timer } from '../../util/timer.ts'
import type { Connection } from './connection.ts'

export interface PoolOptions {
  readonly timer: Timer
  /** 0: nothing is kept. */
  readonly idleMs: number
  /** 0: no limit. */
  readonly maxAgeMs: number
  /** 0: no limit. */
  readonly maxIdle: number
}

interface Kept {
  readonly connection: Connection
  readonly sinceMs: number
}

/** Connections that wait for the next exchange; the one that waits longest goes first, so that ports take turns. */
export class Pool {
  readonly #options: PoolOptions
  #kept: Kept[] = []
  #callOff: (() => void) | undefined

  constructor(options: PoolOptions) {
    this.#options = options
  }

  take(): Connection | undefined {
    for (let kept = this.#kept.shift(); kept !== undefined; kept = this.#kept.shift()) {
      if (this.#isGood(kept)) return kept.connection
      kept.connection.close()
    }
    return undefined
  }

  /** It is the pool's to close from now on. */
  give(connection: Connection): void {
    const { timer, idleMs, maxIdle } = this.#options
    const isFull = maxIdle > 0 && this.#kept.length >= maxIdle
    if (!connection.isUsable || idleMs === 0 || isFull) {
      connection.close()
      return
    }
    this.#kept.push({ connection, sinceMs: timer.now() })
    this.#callOff ??= timer.after(idleMs, this.#sweep)
  }

  close(): void {
    this.#callOff?.()
    this.#callOff = undefined
    for (const { connection } of this.#kept) connection.close()
    this.#kept = []
  }

  #isGood({ connection, sinceMs }: Kept): boolean {
    const { timer, idleMs, maxAgeMs } = this.#options
    const now = timer.now()
    const isOld = maxAgeMs > 0 && now - connection.createdMs > maxAgeMs
    return connection.isUsable && now - sinceMs < idleMs && !isOld
  }

  /** As long as there is something to close. */
  readonly #sweep = (): void => {
    const bad = this.#kept.filter((kept) => !this.#isGood(kept))
    this.#kept = this.#kept.filter((kept) => !bad.includes(kept))
    for (const { connection } of bad) connection.close()
    const { timer, idleMs } = this.#options
    this.#callOff = this.#kept.length === 0 ? undefined : timer.after(idleMs, this.#sweep)
  }
}
