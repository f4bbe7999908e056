/**
 * plugin: the contract between the server and its plugins.
 *
 * A query walks a chain of handlers (here and chain.ts); each answers it or passes it on. setup.ts says how a
 * directive of the Corefile becomes a handler. Start here.
 */
import type { Rcode } from '../dns/iana.ts'
import type { Question } from '../dns/message.ts'
import type { Name } from '../dns/name.ts'
import type { RRset } from '../dns/record.ts'
import type { MaybePromise } from '../util/maybe-promise.ts'
import type { Step } from './reason.ts'

export type Transport = 'udp' | 'tcp'

/** Who asks, and where they reached us. */
export interface Client {
  readonly transport: Transport
  readonly address: string
  readonly port: number
  /** The address of ours that the listener is bound to. */
  readonly localAddress: string
}

/** A question on its way through a chain. */
export interface Query extends Question {
  readonly client: Client
  /** The names that led here, the client's own first; none if this is the client's (a CNAME's target is led to). */
  readonly via: readonly Name[]
}

/** Octets of the additional section are never necessary: they are left out where they do not fit (RFC 2181 section 9). */
export interface Answer {
  readonly rcode: Rcode
  readonly authoritative: boolean
  readonly answer: readonly RRset[]
  readonly authority: readonly RRset[]
  readonly additional: readonly RRset[]
  readonly validity: Validity
  /** The decisions that led to it, in their order; the last one is its reason. */
  readonly trace?: readonly Step[]
  /** The serial that its SOA record has by now: it moves on with changes that touch nothing else in the answer. */
  readonly serial?: () => number
  /** Address RRsets of the answer are rotated, each response by one more place (plugin loadbalance). */
  readonly rotate?: boolean
}

/** How long a finished answer may be given again. */
export type Validity =
  /** Exactly until a change of the cluster touches one of these tags (cluster/store.ts). */
  | { readonly kind: 'until-changed'; readonly tags: readonly string[] }
  /** It depends on who asks, or on the moment. */
  | { readonly kind: 'once' }

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
  return { kind: 'until-changed', tags: [...new Set([...left.tags, ...right.tags])] }
}
