import { RdataSyntaxError } from '../errors.ts'
import type { GenericRdata } from '../record.ts'
import type { RdataReader } from '../wire/rdata-reader.ts'
import type { NameLayout, RdataCodec } from './codec.ts'
import { parseInteger } from './integer.ts'

/** What the length before rdata can say (RFC 1035 section 4.1.3). */
const maximumRdataOctets = 0xffff

/** Opens rdata that is given as octets (RFC 3597 section 5), of any type. */
export const genericMark = '\\#'

/**
 * Octets that nobody looks into (RFC 3597).
 *
 * @param names where names stand that a message may hold compressed: they are written out in reading, since what they
 *   point to is in that message only
 */
export function genericCodec(names?: NameLayout): RdataCodec<GenericRdata> {
  return {
    size: ({ octets }) => octets.length,
    read: (reader) => ({ octets: names === undefined ? reader.octets() : expand(reader, names) }),
    write: ({ octets }, writer) => writer.writeOctets(octets),
    format: ({ octets }) => formatOctets(octets),
    parse: (words) => ({ octets: parseOctets(words) }),
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

function formatOctets(octets: Uint8Array): string {
  const mark = `${genericMark} ${octets.length}`
  return octets.length === 0 ? mark : `${mark} ${Buffer.from(octets).toString('hex').toUpperCase()}`
}

/**
 * The octets that `\# LENGTH HEX` means; the digits may be divided by blanks.
 *
 * @throws RdataSyntaxError
 */
export function parseOctets(words: readonly string[]): Uint8Array {
  const [mark, length, ...parts] = words
  const digits = parts.join('')
  const isHex = mark === genericMark && /^[\da-f]*$/i.test(digits)
  if (!isHex || digits.length !== parseInteger('generic', length, maximumRdataOctets) * 2) {
    throw new RdataSyntaxError(
      'generic',
      words.join(' '),
      `${genericMark}, a length, and so many octets in hexadecimal`,
    )
  }
  return new Uint8Array(Buffer.from(digits, 'hex'))
}
