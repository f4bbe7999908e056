import { maximumMessageOctets, minimumPayloadSize } from '../dns/edns.ts'
import type { Question } from '../dns/message.ts'
import { readHeader, uint16At } from '../dns/wire/header.ts'
import type { Client } from '../plugin/handler.ts'
import type { Observer } from '../plugin/observer.ts'

/** What observers want to know of an answer, kept with it in the cache; undefined where there are none. */
export type AnswerNote = Observed | undefined

interface Observed {
  readonly observers: readonly Observer[]
  readonly question: Question
  readonly answerCount: number
  readonly authorityHasSoa: boolean
  /** Code of what decided it. */
  readonly reason: string | undefined
}

/** One query with its response, as they were on the wire. */
export interface WireExchange {
  readonly octets: Uint8Array
  /** The first message of it, where it has several. */
  readonly response: Uint8Array
  /** Octets of all of them. */
  readonly responseSize?: number
  readonly client: Client
  /** What the query's OPT record says; both 0 and false where there is none. */
  readonly payloadSize: number
  readonly dnssecOk: boolean
  /** performance.now() when the query came. */
  readonly startedMs: number
}

/** Shows an exchange to the observers of the server block that answered it. */
export function tellObservers(note: AnswerNote, wire: WireExchange): void {
  if (note === undefined) return
  const header = readHeader(wire.response)
  if (header === undefined) return
  const { qname, qtype, qclass } = note.question
  const exchange = {
    client: wire.client,
    id: header.id,
    opcode: header.opcode,
    qname,
    qtype,
    qclass,
    querySize: wire.octets.length,
    dnssecOk: wire.dnssecOk,
    payloadSize: wire.client.transport === 'tcp' ? maximumMessageOctets : wire.payloadSize || minimumPayloadSize,
    rcode: header.rcode,
    flags: uint16At(wire.response, 2),
    responseSize: wire.responseSize ?? wire.response.length,
    answerCount: note.answerCount,
    authorityHasSoa: note.authorityHasSoa,
    durationMs: performance.now() - wire.startedMs,
    reason: note.reason,
  }
  for (const observer of note.observers) observer.observe(exchange)
}
