/**
 * plugin: the contract between the server and its plugins.
 *
 * A query walks a chain of handlers (here and chain.ts); each answers it or passes it on. setup.ts says how a
 * directive of the Corefile becomes a handler. Start here.
 */
import { type Edns, type EdnsOption, extendedErrorOption } from '../dns/edns.ts'
import type { Rcode } from '../dns/iana.ts'
import type { Question } from '../dns/message.ts'
import type { Name } from '../dns/name.ts'
import type { RRset, Seconds } from '../dns/record.ts'
import { type RawMessage, unpackRaw } from '../dns/wire/raw.ts'
import type { MaybePromise } from '../util/maybe-promise.ts'
import type { Step } from './reason.ts'

export type Transport = 'udp' | 'tcp'

/** Who asks, and where they reached us. */
export interface Client {
  readonly transport: Transport
  readonly address: string
  readonly port: number
  /** The address of ours that the connection came to; over UDP the one that the listener is bound to, perhaps `::`. */
  readonly localAddress: string
  /** The port of ours, where it is known: of a query without a socket it is not. */
  readonly localPort?: number
}

/** A question on its way through a chain. */
export interface Query extends Question {
  readonly client: Client
  /** The names that led here, the client's own first; none if this is the client's (a CNAME's target is led to). */
  readonly via: readonly Name[]
  /** The name that came to the chain, where a plugin above asks for another one in its place (`askingFor`). */
  readonly asked?: Name
  /** What else the client's message says, as plugins changed it on the way; absent: nothing but RD. */
  readonly request?: Request
}

/** The query with another name, asked of the plugins below. */
export function askingFor(query: Query, qname: Name): Query {
  return { ...query, qname, spelling: qname, asked: query.asked ?? query.qname }
}

/** A query's message but for its question. */
export interface Request {
  readonly id: number
  readonly rd: boolean
  readonly ad: boolean
  readonly cd: boolean
  readonly edns?: Edns
}

/** What a question without a message of its own stands for. */
const plainRequest: Request = { id: 0, rd: true, ad: false, cd: false }

export function requestOf({ request = plainRequest }: Query): Request {
  return request
}

/** Of records that we have, or a message that somebody else made. */
export type Answer = RecordsAnswer | RelayedAnswer

interface AnswerHead {
  readonly rcode: Rcode
  readonly authoritative: boolean
  /** RA; clear unless said otherwise. */
  readonly recursionAvailable?: boolean
  /** AD; clear unless said otherwise. */
  readonly authenticData?: boolean
  /** RD, where it is not that of the query. */
  readonly recursionDesired?: boolean
  readonly validity: Validity
  /** Hears of each time that the finished answer is given again without the chain being asked (`counting`). */
  readonly onReuse?: () => void
  /** The decisions that led to it, in their order; the last one is its reason. */
  readonly trace?: readonly Step[]
  /** Address RRsets of the answer are rotated, each response by one more place (plugin loadbalance). */
  readonly rotate?: boolean
  /** Octets that the response may have over UDP, if the client would take more. */
  readonly payloadLimit?: number
  /** Options for the OPT record, where the client sent one. */
  readonly options?: readonly EdnsOption[]
  /** The options of the query are not echoed: whoever made the answer has said what its OPT record has. */
  readonly withoutEchoes?: boolean
  /** The client gets no response, and no observer hears of the query. Such an answer is valid `once`. */
  readonly isSilent?: boolean
  /** TC, whether or not all of it fits. */
  readonly isTruncated?: boolean
  /** Not for clients whose EDNS options stand in the response: what they get is another answer (plugin nsid). */
  readonly withoutOptions?: boolean
  /**
   * No plugin wrote it: one returned a bare code, of which the server makes a message, or broke down. As in CoreDNS,
   * metrics then name no plugin.
   */
  readonly unwritten?: 'code' | 'panic'
  /** What plugins have to say of it, under `plugin/name` (plugin metadata). */
  readonly metadata?: Readonly<Record<string, string>>
}

