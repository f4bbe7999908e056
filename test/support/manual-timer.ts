import type { Timer } from '../../src/util/timer.ts'

/** Time that stands still until it is moved. */
export class ManualTimer implements Timer {
  readonly #waiting = new Map<() => void, number>()
  readonly #onAwaited: () => void
  /** How often something began to wait. */
  calls = 0
  #now = 0

  /** @param onAwaited called whenever something begins to wait */
  constructor(onAwaited: () => void = () => {}) {
    this.#onAwaited = onAwaited
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const once = () => run()
    this.#waiting.set(once, this.#now + ms)
    this.calls++
    this.#onAwaited()
    return () => this.#waiting.delete(once)
  }

  pass(ms: number): void {
    this.goTo(this.#now + ms)
  }

  /** Lets time go by; what is waited for happens in order, each at its time. */
  goTo(time: number): void {
    for (;;) {
      const [next] = [...this.#waiting].filter(([, at]) => at <= time).sort(([, left], [, right]) => left - right)
      if (next === undefined) break
      const [run, at] = next
      this.#waiting.delete(run)
      this.#now = Math.max(this.#now, at)
      run()
    }
    this.#now = Math.max(this.#now, time)
  }
}
