import { type Edns, maximumMessageOctets, optOctets, recordlessOctets } from '../edns.ts'
import { WireFormatError } from '../errors.ts'
import { TYPE } from '../iana.ts'
import type { Header, Message } from '../message.ts'
import { decodeMessage } from './decode.ts'
import { type Encoded, encodeMessage, fittingEdns, type Rotation } from './encode.ts'
import { type Counts, headerOctets, readHeader, uint32At } from './header.ts'
import { readName } from './name.ts'
import { NameTable } from './name-table.ts'
import { type Opt, readOpt, writeOpt } from './opt.ts'
import { readRecordHead } from './record-head.ts'
import { OctetWriter } from './writer.ts'

/**
 * A response that somebody else made, as it came, and where its records stand: it is passed on without being taken
 * apart, so that whatever is in it arrives.
 */
export interface RawMessage {
  /** Nobody writes to them. */
  readonly octets: Uint8Array
  readonly header: Header & Counts
  /** Offset behind the question. */
  readonly questionEnd: number
  /** All records but the OPT record, in their order. */
  readonly records: readonly RawRecord[]
  readonly opt?: Opt
}

/** Where one record stands. */
export interface RawRecord {
  readonly section: 'answer' | 'authority' | 'additional'
  readonly offset: number
  readonly type: number
  readonly ttlAt: number
  readonly ttl: number
  readonly rdataAt: number
  readonly end: number
}

/**
 * Finds the records of a message.
 *
 * @throws WireFormatError it is cut off, has not exactly one question, or an OPT record too many or out of its section
 */
export function readRawMessage(octets: Uint8Array): RawMessage {
  const header = readHeader(octets)
  if (header === undefined) throw new WireFormatError(octets.length, `a header has ${headerOctets} octets`)
  if (header.qdcount !== 1) throw new WireFormatError(4, `${header.qdcount} questions`)
  const questionEnd = questionEndOf(octets)

  const records: RawRecord[] = []
  let opt: Opt | undefined
  let at = questionEnd
  for (const [section, count] of countsOf(header)) {
    for (let index = 0; index < count; index++) {
      const { offset, type, ttlAt, rdataAt, end, ...head } = readRecordHead(octets, at)
      if (type === TYPE.OPT && (opt !== undefined || section !== 'additional')) {
        throw new WireFormatError(offset, 'an OPT record too many, or out of its section')
      }
      if (type === TYPE.OPT) opt = readOpt(octets, { offset, type, ttlAt, rdataAt, end, ...head })
      else records.push({ section, offset, type, ttlAt, ttl: uint32At(octets, ttlAt), rdataAt, end })
      at = end
    }
  }
  return { octets: octets.subarray(0, at), header, questionEnd, records, ...(opt && { opt }) }
}

/**
 * Offset behind the question, which there is.
 *
 * @throws WireFormatError the message is cut off
 */
export function questionEndOf(octets: Uint8Array): number {
  const end = readName(octets, headerOctets).end + 4
  if (end > octets.length) throw new WireFormatError(end, 'the message ends inside its question')
  return end
}

/** The rcode with the upper eight bits that the OPT record has (RFC 6891 section 6.1.3). */
export function rcodeOfRaw({ header, opt }: RawMessage): number {
  return header.rcode | ((opt?.extendedRcode ?? 0) << 4)
}

/** Its records as such, for whoever wants to change them. */
export function unpackRaw({ octets }: RawMessage): Message {
  return decodeMessage(octets)
}

/** What is said in place of what the message says. */
export interface RawChanges {
  /** Its id, flags and rcode count; `question` is that of the client, in the client's letter case. */
  readonly head: Header & Required<Pick<Message, 'question'>>
  /** The question as it stands in the client's message: name, type and class. */
  readonly questionOctets: Uint8Array
  /** The TTL of all records; each has its own if this is absent. */
  readonly ttl?: number
  /** The OPT record that it gets; without it, none. */
  readonly edns?: Edns
}

/**
 * Writes a message again, for the client that asked: the records stay as they are, octet for octet, unless there is
 * no room for all of them in `limit` octets: then only whole RRsets go, from the end, and TC is set if they were of
 * answer or authority.
 *
 * Where the client asked for another name, or an OPT record stands before others, it is decoded and encoded instead.
 */
export function encodeRaw(raw: RawMessage, changes: RawChanges, limit: number): Encoded {
  const { octets, questionEnd, records, opt } = raw
  const { head, questionOctets, ttl, edns } = changes
  const end = records.at(-1)?.end ?? questionEnd
  const isAsked = asksTheSame(octets, questionOctets, questionEnd)
  if (!isAsked || (opt !== undefined && opt.offset < end)) return encodeDecoded(raw, changes, limit)

  const room = Math.min(Math.max(limit, recordlessOctets), maximumMessageOctets)
  const kept = fittingRecords(raw, room - (edns === undefined ? 0 : optOctets))
  const writer = new OctetWriter(new NameTable())
  writer.writeBuffer({ toBuffer: () => octets.subarray(0, kept.at(-1)?.end ?? questionEnd) })
  const fitting = edns && fittingEdns(edns, room - writer.byteLength())
  const optAt = fitting && writer.byteLength()
  if (fitting !== undefined) writeOpt(fitting, head.rcode >>> 4, writer)

  const truncated = records.length > kept.length && records[kept.length]?.section !== 'additional'
  const out = new Uint8Array(writer.toBuffer())
  out.set(questionOctets, headerOctets)
  writeHead(out, { ...head, tc: head.tc || truncated }, kept, fitting === undefined ? 0 : 1)
  if (ttl !== undefined) for (const { ttlAt } of kept) writeTtl(out, ttlAt, ttl)
  return {
    octets: out,
    truncated: head.tc || truncated,
    complete: !head.tc && kept.length === records.length && fitting === edns,
    rotations: rotationsOf(raw, kept),
    optAt,
    serialOffset: undefined,
  }
}

