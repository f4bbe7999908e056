import { RdataSyntaxError } from '../errors.ts'

/** What the octet of a character-string's length can say (RFC 1035 section 3.3). */
export const maximumStringOctets = 255

/** A string between quotes as zone-file text has it (RFC 1035 section 5.1). */
export function quote(string: string): string {
  const escaped = string.replace(/[^\x20-\x7e]|["\\]/g, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\${character.charCodeAt(0).toString().padStart(3, '0')}`,
  )
  return `"${escaped}"`
}

/**
 * The octets that a word means, one character for each. Characters outside ASCII stand for their UTF-8 octets.
 *
 * @param type whose rdata it is, for errors
 * @throws RdataSyntaxError
 */
export function unescapeOctets(type: string, word: string): string {
  const octets = Buffer.from(word, 'utf8').toString('latin1')
  return octets.replace(/\\(\d{3}|[^\d])?/g, (found, escaped: string | undefined) => {
    if (escaped === undefined || Number(escaped) > 255) {
      throw new RdataSyntaxError(type, word, `an octet as \\DDD instead of ${found}`)
    }
    return escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped
  })
}

/**
 * As `unescapeOctets`, of a character-string.
 *
 * @throws RdataSyntaxError
 */
export function unquote(type: string, word: string): string {
  const string = unescapeOctets(type, word)
  if (string.length > maximumStringOctets) {
    throw new RdataSyntaxError(type, word, `strings of at most ${maximumStringOctets} octets`)
  }
  return string
}
