import type { Seconds } from '../../dns/record.ts'
import type { Answer } from '../../plugin/handler.ts'
import type { Kind } from './config.ts'

interface EntryDraft {
  readonly kind: Kind
  readonly key: string
  readonly answer: Answer
  readonly ttl: Seconds
  readonly storedMs: number
  readonly tags: readonly string[]
  readonly isPositive: boolean
  readonly lastPositive?: Entry | undefined
}

/** An answer that is kept, and what is known of how it is asked for. Times are those of the timer. */
export class Entry {
  readonly kind: Kind
  readonly key: string
  /** As it came, without what was only for the query that fetched it. */
  readonly answer: Answer
  /** When it was stored. */
  readonly ttl: Seconds
  /** It is dropped when one of these changes. */
  readonly tags: readonly string[]
  /** It has what was asked for. */
  readonly isPositive: boolean
  /** The last one before it that had, where that is preferred (`serve_stale_policy`). */
  readonly lastPositive: Entry | undefined
  readonly #storedMs: number
  #hits = 0
  #lastHitMs = Number.NEGATIVE_INFINITY
  #isRefreshing = false
  #retryAtMs = Number.NEGATIVE_INFINITY
  #leases = 0

  constructor({ kind, key, answer, ttl, storedMs, tags, isPositive, lastPositive }: EntryDraft) {
    this.kind = kind
    this.key = key
    this.answer = answer
    this.ttl = ttl
    this.tags = tags
    this.isPositive = isPositive
    this.lastPositive = lastPositive
    this.#storedMs = storedMs
  }

  /** What is left of its TTL in whole seconds; its time is over at zero, and so long ago below. */
  ttlAt(nowMs: number): Seconds {
    return this.ttl - Math.floor((nowMs - this.#storedMs) / 1000)
  }

  /** It, or the one that is preferred to it. */
  get positive(): Entry | undefined {
    return this.isPositive ? this : this.lastPositive
  }

  /** @returns how often it has been asked for without a gap of more than `gapMs` */
  countHit(nowMs: number, gapMs: number): number {
    this.#hits = this.#lastHitMs < nowMs - gapMs ? 1 : this.#hits + 1
    this.#lastHitMs = nowMs
    return this.#hits
  }

  /** Takes over from the entry that it was fetched in the place of. */
  inheritHits(from: Entry, nowMs: number): void {
    this.#hits = from.#hits
    this.#lastHitMs = nowMs
  }

  /** False: it is being fetched already, or an attempt has failed too short a time ago. */
  beginRefresh(nowMs: number): boolean {
    if (this.#isRefreshing || nowMs < this.#retryAtMs) return false
    this.#isRefreshing = true
    return true
  }

  endRefresh(nowMs: number, recheckMs: number, succeeded: boolean): void {
    this.#isRefreshing = false
    this.#retryAtMs = recheckMs > 0 && !succeeded ? nowMs + recheckMs : Number.NEGATIVE_INFINITY
  }

  /** A lease holds for as long as this is what it was when it was given. */
  get leases(): number {
    return this.#leases
  }

  /** There may be something else to answer with by now. */
  endLeases(): void {
    this.#leases++
    this.lastPositive?.endLeases()
  }
}
