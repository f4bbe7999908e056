/** Keys of one tag that are kept; of more it is only known that there are many. */
const keptKeys = 1024

/** The one key, several, or so many that they are not kept. */
type Keys = number | Set<number> | typeof many
const many = Symbol('many')

/**
 * Which keys carry a tag, in little memory.
 *
 * Nearly every tag is that of one key (a Service's), and a few are those of nearly all keys (a Namespace's). Neither is
 * worth a set: the one is the key itself; the other is looked for among all keys when it is asked for, which costs as
 * much as the adding of `keptKeys` keys did that must have come before.
 */
export class TagIndex {
  readonly #keysByTag = new Map<string, Keys>()

  get size(): number {
    return this.#keysByTag.size
  }

  add(key: number, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.#keysByTag.get(tag)
      if (keys === undefined) this.#keysByTag.set(tag, key)
      else if (typeof keys === 'number') this.#keysByTag.set(tag, new Set([keys, key]))
      else if (keys !== many) this.#addTo(keys, tag, key)
    }
  }

  remove(key: number, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.#keysByTag.get(tag)
      if (keys === undefined || keys === many) continue
      if (typeof keys !== 'number') keys.delete(key)
      if (keys === key || (typeof keys !== 'number' && keys.size === 0)) this.#keysByTag.delete(tag)
    }
  }

  /**
   * Gives the keys that carry a tag, and forgets the tag.
   *
   * @param all every key with its tags, to look through where they are many
   */
  take(tag: string, all: () => Iterable<readonly [key: number, tags: readonly string[]]>): readonly number[] {
    const keys = this.#keysByTag.get(tag)
    this.#keysByTag.delete(tag)
    if (keys === undefined) return []
    if (typeof keys === 'number') return [keys]
    return keys === many ? [...all()].filter(([, tags]) => tags.includes(tag)).map(([key]) => key) : [...keys]
  }

  #addTo(keys: Set<number>, tag: string, key: number): void {
    keys.add(key)
    if (keys.size > keptKeys) this.#keysByTag.set(tag, many)
  }
}