/** Where the TTLs of all records but the OPT record stand. */
export function ttlOffsetsOf(octets: Uint8Array): number[] {
  return readRawMessage(octets).records.map(({ ttlAt }) => ttlAt)
}

/** Writes a TTL over the one at an offset. */
export function writeTtl(octets: Uint8Array, at: number, ttl: number): void {
  octets[at] = ttl >>> 24
  octets[at + 1] = ttl >>> 16
  octets[at + 2] = ttl >>> 8
  octets[at + 3] = ttl
}

function countsOf(header: Counts): readonly (readonly [RawRecord['section'], number])[] {
  return [
    ['answer', header.ancount],
    ['authority', header.nscount],
    ['additional', header.arcount],
  ]
}

function encodeDecoded(raw: RawMessage, { head, ttl, edns }: RawChanges, limit: number): Encoded {
  const { edns: _, question: __, ...decoded } = unpackRaw(raw)
  const over = <R extends { readonly ttl: number }>(rrset: R): R => (ttl === undefined ? rrset : { ...rrset, ttl })
  const [answer, authority] = [decoded.answer.map(over), decoded.authority.map(over)]
  const additional = decoded.additional.map(over)
  return encodeMessage({ ...head, answer, authority, additional, ...(edns && { edns }) }, limit)
}

/** The records from the first on that end before octet `end`, without a part of an RRset. */
function fittingRecords({ octets, records }: RawMessage, end: number): readonly RawRecord[] {
  if ((records.at(-1)?.end ?? 0) <= end) return records
  let count = records.findIndex((record) => record.end > end)
  while (count > 0 && isSameRRset(octets, records[count - 1], records[count])) count--
  return records.slice(0, count)
}

/** By the octets: who compresses an RRset's second owner otherwise than its third makes two of it. */
function isSameRRset(octets: Uint8Array, left: RawRecord | undefined, right: RawRecord | undefined): boolean {
  if (left === undefined || right === undefined) return false
  if (left.section !== right.section || left.type !== right.type) return false
  const [first, second] = [readName(octets, left.offset), readName(octets, right.offset)]
  return (
    first.labels.length === second.labels.length &&
    first.labels.every((label, index) => label.toLowerCase() === second.labels[index]?.toLowerCase())
  )
}

function writeHead(out: Uint8Array, head: Header, kept: readonly RawRecord[], optRecords: number): void {
  const count = (section: RawRecord['section']) => kept.filter((record) => record.section === section).length
  const bit = (isSet: boolean, place: number) => (isSet ? 1 << place : 0)
  const counts = [1, count('answer'), count('authority'), count('additional') + optRecords]
  out[0] = head.id >>> 8
  out[1] = head.id
  out[2] = bit(head.qr, 7) | (head.opcode << 3) | bit(head.aa, 2) | bit(head.tc, 1) | bit(head.rd, 0)
  out[3] = bit(head.ra, 7) | bit(head.ad, 5) | bit(head.cd, 4) | (head.rcode & 0x0f)
  for (const [index, value] of counts.entries()) {
    out[4 + 2 * index] = value >>> 8
    out[5 + 2 * index] = value
  }
}

/** Addresses of the answer that may change places: neighbours with the same owner in as many octets. */
function rotationsOf({ octets }: RawMessage, kept: readonly RawRecord[]): Rotation[] {
  const rotations: Rotation[] = []
  let first = 0
  for (let index = 1; index <= kept.length; index++) {
    if (looksAlike(octets, kept[index - 1], kept[index])) continue
    const start = kept[first]
    if (start !== undefined && index - first > 1) {
      rotations.push({ offset: start.offset, size: start.end - start.offset, count: index - first })
    }
    first = index
  }
  return rotations
}

function looksAlike(octets: Uint8Array, left: RawRecord | undefined, right: RawRecord | undefined): boolean {
  if (left === undefined || right === undefined) return false
  if (left.type !== right.type || (left.type !== TYPE.A && left.type !== TYPE.AAAA)) return false
  if (left.section !== 'answer' || right.section !== 'answer' || left.end !== right.offset) return false
  if (left.end - left.offset !== right.end - right.offset) return false
  for (let at = left.offset; at < left.ttlAt; at++) {
    if (octets[at] !== octets[right.offset + at - left.offset]) return false
  }
  return true
}

/**
 * Whether a message has this question, letter case of the name aside: its length octets are below any letter.
 *
 * @param question name, type and class as they stand in the other message
 */
export function asksTheSame(octets: Uint8Array, question: Uint8Array, questionEnd: number): boolean {
  if (question.length !== questionEnd - headerOctets) return false
  return question.every((value, index) => {
    const other = octets[headerOctets + index] ?? 0
    return value === other || (index < question.length - 4 && fold(value) === fold(other))
  })
}

function fold(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet
}
