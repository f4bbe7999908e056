import { WireFormatError } from '../errors.ts'
import { type Label, lowerCase, maxNameOctets, type Name, root } from '../name.ts'
import { headerOctets } from './header.ts'

export interface WireName {
  /** Letter case kept, the root's left out. */
  readonly labels: readonly Label[]
  /** Offset of the first octet after the name (after its first pointer, if it has one). */
  readonly end: number
}

/** A name has at most 127 labels; more pointers than that lead from pointer to pointer. */
const maxPointers = 127

/**
 * Reads the name at `start`.
 *
 * A pointer names a prior occurrence (RFC 1035 section 4.1.4): it must lead before the labels it follows, and never
 * into the header. So every jump goes strictly back, and a name costs at most 255 octets and 127 jumps.
 *
 * @throws WireFormatError it runs over the end, is too long, has a label of unknown kind or a pointer that leads on
 */
export function readName(octets: Uint8Array, start: number): WireName {
  const labels: Label[] = []
  let end: number | undefined
  let limit = start
  let at = start
  for (let length = 1, pointers = 0; ; ) {
    const head = octetAt(octets, at)
    if (head >= 0xc0) {
      const target = ((head & 0x3f) << 8) | octetAt(octets, at + 1)
      if (target >= limit || target < headerOctets) throw new WireFormatError(at, `pointer to octet ${target}`)
      if (++pointers > maxPointers) throw new WireFormatError(at, `more than ${maxPointers} pointers in a name`)
      end ??= at + 2
      limit = target
      at = target
    } else if (head >= 0x40) {
      throw new WireFormatError(at, `label type ${head >> 6}`) // RFC 6891 section 5: none of these is in use
    } else if (head === 0) {
      return { labels, end: end ?? at + 1 }
    } else {
      length += head + 1
      if (length > maxNameOctets) throw new WireFormatError(start, `a name of over ${maxNameOctets} octets`)
      labels.push(readLabel(octets, at + 1, head))
      at += head + 1
    }
  }
}

/** A name as text: in lower case, and as it was spelled. */
export interface NameText {
  readonly name: Name
  readonly spelling: string
  readonly end: number
}

/**
 * Reads the name at `start` if it is an ordinary one: whole, in one piece, of characters that stand for themselves.
 *
 * It says what `readName` says, in a tenth of the time. Undefined: ask that one, also for what is wrong.
 */
export function readOrdinaryName(octets: Uint8Array, start: number): NameText | undefined {
  const text = Buffer.allocUnsafe(maxNameOctets)
  let length = 0
  let hasCapitals = false
  let at = start
  for (;;) {
    const head = octets[at]
    if (head === undefined || head >= 0x40 || length + head + 1 >= maxNameOctets) return undefined
    at++
    if (head === 0) break
    for (const next = at + head; at < next; at++) {
      const octet = octets[at] ?? 0
      if (octet < 0x21 || octet > 0x7e || octet === 0x2e || octet === 0x5c) return undefined
      hasCapitals ||= octet >= 0x41 && octet <= 0x5a
      text[length++] = octet
    }
    text[length++] = 0x2e
  }
  if (length === 0) return { name: root, spelling: root, end: at }
  const spelling = text.toString('latin1', 0, length)
  return { name: (hasCapitals ? lowerCase(spelling) : spelling) as Name, spelling, end: at } // every label was looked at
}

function readLabel(octets: Uint8Array, at: number, length: number): Label {
  if (at + length > octets.length) throw new WireFormatError(at, `a label of ${length} octets runs over the end`)
  let label = ''
  for (let index = at; index < at + length; index++) label += String.fromCharCode(octets[index] ?? 0)
  return label
}

function octetAt(octets: Uint8Array, at: number): number {
  const octet = octets[at]
  if (octet === undefined) throw new WireFormatError(at, 'the message ends inside a name')
  return octet
}
