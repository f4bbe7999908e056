import { describeCharacter, quote } from './literals.ts'

export type TokenKind =
  | 'text'
  | 'left-delimiter'
  | 'right-delimiter'
  | 'space'
  | 'identifier'
  | 'field'
  | 'variable'
  | 'bool'
  | 'number'
  | 'character'
  | 'string'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'left-paren'
  | 'right-paren'
  /** Any other printable character of ASCII: the comma has a meaning. */
  | 'other'
  /** `.`, `nil` and the words that begin and end blocks: its text says which. */
  | 'keyword'
  /** Nothing follows it: its text says what is wrong. */
  | 'error'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Characters from the start of the template. */
  readonly at: number
  /** From 1. */
  readonly line: number
}

const words = ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'nil', 'range', 'template', 'with']
const keywords: ReadonlySet<string> = new Set(words)

const simpleTokens: Readonly<Record<string, TokenKind>> = {
  '=': 'assign',
  ':=': 'declare',
  '|': 'pipe',
}

/** A number, as far as it goes: whether it is one the parser finds out. */
const number =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*|0[bB][01_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y
const word = /[_\p{L}\p{Nd}]+/uy
/** One blank is left to a trim marker. */
const spaces = /[ \t\r\n]+(?=[ \t\r\n]-\}\})|[ \t\r\n]+/y
const blanks = /[ \t\r\n]+/y
const rightDelimiter = /(?:[ \t\r\n]-)?\}\}/y
const leftDelimiter = /\{\{(?:-(?=[ \t\r\n]))?/y
/** What may stand behind a name. */
const terminator = /[ \t\r\n.,|:()]|\}\}|$/y

/** The tokens of a template, as Go's `text/template/parse` has them; the last one is `end` or `error`. */
export function lex(text: string): Token[] {
  return new Lexer(text).run()
}

