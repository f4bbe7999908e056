import { quote } from './go-template/literals.ts'
import { CallError, type GoFunction } from './go-template/values.ts'

/** What templates of records may call besides the functions of every template. */
export const functions: Readonly<Record<string, GoFunction>> = {
  parseInt: {
    parameters: ['string', 'int', 'int'],
    call: ([text, base, bits]) => parseUint(String(text), Number(base), Number(bits)),
  },
}

/**
 * Go's `strconv.ParseUint`.
 *
 * @param base 2 to 36, or 0: the prefix says it
 * @param bits at most 64; 0 means 64
 * @throws CallError in Go's words
 */
function parseUint(text: string, base: number, bits: number): bigint {
  const fail = (why: string) => new CallError(`strconv.ParseUint: parsing ${quote(text)}: ${why}`)
  if (text === '') throw fail('invalid syntax')
  if (base !== 0 && (base < 2 || base > 36)) throw fail(`invalid base ${base}`)
  const value = base === 0 ? readPrefixed(text) : readDigits(text, base)
  if (bits < 0 || bits > 64) throw fail(`invalid bit size ${bits}`)
  if (value === undefined) throw fail('invalid syntax')
  if (value >= 2n ** BigInt(bits === 0 ? 64 : bits)) throw fail('value out of range')
  return value
}

/** Undefined: a digit that the base does not have. */
function readDigits(text: string, base: number): bigint | undefined {
  let value = 0n
  for (const character of text.toLowerCase()) {
    const digit = /[0-9a-z]/.test(character) ? Number.parseInt(character, 36) : base
    if (digit >= base) return undefined
    value = value * BigInt(base) + BigInt(digit)
  }
  return value
}

/** With base 0 underscores may part the digits. */
function readPrefixed(text: string): bigint | undefined {
  const [, prefix = '', digits = ''] = /^(0x_?|0b_?|0o_?|0_?(?=.))?(.*)$/is.exec(text) ?? []
  if (digits === '' || /^_|_$|__/.test(digits)) return undefined
  return readDigits(digits.replaceAll('_', ''), bases[prefix.toLowerCase().replace('_', '')] ?? 10)
}

const bases: Readonly<Record<string, number>> = { '0x': 16, '0b': 2, '0o': 8, '0': 8 }
