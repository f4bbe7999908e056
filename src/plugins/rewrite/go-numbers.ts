import { ValueSyntaxError } from '../../corefile/errors.ts'

/**
 * What `0x`, `0o` and `0b` stand for in Go; a bare 0 before digits is octal as well. An underscore may stand between two
 * digits, and behind what says the base.
 */
const bases: readonly { readonly form: RegExp; readonly base: number }[] = [
  { form: /^0x((?:_?[0-9a-f])+)$/i, base: 16 },
  { form: /^0b((?:_?[01])+)$/i, base: 2 },
  { form: /^0o?((?:_?[0-7])+)$/i, base: 8 },
  { form: /^(0|[1-9](?:_?[0-9])*)$/, base: 10 },
]

/**
 * Reads a number of 16 bits as Go's `strconv.ParseUint` does with base 0.
 *
 * @throws ValueSyntaxError in Go's words
 */
export function parseUint16(text: string): number {
  const fail = (problem: string) =>
    new ValueSyntaxError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`)
  const found = bases.flatMap(({ form, base }) => {
    const digits = form.exec(text)?.[1]
    return digits === undefined ? [] : [Number.parseInt(digits.replaceAll('_', ''), base)]
  })
  const [value] = found
  if (value === undefined) throw fail('invalid syntax')
  if (value > 0xffff) throw fail('value out of range')
  return value
}

/**
 * Reads octets as Go's `hex.DecodeString` does.
 *
 * @throws ValueSyntaxError in Go's words
 */
export function parseHex(text: string): Uint8Array {
  const stranger = /[^0-9a-fA-F]/u.exec(text)?.[0]
  if (stranger !== undefined) {
    const code = (stranger.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    throw new ValueSyntaxError(`encoding/hex: invalid byte: U+${code} '${stranger}'`)
  }
  if (text.length % 2 !== 0) throw new ValueSyntaxError('encoding/hex: odd length hex string')
  return Buffer.from(text, 'hex')
}
