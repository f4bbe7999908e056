import { ednsVersion, isEchoed } from '../dns/edns.ts'
import { headerOctets, uint16At } from '../dns/wire/header.ts'

/** What the answer to a query depends on, where in the message it stands, and a number to find it by. */
export interface CacheKey {
  /** 32 bits, the same for all queries with the same answer; others may have it too, so what is found is compared. */
  readonly hash: number
  /** Offset behind the question, which begins behind the header. */
  readonly questionEnd: number
  /** How EDNS is spoken. */
  readonly edns: EdnsUse
  /** The bits AD and CD of the header, where they stand there: other servers answer by them. */
  readonly bits: number
  /** Octets of UDP payload that the client takes; 0 where it says nothing of it. */
  readonly payloadSize: number
  /** Octets of the query's EDNS options, if the response repeats them: they end the message. */
  readonly echoOctets: number
  /** Where they begin. */
  readonly echoAt: number
}

/** Absent, present, present with the DO bit. */
export const EDNS_USE = { none: 0, plain: 1, dnssecOk: 2 } as const
export type EdnsUse = (typeof EDNS_USE)[keyof typeof EDNS_USE]

const typeAndClassOctets = 4
const maximumNameOctets = 255
const typeOpt = 41
/** RFC 4035 section 3.2: above the values of EdnsUse. */
const adAndCdBits = 0x30
const optFixedOctets = 11

/**
 * Reads the key straight off the octets of a query, and is itself the key of the last one.
 *
 * It is the hot path: nothing here allocates. `copy` gives a key that stays.
 */
export class CacheKeyReader implements CacheKey {
  hash = 0
  questionEnd = 0
  edns: EdnsUse = EDNS_USE.none
  bits = 0
  payloadSize = 0
  echoOctets = 0
  echoAt = 0

  /**
   * Reads one message.
   *
   * There is no key for all but the ordinary query: one question, nothing behind it or one OPT record of version 0
   * whose options are all echoed or all not, and nothing that decoding would refuse. Such a message is answered no less: it takes the longer way.
   *
   * @param length octets of the message, which `message` may go beyond
   */
  read(message: Uint8Array, length = message.length): boolean {
    if (!isPlainQuery(message, length)) return false
    const nameEnd = findNameEnd(message, length)
    const questionEnd = nameEnd + typeAndClassOctets
    if (nameEnd === 0 || questionEnd > length) return false

    const hasOpt = message[11] === 1
    this.echoAt = questionEnd + optFixedOctets
    this.echoOctets = hasOpt ? echoOctets(message, questionEnd, length) : 0
    if (this.echoOctets < 0) return false
    const dnssecOk = hasOpt && (octet(message, questionEnd + 7) & 0x80) !== 0
    this.edns = hasOpt ? (dnssecOk ? EDNS_USE.dnssecOk : EDNS_USE.plain) : EDNS_USE.none
    this.payloadSize = hasOpt ? uint16At(message, questionEnd + 3) : 0
    this.questionEnd = questionEnd
    this.bits = octet(message, 3) & adAndCdBits
    this.hash = hashQuestion(message, nameEnd, this.edns | this.bits)
    return true
  }

  /** What was read last, to be kept. */
  copy(): CacheKey {
    const { hash, questionEnd, edns, bits, payloadSize, echoOctets, echoAt } = this
    return { hash, questionEnd, edns, bits, payloadSize, echoOctets, echoAt }
  }
}

/** Mixes one more number into a hash (the finalizer of MurmurHash3, with its constants). */
export function mixHash(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x85ebca6b)
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) | 0
}

/**
 * Whether a message asks what another does: the same type and class of the same name, letter case aside.
 *
 * @param folded a message whose question is in lower case
 * @param end offset behind the question of both
 */
export function asksTheSame(message: Uint8Array, folded: Uint8Array, end: number): boolean {
  for (let at = headerOctets; at < end; at++) {
    if (message[at] !== folded[at]) return asksInCapitals(message, folded, at, end)
  }
  return true
}

