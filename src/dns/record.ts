import type { Name } from './name.ts'

/** Whole seconds, 0 to 2^31 - 1 (RFC 2181 section 8). */
export type Seconds = number
export const maximumTtl: Seconds = 0x7fff_ffff

/**
 * Rdata fields by type mnemonic. `rdata/<type>.ts` has each one's text and wire form.
 *
 * Any other type is `TYPEn` (RFC 3597 section 5), also one that has a mnemonic: `TYPE43` is DS.
 */
export interface RdataByType {
  /** `address`: dotted quad. */
  A: { readonly address: string }
  /** `address`: RFC 5952 text. */
  AAAA: { readonly address: string }
  /** `tag`: 1-255 letters and digits; `value`: one character for each octet. */
  CAA: { readonly flags: number; readonly tag: string; readonly value: string }
  CNAME: { readonly target: Name }
  DNAME: { readonly target: Name }
  /** Each of 0-255 octets, one character for each. */
  HINFO: { readonly cpu: string; readonly os: string }
  MX: { readonly preference: number; readonly exchange: Name }
  /** `flags`, `services`, `regexp`: 0-255 octets each, one character for each octet. */
  NAPTR: {
    readonly order: number
    readonly preference: number
    readonly flags: string
    readonly services: string
    readonly regexp: string
    readonly replacement: Name
  }
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
  [generic: GenericRRType]: GenericRdata
}

/** A type whose rdata is not looked into, by its number in decimal without leading zeros. */
export type GenericRRType = `TYPE${number}`

/** `octets`: as on the wire, and no name in them compressed (RFC 3597 section 4). */
export interface GenericRdata {
  readonly octets: Uint8Array
}

export type RRType = keyof RdataByType

/** The types whose rdata has fields of its own. */
export type TypedRRType = Exclude<RRType, GenericRRType>

/** Records of one owner, class (always IN here), type and TTL (RFC 2181 section 5); never empty. */
export type RRset<T extends RRType = RRType> = {
  [K in T]: { readonly owner: Name; readonly type: K; readonly ttl: Seconds; readonly rdata: readonly RdataByType[K][] }
}[T]