class Lexer {
  readonly #text: string
  readonly #tokens: Token[] = []
  #at = 0
  #line = 1
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): Token[] {
    while (this.#lexText() && this.#lexAction()) {
      // until the end, or the first error
    }
    return this.#tokens
  }

  /** @returns whether an action follows */
  #lexText(): boolean {
    const found = this.#text.indexOf('{{', this.#at)
    const end = found < 0 ? this.#text.length : found
    const trims = /^\{\{-[ \t\r\n]/.test(this.#text.slice(end, end + 4))
    const text = this.#text.slice(this.#at, end)
    const kept = trims ? text.replace(/[ \t\r\n]+$/, '') : text
    if (kept !== '') this.#emit('text', kept)
    this.#moveTo(end)
    if (found < 0) this.#emit('end', '')
    return found >= 0
  }

  /** @returns whether text follows */
  #lexAction(): boolean {
    const opening = this.#match(leftDelimiter) ?? ''
    const marker = opening.length > 2 ? opening.length + 1 : opening.length // the blank belongs to the trim marker
    if (this.#text.startsWith('/*', this.#at + marker)) return this.#lexComment(marker)
    this.#emit('left-delimiter', '{{')
    this.#moveTo(this.#at + marker - 2)
    this.#depth = 0
    for (;;) {
      const closing = this.#match(rightDelimiter)
      if (closing !== undefined) return this.#lexRightDelimiter(closing)
      if (!this.#lexInsideAction()) return false
    }
  }

  #lexComment(marker: number): boolean {
    this.#moveTo(this.#at + marker)
    const end = this.#text.indexOf('*/', this.#at + 2)
    if (end < 0) return this.#fail('unclosed comment')
    const start = this.#at
    this.#at = end + 2
    const closing = this.#match(rightDelimiter)
    this.#at = start
    if (closing === undefined) return this.#fail('comment ends before closing delimiter')
    this.#moveTo(end + 2 + closing.length)
    if (closing.length > 2) this.#match(blanks, true)
    return true
  }

  #lexRightDelimiter(closing: string): boolean {
    if (this.#depth > 0) return this.#fail('unclosed left paren')
    this.#moveTo(this.#at + closing.length - 2)
    this.#emit('right-delimiter', '}}')
    if (closing.length > 2) this.#match(blanks, true)
    return true
  }

  /** @returns whether the action goes on */
  #lexInsideAction(): boolean {
    const next = this.#text.slice(this.#at, this.#at + 2)
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0)
    if (next === '') return this.#fail('unclosed action')
    const blank = this.#match(spaces)
    if (blank !== undefined) return this.#emit('space', blank)
    const simple = simpleTokens[next] ?? simpleTokens[character]
    if (simple !== undefined) return this.#emit(simple, simpleTokens[next] === undefined ? character : next)
    if (character === ':') return this.#fail('expected :=')
    if (character === '"') return this.#lexQuoted(/"(?:[^"\\\n]|\\[^\n])*"/y, 'string', 'unterminated quoted string')
    if (character === '`') return this.#lexQuoted(/`[^`]*`/y, 'string', 'unterminated raw quoted string')
    if (character === "'") {
      return this.#lexQuoted(/'(?:[^'\\\n]|\\[^\n])*'/y, 'character', 'unterminated character constant')
    }
    if (character === '$') return this.#lexName('variable', 1)
    if (character === '.' && !/^\.\d/.test(next)) return this.#lexName('field', 1)
    if (/[+\-.\d]/.test(character)) return this.#lexNumber()
    if (/[_\p{L}\p{Nd}]/u.test(character)) return this.#lexName('identifier', 0)
    if (character === '(' || character === ')') return this.#lexParenthesis(character)
    if (/[ -~]/.test(character)) return this.#emit('other', character)
    return this.#fail(`unrecognized character in action: ${describeCharacter(character)}`)
  }

  #lexQuoted(pattern: RegExp, kind: TokenKind, message: string): boolean {
    const literal = this.#match(pattern)
    return literal === undefined ? this.#fail(message) : this.#emit(kind, literal)
  }

  #lexNumber(): boolean {
    const literal = this.#match(number) ?? ''
    const behind = this.#text.slice(this.#at + literal.length)
    const wrong = /^[_\p{L}\p{Nd}+-]/u.exec(behind)?.[0]
    return wrong === undefined
      ? this.#emit('number', literal)
      : this.#fail(`bad number syntax: ${quote(literal + wrong)}`)
  }

  /** @param sigil characters before the name: what stands alone is `.` or `$` */
  #lexName(kind: 'identifier' | 'field' | 'variable', sigil: number): boolean {
    const start = this.#at
    word.lastIndex = start + sigil
    const name = this.#text.slice(start, start + sigil) + (word.exec(this.#text)?.[0] ?? '')
    terminator.lastIndex = start + name.length
    if (!terminator.test(this.#text)) {
      const character = String.fromCodePoint(this.#text.codePointAt(start + name.length) ?? 0)
      return this.#fail(`bad character ${describeCharacter(character)}`)
    }
    if (name === '.' || keywords.has(name)) return this.#emit('keyword', name)
    return this.#emit(name === 'true' || name === 'false' ? 'bool' : kind, name)
  }

  #lexParenthesis(character: '(' | ')'): boolean {
    this.#depth += character === '(' ? 1 : -1
    if (this.#depth < 0) return this.#fail('unexpected right paren')
    return this.#emit(character === '(' ? 'left-paren' : 'right-paren', character)
  }

  /** What the pattern matches here; it is taken only if `takes`. */
  #match(pattern: RegExp, takes = false): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (takes && found !== undefined) this.#moveTo(this.#at + found.length)
    return found
  }

  #emit(kind: TokenKind, text: string): true {
    this.#tokens.push({ kind, text, at: this.#at, line: this.#line })
    this.#moveTo(this.#at + text.length)
    return true
  }

  #fail(message: string): false {
    this.#tokens.push({ kind: 'error', text: message, at: this.#at, line: this.#line })
    return false
  }

  #moveTo(at: number): void {
    this.#line += this.#text.slice(this.#at, at).split('\n').length - 1
    this.#at = at
  }
}
