import { LRUCache } from 'lru-cache'
import { maximumMessageOctets, optOctets } from '../dns/edns.ts'
import type { Rotation } from '../dns/wire/encode.ts'
import { headerOctets, uint16At, uint32At } from '../dns/wire/header.ts'
import { asksTheSame, type CacheKey, type EdnsUse, foldQuestion, mixHash } from './cache-key.ts'
import { TagIndex } from './tag-index.ts'

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
  /** Where its OPT record begins, which ends it; undefined if it has none. */
  readonly optAt?: number | undefined
  /** Octets that it may have over UDP, if the client would take more. */
  readonly payloadLimit?: number
  /** RD, where it is not that of each query. */
  readonly recursionDesired?: boolean
  /** It serves no client whose options are echoed. */
  readonly withoutOptions?: boolean
  /** Its records' TTLs run down. */
  readonly lease?: AnswerLease
  /** Hears of each hit. */
  readonly onReuse?: () => void
  /** What whoever puts it wants to know again at a hit. */
  readonly note: Note
}

export interface AnswerLease {
  /**
   * Asked at each hit.
   *
   * @returns the TTL that all records have by now; below zero: the answer must not be given again
   */
  readonly renew: () => number
  readonly ttlOffsets: readonly number[]
}

export interface AnswerCacheLimits {
  readonly maxEntries: number
  /** Octets of answers, keys and their book-keeping together. */
  readonly maxOctets: number
}

export const defaultLimits: AnswerCacheLimits = { maxEntries: 100_000, maxOctets: 64 * 1024 * 1024 }

/** Octets that an entry takes beside its answer: measured, rounded up. */
const entryOverhead = 400

/** An answer in use; the question in its octets is in lower case. */
export interface Entry<Note> extends FinishedAnswer<Note> {
  readonly questionEnd: number
  readonly edns: EdnsUse
  readonly bits: number
  /** Octets that it was cut to, for clients that take just so many; 0 if it is complete. */
  readonly cutTo: number
  /** Where rotation stands: raised each time it is given. */
  turn: number
  /** What its lease said last. */
  ttl: number
}

/**
 * Finished responses in front of the plugin chain.
 *
 * A hit costs one look-up, one copy and a few patches. An entry lives exactly until a change touches one of its tags,
 * or until it was the least recently used when room was needed.
 */
export class AnswerCache<Note> {
  readonly #entries: LRUCache<number, Entry<Note>>
  readonly #tags = new TagIndex()
  /** Answers that were cut: where there are none, none has to be looked for. */
  #cutCount = 0
  #epoch = 0
  #turns = 0

