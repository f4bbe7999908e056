import { ExpressionSyntaxError, lex, type Token, type TokenKind } from './lexer.ts'
import type { Node } from './nodes.ts'

/** How strongly an operator binds; `**` and `^` from the right. */
const binaryPrecedence: Readonly<Record<string, number>> = {
  or: 10,
  '||': 10,
  and: 15,
  '&&': 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '>': 20,
  '<=': 20,
  '>=': 20,
  in: 20,
  matches: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  '..': 25,
  '+': 30,
  '-': 30,
  '*': 60,
  '/': 60,
  '%': 60,
  '**': 100,
  '^': 100,
  '??': 500,
}

const unaryPrecedence: Readonly<Record<string, number>> = { not: 50, '!': 50, '-': 90, '+': 90 }

/** Operators that may have a `not` before them. */
const negatable: ReadonlySet<string> = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith'])

const spellings: Readonly<Record<string, string>> = { '||': 'or', '&&': 'and', '^': '**' }

/** Parts of an expression one in the other. */
const maximumDepth = 500

/** @throws ExpressionSyntaxError */
export function parse(source: string): Node {
  return new Parser(source).parse()
}

class Parser {
  readonly #source: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(source: string) {
    this.#source = source
    this.#tokens = lex(source)
  }

  parse(): Node {
    const node = this.#expression(0)
    if (this.#peek().kind !== 'end') throw this.#unexpected()
    return node
  }

  #expression(least: number): Node {
    if (++this.#depth > maximumDepth) throw this.#error('expression nests too deeply')
    let left = this.#unary()
    for (;;) {
      const isNegated = this.#is('not') && negatable.has(this.#tokens[this.#at + 1]?.text ?? '')
      const token = isNegated ? this.#tokens[this.#at + 1] : this.#peek()
      const precedence = token?.kind === 'operator' ? binaryPrecedence[token.text] : undefined
      if (token === undefined || precedence === undefined || precedence < least) break
      this.#at += isNegated ? 2 : 1
      const operator = spellings[token.text] ?? token.text
      const right = this.#expression(operator === '**' ? precedence : precedence + 1)
      const node: Node = { kind: 'binary', at: token.at, operator, left, right }
      left = isNegated ? { kind: 'unary', at: token.at, operator: 'not', operand: node } : node
    }
    if (least === 0) left = this.#pipes(this.#choice(left))
    this.#depth--
    return left
  }

  /** `test ? then : otherwise`. */
  #choice(test: Node): Node {
    if (!this.#is('?')) return test
    const { at } = this.#next()
    const then = this.#is(':') ? test : this.#expression(0)
    this.#take(':')
    return { kind: 'choice', at, test, then, otherwise: this.#expression(0) }
  }

  /** `value | f(x)` is f(value, x). */
  #pipes(first: Node): Node {
    let left = first
    while (this.#is('|')) {
      this.#next()
      const name = this.#takeKind('name')
      left = this.#postfix({ kind: 'call', at: name.at, name: name.text, args: [left, ...this.#arguments()] })
    }
    return left
  }

  #unary(): Node {
    const token = this.#peek()
    const precedence = token.kind === 'operator' ? unaryPrecedence[token.text] : undefined
    if (precedence === undefined) return this.#postfix(this.#primary())
    this.#next()
    const operand = this.#expression(precedence)
    return { kind: 'unary', at: token.at, operator: token.text, operand }
  }

  #primary(): Node {
    const token = this.#next()
    const { at, text } = token
    if (token.kind === 'string') return { kind: 'literal', at, value: text }
    if (token.kind === 'number') return { kind: 'literal', at, value: this.#number(token) }
    if (token.kind === 'name') return this.#named(token)
    if (token.kind === 'operator' && text === '#') return { kind: 'item', at }
    if (token.kind === 'operator' && text === '.') return this.#field(token, { kind: 'item', at }, false)
    if (token.kind === 'bracket' && text === '(') {
      const inner = this.#expression(0)
      this.#take(')')
      return inner
    }
    if (token.kind === 'bracket' && text === '[') return { kind: 'array', at, items: this.#list(']') }
    if (token.kind === 'bracket' && text === '{') return this.#map(at)
    this.#at--
    throw this.#unexpected()
  }

  #named({ text, at }: Token): Node {
    if (text === 'true' || text === 'false') return { kind: 'literal', at, value: text === 'true' }
    if (text === 'nil') return { kind: 'literal', at, value: null }
    if (text === 'let' || text === 'if' || text === 'else') {
      throw new ExpressionSyntaxError(`'${text}' is not supported`, this.#source, at)
    }
    return this.#is('(') ? { kind: 'call', at, name: text, args: this.#arguments() } : { kind: 'name', at, name: text }
  }

  #number({ text, at }: Token): bigint | number {
    const digits = text.replaceAll('_', '')
    if (/^\d+$|^0[xbo]/i.test(digits)) {
      if (BigInt(digits) < 2n ** 63n) return BigInt(digits)
      throw new ExpressionSyntaxError(`invalid integer literal: ${text}: value out of range`, this.#source, at)
    }
    const value = Number(digits)
    if (Number.isNaN(value)) throw new ExpressionSyntaxError(`invalid float literal: ${text}`, this.#source, at)
    return value
  }

  /** Fields, elements and slices of what was read. */
  #postfix(node: Node): Node {
    let object = node
    for (;;) {
      const token = this.#peek()
      if (token.kind === 'operator' && (token.text === '.' || token.text === '?.')) {
        this.#next()
        object = this.#field(token, object, token.text === '?.')
      } else if (token.kind === 'bracket' && token.text === '[') {
        this.#next()
        object = this.#element(token.at, object)
      } else {
        return object
      }
    }
  }

  #field({ at }: Token, object: Node, optional: boolean): Node {
    const name = this.#takeKind('name')
    if (this.#is('(')) throw this.#error(`there are no methods: ${name.text}`)
    return { kind: 'member', at, object, optional, key: { kind: 'literal', at: name.at, value: name.text } }
  }

  #element(at: number, object: Node): Node {
    const from = this.#is(':') ? undefined : this.#expression(0)
    if (!this.#is(':')) {
      this.#take(']')
      return { kind: 'member', at, object, optional: false, key: from ?? object }
    }
    this.#next()
    const to = this.#is(']') ? undefined : this.#expression(0)
    this.#take(']')
    return { kind: 'slice', at, object, from, to }
  }

  #arguments(): Node[] {
    this.#take('(')
    return this.#list(')')
  }

  #list(end: string): Node[] {
    const items: Node[] = []
    while (!this.#is(end)) {
      if (items.length > 0) this.#take(',')
      if (this.#is(end)) break // a comma may stand behind the last one
      items.push(this.#closure())
    }
    this.#take(end)
    return items
  }

  /** A predicate may stand in braces: `{# > 1}`. */
  #closure(): Node {
    const isBraced =
      this.#is('{') && this.#tokens[this.#at + 2]?.text !== ':' && this.#tokens[this.#at + 1]?.text !== '}'
    if (!isBraced) return this.#expression(0)
    this.#next()
    const node = this.#expression(0)
    this.#take('}')
    return node
  }

  #map(at: number): Node {
    const entries: (readonly [Node, Node])[] = []
    while (!this.#is('}')) {
      if (entries.length > 0) this.#take(',')
      if (this.#is('}')) break
      const key = this.#key()
      this.#take(':')
      entries.push([key, this.#expression(0)])
    }
    this.#take('}')
    return { kind: 'map', at, entries }
  }

  #key(): Node {
    const token = this.#next()
    if (token.kind === 'name' || token.kind === 'string' || token.kind === 'number') {
      return { kind: 'literal', at: token.at, value: token.text }
    }
    if (token.text !== '(') {
      this.#at--
      throw this.#unexpected()
    }
    const node = this.#expression(0)
    this.#take(')')
    return node
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', at: 0 }
  }

  #next(): Token {
    const token = this.#peek()
    this.#at++
    return token
  }

  /** Whether a sign or word of the language comes next. */
  #is(text: string): boolean {
    const token = this.#peek()
    return (token.kind === 'operator' || token.kind === 'bracket') && token.text === text
  }

  #take(text: string): void {
    if (!this.#is(text)) throw this.#unexpected()
    this.#at++
  }

  #takeKind(kind: TokenKind): Token {
    if (this.#peek().kind !== kind) throw this.#unexpected()
    return this.#next()
  }

  #unexpected(): ExpressionSyntaxError {
    const { kind, text } = this.#peek()
    const name = tokenNames[kind]
    return this.#error(`unexpected token ${kind === 'end' ? name : `${name}(${JSON.stringify(text)})`}`)
  }

  #error(message: string): ExpressionSyntaxError {
    return new ExpressionSyntaxError(message, this.#source, this.#peek().at)
  }
}

/** As expr-lang names them. */
const tokenNames: Readonly<Record<TokenKind, string>> = {
  number: 'Number',
  string: 'String',
  name: 'Identifier',
  operator: 'Operator',
  bracket: 'Bracket',
  end: 'EOF',
}
