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
  /** What lets each in, in the order in which they came. */
  readonly #waiting = new Set<() => void>()
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

  /**
   * Resolves when a request may go; whoever was let in has to `leave`, also if nobody wants the request any more.
   *
   * @throws the signal's reason, where it aborts before that
   */
  enter(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const letIn = () => {
      signal.removeEventListener('abort', giveUp)
      resolve()
    }
    const giveUp = () => {
      this.#waiting.delete(letIn)
      reject(signal.reason)
      this.#admit()
    }
    this.#waiting.add(letIn)
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp)
    this.#admit()
    return promise
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
    for (const letIn of this.#waiting) {
      if (this.#tokens < 1 || this.#inflight >= maxInflight) break
      this.#waiting.delete(letIn)
      this.#tokens--
      this.#inflight++
      letIn()
    }
    if (this.#waiting.size === 0) this.#stopWaiting()
    else if (this.#tokens < 1) this.#waitForToken()
  }

  #waitForToken(): void {
    this.#callOff ??= this.#timer.after(Math.ceil(((1 - this.#tokens) * 1000) / this.#limits.qps), () => {
      this.#callOff = undefined
      this.#admit()
    })
  }

  #stopWaiting(): void {
    this.#callOff?.()
    this.#callOff = undefined
  }
}
