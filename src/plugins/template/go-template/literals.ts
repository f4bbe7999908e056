/** Literals as Go's package `strconv` reads and writes them. */

const simpleEscapes: Readonly<Record<string, number>> = {
  a: 0x07,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
  '\\': 0x5c,
}

/**
 * The text of a string literal, its quotes included: interpreted ("…") or raw (`…`).
 *
 * Undefined: it is none.
 */
export function unquote(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '')
  const octets: number[] = []
  for (const part of partsOf(literal.slice(1, -1))) {
    const read = readPart(part, '"')
    if (read === undefined) return undefined
    octets.push(...(read.isOctet ? [read.code] : Buffer.from(String.fromCodePoint(read.code))))
  }
  return Buffer.from(octets).toString('utf8')
}

/** The code of a character literal, its quotes included; undefined: it is none. */
export function unquoteCharacter(literal: string): number | undefined {
  const [part, ...more] = partsOf(literal.slice(1, -1))
  return part === undefined || more.length > 0 ? undefined : readPart(part, "'")?.code
}

/** One character or escape each. */
function partsOf(text: string): string[] {
  return text.match(/\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3}|.)|./gsu) ?? []
}

function readPart(part: string, quote: string): { code: number; isOctet: boolean } | undefined {
  if (!part.startsWith('\\'))
    return part === quote || part === '\n' ? undefined : { code: codeOf(part), isOctet: false }
  const escaped = part.slice(1)
  if (escaped === quote) return { code: codeOf(quote), isOctet: false }
  const simple = simpleEscapes[escaped]
  if (simple !== undefined) return { code: simple, isOctet: false }
  const isOctal = /^[0-7]{3}$/.test(escaped)
  if (!isOctal && !/^[xuU].{2}/.test(escaped)) return undefined
  const code = isOctal ? Number.parseInt(escaped, 8) : Number.parseInt(escaped.slice(1), 16)
  const isOctet = isOctal || escaped.startsWith('x')
  return isOctet ? (code > 0xff ? undefined : { code, isOctet }) : isCharacter(code) ? { code, isOctet } : undefined
}

function isCharacter(code: number): boolean {
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

/**
 * `strconv.Quote`: between double quotes, what cannot be printed escaped.
 *
 * @param isAscii whether what is outside ASCII is escaped as well
 */
export function quote(text: string, isAscii = false): string {
  return `"${escapeFor(text, '"', isAscii)}"`
}

/** `strconv.QuoteRune`. */
export function quoteCharacter(code: number): string {
  return `'${escapeFor(String.fromCodePoint(isCharacter(code) ? code : 0xfffd), "'")}'`
}

function escapeFor(text: string, quoteMark: string, isAscii = false): string {
  return text.replace(/[^ -~]|["'\\]/gu, (character) => {
    if (character === quoteMark || character === '\\') return `\\${character}`
    if (isPrintable(character) && !(isAscii && /[^ -~]/.test(character))) return character
    const code = codeOf(character)
    const name = Object.entries(simpleEscapes).find(([, each]) => each === code)?.[0]
    if (name !== undefined) return `\\${name}`
    if (code < 0x80) return `\\x${hex(code, 2)}`
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`
  })
}

/** Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols, and of all blanks the ASCII one. */
export function isPrintable(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)
}

/** `%#U`: U+0021 '!'. */
export function describeCharacter(character: string): string {
  const name = `U+${hex(codeOf(character), 4).toUpperCase()}`
  return isPrintable(character) ? `${name} '${character}'` : name
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

/** What a number may be taken for. */
export interface NumberLiteral {
  /** If it is whole: `12`, `0x1f`, `0b11`, `1_000`, `'a'`, `1e3`. */
  readonly int?: bigint
  readonly float: number
}

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

/** @returns undefined: it is no number; `overflow`: an integer beyond int64 */
export function parseNumber(text: string): NumberLiteral | 'overflow' | undefined {
  const int = parseIntLiteral(text)
  if (int !== undefined) return int < int64.min || int > int64.max ? 'overflow' : { int, float: Number(int) }
  if (!/^[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[+-]?\d+)?$/i.test(text) || !/[.eE]/.test(text)) return undefined
  const float = Number(text.replaceAll('_', ''))
  if (!Number.isFinite(float)) return undefined
  return Number.isSafeInteger(float) ? { int: BigInt(float), float } : { float }
}

const basePrefixes: readonly (readonly [prefix: RegExp, js: string])[] = [
  [/^0x/i, '0x'],
  [/^0b/i, '0b'],
  [/^0o/i, '0o'],
  [/^0(?=[\d_])/, '0o'],
]

/** `strconv.ParseInt` with base 0: the prefix says which base, underscores part the digits. */
function parseIntLiteral(text: string): bigint | undefined {
  const [, sign = '', digits = ''] = /^([+-]?)(\w+)$/.exec(text) ?? []
  if (digits === '' || /^_|_$|__/.test(digits)) return undefined
  const [prefix, js] = basePrefixes.find(([each]) => each.test(digits)) ?? [/^/, '']
  try {
    const magnitude = BigInt(js + digits.replace(prefix, '').replaceAll('_', ''))
    return sign === '-' ? -magnitude : magnitude
  } catch {
    return undefined // a digit that the base does not have
  }
}
