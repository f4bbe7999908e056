import { type Edns, maximumMessageOctets, optOctets, recordlessOctets } from '../edns.ts'
import { classOfRecords, type Message } from '../message.ts'
import { dns2Name } from './dns2-name.ts'
import { NameTable } from './name-table.ts'
import { octetsOfOpt, writeOpt } from './opt.ts'
import { type Extent, writeRRset } from './rrset.ts'
import { writeFirstName } from './write-name.ts'
import { OctetWriter } from './writer.ts'

/** A message as octets, and what a cache needs to know of them. */
export interface Encoded {
  /** The caller's own. */
  readonly octets: Uint8Array
  /** TC was set because something of the answer or authority did not fit. */
  readonly truncated: boolean
  /** Nothing was left out. */
  readonly complete: boolean
  /** The address RRsets of the answer whose records may change places. */
  readonly rotations: readonly Rotation[]
  /** Where the OPT record begins, which is the last one; undefined if there is none. */
  readonly optAt: number | undefined
  /** Where the serial of an SOA record in answer or authority stands, if there is one. */
  readonly serialOffset: number | undefined
}

/** `count` records, two or more, of `size` octets each from `offset` on: to exchange them is to copy octets. */
export interface Rotation {
  readonly offset: number
  readonly size: number
  readonly count: number
}

/**
 * Encodes a message into at most `limit` octets, of which `recordlessOctets` are granted and no more than 65,535 used.
 *
 * Only whole RRsets are left out (RFC 2181 section 9). The first one of answer or authority that does not fit ends
 * the records and sets TC; one of the additional section is passed over, and a smaller one may follow. The OPT
 * record always fits, its Extended DNS Error where there is room left. All names are compressed but the targets of SRV records; owners within the question's name
 * point to it, and so have the letter case of the client.
 *
 * @throws Error dns2 found an address that is none: whoever made the record has a bug
 */
export function encodeMessage(message: Message, limit: number): Encoded {
  const room = Math.min(Math.max(limit, recordlessOctets), maximumMessageOctets)
  const writer = new OctetWriter(new NameTable())
  writeHeader(message, writer)
  writeQuestion(message, writer)
  const written = writeSections(message, room - (message.edns === undefined ? 0 : optOctets), writer)
  const edns = message.edns && fittingEdns(message.edns, room - writer.byteLength())
  const optAt = edns && writer.byteLength()
  if (edns !== undefined) writeOpt(edns, message.rcode >>> 4, writer)
  patchHeader(message, written, writer)
  return {
    octets: new Uint8Array(writer.toBuffer()),
    truncated: written.truncated,
    complete: !written.truncated && written.additional.length === message.additional.length && edns === message.edns,
    rotations: rotationsOf(written.answer),
    optAt,
    serialOffset: serialOffsetOf([...written.answer, ...written.authority]),
  }
}

/** RFC 1035 section 4.1.1; the counts are zero until `patchHeader`. */
function writeHeader(message: Message, writer: OctetWriter): void {
  writer.write(message.id, 16)
  const high = bit(message.qr, 7) | (message.opcode << 3) | bit(message.aa, 2) | bit(message.tc, 1) | bit(message.rd, 0)
  const low = bit(message.ra, 7) | bit(message.ad, 5) | bit(message.cd, 4) | (message.rcode & 0x0f)
  writer.write((high << 8) | low, 16)
  writer.write(0, 32)
  writer.write(0, 32)
}

function bit(isSet: boolean, place: number): number {
  return isSet ? 1 << place : 0
}

/** RFC 1035 section 4.1.2. */
function writeQuestion({ question }: Message, writer: OctetWriter): void {
  if (question === undefined) return
  writeFirstName(dns2Name(question.spelling), writer)
  writer.write(question.qtype, 16)
  writer.write(question.qclass, 16)
}

/** An Extended DNS Error is the first to go where there is no room: it explains, and answers nothing. The options follow. */
export function fittingEdns(edns: Edns, room: number): Edns {
  if (octetsOfOpt(edns) <= room) return edns
  const { extendedError, ...unexplained } = edns
  if (octetsOfOpt(unexplained) <= room) return unexplained
  const { options, ...bare } = unexplained
  return bare
}

/** What was written of each section, and whether all of the first two was. */
interface Written {
  readonly answer: Extent[]
  readonly authority: Extent[]
  readonly additional: Extent[]
  truncated: boolean
}

/** Writes the RRsets that end at octet `end` or before it. */
function writeSections(message: Message, end: number, writer: OctetWriter): Written {
  const written: Written = { answer: [], authority: [], additional: [], truncated: false }
  const rrclass = classOfRecords(message.question)
  for (const section of ['answer', 'authority'] as const) {
    for (const rrset of message[section]) {
      const extent = writeRRset(rrset, end, writer, rrclass)
      if (extent === undefined) return { ...written, truncated: true }
      written[section].push(extent)
    }
  }
  for (const rrset of message.additional) {
    const extent = writeRRset(rrset, end, writer, rrclass)
    if (extent !== undefined) written.additional.push(extent)
  }
  return written
}

function patchHeader({ question, edns }: Message, written: Written, writer: OctetWriter): void {
  const optRecords = edns === undefined ? 0 : 1
  writer.patch(4 * 8, question === undefined ? 0 : 1, 16)
  writer.patch(6 * 8, countRecords(written.answer), 16)
  writer.patch(8 * 8, countRecords(written.authority), 16)
  writer.patch(10 * 8, countRecords(written.additional) + optRecords, 16)
  if (written.truncated) writer.patch(2 * 8, (writer.buffer[2] ?? 0) | tcBit, 8)
}

/** In the header's third octet. */
const tcBit = 0x02

function countRecords(extents: readonly Extent[]): number {
  return extents.reduce((sum, { count }) => sum + count, 0)
}

function rotationsOf(answer: readonly Extent[]): Rotation[] {
  return answer.flatMap(({ type, offset, count, size }) =>
    (type === 'A' || type === 'AAAA') && count > 1 && size !== undefined ? [{ offset, size, count }] : [],
  )
}

/** The serial and the four numbers behind it end an SOA record (RFC 1035 section 3.3.13). */
function serialOffsetOf(extents: readonly Extent[]): number | undefined {
  const soa = extents.find(({ type }) => type === 'SOA')
  return soa?.size === undefined ? undefined : soa.offset + soa.size - 5 * 4
}
