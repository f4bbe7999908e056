import { type CacheConfig, type Kind, type KindConfig, roundedCapacity } from './config.ts'
import type { Entry } from './entry.ts'

/**
 * The answers of one server block, and apart from them the denials.
 *
 * An entry stays when its time is over, for it may serve stale; it goes when there is no room, the one that was stored
 * longest ago first, or when a change touches one of its tags.
 */
export class Store {
  readonly #shelves: Readonly<Record<Kind, Shelf>>
  readonly #keysByTag = new Map<string, Set<string>>()
  #epoch = 0

  constructor({ success, denial }: CacheConfig['kinds']) {
    this.#shelves = { success: shelfOf(success), denial: shelfOf(denial) }
  }

  /** Raised by every change: what was begun before one must not be stored after it. */
  get epoch(): number {
    return this.#epoch
  }

  sizeOf(kind: Kind): number {
    return this.#shelves[kind].entries.size
  }

  get(kind: Kind, key: string): Entry | undefined {
    return this.#shelves[kind].entries.get(key)
  }

  /**
   * Keeps an entry in the place of the one with its key. What is leased by that name ends: the next query finds what
   * there is now.
   *
   * @returns whether another one had to go
   */
  put(entry: Entry): boolean {
    const { kind, key } = entry
    const { entries, capacity } = this.#shelves[kind]
    this.#endLeases(key)
    this.#drop(kind, key)
    const [oldest] = entries.size >= capacity ? entries.keys() : []
    if (oldest !== undefined) this.delete(kind, oldest)
    entries.set(key, entry)
    for (const tag of entry.tags) this.#keysByTag.set(tag, (this.#keysByTag.get(tag) ?? new Set()).add(key))
    return oldest !== undefined
  }

  delete(kind: Kind, key: string): void {
    this.#endLeases(key)
    this.#drop(kind, key)
  }

  /** Drops all that was made from one of these. */
  invalidate(tags: Iterable<string>): void {
    this.#epoch++
    for (const tag of tags) {
      for (const key of this.#keysByTag.get(tag) ?? []) {
        this.delete('success', key)
        this.delete('denial', key)
      }
    }
  }

  #endLeases(key: string): void {
    for (const { entries } of Object.values(this.#shelves)) entries.get(key)?.endLeases()
  }

  #drop(kind: Kind, key: string): void {
    const entry = this.#shelves[kind].entries.get(key)
    if (entry === undefined) return
    this.#shelves[kind].entries.delete(key)
    const other = this.get(kind === 'success' ? 'denial' : 'success', key)
    for (const tag of entry.tags) {
      if (other?.tags.includes(tag) === true) continue
      const keys = this.#keysByTag.get(tag)
      keys?.delete(key)
      if (keys?.size === 0) this.#keysByTag.delete(tag)
    }
  }
}

interface Shelf {
  /** In the order in which they were stored. */
  readonly entries: Map<string, Entry>
  readonly capacity: number
}

function shelfOf({ capacity }: KindConfig): Shelf {
  return { entries: new Map(), capacity: roundedCapacity(capacity) }
}