/** As `asksTheSame`, of questions that are the same before `start`. */
function asksInCapitals(message: Uint8Array, folded: Uint8Array, start: number, end: number): boolean {
  const nameEnd = end - typeAndClassOctets
  for (let at = start; at < end; at++) {
    const asked = octet(message, at)
    const small = at < nameEnd && isCapital(asked) ? asked | 0x20 : asked
    if (small !== folded[at]) return false
  }
  return true
}

/** Puts the name of a message's question in lower case. Its length octets are below any letter. */
export function foldQuestion(message: Uint8Array, end: number): void {
  for (let at = headerOctets; at < end - typeAndClassOctets; at++) {
    const value = octet(message, at)
    if (isCapital(value)) message[at] = value | 0x20
  }
}

/** ASCII letters only (RFC 4343 section 3). */
function isCapital(value: number): boolean {
  return value >= 0x41 && value <= 0x5a
}

/** A header of: QR 0, opcode QUERY, one question, no answer, no authority, at most one additional record. */
function isPlainQuery(message: Uint8Array, length: number): boolean {
  return (
    length > headerOctets &&
    (octet(message, 2) & 0xf8) === 0 &&
    uint16At(message, 4) === 1 &&
    uint16At(message, 6) === 0 &&
    uint16At(message, 8) === 0 &&
    uint16At(message, 10) <= 1
  )
}

/** The offset behind the question's name; 0 if it is too long, compressed or cut off. */
function findNameEnd(message: Uint8Array, length: number): number {
  const limit = Math.min(length, headerOctets + maximumNameOctets)
  let at = headerOctets
  for (;;) {
    const labelOctets = octet(message, at)
    at += 1 + labelOctets
    if (labelOctets > 63 || at > limit) return 0
    if (labelOctets === 0) return at
  }
}

/**
 * Four octets at a time, each with the bit that tells capitals from small letters; type and class as they are.
 *
 * What else that bit brings together, such as `@` and the grave accent, is told apart by `asksTheSame`.
 */
function hashQuestion(message: Uint8Array, nameEnd: number, manner: number): number {
  let hash = 0
  let at = headerOctets
  for (; at + 4 <= nameEnd; at += 4) {
    const word =
      octet(message, at) |
      (octet(message, at + 1) << 8) |
      (octet(message, at + 2) << 16) |
      (octet(message, at + 3) << 24)
    hash = Math.imul(hash ^ (word | 0x20202020), 0x01000193)
    hash ^= hash >>> 15
  }
  for (; at < nameEnd; at++) hash = Math.imul(hash ^ (octet(message, at) | 0x20), 0x01000193)
  const typeAndClass = (uint16At(message, nameEnd) << 16) | uint16At(message, nameEnd + 2)
  return mixHash(mixHash(hash, typeAndClass), manner)
}

/**
 * Octets of the options of an OPT record (RFC 6891 section 6.1) that ends the message, if all of them are echoed; 0 if
 * none is. Below zero: it is no record of version 0 whose options fill it exactly, or some are echoed and some not.
 */
function echoOctets(message: Uint8Array, at: number, length: number): number {
  const start = at + optFixedOctets
  const end = start + uint16At(message, at + 9)
  if (start > length || end > length) return -1
  if (octet(message, at) !== 0 || uint16At(message, at + 1) !== typeOpt) return -1
  if (octet(message, at + 6) !== ednsVersion) return -1
  let echoed = 0
  let option = start
  while (option + 4 <= end) {
    const next = option + 4 + uint16At(message, option + 2)
    if (isEchoed(uint16At(message, option))) echoed += next - option
    option = next
  }
  if (option !== end) return -1
  return echoed === 0 || echoed === end - start ? echoed : -1
}

function octet(message: Uint8Array, at: number): number {
  return message[at] ?? 0
}