  constructor({ maxEntries, maxOctets }: AnswerCacheLimits = defaultLimits) {
    this.#entries = new LRUCache<number, Entry<Note>>({
      max: maxEntries,
      maxSize: maxOctets,
      sizeCalculation: (entry) => entry.octets.length + entryOverhead,
      dispose: (entry, hash) => this.#forget(hash, entry),
    })
  }

  /** Raised by every invalidation: an answer begun before one must not be stored after it. */
  get epoch(): number {
    return this.#epoch
  }

  get size(): number {
    return this.#entries.size
  }

  /**
   * The answer to a query, if there is one.
   *
   * @param key read off `query`
   * @param limit octets that the client takes, less those of the options that are echoed
   */
  get(key: CacheKey, query: Uint8Array, limit: number): Entry<Note> | undefined {
    const entry = this.#entries.get(key.hash)
    if (entry !== undefined && entry.cutTo === 0 && fits(entry, key, limit) && answers(entry, key, query))
      return this.#renewed(key.hash, entry)
    if (this.#cutCount === 0) return undefined
    const hash = mixHash(key.hash, limit)
    const cut = this.#entries.get(hash)
    const isFitting = cut !== undefined && cut.cutTo === limit && fits(cut, key, limit) && answers(cut, key, query)
    return isFitting ? this.#renewed(hash, cut) : undefined
  }

  /**
   * Keeps an answer, if it may be kept and there is room. Of two whose keys have the same hash it keeps the later one.
   *
   * @param limit as `get` takes it, of the client that it was made for
   * @param epoch as it was when the answer was begun
   */
  put(
    { hash, questionEnd, edns, bits }: CacheKey,
    limit: number,
    epoch: number,
    answer: FinishedAnswer<Note>,
  ): Entry<Note> {
    const cutTo = answer.isComplete ? 0 : limit
    const entry = { ...answer, questionEnd, edns, bits, cutTo, turn: this.#turns++, ttl: ttlOf(answer) }
    foldQuestion(entry.octets, questionEnd)
    if (epoch === this.#epoch) this.#keep(cutTo === 0 ? hash : mixHash(hash, cutTo), entry)
    return entry
  }

  /** Drops every answer that was made from one of these, and nothing else. */
  invalidate(tags: Iterable<string>): void {
    this.#epoch++
    for (const tag of tags) {
      for (const hash of this.#tags.take(tag, () => this.#tagsByHash())) this.#entries.delete(hash)
    }
  }

  /** The entry, unless its time is over. */
  #renewed(hash: number, entry: Entry<Note>): Entry<Note> | undefined {
    if (entry.lease !== undefined) {
      entry.ttl = entry.lease.renew()
      if (entry.ttl < 0) {
        this.#entries.delete(hash)
        return undefined
      }
    }
    entry.onReuse?.()
    return entry
  }

  #keep(hash: number, entry: Entry<Note>): void {
    this.#entries.set(hash, entry)
    if (!this.#entries.has(hash)) return // it is larger than all there is room for
    this.#tags.add(hash, entry.tags)
    if (entry.cutTo > 0) this.#cutCount++
  }

  #forget(hash: number, entry: Entry<Note>): void {
    this.#tags.remove(hash, entry.tags)
    if (entry.cutTo > 0) this.#cutCount--
  }

  *#tagsByHash(): Generator<readonly [hash: number, tags: readonly string[]]> {
    for (const [hash, { tags }] of this.#entries.entries()) yield [hash, tags]
  }
}

/** The TTL of all its records, where a lease tells it from now on. */
function ttlOf({ octets, lease }: FinishedAnswer<unknown>): number {
  const [first] = lease?.ttlOffsets ?? []
  return first === undefined ? 0 : uint32At(octets, first)
}

/** Whether a client that takes `limit` octets and the echo can have it. */
function fits({ octets, payloadLimit }: Entry<unknown>, { echoOctets }: CacheKey, limit: number): boolean {
  if (octets.length > limit) return false
  const isOverTcp = limit + echoOctets === maximumMessageOctets
  return payloadLimit === undefined || isOverTcp || octets.length + echoOctets <= payloadLimit
}

/** Whether it was finished for a query that is answered alike. */
function answers(entry: Entry<unknown>, key: CacheKey, query: Uint8Array): boolean {
  const { questionEnd, edns, bits } = key
  return (
    entry.edns === edns &&
    (entry.withoutOptions !== true || key.echoOctets === 0) &&
    entry.bits === bits &&
    entry.questionEnd === questionEnd &&
    asksTheSame(query, entry.octets, questionEnd)
  )
}

/**
 * Writes the response to `query` to the front of `out`, from an answer that was finished for another of the same key.
 *
 * It has the query's id, RD and CD, the question in the client's letter case, and the options that are echoed; its
 * records are rotated, its live number is that of now.
 *
 * @param key read off `query`
 * @param out has room for `entry.octets` and `key.echoOctets`
 * @returns octets written
 */
export function fillAnswer(entry: Entry<unknown>, query: Uint8Array, key: CacheKey, out: Uint8Array): number {
  const { octets } = entry
  out.set(octets)
  out[0] = query[0] ?? 0
  out[1] = query[1] ?? 0
  if (entry.recursionDesired === undefined) out[2] = ((octets[2] ?? 0) & ~rdBit) | ((query[2] ?? 0) & rdBit)
  out[3] = ((octets[3] ?? 0) & ~cdBit) | ((query[3] ?? 0) & cdBit)
  for (let at = headerOctets; at < key.questionEnd; at++) out[at] = query[at] ?? 0
  if (entry.live !== undefined) writeUint32(out, entry.live.offset, entry.live.read())
  if (entry.lease !== undefined) for (const at of entry.lease.ttlOffsets) writeUint32(out, at, entry.ttl)
  if (entry.rotations.length > 0) {
    for (const rotation of entry.rotations) rotate(out, octets, rotation, entry.turn)
    entry.turn = (entry.turn + 1) >>> 0
  }
  return key.echoOctets === 0 || entry.optAt === undefined
    ? octets.length
    : echo(out, octets.length, entry.optAt, query, key)
}

/** Appends the query's options to the OPT record, which is the last one. */
function echo(out: Uint8Array, end: number, optAt: number, query: Uint8Array, key: CacheKey): number {
  const lengthAt = optAt + optOctets - 2
  const length = uint16At(out, lengthAt) + key.echoOctets
  out[lengthAt] = length >>> 8
  out[lengthAt + 1] = length
  for (let at = 0; at < key.echoOctets; at++) out[end + at] = query[key.echoAt + at] ?? 0
  return end + key.echoOctets
}

const rdBit = 0x01
const cdBit = 0x10

/** Puts the records so that the one at `turn` comes first. */
function rotate(out: Uint8Array, octets: Uint8Array, { offset, size, count }: Rotation, turn: number): void {
  const first = turn % count
  if (first === 0) return
  const split = offset + first * size
  const end = offset + count * size
  out.set(octets.subarray(split, end), offset)
  out.set(octets.subarray(offset, split), offset + end - split)
}

function writeUint32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24
  out[at + 1] = value >>> 16
  out[at + 2] = value >>> 8
  out[at + 3] = value
}
