/**
 * The only file that knows dns2: it encodes rdata and decodes records.
 *
 * Its types leave out that encoders take plain objects and any writer; casts here say so.
 */
import { Packet, type Resource, type Writer } from 'dns2'
import { messageOf } from '../../util/errors.ts'
import { WireFormatError } from '../errors.ts'
import type { RRType } from '../record.ts'
import type { OctetWriter } from './writer.ts'

/** The rdata fields of one record under dns2's names. */
export type Dns2Rdata = Omit<Partial<Resource>, 'name' | 'type' | 'class' | 'ttl' | 'toBuffer'>

export interface Dns2Record extends Dns2Rdata {
  readonly name: string
  readonly type: number
  readonly class: number
  readonly ttl: number
}

/** An EDNS option that dns2 can encode: of those, the Extended DNS Error. */
export interface Dns2Option {
  readonly ednsCode: number
  readonly infoCode: number
  readonly extraText: string
}

interface RdataEncoder {
  encode(resource: Resource, writer: Writer): void
}

/** Its types know only some of them. EDNS is what it calls OPT. */
const rdataEncoders = Packet.Resource as unknown as Readonly<Partial<Record<RRType | 'EDNS', RdataEncoder>>>

/**
 * Encodes the rdata of one record, and nothing before it.
 *
 * @throws Error dns2 found something that is none, such as an address: whoever made the record has a bug
 */
export function encodeRdata(type: RRType | 'EDNS', fields: Dns2Rdata, writer: OctetWriter): void {
  const encoder = rdataEncoders[type]
  if (encoder === undefined) throw new TypeError(`dns2 writes no ${type}`)
  encoder.encode(fields as Resource, writer as unknown as Writer)
}

/**
 * Decodes the record at `offset`, whose names must have been read once with `readName`: dns2 follows any pointer.
 *
 * Names in what it returns are not exact: a dot inside a label looks like one between labels.
 *
 * @throws WireFormatError what dns2 threw, as `cause`
 */
export function decodeRecord(octets: Uint8Array, offset: number): Dns2Record {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length) // a view
  try {
    return Packet.Resource.parse(new Packet.Reader(buffer, offset * 8))
  } catch (cause) {
    const found = messageOf(cause).replace(/[^ -~]/g, '?') // it quotes the owner as the peer sent it
    throw new WireFormatError(offset, found, { cause })
  }
}
