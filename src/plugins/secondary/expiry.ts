import type { Timer } from '../../util/timer.ts'

/** How long something is good for, counted anew whenever it has been confirmed. */
export class Expiry {
  readonly #timer: Timer
  readonly #onOver: () => void
  #endsMs = 0
  #callOff: (() => void) | undefined

  /** @param onOver called once each time that the end comes */
  constructor(timer: Timer, onOver: () => void) {
    this.#timer = timer
    this.#onOver = onOver
  }

  get isOver(): boolean {
    return this.#timer.now() >= this.#endsMs
  }

  beginAnew(ms: number): void {
    this.#endsMs = this.#timer.now() + ms
    this.#await()
  }

  stop(): void {
    this.#callOff?.()
    this.#callOff = undefined
  }

  /** A timer may end long before its time, if that is far. */
  #await(): void {
    this.stop()
    if (this.isOver) this.#onOver()
    else this.#callOff = this.#timer.after(this.#endsMs - this.#timer.now(), () => this.#await())
  }
}
