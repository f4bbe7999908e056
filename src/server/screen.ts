import {
  defaultPayloadSize,
  type Edns,
  type EdnsOption,
  ednsVersion,
  isEchoed,
  minimumPayloadSize,
} from '../dns/edns.ts'
import { WireFormatError } from '../dns/errors.ts'
import { CLASS, className, OPCODE, RCODE, type Rcode } from '../dns/iana.ts'
import type { Header, Message, Question } from '../dns/message.ts'
import { decodeMessage } from '../dns/wire/decode.ts'
import { encodeMessage } from '../dns/wire/encode.ts'
import { type Counts, readHeader } from '../dns/wire/header.ts'
import type { Step } from '../plugin/reason.ts'
import { classNotServed } from './reasons.ts'

/** What becomes of a message before any zone is looked at. */
export type Screened =
  | { readonly kind: 'query'; readonly message: Message; readonly question: Question }
  /** It is a query, and refused whatever its name is. */
  | { readonly kind: 'refuse'; readonly message: Message; readonly question: Question; readonly step: Step }
  /** It says that a zone has changed (RFC 1996); `refusal`, unless somebody here wants to know. */
  | { readonly kind: 'notify'; readonly message: Message; readonly question: Question; readonly refusal: Uint8Array }
  /** It is answered at once. */
  | { readonly kind: 'reject'; readonly response: Uint8Array }
  /** No query: it gets no answer. */
  | { readonly kind: 'drop' }

/**
 * Takes in a message and turns away what is no query that we answer.
 *
 * The order of the checks is CoreDNS's. Unlike there NOTIFY is no query, and NOTIMP carries the question and OPT record where
 * they can be read (RFC 6891 section 6.1.1).
 *
 * @param takesAnyClass whether some zone is served that classes other than IN mean something in
 */
export function screen(octets: Uint8Array, takesAnyClass: boolean): Screened {
  const header = readHeader(octets)
  if (header === undefined || header.qr) return { kind: 'drop' }
  // Before decoding: what a query never has would only cost time.
  if (!hasQueryCounts(header)) return reject(header, header.opcode === OPCODE.QUERY ? 'FORMERR' : 'NOTIMP')
  const message = tryDecode(octets)
  const question = message?.question
  if (header.opcode === OPCODE.NOTIFY && message !== undefined && question?.qclass === CLASS.IN) {
    return { kind: 'notify', message, question, refusal: responseOf(message, 'NOTIMP') }
  }
  if (header.opcode !== OPCODE.QUERY) return reject(message ?? header, 'NOTIMP')
  if (message === undefined || question === undefined) return reject(header, 'FORMERR')
  if (question.qclass !== CLASS.IN && !takesAnyClass) {
    return { kind: 'refuse', message, question, step: classNotServed({ qclass: className(question.qclass) }) }
  }
  if (message.edns !== undefined && message.edns.version !== ednsVersion) {
    const { options: _, ...edns } = message.edns // what they mean in another version nobody knows
    return reject({ ...message, edns }, 'BADVERS')
  }
  return { kind: 'query', message, question }
}

/** One question, and at most as many records as CoreDNS lets through: an IXFR's SOA, an OPT and a TSIG record. */
function hasQueryCounts({ qdcount, ancount, nscount, arcount }: Counts): boolean {
  return qdcount === 1 && ancount <= 1 && nscount <= 1 && arcount <= 2
}

/**
 * The OPT record of a response: there is one exactly where the query has one (RFC 6891 section 6.1.1).
 *
 * @param own options that the answer has of itself: of the query's, those with other codes are echoed
 */
export function responseEdns(query: Edns, own: readonly EdnsOption[] = []): Edns {
  const echoes = (query.options ?? []).filter(({ code }) => isEchoed(code) && !own.some((each) => each.code === code))
  const options = [...own, ...echoes]
  const edns = { version: ednsVersion, dnssecOk: query.dnssecOk, payloadSize: defaultPayloadSize }
  return options.length === 0 ? edns : { ...edns, options }
}

/** The header of a response, but for what the answer says. */
export function responseHeader({ id, opcode, rd, cd }: Header): Omit<Header, 'aa' | 'rcode'> {
  return { id, opcode, rd, cd, qr: true, tc: false, ra: false, ad: false }
}

/** A response that says no more than its code. */
function errorResponse(query: Header & Partial<Pick<Message, 'question' | 'edns'>>, rcode: Rcode): Message {
  return {
    ...responseHeader(query),
    aa: false,
    rcode: RCODE[rcode],
    ...(query.question === undefined ? {} : { question: query.question }),
    answer: [],
    authority: [],
    additional: [],
    ...(query.edns === undefined ? {} : { edns: responseEdns(query.edns) }),
  }
}

function reject(query: Header & Partial<Pick<Message, 'question' | 'edns'>>, rcode: Rcode): Screened {
  return { kind: 'reject', response: responseOf(query, rcode) }
}

function responseOf(query: Header & Partial<Pick<Message, 'question' | 'edns'>>, rcode: Rcode): Uint8Array {
  return encodeMessage(errorResponse(query, rcode), minimumPayloadSize).octets
}

function tryDecode(octets: Uint8Array): Message | undefined {
  try {
    return decodeMessage(octets)
  } catch (error) {
    if (error instanceof WireFormatError) return undefined
    throw error
  }
}
