/**
 * Zones as a whole: what a plugin that has some offers, and how the plugin `transfer` hands one to the server.
 *
 * A transfer is an answer of many messages, which are made one by one as the client takes them (RFC 5936 section 2.2).
 */
import type { Name } from '../dns/name.ts'
import type { RRset } from '../dns/record.ts'
import type { Answer, Query, RecordsAnswer } from './handler.ts'

/** A plugin's zones that may be transferred. */
export interface TransferSource {
  /** Their apexes: a zone is transferred whole, never a part of it. */
  readonly zones: readonly Name[]
  /**
   * A zone as it is now; later changes do not show in it.
   *
   * @param zone one of `zones`
   */
  snapshot(zone: Name): ZoneSnapshot
}

export interface ZoneSnapshot {
  readonly soa: RRset<'SOA'>
  /** All else, made while it is read, once. */
  records(): Iterable<RRset>
}

/**
 * Tells the secondaries of a zone that it has another version now (RFC 1996), or that we serve it at all.
 *
 * @returns why some of them did not take it, in CoreDNS's words; never rejects
 */
export type NotifySecondaries = (zone: Name) => Promise<readonly string[]>

/** An IXFR query, with the authority section that says what the client has (RFC 1995 section 3). */
export interface IxfrQuery extends Query {
  readonly authority: readonly RRset[]
}

export function isIxfr(query: Query): query is IxfrQuery {
  return 'authority' in query
}

/** An answer that goes on in further messages over TCP: its `answer` holds the zone's first record, the SOA. */
export interface TransferAnswer extends RecordsAnswer {
  /** What follows, down to the SOA that ends it. */
  readonly rest: Iterable<RRset>
}

export function isTransfer(answer: Answer): answer is TransferAnswer {
  return 'rest' in answer
}
