import { performance } from 'node:perf_hooks' // what is global of that name is a getter, which costs as much as the clock
import { maximumMessageOctets, minimumPayloadSize } from '../dns/edns.ts'
import type { Question } from '../dns/message.ts'
import { uint16At } from '../dns/wire/header.ts'
import type { Client, Query } from '../plugin/handler.ts'
import type { AnswerFacts, Door, Exchange, Observer, Watch } from '../plugin/observer.ts'
import type { Peer } from '../transport/listener.ts'
import { familyOfClient, withoutMapping } from '../util/address.ts'
import { stackOf } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'

/** What observers want to know of an answer, kept with it in the cache; undefined where there are none. */
export type AnswerNote = Observed | undefined

/** An answer, and who is told of each query that it is given to. */
export interface Observed {
  readonly facts: AnswerFacts
  readonly observers: readonly Observer[]
  /** Those of the observers, and what the server itself wants to be told. */
  readonly watches: readonly Watch[]
}

/** @returns undefined where nobody watches */
export function noteOf(facts: AnswerFacts, observers: readonly Observer[], more: readonly Watch[] = []): AnswerNote {
  const watches = [...observers.map((observer) => observer.watch(facts)), ...more]
  return watches.length === 0 ? undefined : { facts, observers, watches }
}

/** One query with its response, as they were on the wire. */
export interface WireExchange {
  /** Octets of the query. */
  readonly querySize: number
  /** The first message of it, where it has several; it may go on behind its end. */
  readonly response: Uint8Array
  /** Octets of all of them. */
  readonly responseSize: number
  readonly peer: Peer
  /** What the query's OPT record says; 0 and false where there is none. */
  readonly offeredSize: number
  readonly dnssecOk: boolean
  /** performance.now() when the query came. */
  readonly startedMs: number
}

/** Where a listener is bound, beside what metrics call it. */
export interface ListeningDoor extends Door {
  readonly localAddress: string
  /** Undefined: it is not known (yet). */
  readonly localPort: number | undefined
}

/**
 * The exchange that is told at the moment, in place of a new object for each: what nobody asks for is not worked out.
 *
 * Whoever tells sets the fields of the query, and then calls `tell`.
 */
export class ToldExchange implements Exchange {
  readonly door: ListeningDoor
  readonly #log: Logger
  facts: AnswerFacts = noFacts
  querySize = 0
  response: Uint8Array = nothing
  responseSize = 0
  peer: Peer = nobody
  offeredSize = 0
  dnssecOk = false
  startedMs = 0
  /** performance.now() when the exchange ended, as far as somebody has asked. */
  #endedMs = 0

  constructor(door: ListeningDoor, log: Logger) {
    this.door = door
    this.#log = log
  }

  /** As `tell`, of a query that is not on the hot path. */
  tellOf(observed: Observed, wire: WireExchange): void {
    Object.assign(this, wire)
    this.tell(observed)
  }

  /** A watch that fails costs a line in the log, never the answer. */
  tell({ facts, observers, watches }: Observed): void {
    this.facts = facts
    this.#endedMs = 0
    for (let at = 0; at < watches.length; at++) {
      try {
        watches[at]?.(this)
      } catch (error) {
        this.#log.error(`plugin/${observers[at]?.name}: ${stackOf(error)}`)
      }
    }
  }

  get question(): Question {
    return this.facts.question
  }

  get rcode(): number {
    return this.facts.rcode
  }

  get answerCount(): number {
    return this.facts.answerCount
  }

  get authorityHasSoa(): boolean {
    return this.facts.authorityHasSoa
  }

  get authorityHasNs(): boolean {
    return this.facts.authorityHasNs
  }

  get reason(): string | undefined {
    return this.facts.reason
  }

  get unwritten(): AnswerFacts['unwritten'] {
    return this.facts.unwritten
  }

  get metadata(): AnswerFacts['metadata'] {
    return this.facts.metadata
  }

  get client(): Client {
    return clientAt(this.door, this.peer)
  }

  get clientFamily(): 4 | 6 {
    return this.peer.addressFamily ?? familyOfClient(this.peer.address)
  }

  get query(): Query {
    return { ...this.facts.question, client: this.client, via: [] }
  }

  get id(): number {
    return uint16At(this.response, 0)
  }

  get opcode(): number {
    return (this.flags >>> 11) & 0x0f
  }

  get flags(): number {
    return uint16At(this.response, 2)
  }

  get payloadSize(): number {
    return this.door.transport === 'tcp' ? maximumMessageOctets : this.offeredSize || minimumPayloadSize
  }

  get durationMs(): number {
    if (this.#endedMs === 0) this.#endedMs = performance.now()
    return this.#endedMs - this.startedMs
  }
}

export function clientAt(door: ListeningDoor, { address, port, localAddress = door.localAddress }: Peer): Client {
  const { transport, localPort } = door
  const client = { transport, address: withoutMapping(address), port, localAddress: withoutMapping(localAddress) }
  return localPort === undefined ? client : { ...client, localPort }
}

const nothing = new Uint8Array(0)
const nobody: Peer = { address: '', port: 0 }
const noFacts: AnswerFacts = {
  question: { qname: '.' as Question['qname'], spelling: '.', qtype: 0, qclass: 0 },
  rcode: 0,
  answerCount: 0,
  authorityHasSoa: false,
  authorityHasNs: false,
  reason: undefined,
  unwritten: undefined,
  metadata: undefined,
}
