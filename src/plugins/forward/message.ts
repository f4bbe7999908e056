import { maximumMessageOctets } from '../../dns/edns.ts'
import { WireFormatError } from '../../dns/errors.ts'
import { requestMessage } from '../../dns/request.ts'
import { encodeMessage } from '../../dns/wire/encode.ts'
import { headerOctets, readHeader } from '../../dns/wire/header.ts'
import { asksTheSame, questionEndOf, type RawMessage, readRawMessage } from '../../dns/wire/raw.ts'
import { type Query, requestOf } from '../../plugin/handler.ts'
import type { IxfrQuery } from '../../plugin/transfer.ts'

/** A query as an upstream gets it. */
export interface Outgoing {
  readonly octets: Uint8Array
  /** Name, type and class, as they stand in it. */
  readonly question: Uint8Array
}

/** The client's message as plugins have changed it; the name in the client's own letters. */
export function outgoing(query: Query | IxfrQuery): Outgoing {
  const { qname, spelling, qtype, qclass } = query
  const { rd, ad, cd, edns } = requestOf(query)
  const authority = 'authority' in query ? query.authority : [] // says which version a client has (RFC 1995 section 3)
  const message = requestMessage({ qname, spelling, qtype, qclass }, { rd, ad, cd, authority, ...(edns && { edns }) })
  const { octets } = encodeMessage(message, maximumMessageOctets)
  return { octets, question: octets.subarray(headerOctets, questionEndOf(octets)) }
}

/**
 * Takes in what an upstream replied.
 *
 * @param isDatagram what cannot be read of one was cut off: that is a reply that says no more than TC
 * @returns undefined: it is no reply to the question
 * @throws WireFormatError it cannot be read
 */
export function readReply(octets: Uint8Array, { question }: Outgoing, isDatagram: boolean): RawMessage | undefined {
  if (!answers(octets, question)) return undefined
  try {
    return readRawMessage(octets)
  } catch (error) {
    if (isDatagram && error instanceof WireFormatError) return truncated(octets, question)
    throw error
  }
}

function answers(octets: Uint8Array, question: Uint8Array): boolean {
  const header = readHeader(octets)
  if (header === undefined || !header.qr || header.qdcount !== 1) return false
  return asksTheSame(octets, question, headerOctets + question.length)
}

/** The header, with TC, and the question. */
function truncated(octets: Uint8Array, question: Uint8Array): RawMessage {
  const head = new Uint8Array(headerOctets + question.length)
  head.set(octets.subarray(0, headerOctets))
  head.set(question, headerOctets)
  head[2] = (head[2] ?? 0) | tcBit
  head.fill(0, countsBehindQuestion, headerOctets)
  return readRawMessage(head)
}

/** In the header's third octet. */
const tcBit = 0x02
/** Where the counts of the other sections stand. */
const countsBehindQuestion = 6
