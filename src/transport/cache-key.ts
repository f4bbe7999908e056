import { ednsVersion } from '../dns/edns.ts'

/** What tells the answer to a message apart from the answers to others, and where in the message it stands. */
export interface CacheKey {
  /** The question in lower case, its type and class, and whether and how EDNS is spoken; one character an octet. */
  readonly key: string
  /** Offset behind the question. */
  readonly questionEnd: number
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

export type CacheKeyReader = (message: Uint8Array) => CacheKey | undefined

/**
 * Makes what reads the key straight off the octets of a query, with room of its own to do it in.
 *
 * It gives undefined for all but the ordinary query: one question, nothing behind it or one OPT record of version 0,
 * and nothing that decoding would refuse. Such a message is answered no less: it takes the longer way.
 */
export function createCacheKeyReader(): CacheKeyReader {
  const scratch = Buffer.alloc(maximumKeyOctets)
  return (message) => {
    if (!isPlainQuery(message)) return undefined
    const nameEnd = foldName(message, scratch)
    const questionEnd = nameEnd + 4
    if (nameEnd === 0 || questionEnd > message.length) return undefined
    let length = nameEnd - headerOctets
    for (let at = nameEnd; at < questionEnd; at++) scratch[length++] = octet(message, at)

    const hasOpt = message[11] === 1
    if (hasOpt && !isPlainOpt(message, questionEnd)) return undefined
    const dnssecOk = hasOpt && (octet(message, questionEnd + 7) & 0x80) !== 0
    scratch[length++] = hasOpt ? (dnssecOk ? dnssecEdns : plainEdns) : noEdns
    const payloadSize = hasOpt ? uint16(message, questionEnd + 3) : 0
    return { key: scratch.toString('latin1', 0, length), questionEnd, payloadSize, dnssecOk }
  }
}

/** A header of: QR 0, opcode QUERY, one question, no answer, no authority, at most one additional record. */
function isPlainQuery(message: Uint8Array): boolean {
  return (
    message.length > headerOctets &&
    (octet(message, 2) & 0xf8) === 0 &&
    uint16(message, 4) === 1 &&
    uint16(message, 6) === 0 &&
    uint16(message, 8) === 0 &&
    uint16(message, 10) <= 1
  )
}

/**
 * Copies the question's name into `folded`, ASCII letters in lower case.
 *
 * @returns the offset behind the name; 0 if it is too long, compressed or cut off
 */
function foldName(message: Uint8Array, folded: Uint8Array): number {
  let at = headerOctets
  for (;;) {
    const labelOctets = octet(message, at)
    const next = at + 1 + labelOctets
    if (labelOctets > 63 || next > message.length || next - headerOctets > 255) return 0
    folded[at - headerOctets] = labelOctets
    if (labelOctets === 0) return next
    for (at++; at < next; at++) {
      const value = octet(message, at)
      folded[at - headerOctets] = value >= 0x41 && value <= 0x5a ? value | 0x20 : value
    }
  }
}

/** An OPT record (RFC 6891 section 6.1) of version 0 whose options fill it exactly. */
function isPlainOpt(message: Uint8Array, at: number): boolean {
  const end = at + optFixedOctets + uint16(message, at + 9)
  if (at + optFixedOctets > message.length || end > message.length) return false
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
