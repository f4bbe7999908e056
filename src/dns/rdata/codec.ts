/**
 * rdata: one file for each record type that has fields of its own, with its wire form and its text; generic.ts for
 * all others.
 *
 * codecs.ts is the table of them all. Start here.
 */
import type { Name } from '../name.ts'
import type { Dns2Rdata } from '../wire/dns2.ts'
import type { RdataReader } from '../wire/rdata-reader.ts'
import type { OctetWriter } from '../wire/writer.ts'

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

/** Everything there is to know of one type's rdata: its text, and one way to read and to write it. */
export type RdataCodec<Rdata> = TextCodec<Rdata> & (FieldCodec<Rdata> | AddressCodec<Rdata> | OctetCodec<Rdata>)

/** What dns2 reads and writes. */
interface FieldCodec<Rdata> extends FieldReader<Rdata> {
  encode(rdata: Rdata): Dns2Rdata
}

/** For types whose rdata are all of one length and hold no name: the quick way to write many. */
interface AddressCodec<Rdata> extends FieldReader<Rdata> {
  /** @throws Error the rdata are none of the type, as dns2 throws */
  octets(rdata: Rdata): readonly number[]
}

interface FieldReader<Rdata> {
  readonly names?: NameLayout
  decode(fields: Dns2Rdata, exact: ExactRdata): Rdata
}

/** What dns2 does not know, or not exactly. */
interface OctetCodec<Rdata> {
  /** @throws WireFormatError; octets that it leaves are an error, too, which its caller throws */
  read(reader: RdataReader): Rdata
  write(rdata: Rdata, writer: OctetWriter): void
}

interface TextCodec<Rdata> {
  /** Octets without compression, or more (`octetsOfName`). */
  size(rdata: Rdata): number
  /**
   * Zone-file text (RFC 1035 section 5.1).
   *
   * @param spell how a name is written where the wire form would compress it
   */
  format(rdata: Rdata, spell?: (name: Name) => string): string
  /**
   * Reads what `format` writes, but for octets (`parseRdata` does).
   *
   * @param words as `splitWords` (text/words.ts) and `readEntries` (text/zone-lexer.ts) give them
   * @param origin that names without a last dot lie below
   * @throws RdataSyntaxError, NameSyntaxError
   */
  parse(words: readonly string[], origin: Name): Rdata
}
