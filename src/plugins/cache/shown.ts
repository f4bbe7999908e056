import type { RRset, Seconds } from '../../dns/record.ts'
import type { RawMessage } from '../../dns/wire/raw.ts'
import { type Answer, isRelayed, type Query, requestOf, type Validity } from '../../plugin/handler.ts'

/** An answer with one TTL for all its records, as the client may have it. */
export function shownWith(answer: Answer, query: Query, ttl: Seconds): Answer {
  const head = {
    authenticData: answer.authenticData === true && wantsAuthenticData(query),
    withoutEchoes: false, // EDNS options are between two neighbours (RFC 6891 section 6.2.6)
  }
  if (isRelayed(answer)) return { ...answer, ...head, message: withoutOptions(answer.message), ttl }
  return {
    ...answer,
    ...head,
    answer: withTtl(answer.answer, ttl),
    authority: withTtl(answer.authority, ttl),
    additional: withTtl(answer.additional, ttl),
  }
}

/** RFC 6840 section 5.7. */
function wantsAuthenticData(query: Query): boolean {
  const { ad, edns } = requestOf(query)
  return ad || edns?.dnssecOk === true
}

function withTtl(rrsets: readonly RRset[], ttl: Seconds): readonly RRset[] {
  return rrsets.every((rrset) => rrset.ttl === ttl) ? rrsets : rrsets.map((rrset) => ({ ...rrset, ttl }))
}

/** Of what it is only the content that is good for other queries, as a hit of CoreDNS has it. */
export function storable(answer: Answer, validity: Validity): Answer {
  const { rcode, recursionAvailable, authenticData, trace } = answer
  const wildcard = answer.metadata?.[wildcardLabel]
  const head = {
    rcode,
    validity,
    authoritative: true, // as in CoreDNS: some resolvers take no others
    ...(recursionAvailable !== undefined && { recursionAvailable }),
    ...(authenticData !== undefined && { authenticData }),
    ...(trace && { trace }),
    ...(wildcard !== undefined && { metadata: { [wildcardLabel]: wildcard } }),
  }
  if (isRelayed(answer)) return { ...head, message: compact(answer.message) }
  const { authority, additional, serial } = answer
  return { ...head, answer: answer.answer, authority, additional, ...(serial && { serial }) }
}

/** The record that a name was made from, which is true of all answers to it (plugin file). */
const wildcardLabel = 'zone/wildcard'

/** EDNS options are between two neighbours (RFC 6891 section 6.2.6); why it is as it is, is for all (RFC 8914). */
function withoutOptions(message: RawMessage): RawMessage {
  if (message.opt?.options === undefined) return message
  const { options: _, ...opt } = message.opt
  return { ...message, opt }
}

/** What came may stand in a larger buffer. */
function compact(message: RawMessage): RawMessage {
  const { octets } = message
  return octets.length === octets.buffer.byteLength ? message : { ...message, octets: new Uint8Array(octets) }
}
