import type { Name } from '../dns/name.ts'
import type { Client } from './handler.ts'

/** One query and what it was answered, as observers see it: fresh answers and cached ones alike. */
export interface Exchange {
  readonly client: Client
  readonly id: number
  readonly opcode: number

  readonly qname: Name
  readonly qtype: number
  readonly qclass: number
  /** Octets of the query. */
  readonly querySize: number
  readonly dnssecOk: boolean
  /** The payload size the client offers; 512 without EDNS, 65535 over TCP. */
  readonly payloadSize: number
  readonly rcode: number
  /** Octets 2 and 3 of the response's header. */
  readonly flags: number
  /** Octets of the response. */
  readonly responseSize: number
  readonly answerCount: number
  readonly authorityHasSoa: boolean
  readonly durationMs: number
  /** Code of what decided the answer, if it is known. */
  readonly reason: string | undefined
}

/** Watches every exchange of a server block and changes none. */
export interface Observer {
  readonly name: string
  observe(exchange: Exchange): void
}
