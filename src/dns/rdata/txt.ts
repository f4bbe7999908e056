import { RdataSyntaxError } from '../errors.ts'
import type { RdataByType } from '../record.ts'
import type { RdataCodec } from './codec.ts'
import { quote, unquote } from './strings.ts'

/** RFC 1035 section 3.3.14. */
export const txt: RdataCodec<RdataByType['TXT']> = {
  size: ({ strings }) => strings.reduce((sum, each) => sum + 1 + each.length, 0),
  encode: ({ strings }) => {
    const data: unknown = strings.map((string) => Buffer.from(string, 'latin1'))
    return { data: data as string[] } // dns2 takes octets as well as its declared strings, which it would write as UTF-8
  },
  // dns2 has checked the lengths, but reads the octets as UTF-8.
  decode: (_, { octets }) => ({ strings: readStrings(octets) }),
  format: ({ strings }) => strings.map(quote).join(' '),
  parse(words) {
    if (words.length === 0) throw new RdataSyntaxError('TXT', '', 'one string or more')
    return { strings: words.map((word) => unquote('TXT', word)) }
  },
}

function readStrings(octets: Uint8Array): string[] {
  const strings: string[] = []
  for (let at = 0; at < octets.length; ) {
    const end = at + 1 + (octets[at] ?? 0)
    strings.push(Buffer.from(octets.subarray(at + 1, end)).toString('latin1'))
    at = end
  }
  return strings
}
