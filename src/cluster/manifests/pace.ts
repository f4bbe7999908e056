import type { Timer } from '../../util/timer.ts'

/** How long all must be quiet before a change is read: a save is several events, a checkout many. */
const quietMs = 50

/** How long a change waits for quiet: where something is always written, changes are read nevertheless. */
const patienceMs = 250

/** What always changes is read a quarter of the time at most: the rest is for answers. */
const restPerReading = 3

/**
 * Decides when changes are read: soon after the last one, never much later than the first, and one time after another.
 *
 * It takes a first reading to be under way, that `begin` ends.
 */
export class Pace {
  readonly #timer: Timer
  readonly #read: () => Promise<void>
  /** When the first change came that no reading has taken up; undefined where all are. */
  #since: number | undefined
  #callOff: () => void = () => {}
  #isReading = true
  /** When the reading that is under way began, and when the next one may. */
  #began: number
  #mayBegin = Number.NEGATIVE_INFINITY
  /** The time to read came while the reading before was still under way. */
  #isDue = false
  #isStopped = false

  /** @param read reads all that has changed so far; has to settle, and never to reject */
  constructor(read: () => Promise<void>, timer: Timer) {
    this.#read = read
    this.#timer = timer
    this.#began = timer.now()
  }

  /** Whether anything has changed since the last reading began. */
  get isBehind(): boolean {
    return this.#since !== undefined
  }

  /** What was there at first has been read: now changes may be. */
  begin(): void {
    this.#began = this.#timer.now() // there was nothing to answer from: no rest after that one
    this.#end()
  }

  change(): void {
    if (this.#isStopped) return
    const now = this.#timer.now()
    this.#since ??= now
    this.#turnAfter(Math.max(Math.min(quietMs, this.#since + patienceMs - now), this.#mayBegin - now))
  }

  #turnAfter(ms: number): void {
    this.#callOff()
    this.#callOff = this.#timer.after(ms, () => this.#turn())
  }

  /** A reading that is under way goes on, and is the last one. */
  stop(): void {
    this.#isStopped = true
    this.#callOff()
  }

  #turn(): void {
    if (this.#isReading) {
      this.#isDue = true
      return
    }
    this.#isReading = true
    this.#began = this.#timer.now()
    this.#since = undefined
    void this.#read().then(() => this.#end())
  }

  #end(): void {
    this.#isReading = false
    const now = this.#timer.now()
    const restMs = Math.min(patienceMs, restPerReading * (now - this.#began))
    this.#mayBegin = now + restMs
    if (!this.#isDue || this.#isStopped) return
    this.#isDue = false
    this.#turnAfter(restMs)
  }
}
