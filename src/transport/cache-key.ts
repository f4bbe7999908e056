import { ednsVersion } from '../dns/edns.ts'

/** What tells the answer to a message apart from the answers to others, and where in the message it stands. */
export interface CacheKey {
  /** The question in lower case, its type and class, and whether and how EDNS is spoken; one character an octet. */
  readonly key: string
  /** Offset behind the question. */
  readonly questionEnd: number
  /** The question has a letter that `key` has in lower case. */
  readonly hasCapitals: boolean
  /** Octets of UDP payload that the client takes; 0 where it says nothing of it. */
  readonly payloadSize: number
  /** The DO bit. */
  readonly dnssecOk: boolean
}

const headerOctets = 12
const typeOpt = 41
const optFixedOctets = 11

/** The longest name, then type, class and one octet for EDNS. */
const maximumKeyOctets = 255 + 2 + 2 + 1

/** How EDNS is spoken: absent, present, present with the DO bit. */
const noEdns = 0
const plainEdns = 1
const dnssecEdns = 2

/**
 * Reads the key straight off the octets of a query, and is itself the key of the last one.
 *
 * It is the hot path: of all that it finds out, only the string `key` is new memory. `copy` keeps the rest.
 */
export class CacheKeyReader implements CacheKey {
  key = ''
  questionEnd = 0
  hasCapitals = false
  payloadSize = 0
  dnssecOk = false
  readonly #folded = Buffer.alloc(maximumKeyOctets)

  /**
   * Reads one message.
   *
   * There is no key for all but the ordinary query: one question, nothing behind it or one OPT record of version 0,
   * and nothing that decoding would refuse. Such a message is answered no less: it takes the longer way.
   *
   * @param length octets of the message, which `message` may go beyond
   */
  read(message: Uint8Array, length = message.length): boolean {
    if (!isPlainQuery(message, length)) return false
    const nameEnd = this.#foldName(message, length)
    const questionEnd = nameEnd + 4
    if (nameEnd === 0 || questionEnd > length) return false

    const folded = this.#folded
    const keyEnd = questionEnd - headerOctets
    for (let at = nameEnd; at < questionEnd; at++) folded[at - headerOctets] = octet(message, at)
    const hasOpt = message[11] === 1
    if (hasOpt && !isPlainOpt(message, questionEnd, length)) return false
    this.dnssecOk = hasOpt && (octet(message, questionEnd + 7) & 0x80) !== 0
    this.payloadSize = hasOpt ? uint16(message, questionEnd + 3) : 0
    this.questionEnd = questionEnd
    folded[keyEnd] = hasOpt ? (this.dnssecOk ? dnssecEdns : plainEdns) : noEdns
    this.key = folded.toString('latin1', 0, keyEnd + 1)
    return true
  }

  /** What was read last, to be kept. */
  copy(): CacheKey {
    const { key, questionEnd, hasCapitals, payloadSize, dnssecOk } = this
    return { key, questionEnd, hasCapitals, payloadSize, dnssecOk }
  }

  /**
   * Copies the question's name, ASCII letters in lower case.
   *
   * @returns the offset behind the name; 0 if it is too long, compressed or cut off
   */
  #foldName(message: Uint8Array, length: number): number {
    const folded = this.#folded
    let capitals = 0
    let at = headerOctets
    for (;;) {
      const labelOctets = octet(message, at)
      const next = at + 1 + labelOctets
      if (labelOctets > 63 || next > length || next - headerOctets > 255) return 0
      folded[at - headerOctets] = labelOctets
      if (labelOctets === 0) {
        this.hasCapitals = capitals !== 0
        return next
      }
      for (at++; at < next; at++) {
        const value = octet(message, at)
        const capital = value >= 0x41 && value <= 0x5a ? 0x20 : 0
        capitals |= capital
        folded[at - headerOctets] = value | capital
      }
    }
  }
}

/** A header of: QR 0, opcode QUERY, one question, no answer, no authority, at most one additional record. */
function isPlainQuery(message: Uint8Array, length: number): boolean {
  return (
    length > headerOctets &&
    (octet(message, 2) & 0xf8) === 0 &&
    uint16(message, 4) === 1 &&
    uint16(message, 6) === 0 &&
    uint16(message, 8) === 0 &&
    uint16(message, 10) <= 1
  )
}

/** An OPT record (RFC 6891 section 6.1) of version 0 whose options fill it exactly. */
function isPlainOpt(message: Uint8Array, at: number, length: number): boolean {
  const end = at + optFixedOctets + uint16(message, at + 9)
  if (at + optFixedOctets > length || end > length) return false
  if (octet(message, at) !== 0 || uint16(message, at + 1) !== typeOpt) return false
  if (octet(message, at + 6) !== ednsVersion) return false
  let option = at + optFixedOctets
  while (option + 4 <= end) option += 4 + uint16(message, option + 2)
  return option === end
}

function octet(message: Uint8Array, at: number): number {
  return message[at] ?? 0
}

function uint16(message: Uint8Array, at: number): number {
  return (octet(message, at) << 8) | octet(message, at + 1)
}
