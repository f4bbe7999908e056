export interface BackoffOptions {
  /** Of the first delay, before jitter. */
  readonly firstMs: number
  /** No delay is longer. */
  readonly capMs: number
  /** From 0 to below 1; Math.random unless it is given. */
  readonly random?: () => number
}

/**
 * Delays between attempts: each about twice as long as the one before.
 *
 * A delay is drawn from the upper half of its span, so that many who failed at one moment do not come back at one.
 */
export class Backoff {
  readonly #options: BackoffOptions
  #attempts = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** How many delays there were since the last success. */
  get attempts(): number {
    return this.#attempts
  }

  /** The delay before the next attempt. */
  nextMs(): number {
    const { firstMs, capMs, random = Math.random } = this.#options
    const span = Math.min(capMs, firstMs * 2 ** this.#attempts)
    this.#attempts++
    return (span * (1 + random())) / 2
  }

  /** An attempt was successful. */
  reset(): void {
    this.#attempts = 0
  }
}
