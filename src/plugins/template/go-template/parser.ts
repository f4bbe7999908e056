import { lex, type Token, type TokenKind } from './lexer.ts'
import { parseNumber, quote, unquote, unquoteCharacter } from './literals.ts'
import type { BranchNode, Command, Node, Operand, Pipe, Variable } from './nodes.ts'

/** A text that is no template: `template: answer:1: unclosed action`. */
export class TemplateSyntaxError extends Error {}

/** Pairs of parentheses one in the other, as Go limits them. */
const maximumDepth = 10_000

export interface ParseOptions {
  /** The template's name, for errors. */
  readonly name: string
  readonly isFunction: (name: string) => boolean
}

/** @throws TemplateSyntaxError in the words of Go's `text/template/parse` */
export function parse(text: string, options: ParseOptions): readonly Node[] {
  return new Parser(lex(text), options).parse()
}

/** What ends a list of nodes. */
type End = 'end' | 'else'

class Parser {
  readonly #tokens: readonly Token[]
  readonly #options: ParseOptions
  #at = 0
  /** The last token that was looked at: its line is the line of an error. */
  #seen = 0
  #actionLine: number | undefined
  #variables = ['$']
  #ranges = 0
  #depth = 0

  constructor(tokens: readonly Token[], options: ParseOptions) {
    this.#tokens = tokens
    this.#options = options
  }

  parse(): Node[] {
    const nodes: Node[] = []
    while (this.#peek().kind !== 'end') {
      const node = this.#textOrAction()
      if (typeof node === 'string') throw this.#error(`unexpected {{${node}}}`)
      nodes.push(node)
    }
    return nodes
  }

