import type { Timer } from '../../util/timer.ts'

/** How hard the API server may be pressed. */
export interface RequestLimits {
  /** Requests a second, in the long run. */
  readonly qps: number
  /** Requests at once, after a rest. */
  readonly burst: number
  /** Requests that wait for their response, or for the rest of a list. */
  readonly maxInflight: number
}

/** Those of client-go, which says nothing of how many may wait. */
export const defaultLimits: RequestLimits = { qps: 5, burst: 10, maxInflight: Number.POSITIVE_INFINITY }

/** Lets requests go, in the order in which they came, no faster than the limits allow: a token bucket and a count. */
export class RequestGate {
  readonly #limits: RequestLimits
  readonly #timer: Timer
  readonly #waiting: (() => void)[] = []
  #tokens: number
  /** When `#tokens` was right. */
  #filledMs: number
  #inflight = 0
  #callOff: (() => void) | undefined

  constructor(limits: RequestLimits, timer: Timer) {
    this.#limits = limits
    this.#timer = timer
    this.#tokens = limits.burst
    this.#filledMs = timer.now()
  }

  /** Resolves when a request may go; whoever was let in has to `leave`, also if nobody wants the request any more. */
  enter(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#admit()
    })
  }

  leave(): void {
    this.#inflight--
    this.#admit()
  }

  #admit(): void {
    const { qps, burst, maxInflight } = this.#limits
    const now = this.#timer.now()
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledMs) * qps) / 1000)
    this.#filledMs = now
    while (this.#waiting.length > 0 && this.#tokens >= 1 && this.#inflight < maxInflight) {
      this.#tokens--
      this.#inflight++
      this.#waiting.shift()?.()
    }
    const waitsForToken = this.#waiting.length > 0 && this.#tokens < 1
    if (!waitsForToken || this.#callOff !== undefined) return
    this.#callOff = this.#timer.after(Math.ceil(((1 - this.#tokens) * 1000) / qps), () => {
      this.#callOff = undefined
      this.#admit()
    })
  }
}
