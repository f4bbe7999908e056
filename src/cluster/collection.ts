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

/**
 * Objects by something other than their key.
 *
 * A term that one object alone stands under holds the object itself: of 100,000 addresses nearly all are such, and a list for
 * each would be made anew with every change of a slice, a hundred at a time.
 */
export class Index<T extends ClusterObject> {
  readonly #termsOf: (object: T) => readonly string[]
  readonly #byTerm = new Map<string, T | Several<T>>()

  constructor(termsOf: (object: T) => readonly string[]) {
    this.#termsOf = termsOf
  }

  /** The objects under a term, ordered by key: the same whatever order they came in. */
  get(term: string): readonly T[] {
    const found = this.#byTerm.get(term)
    if (found === undefined) return []
    return found instanceof Several ? found.objects : [found]
  }

  terms(): IterableIterator<string> {
    return this.#byTerm.keys()
  }

  /** Most terms of an object that changes stay the same: there, the one only takes the other's place. */
  move(previous: T | undefined, next: T | undefined): void {
    const [before, after] = [this.#distinctTerms(previous), this.#distinctTerms(next)]
    for (const term of before) if (!after.has(term)) this.#put(term, without(this.get(term), previous))
    for (const term of after) {
      if (next === undefined) continue
      if (before.has(term)) this.#replace(term, previous, next)
      else this.#put(term, [...this.get(term), next].sort(byKey))
    }
  }

  /** Where it stands alone, which is nearly everywhere, nothing is made. */
  #replace(term: string, previous: T | undefined, next: T): void {
    if (this.#byTerm.get(term) === previous) this.#byTerm.set(term, next)
    else this.#put(term, [...without(this.get(term), previous), next].sort(byKey))
  }

  #put(term: string, objects: readonly T[]): void {
    const [first] = objects
    if (first === undefined) this.#byTerm.delete(term)
    else this.#byTerm.set(term, objects.length === 1 ? first : new Several(objects))
  }

  #distinctTerms(object: T | undefined): ReadonlySet<string> {
    return new Set(object === undefined ? [] : this.#termsOf(object))
  }
}

/** Two objects at least. */
class Several<T> {
  readonly objects: readonly T[]

  constructor(objects: readonly T[]) {
    this.objects = objects
  }
}

function without<T>(objects: readonly T[], object: T | undefined): readonly T[] {
  return objects.filter((each) => each !== object)
}

function byKey(left: ClusterObject, right: ClusterObject): number {
  const [a, b] = [keyOf(left), keyOf(right)]
  return a < b ? -1 : a > b ? 1 : 0
}
