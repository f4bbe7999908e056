/**
 * wire: octets to messages (decode.ts) and back (encode.ts).
 *
 * dns2.ts wraps the codec for records; name.ts, header.ts and opt.ts read what dns2 cannot say exactly. Start here.
 */
import type { Edns } from '../edns.ts'
import { WireFormatError } from '../errors.ts'
import { classOfRecords, type Message, type MessageDraft, type Question } from '../message.ts'
import { formatLabels, nameOf } from '../name.ts'
import { headerOctets, readHeader, uint16At } from './header.ts'
import { type NameText, readName, readOrdinaryName } from './name.ts'
import type { Opt } from './opt.ts'
import { readSection } from './section.ts'

/**
 * Decodes one message; octets after it are ignored.
 *
 * The time is linear in the octets and the records: each name is read in bounded time (name.ts).
 *
 * @throws WireFormatError the octets are no message, have a second question (RFC 9619) or a second OPT record
 */
export function decodeMessage(octets: Uint8Array): Message {
  const header = readHeader(octets)
  if (header === undefined) throw new WireFormatError(octets.length, `a header has ${headerOctets} octets`)
  const { id, qr, opcode, aa, tc, rd, ra, ad, cd } = header
  if (header.qdcount > 1) throw new WireFormatError(4, `${header.qdcount} questions`)

  const { question, end } = readQuestion(octets, header.qdcount)
  const rrclass = classOfRecords(question)
  const answer = readSection(octets, end, header.ancount, rrclass)
  const authority = readSection(octets, answer.end, header.nscount, rrclass)
  const additional = readSection(octets, authority.end, header.arcount, rrclass)
  const opt = soleOpt(answer.opts[0] ?? authority.opts[0], additional.opts)
  const rcode = header.rcode | ((opt?.extendedRcode ?? 0) << 4)
  const bits = { id, qr, opcode, aa, tc, rd, ra, ad, cd, rcode }
  const records = { answer: answer.rrsets, authority: authority.rrsets, additional: additional.rrsets }
  const message: MessageDraft = { ...bits, ...records }
  if (question !== undefined) message.question = question
  if (opt !== undefined) message.edns = ednsOf(opt)
  return message
}

function readQuestion(octets: Uint8Array, count: number): { question?: Question; end: number } {
  if (count === 0) return { end: headerOctets }
  const { name: qname, spelling, end } = readOrdinaryName(octets, headerOctets) ?? readAnyName(octets)
  if (end + 4 > octets.length) throw new WireFormatError(end, 'the message ends inside its question')
  const [qtype, qclass] = [uint16At(octets, end), uint16At(octets, end + 2)]
  return { question: { qname, spelling, qtype, qclass }, end: end + 4 }
}

function readAnyName(octets: Uint8Array): NameText {
  const { labels, end } = readName(octets, headerOctets)
  return { name: nameOf(labels), spelling: formatLabels(labels), end }
}

/** RFC 6891 section 6.1.1: at most one, and in the additional section. */
function soleOpt(misplaced: Opt | undefined, opts: readonly Opt[]): Opt | undefined {
  const extra = misplaced ?? opts[1]
  if (extra !== undefined) throw new WireFormatError(extra.offset, 'an OPT record too many, or out of its section')
  return opts[0]
}

function ednsOf({ version, dnssecOk, payloadSize, extendedError, options }: Opt): Edns {
  return { version, dnssecOk, payloadSize, ...(extendedError && { extendedError }), ...(options && { options }) }
}
