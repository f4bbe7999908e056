import type { Name } from './name.ts'

/** Whole seconds, 0 to 2^31 - 1 (RFC 2181 section 8). */
export type Seconds = number

/** Rdata fields by type mnemonic. `rdata/<type>.ts` has each one's text and wire form. */
export interface RdataByType {
  /** `address`: dotted quad. */
  A: { readonly address: string }
  /** `address`: RFC 5952 text. */
  AAAA: { readonly address: string }
  CNAME: { readonly target: Name }
  NS: { readonly target: Name }
  PTR: { readonly target: Name }
  SOA: {
    readonly mname: Name
    readonly rname: Name
    readonly serial: number
    readonly refresh: Seconds
    readonly retry: Seconds
    readonly expire: Seconds
    readonly minimum: Seconds
  }
  SRV: { readonly priority: number; readonly weight: number; readonly port: number; readonly target: Name }
  /** `strings`: one or more of 0-255 octets, one character for each octet. */
  TXT: { readonly strings: readonly string[] }
}

/** The types whose records we make. A question may ask for any other (`Question.qtype` is a number). */
export type RRType = keyof RdataByType

/** Records of one owner, class (always IN here), type and TTL (RFC 2181 section 5); never empty. */
export type RRset<T extends RRType = RRType> = {
  [K in T]: { readonly owner: Name; readonly type: K; readonly ttl: Seconds; readonly rdata: readonly RdataByType[K][] }
}[T]
