import { RdataSyntaxError, WireFormatError } from '../errors.ts'
import type { GenericRdata } from '../record.ts'
import { NameTable } from '../wire/name-table.ts'
import { RdataReader } from '../wire/rdata-reader.ts'
import { OctetWriter } from '../wire/writer.ts'
import type { NameLayout, RdataCodec } from './codec.ts'
import type { Field } from './fields.ts'
import { parseInteger } from './integer.ts'
import { WordReader } from './word-reader.ts'

/** Opens rdata that is given as octets (RFC 3597 section 5), of any type. */
export const genericMark = '\\#'

/** What the length before rdata can say (RFC 1035 section 4.1.3). */
const maximumRdataOctets = 0xffff

export interface GenericType {
  readonly mnemonic: string
  /**
   * Where names stand that a message may hold compressed (RFC 3597 section 4). They are written out in reading, since
   * what they point to is in that message only.
   */
  readonly names?: NameLayout | undefined
  /** What its text consists of; without it, it is written as octets. */
  readonly fields?: readonly Field[] | undefined
}

/** Octets that nobody looks into (RFC 3597), but for their text. */
export function genericCodec({ mnemonic, names, fields }: GenericType): RdataCodec<GenericRdata> {
  return {
    size: ({ octets }) => octets.length,
    read: (reader) => ({ octets: names === undefined ? reader.octets() : expand(reader, names) }),
    write: ({ octets }, writer) => writer.writeOctets(octets),
    format: ({ octets }) => (fields && tryFormatFields(octets, fields)) ?? formatOctets(octets),
    parse(words, origin) {
      if (fields === undefined) {
        throw new RdataSyntaxError(mnemonic, words.join(' '), `octets as ${genericMark} LENGTH HEX (RFC 3597)`)
      }
      return { octets: parseFields(new WordReader(mnemonic, words, origin), fields) }
    },
  }
}

function expand(reader: RdataReader, { at, count }: NameLayout): Uint8Array {
  const parts = [reader.octets(at)]
  for (let index = 0; index < count; index++) {
    for (const label of reader.wireName().labels) {
      parts.push(Uint8Array.of(label.length), Buffer.from(label, 'latin1'))
    }
    parts.push(Uint8Array.of(0))
  }
  parts.push(reader.octets())
  return new Uint8Array(Buffer.concat(parts))
}

/** Undefined: the octets are not made of these fields. */
function tryFormatFields(octets: Uint8Array, fields: readonly Field[]): string | undefined {
  const reader = new RdataReader(octets, 0, octets.length)
  try {
    const text = fields.map((field) => field.format(reader)).filter((part) => part !== '')
    reader.finish()
    return text.join(' ')
  } catch (error) {
    if (error instanceof WireFormatError || error instanceof RangeError) return undefined
    throw error
  }
}

function parseFields(words: WordReader, fields: readonly Field[]): Uint8Array {
  const writer = new OctetWriter(new NameTable())
  for (const field of fields) field.parse(words, writer)
  if (words.rest().length > 0) throw words.error('less behind it')
  if (writer.byteLength() > maximumRdataOctets) throw words.error(`at most ${maximumRdataOctets} octets`)
  return new Uint8Array(writer.toBuffer())
}

function formatOctets(octets: Uint8Array): string {
  const mark = `${genericMark} ${octets.length}`
  return octets.length === 0 ? mark : `${mark} ${Buffer.from(octets).toString('hex').toUpperCase()}`
}

/**
 * The octets that `\# LENGTH HEX` means; the digits may be divided by blanks.
 *
 * @throws RdataSyntaxError
 */
export function parseOctets([mark, length, ...parts]: readonly string[]): Uint8Array {
  const digits = parts.join('')
  const isHex = mark === genericMark && /^[\da-f]*$/i.test(digits)
  if (!isHex || digits.length !== parseInteger('generic', length, maximumRdataOctets) * 2) {
    const text = [mark, length, ...parts].join(' ')
    throw new RdataSyntaxError('generic', text, `${genericMark}, a length, and so many octets in hexadecimal`)
  }
  return new Uint8Array(Buffer.from(digits, 'hex'))
}