/** Octets of the additional section are never necessary: they are left out where they do not fit (RFC 2181 section 9). */
export interface RecordsAnswer extends AnswerHead {
  readonly answer: readonly RRset[]
  readonly authority: readonly RRset[]
  readonly additional: readonly RRset[]
  /** The serial that its SOA record has by now: it moves on with changes that touch nothing else in the answer. */
  readonly serial?: () => number
}

/** A message of another server, which reaches the client octet for octet but for what stands here. */
export interface RelayedAnswer extends AnswerHead {
  readonly message: RawMessage
  /** The TTL of all its records; each keeps its own if this is absent. */
  readonly ttl?: Seconds
}

export function isRelayed(answer: Answer): answer is RelayedAnswer {
  return 'message' in answer
}

/** The answer with its records taken out of the message, for whoever looks at them or changes them. */
export function unpack(answer: Answer): RecordsAnswer {
  if (!isRelayed(answer)) return answer
  const { message, ttl, ...head } = answer
  const { answer: records, authority, additional, edns, tc } = unpackRaw(message)
  const over = (rrset: RRset): RRset => (ttl === undefined ? rrset : { ...rrset, ttl })
  const options = optionsOf(edns, head.options)
  return {
    ...(tc && { isTruncated: true }),
    ...head,
    answer: records.map(over),
    authority: authority.map(over),
    additional: additional.map(over),
    ...(options && { options }),
  }
}

/**
 * The options of a message, its Extended DNS Error among them.
 *
 * @param own in the place of all others
 */
function optionsOf(edns: Edns | undefined, own: Answer['options']): Answer['options'] {
  const options = own ?? edns?.options
  return edns?.extendedError === undefined ? options : [extendedErrorOption(edns.extendedError), ...(options ?? [])]
}

/** The answer, of which `count` hears now and each time that it is given again. */
export function counting<A extends Answer>(answer: A, count: () => void): A {
  count()
  return countingReuse(answer, count)
}

/** The answer, of which `count` hears each time that it is given again. */
export function countingReuse<A extends Answer>(answer: A, count: () => void): A {
  const { onReuse } = answer
  const both = () => {
    onReuse?.()
    count()
  }
  return { ...answer, onReuse: both }
}

/** How long a finished answer may be given again. */
export type Validity =
  /** Exactly until a change of the cluster touches one of these tags (cluster/store.ts). */
  | { readonly kind: 'until-changed'; readonly tags: readonly string[] }
  /** As long as its lease runs, and no change touches one of these tags. */
  | { readonly kind: 'leased'; readonly lease: Lease; readonly tags: readonly string[] }
  /** As long as the TTLs of its records say, and no change touches one of these tags: the plugin `cache` keeps it. */
  | { readonly kind: 'expires'; readonly tags: readonly string[] }
  /** It depends on who asks, or on the moment. */
  | { readonly kind: 'once' }

/** The time that an answer of another server may be given again (RFC 1035 section 7.4). */
export interface Lease {
  /**
   * Asked each time that the finished answer is about to be given again.
   *
   * @returns the TTL that all its records have by now; `leaseOver`: the chain is to be asked
   */
  renew(): Seconds
}

export const leaseOver = -1

export type Next = (query: Query) => MaybePromise<Answer>

/** One link of a chain: answers the query, or passes it (or a changed copy) to `next`. */
export interface Handler {
  readonly name: string
  /** @throws what the plugin `errors` logs; the client gets SERVFAIL */
  serve(query: Query, next: Next): MaybePromise<Answer>
}

/** The valid time of an answer made with the help of two: no longer than either. */
export function bothValid(left: Validity, right: Validity): Validity {
  if (left.kind === 'once') return left
  if (right.kind === 'once') return right
  const tags = [...new Set([...left.tags, ...right.tags])]
  const isCoherent = left.kind === 'until-changed' && right.kind === 'until-changed'
  return { kind: isCoherent ? 'until-changed' : 'expires', tags } // a lease knows the TTL of its own records alone
}
