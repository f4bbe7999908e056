import { formatDuration } from '../../corefile/duration.ts'
import type { Logger } from '../../util/log.ts'
import type { Timer } from '../../util/timer.ts'
import type { ConsolidateRule } from './config.ts'

/** Counts the errors of one rule, and tells of them when its period is over (CoreDNS plugin/errors). */
export class Consolidation {
  readonly rule: ConsolidateRule
  readonly #log: Logger
  readonly #timer: Timer
  #count = 0
  #callOff: (() => void) | undefined

  constructor(rule: ConsolidateRule, log: Logger, timer: Timer) {
    this.rule = rule
    this.#log = log
    this.#timer = timer
  }

  /** @returns whether the error is to be logged by itself */
  count(): boolean {
    this.#count++
    if (this.#count > 1) return false
    this.#callOff = this.#timer.after(this.rule.periodMs, () => this.#summarize())
    return this.rule.showFirst
  }

  /** Tells now what would be told later. */
  flush(): void {
    this.#callOff?.()
    this.#summarize()
  }

  #summarize(): void {
    const { pattern, periodMs, level, showFirst } = this.rule
    const count = this.#count
    this.#count = 0
    this.#callOff = undefined
    if (count === 0 || (count === 1 && showFirst)) return
    const period = formatDuration(periodMs)
    this.#log[level](`plugin/errors: ${count} errors like '${pattern.source}' occurred in last ${period}`)
  }
}
