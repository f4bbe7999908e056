import { RdataSyntaxError, WireFormatError } from '../errors.ts'
import type { Name } from '../name.ts'
import { codecOf, mnemonicOf } from '../rdata/codecs.ts'
import { genericMark, parseOctets } from '../rdata/generic.ts'
import type { RdataByType, RRType } from '../record.ts'
import { rdataOf } from '../wire/section.ts'

/**
 * Reads rdata in its type's own text, or as octets (RFC 3597 section 5).
 *
 * @param words as `splitWords` gives them
 * @param origin that names without a last dot lie below
 * @throws RdataSyntaxError, NameSyntaxError
 */
export function parseRdata(type: RRType, words: readonly string[], origin: Name): RdataByType[RRType] {
  if (words[0] !== genericMark) return codecOf(type).parse(words, origin)
  const octets = parseOctets(words)
  try {
    return rdataOf(type, octets)
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error
    throw new RdataSyntaxError(mnemonicOf(type), words.join(' '), 'octets that are some')
  }
}
