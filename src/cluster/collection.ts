import { type ClusterObject, keyOf } from './model.ts'

/** The objects of one kind by key, with the indexes over them kept in step. */
export class Collection<T extends ClusterObject> {
  readonly #byKey = new Map<string, T>()
  readonly #indexes: Index<T>[] = []

  /**
   * Adds an index, before the first object.
   *
   * @param termsOf what an object is looked up by; it may stand under several terms, or under none
   */
  index(termsOf: (object: T) => readonly string[]): Index<T> {
    const index = new Index(termsOf)
    this.#indexes.push(index)
    return index
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key)
  }

  get size(): number {
    return this.#byKey.size
  }

  keys(): IterableIterator<string> {
    return this.#byKey.keys()
  }

  /** Every object, ordered by key. */
  list(): readonly T[] {
    return [...this.#byKey.values()].sort(byKey)
  }

  /** Puts an object at its key, or (undefined) leaves nothing there. */
  set(key: string, object: T | undefined): void {
    const previous = this.#byKey.get(key)
    if (object === undefined) this.#byKey.delete(key)
    else this.#byKey.set(key, object)
    for (const index of this.#indexes) index.move(previous, object)
  }
}

/** Objects by something other than their key. */
export class Index<T extends ClusterObject> {
  readonly #termsOf: (object: T) => readonly string[]
  readonly #byTerm = new Map<string, readonly T[]>()

  constructor(termsOf: (object: T) => readonly string[]) {
    this.#termsOf = termsOf
  }

  /** The objects under a term, ordered by key: the same whatever order they came in. */
  get(term: string): readonly T[] {
    return this.#byTerm.get(term) ?? []
  }

  terms(): IterableIterator<string> {
    return this.#byTerm.keys()
  }

  /** Most terms of an object that changes stay the same: there, the one only takes the other's place. */
  move(previous: T | undefined, next: T | undefined): void {
    const [before, after] = [this.#distinctTerms(previous), this.#distinctTerms(next)]
    for (const term of before) if (!after.has(term)) this.#remove(term, previous)
    for (const term of after) {
      if (next === undefined) continue
      if (before.has(term)) this.#replace(term, previous, next)
      else this.#add(term, next)
    }
  }

  #remove(term: string, object: T | undefined): void {
    const left = this.get(term).filter((each) => each !== object)
    if (left.length === 0) this.#byTerm.delete(term)
    else this.#byTerm.set(term, left)
  }

  /** The order stays: it is that of keys, and both have the same. */
  #replace(term: string, previous: T | undefined, next: T): void {
    const objects = this.get(term)
    this.#byTerm.set(term, objects.length === 1 ? [next] : objects.map((each) => (each === previous ? next : each)))
  }

  /** By concat: it leaves no room to spare, which for 100,000 addresses would be 20 MB. */
  #add(term: string, object: T): void {
    const objects = this.get(term)
    this.#byTerm.set(term, objects.length === 0 ? [object] : objects.concat(object).sort(byKey))
  }

  #distinctTerms(object: T | undefined): ReadonlySet<string> {
    return new Set(object === undefined ? [] : this.#termsOf(object))
  }
}

function byKey(left: ClusterObject, right: ClusterObject): number {
  const [a, b] = [keyOf(left), keyOf(right)]
  return a < b ? -1 : a > b ? 1 : 0
}
