import { LRUCache } from 'lru-cache'
import type { Rotation } from '../dns/wire/encode.ts'
import type { CacheKey } from './cache-key.ts'

/** A finished response, made for one query and good for all with the same key. */
export interface FinishedAnswer<Note> {
  readonly octets: Uint8Array
  /** Everything was in it: it serves any client that takes as many octets. */
  readonly isComplete: boolean
  /** It is dropped as soon as one of these changes. */
  readonly tags: readonly string[]
  readonly rotations: readonly Rotation[]
  /** A number of 32 bits that is read anew each time the answer is given. */
  readonly live?: { readonly offset: number; readonly read: () => number }
  /** What whoever puts it wants to know again at a hit. */
  readonly note: Note
}

export interface AnswerCacheLimits {
  readonly maxEntries: number
  /** Octets of answers, keys and their book-keeping together. */
  readonly maxOctets: number
}

export const defaultLimits: AnswerCacheLimits = { maxEntries: 100_000, maxOctets: 64 * 1024 * 1024 }

/** Octets that an entry takes beside its answer and key: measured, rounded up. */
const entryOverhead = 400

/** An answer in use. */
export interface Entry<Note> extends FinishedAnswer<Note> {
  /** Where rotation stands: raised each time it is given. */
  turn: number
}

/**
 * Finished responses in front of the plugin chain.
 *
 * A hit costs one look-up, one copy and a few patches. An entry lives exactly until a change touches one of its tags,
 * or until it was the least recently used when room was needed.
 */
export class AnswerCache<Note> {
  readonly #entries: LRUCache<string, Entry<Note>>
  readonly #keysByTag = new Map<string, Set<string>>()
  #epoch = 0
  #turns = 0

  constructor({ maxEntries, maxOctets }: AnswerCacheLimits = defaultLimits) {
    this.#entries = new LRUCache<string, Entry<Note>>({
      max: maxEntries,
      maxSize: maxOctets,
      sizeCalculation: (entry, key) => entry.octets.length + key.length + entryOverhead,
      dispose: (entry, key) => this.#unindex(key, entry.tags),
    })
  }

  /** Raised by every invalidation: an answer begun before one must not be stored after it. */
  get epoch(): number {
    return this.#epoch
  }

  get size(): number {
    return this.#entries.size
  }

  /** @param limit octets that the client takes */
  get({ key }: CacheKey, limit: number): Entry<Note> | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && entry.octets.length <= limit ? entry : this.#entries.get(cutKey(key, limit))
  }

  /**
   * Keeps an answer, if it may be kept and there is room.
   *
   * @param limit octets that the client takes it was made for
   * @param epoch as it was when the answer was begun
   */
  put({ key }: CacheKey, limit: number, epoch: number, answer: FinishedAnswer<Note>): Entry<Note> {
    const entry = { ...answer, turn: this.#turns++ }
    if (epoch !== this.#epoch) return entry
    const fullKey = answer.isComplete ? key : cutKey(key, limit)
    this.#entries.set(fullKey, entry)
    if (this.#entries.has(fullKey)) this.#index(fullKey, answer.tags)
    return entry
  }

  /** Drops every answer that was made from one of these, and nothing else. */
  invalidate(tags: Iterable<string>): void {
    this.#epoch++
    for (const tag of tags) {
      for (const key of [...(this.#keysByTag.get(tag) ?? [])]) this.#entries.delete(key)
    }
  }

  #index(key: string, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.#keysByTag.get(tag)
      if (keys === undefined) this.#keysByTag.set(tag, new Set([key]))
      else keys.add(key)
    }
  }

  #unindex(key: string, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.#keysByTag.get(tag)
      if (keys?.delete(key) && keys.size === 0) this.#keysByTag.delete(tag)
    }
  }
}

/**
 * The response to `query`, from an answer that was finished for another of the same key.
 *
 * It has the query's id, RD and CD, and the question in the client's letter case; its records are rotated, its live
 * number is that of now.
 */
export function fillAnswer(entry: Entry<unknown>, query: Uint8Array, questionEnd: number): Buffer {
  const response = Buffer.allocUnsafe(entry.octets.length)
  response.set(entry.octets)
  for (let at = 12; at < questionEnd; at++) response[at] = query[at] ?? 0
  response[0] = query[0] ?? 0
  response[1] = query[1] ?? 0
  response[2] = ((response[2] ?? 0) & ~rdBit) | ((query[2] ?? 0) & rdBit)
  response[3] = ((response[3] ?? 0) & ~cdBit) | ((query[3] ?? 0) & cdBit)
  if (entry.live !== undefined) response.writeUInt32BE(entry.live.read(), entry.live.offset)
  for (const rotation of entry.rotations) rotate(response, entry.octets, rotation, entry.turn)
  entry.turn = (entry.turn + 1) >>> 0
  return response
}

const rdBit = 0x01
const cdBit = 0x10

/** Puts the records so that the one at `turn` comes first. */
function rotate(response: Buffer, octets: Uint8Array, { offset, size, count }: Rotation, turn: number): void {
  const first = turn % count
  if (first === 0) return
  const split = offset + first * size
  const end = offset + count * size
  response.set(octets.subarray(split, end), offset)
  response.set(octets.subarray(offset, split), offset + end - split)
}

/** The key of an answer that had to leave something out to fit. */
function cutKey(key: string, limit: number): string {
  return `${key}|${limit}`
}
