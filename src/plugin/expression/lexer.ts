/** A text that is no expression. */
export class ExpressionSyntaxError extends Error {
  /** @param at characters from the start of the source */
  constructor(message: string, source: string, at: number) {
    super(source === '' ? message : `${message} (1:${at + 1})\n | ${source}\n | ${'.'.repeat(at)}^`)
  }
}

export type TokenKind = 'number' | 'string' | 'name' | 'operator' | 'bracket' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** Of a string, what it stands for. */
  readonly text: string
  readonly at: number
}

/** Words of the language: they name nothing. */
export const keywords: ReadonlySet<string> = new Set([
  ...['true', 'false', 'nil', 'let', 'if', 'else'],
  ...['not', 'in', 'and', 'or', 'matches', 'contains', 'startsWith', 'endsWith'],
])

const wordOperators: ReadonlySet<string> = new Set(
  [...keywords].filter((word) => !['true', 'false', 'nil', 'let', 'if', 'else'].includes(word)),
)

const patterns: readonly (readonly [TokenKind | 'blank', RegExp])[] = [
  ['blank', /\s+|\/\*.*?\*\/|\/\/.*/sy],
  ['number', /0x[\da-f_]+|0b[01_]+|0o[0-7_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?/iy],
  ['string', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/sy],
  ['name', /[\p{L}_$][\p{L}\p{Nd}_$]*/uy],
  ['bracket', /[()[\]{}]/y],
  ['operator', /\*\*|\?\?|\?\.|\.\.|==|!=|<=|>=|&&|\|\||[-+*/%^<>!?:,.|#;=]/y],
]

/** @throws ExpressionSyntaxError */
export function lex(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < source.length) {
    const [kind, text] = nextOf(source, at)
    if (kind !== 'blank') tokens.push(tokenOf(kind, text, { source, at }))
    at += text.length
  }
  return [...tokens, { kind: 'end', text: '', at: Math.max(0, source.length - 1) }]
}

function nextOf(source: string, at: number): readonly [TokenKind | 'blank', string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const text = pattern.exec(source)?.[0]
    if (text !== undefined) return [kind, text]
  }
  const character = source[at] ?? ''
  const isQuote = /["'`]/.test(character)
  throw new ExpressionSyntaxError(
    isQuote ? 'literal not terminated' : `unrecognized character: ${character}`,
    source,
    at,
  )
}

function tokenOf(kind: TokenKind, text: string, { source, at }: { source: string; at: number }): Token {
  if (kind === 'name' && wordOperators.has(text)) return { kind: 'operator', text, at }
  if (kind !== 'string') return { kind, text, at }
  const value = text.startsWith('`') ? text.slice(1, -1) : unescaped(text.slice(1, -1))
  if (value === undefined) throw new ExpressionSyntaxError('unable to unescape string', source, at)
  return { kind, text: value, at }
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
}

/** Undefined: an escape that there is not. */
function unescaped(text: string): string | undefined {
  let isGood = true
  const read = text.replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|(.))/gis, (_, unicode, hex, simple: string = '') => {
    const code: string | undefined = unicode ?? hex
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
    const character = escapes[simple]
    isGood &&= character !== undefined
    return character ?? ''
  })
  return isGood ? read : undefined
}
