import { RdataSyntaxError } from '../errors.ts'
import type { RdataByType } from '../record.ts'
import type { RdataCodec } from './codec.ts'

/** RFC 1035 section 3.3.14. */
export const txt: RdataCodec<RdataByType['TXT']> = {
  encode: ({ strings }) => {
    const data: unknown = strings.map((string) => Buffer.from(string, 'latin1'))
    return { data: data as string[] } // dns2 takes octets as well as its declared strings, which it would write as UTF-8
  },
  // dns2 has checked the lengths, but reads the octets as UTF-8.
  decode: (_, { octets }) => ({ strings: readStrings(octets) }),
  format: ({ strings }) => strings.map(quote).join(' '),
  parse(words) {
    if (words.length === 0) throw new RdataSyntaxError('TXT', '', 'one string or more')
    return { strings: words.map(unquote) }
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

function quote(string: string): string {
  const escaped = string.replace(/[^\x20-\x7e]|["\\]/g, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\${character.charCodeAt(0).toString().padStart(3, '0')}`,
  )
  return `"${escaped}"`
}

/** Characters outside ASCII stand for their UTF-8 octets. */
function unquote(word: string): string {
  const octets = Buffer.from(word, 'utf8').toString('latin1')
  const string = octets.replace(/\\(\d{3}|[^\d])?/g, (found, escaped: string | undefined) => {
    if (escaped === undefined || Number(escaped) > 255) {
      throw new RdataSyntaxError('TXT', word, `an octet as \\DDD instead of ${found}`)
    }
    return escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped
  })
  if (string.length > 255) throw new RdataSyntaxError('TXT', word, 'strings of at most 255 octets')
  return string
}
