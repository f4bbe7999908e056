/**
 * rdata: one file for each record type we make, with its wire fields and its text.
 *
 * codecs.ts is the table of them all. Start here.
 */
import type { Name } from '../name.ts'
import type { Dns2Rdata } from '../wire/dns2.ts'

/** Where names stand in the rdata of a type: `count` of them one after the other, from octet `at`. */
export interface NameLayout {
  readonly at: number
  readonly count: number
}

/** What dns2 cannot say exactly (wire/dns2.ts), read from the octets. */
export interface ExactRdata {
  /** As many as the type's `NameLayout` counts. */
  readonly names: readonly Name[]
  readonly octets: Uint8Array
}

/** Everything there is to know of one type's rdata: its text, how it is read, and one way to write it. */
export type RdataCodec<Rdata> = ReadingCodec<Rdata> & (FieldEncoder<Rdata> | OctetEncoder<Rdata>)

/** For dns2 to write. */
interface FieldEncoder<Rdata> {
  encode(rdata: Rdata): Dns2Rdata
}

/** For types whose rdata are all of one length and hold no name: the quick way to write many. */
interface OctetEncoder<Rdata> {
  /** @throws Error the rdata are none of the type, as dns2 throws */
  octets(rdata: Rdata): readonly number[]
}

interface ReadingCodec<Rdata> {
  readonly names?: NameLayout
  decode(fields: Dns2Rdata, exact: ExactRdata): Rdata
  /**
   * Zone-file text (RFC 1035 section 5.1).
   *
   * @param spell how a name is written where the wire form would compress it
   */
  format(rdata: Rdata, spell?: (name: Name) => string): string
  /**
   * Reads what `format` writes.
   *
   * @param words as `splitWords` (text/words.ts) gives them
   * @throws RdataSyntaxError, NameSyntaxError
   */
  parse(words: readonly string[]): Rdata
}