  #list(): { nodes: Node[]; end: End } {
    const nodes: Node[] = []
    while (this.#peekBehindSpace().kind !== 'end') {
      const node = this.#textOrAction()
      if (typeof node === 'string') return { nodes, end: node }
      nodes.push(node)
    }
    throw this.#error('unexpected EOF')
  }

  #textOrAction(): Node | End {
    const token = this.#nextBehindSpace()
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text }
    if (token.kind !== 'left-delimiter') throw this.#unexpected(token, 'input')
    this.#actionLine = token.line
    const node = this.#action()
    this.#actionLine = undefined
    return node
  }

  #action(): Node | End {
    const token = this.#peekBehindSpace()
    const word = token.kind === 'keyword' ? token.text : ''
    if (word === '.' || word === 'nil' || word === '') {
      return { kind: 'action', at: token.at, pipe: this.#pipeline('command', 'right-delimiter') }
    }
    this.#nextBehindSpace()
    switch (word) {
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(word)
      case 'end':
        this.#expect('right-delimiter', 'end')
        return 'end'
      case 'else':
        return this.#else()
      case 'break':
      case 'continue':
        return this.#jump(word, token)
      default:
        throw this.#error(`{{${word}}} is not supported: a record is one template`)
    }
  }

  /** Of `else if` and `else with` the second word is left. */
  #else(): End {
    const next = this.#peekBehindSpace()
    const goesOn = next.kind === 'keyword' && (next.text === 'if' || next.text === 'with')
    if (!goesOn) this.#expect('right-delimiter', 'else')
    return 'else'
  }

  #jump(kind: 'break' | 'continue', { at }: Token): Node {
    const token = this.#nextBehindSpace()
    if (token.kind !== 'right-delimiter') throw this.#unexpected(token, `{{${kind}}}`)
    if (this.#ranges === 0) throw this.#error(`{{${kind}}} outside {{range}}`)
    return { kind, at }
  }

  #branch(kind: BranchNode['kind']): BranchNode {
    const outside = this.#variables
    this.#variables = [...outside]
    const pipe = this.#pipeline(kind, 'right-delimiter')
    if (kind === 'range') this.#ranges++
    const { nodes: body, end } = this.#list()
    if (kind === 'range') this.#ranges--
    const otherwise = end === 'end' ? [] : this.#otherwise(kind)
    this.#variables = outside
    return { kind, at: pipe.at, pipe, body, otherwise }
  }

  #otherwise(kind: BranchNode['kind']): Node[] {
    const next = this.#peek()
    // `{{else if x}} … {{end}}` is `{{else}}{{if x}} … {{end}}{{end}}`.
    if (kind !== 'range' && next.kind === 'keyword' && next.text === kind) {
      this.#nextBehindSpace()
      return [this.#branch(kind)]
    }
    const { nodes, end } = this.#list()
    if (end === 'else') throw this.#error('expected end; found {{else}}')
    return nodes
  }

  #pipeline(context: string, end: TokenKind): Pipe {
    const { at } = this.#peekBehindSpace()
    const { variables, assigns } = this.#declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.#nextBehindSpace()
      if (token.kind === end) break
      if (!startsOperand(token)) throw this.#unexpected(token, context)
      this.#at--
      commands.push(this.#command())
    }
    if (commands.length === 0) throw this.#error(`missing value for ${context}`)
    const stage = commands.findIndex(({ operands: [first] }, index) => index > 0 && isConstant(first))
    if (stage > 0) throw this.#error(`non executable command in pipeline stage ${stage + 1}`)
    return { kind: 'pipe', at, variables, assigns, commands }
  }

  /** `$x :=`, `$x =`, and for `range` also `$i, $x :=`. */
  #declarations(context: string): Pick<Pipe, 'variables' | 'assigns'> {
    const variables: Variable[] = []
    for (;;) {
      const start = this.#at
      const name = this.#peekBehindSpace()
      if (name.kind !== 'variable') return { variables, assigns: false }
      this.#nextBehindSpace()
      const next = this.#peekBehindSpace()
      const isComma = next.kind === 'other' && next.text === ','
      if (next.kind !== 'declare' && next.kind !== 'assign' && !isComma) {
        this.#at = start
        return { variables, assigns: false }
      }
      this.#nextBehindSpace()
      variables.push({ kind: 'variable', at: name.at, name: name.text, path: [] })
      this.#variables.push(name.text)
      if (!isComma) return { variables, assigns: next.kind === 'assign' }
      this.#checkSecondVariable(context, variables.length)
    }
  }

  #checkSecondVariable(context: string, count: number): void {
    if (context !== 'range' || count > 1) throw this.#error(`too many declarations in ${context}`)
    if (!['variable', 'right-delimiter', 'right-paren'].includes(this.#peekBehindSpace().kind)) {
      throw this.#error('range can only initialize variables')
    }
  }

  #command(): Command {
    const { at } = this.#peekBehindSpace()
    const operands: Operand[] = []
    for (;;) {
      this.#peekBehindSpace()
      const operand = this.#operand()
      if (operand !== undefined) operands.push(operand)
      const token = this.#next()
      if (token.kind === 'space') continue
      if (token.kind === 'pipe') break
      if (token.kind !== 'right-delimiter' && token.kind !== 'right-paren') throw this.#unexpected(token, 'operand')
      this.#at--
      break
    }
    const [first, ...others] = operands
    if (first === undefined) throw this.#error('empty command')
    return { kind: 'command', at, operands: [first, ...others] }
  }

  /** A term, and the fields that are read of it. */
  #operand(): Operand | undefined {
    const term = this.#term()
    const { at, kind } = this.#peek()
    if (term === undefined || kind !== 'field') return term
    const path: string[] = []
    while (this.#peek().kind === 'field') path.push(this.#next().text.slice(1))
    if (term.kind === 'field' || term.kind === 'variable') return { ...term, at, path: [...term.path, ...path] }
    if (isConstant(term)) throw this.#error(`unexpected . after term ${quote(sourceOf(term))}`)
    return { kind: 'chain', at, operand: term, path }
  }

  /** Undefined: what comes next is none. */
  #term(): Operand | undefined {
    const token = this.#nextBehindSpace()
    const { kind, text, at } = token
    switch (kind) {
      case 'identifier':
        if (!this.#options.isFunction(text)) throw this.#error(`function ${quote(text)} not defined`)
        return { kind, at, name: text }
      case 'variable':
        if (!this.#variables.includes(text)) throw this.#error(`undefined variable ${quote(text)}`)
        return { kind, at, name: text, path: [] }
      case 'field':
        return { kind, at, path: [text.slice(1)] }
      case 'bool':
        return { kind, at, value: text === 'true' }
      case 'number':
        return this.#number(token)
      case 'character':
        return this.#character(token)
      case 'string':
        return this.#string(token)
      case 'left-paren':
        return this.#parenthesized()
    }
    if (kind === 'keyword' && text === '.') return { kind: 'dot', at }
    if (kind === 'keyword' && text === 'nil') return { kind: 'nil', at }
    this.#at--
    return undefined
  }

  #parenthesized(): Pipe {
    if (this.#depth >= maximumDepth) throw this.#error('max expression depth exceeded')
    this.#depth++
    const pipe = this.#pipeline('parenthesized pipeline', 'right-paren')
    this.#depth--
    return pipe
  }

  #number({ text, at }: Token): Operand {
    const number = parseNumber(text)
    if (number === 'overflow') throw this.#error(`integer overflow: ${quote(text)}`)
    if (number === undefined) throw this.#error(`illegal number syntax: ${quote(text)}`)
    return { kind: 'number', at, source: text, ...number }
  }

  #character({ text, at }: Token): Operand {
    const code = unquoteCharacter(text)
    if (code === undefined) throw this.#error(`malformed character constant: ${text}`)
    return { kind: 'number', at, source: text, int: BigInt(code), float: code }
  }

  #string({ text, at }: Token): Operand {
    const value = unquote(text)
    if (value === undefined) throw this.#error('invalid syntax')
    return { kind: 'string', at, value, source: text }
  }

  #expect(kind: TokenKind, context: string): void {
    const token = this.#nextBehindSpace()
    if (token.kind !== kind) throw this.#unexpected(token, context)
  }

  #peek(): Token {
    const last = this.#tokens.length - 1
    const index = Math.min(this.#at, last)
    this.#seen = Math.max(this.#seen, index)
    return this.#tokens[index] ?? { kind: 'end', text: '', at: 0, line: 1 }
  }

  #next(): Token {
    const token = this.#peek()
    this.#at++
    return token
  }

  #peekBehindSpace(): Token {
    while (this.#peek().kind === 'space') this.#at++
    return this.#peek()
  }

  #nextBehindSpace(): Token {
    this.#peekBehindSpace()
    return this.#next()
  }

  #unexpected(token: Token, context: string): TemplateSyntaxError {
    if (token.kind !== 'error') return this.#error(`unexpected ${describe(token)} in ${context}`)
    const isElsewhere = this.#actionLine !== undefined && this.#actionLine !== token.line
    const started = ` started at ${this.#options.name}:${this.#actionLine}`
    const where = token.text.endsWith(' action') ? started : ` in action${started}`
    return this.#error(token.text + (isElsewhere ? where : ''))
  }

  #error(message: string): TemplateSyntaxError {
    const line = this.#tokens[this.#seen]?.line ?? 1
    return new TemplateSyntaxError(`template: ${this.#options.name}:${line}: ${message}`)
  }
}

const operandStarts: readonly TokenKind[] = [
  'bool',
  'character',
  'field',
  'identifier',
  'number',
  'string',
  'variable',
  'left-paren',
]

function startsOperand({ kind, text }: Token): boolean {
  return operandStarts.includes(kind) || (kind === 'keyword' && (text === '.' || text === 'nil'))
}

/** What is no function and has no fields. */
function isConstant({ kind }: Operand): boolean {
  return kind === 'bool' || kind === 'dot' || kind === 'nil' || kind === 'number' || kind === 'string'
}

function sourceOf(operand: Operand): string {
  if ('source' in operand) return operand.source
  return operand.kind === 'bool' ? String(operand.value) : operand.kind === 'dot' ? '.' : operand.kind
}

/** At most ten characters of a token, as Go's errors name it. */
function describe({ kind, text }: Token): string {
  if (kind === 'end') return 'EOF'
  if (kind === 'keyword') return `<${text}>`
  const characters = [...text]
  return characters.length > 10 ? `${quote(characters.slice(0, 10).join(''))}...` : quote(text)
}
