/**
 * The only file that knows dns2: it encodes headers, questions and records, and decodes records.
 *
 * Its types leave out that encoders take plain objects and any writer; casts here say so.
 */
import { type Header, Packet, type Question, type Resource, type Writer } from 'dns2'
import { messageOf } from '../../util/errors.ts'
import { WireFormatError } from '../errors.ts'
import type { OctetWriter } from './writer.ts'

/** The fields that dns2's header has, counts left out: the encoder patches those in. */
export type Dns2Header = Record<'id' | 'qr' | 'opcode' | 'aa' | 'tc' | 'rd' | 'ra' | 'ad' | 'cd' | 'rcode', number>

/** The rdata fields of one record under dns2's names. */
export type Dns2Rdata = Omit<Partial<Resource>, 'name' | 'type' | 'class' | 'ttl' | 'toBuffer'>

export interface Dns2Question {
  readonly name: string
  readonly type: number
  readonly class: number
}

export interface Dns2Record extends Dns2Question, Dns2Rdata {
  readonly ttl: number
}

/** An EDNS option that dns2 can encode: of those, the Extended DNS Error. */
export interface Dns2Option {
  readonly ednsCode: number
  readonly infoCode: number
  readonly extraText: string
}

/** Twelve octets; the counts are zero. */
export function encodeHeader(header: Dns2Header, writer: OctetWriter): void {
  new Packet.Header(header as Partial<Header>).toBuffer(writer as unknown as Writer)
}

export function encodeQuestion(question: Dns2Question, writer: OctetWriter): void {
  Packet.Question.encode(question as Question, writer as unknown as Writer)
}

export function encodeRecord(record: Dns2Record, writer: OctetWriter): void {
  Packet.Resource.encode(record as Resource, writer as unknown as Writer)
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
