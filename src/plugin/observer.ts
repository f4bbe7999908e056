import type { Question } from '../dns/message.ts'
import type { Client, Query, Transport } from './handler.ts'

/** Where queries come in: one listener, over one transport. There is one object of each, which may be kept and compared. */
export interface Door {
  /** As metrics name the server: `dns://:53`. */
  readonly server: string
  readonly transport: Transport
}

/** What all queries have in common that one finished answer is given to. */
export interface AnswerFacts {
  readonly question: Question
  readonly rcode: number
  readonly answerCount: number
  readonly authorityHasSoa: boolean
  readonly authorityHasNs: boolean
  /** Code of what decided the answer, if it is known. */
  readonly reason: string | undefined
  /** As `Answer` has it. */
  readonly unwritten: 'code' | 'panic' | undefined
  /** As `Answer` has it. */
  readonly metadata: Readonly<Record<string, string>> | undefined
}

/**
 * One query and what it was answered, as observers see it: fresh answers and cached ones alike.
 *
 * It is true only until `Watch` returns: the next exchange may be told by the same object.
 */
export interface Exchange extends AnswerFacts {
  readonly door: Door
  readonly client: Client
  /** That of the client's address; IPv4 that comes in through IPv6 is IPv4. */
  readonly clientFamily: 4 | 6
  /** The client's question, without the rest of its message. */
  readonly query: Query
  readonly id: number
  readonly opcode: number
  /** Octets of the query. */
  readonly querySize: number
  readonly dnssecOk: boolean
  /** The payload size the client offers; 512 without EDNS, 65535 over TCP. */
  readonly payloadSize: number
  /** Octets 2 and 3 of the response's header. */
  readonly flags: number
  /** Octets of the response. */
  readonly responseSize: number
  readonly durationMs: number
}

/** Is told of an exchange. It is called for each query, so it costs each query. */
export type Watch = (exchange: Exchange) => void

/** Watches every exchange of a server block and changes none. */
export interface Observer {
  readonly name: string
  /**
   * Is asked once for each finished answer.
   *
   * @returns who is told of each query that is given the answer; it is kept with it in the cache, so it should be small,
   * or shared
   */
  watch(facts: AnswerFacts): Watch
}
