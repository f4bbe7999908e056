import { defaultPayloadSize, type ExtendedError, maximumMessageOctets, minimumPayloadSize } from '../dns/edns.ts'
import { RCODE } from '../dns/iana.ts'
import type { Header, Message, MessageDraft, Question } from '../dns/message.ts'
import { type Encoded, encodeMessage } from '../dns/wire/encode.ts'
import { headerOctets } from '../dns/wire/header.ts'
import { encodeRaw, questionEndOf, ttlOffsetsOf } from '../dns/wire/raw.ts'
import { type Answer, isRelayed, type RecordsAnswer, type RelayedAnswer, type Transport } from '../plugin/handler.ts'
import type { FinishedAnswer } from '../transport/answer-cache.ts'
import type { CacheKey } from '../transport/cache-key.ts'
import { extendedErrorOf, extendedErrorOfRelayed } from './extended-error.ts'
import { tooBig } from './reasons.ts'
import { responseEdns, responseHeader } from './screen.ts'

/** Octets that a response may have: over UDP what the client takes, but never what has to be fragmented. */
export function responseLimit(transport: Transport, payloadSize: number): number {
  if (transport === 'tcp') return maximumMessageOctets
  return Math.min(Math.max(payloadSize, minimumPayloadSize), defaultPayloadSize)
}

/** A query, and what it is answered. */
export interface Replied {
  readonly message: Message
  readonly question: Question
  readonly answer: Answer
}

export interface Encoding {
  /** Octets that the message may have. */
  readonly limit: number
  /** Whether the options that CoreDNS echoes are. */
  readonly isEchoed: boolean
  /** Whether a client that speaks EDNS is told why it gets no records (RFC 8914). */
  readonly extendedErrors: boolean
}

/** A query as it came. */
export interface QueryOctets {
  readonly octets: Uint8Array
  readonly key: CacheKey | undefined
}

/** What does not even fit in the largest message says so; over UDP, TC says that TCP may hold more. */
export function encodeAnswer(answered: Replied & QueryOctets, encoding: Encoding): Encoded {
  const { answer } = answered
  const { limit, extendedErrors } = encoding
  const message = encoding.isEchoed ? answered.message : withoutOptions(answered.message)
  if (isRelayed(answer)) {
    const own = extendedErrors ? extendedErrorOfRelayed(answer) : undefined
    return encodeRelayed({ ...answered, message, own }, answer, limit)
  }
  const encoded = encodeMessage(responseMessage(message, answer, extendedErrors), limit)
  if (!encoded.truncated || limit < maximumMessageOctets) return encoded
  const trace = [...(answer.trace ?? []), tooBig({ octets: maximumMessageOctets })]
  return encodeMessage(responseMessage(message, { ...answer, trace }, extendedErrors), limit)
}

function withoutOptions(message: Message): Message {
  if (message.edns?.options === undefined) return message
  const { options, ...edns } = message.edns
  return { ...message, edns }
}

/** What another server sent: its errors and options reach the client as well, but for an error of our own. */
function encodeRelayed(
  { octets, key, message: query, question, own }: Replied & QueryOctets & { readonly own: ExtendedError | undefined },
  answer: RelayedAnswer,
  limit: number,
): Encoded {
  const { message, ttl } = answer
  const { isTruncated: tc = message.header.tc } = answer
  const head = { ...headOf(query, answer), tc, question }
  const extendedError = own ?? message.opt?.extendedError
  const edns = query.edns && {
    ...responseEdns(query.edns, answer.options ?? message.opt?.options),
    ...(extendedError && { extendedError }),
  }
  const questionOctets = octets.subarray(headerOctets, key?.questionEnd ?? questionEndOf(octets))
  return encodeRaw(message, { head, questionOctets, ...(ttl !== undefined && { ttl }), ...(edns && { edns }) }, limit)
}

/** An answer as a message; it may be too large. */
export function responseMessage(query: Message, answer: RecordsAnswer, extendedErrors: boolean): Message {
  const { answer: records, authority, additional } = answer
  const response: MessageDraft = { ...headOf(query, answer), answer: records, authority, additional }
  if (query.question !== undefined) response.question = query.question
  if (query.edns !== undefined) {
    const extendedError = extendedErrors ? extendedErrorOf(answer) : undefined
    response.edns = { ...responseEdns(query.edns, answer.options), ...(extendedError && { extendedError }) }
  }
  return response
}

function headOf(query: Message, answer: Answer): Header {
  const { authoritative: aa, recursionAvailable: ra = false, authenticData: ad = false } = answer
  const { recursionDesired: rd = query.rd, isTruncated: tc = false, rcode } = answer
  return { ...responseHeader(query), aa, tc, ra, ad, rd, rcode: RCODE[rcode] }
}

/** What the answer cache keeps of an answer: octets, and what is put to them each time. */
export function finishedAnswer<N>(
  encoded: Encoded,
  answer: Answer,
  tags: readonly string[],
  note: N,
): FinishedAnswer<N> {
  return {
    octets: encoded.octets,
    optAt: encoded.optAt,
    isComplete: encoded.complete,
    tags,
    rotations: answer.rotate === true ? encoded.rotations : [],
    ...liveSerial(encoded, answer),
    ...leaseOf(encoded, answer),
    ...(answer.payloadLimit !== undefined && { payloadLimit: answer.payloadLimit }),
    ...(answer.recursionDesired !== undefined && { recursionDesired: answer.recursionDesired }),
    ...(answer.withoutOptions === true && { withoutOptions: true }),
    ...(answer.onReuse && { onReuse: answer.onReuse }),
    note,
  }
}

function liveSerial({ serialOffset: offset }: Encoded, answer: Answer): Pick<FinishedAnswer<unknown>, 'live'> {
  if (isRelayed(answer) || offset === undefined || answer.serial === undefined) return {}
  return { live: { offset, read: answer.serial } }
}

function leaseOf({ octets }: Encoded, { validity }: Answer): Pick<FinishedAnswer<unknown>, 'lease'> {
  if (validity.kind !== 'leased') return {}
  const { lease } = validity
  return { lease: { renew: () => lease.renew(), ttlOffsets: ttlOffsetsOf(octets) } }
}
