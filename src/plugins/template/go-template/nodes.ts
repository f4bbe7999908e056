import type { NumberLiteral } from './literals.ts'

/** What a template is made of. `at` counts characters from its start: errors say where they come from. */
export type Node = TextNode | ActionNode | BranchNode | JumpNode

export interface TextNode {
  readonly kind: 'text'
  readonly at: number
  readonly text: string
}

export interface ActionNode {
  readonly kind: 'action'
  readonly at: number
  readonly pipe: Pipe
}

export interface BranchNode {
  readonly kind: 'if' | 'range' | 'with'
  readonly at: number
  readonly pipe: Pipe
  readonly body: readonly Node[]
  readonly otherwise: readonly Node[]
}

export interface JumpNode {
  readonly kind: 'break' | 'continue'
  readonly at: number
}

/** Commands, each of which takes the value of the one before as its last argument. */
export interface Pipe {
  readonly kind: 'pipe'
  readonly at: number
  /** What is to hold the value. */
  readonly variables: readonly Variable[]
  /** Whether they are there already. */
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

/** What is called or read, and its arguments. */
export interface Command {
  readonly kind: 'command'
  readonly at: number
  readonly operands: readonly [Operand, ...Operand[]]
}

export type Operand = Literal | Field | Variable | Chain | Identifier | Pipe | Dot | Nil
export type Literal = BoolLiteral | TextLiteral | NumericLiteral

interface BoolLiteral {
  readonly kind: 'bool'
  readonly at: number
  readonly value: boolean
}

interface TextLiteral {
  readonly kind: 'string'
  readonly at: number
  readonly value: string
  /** As written. */
  readonly source: string
}

interface NumericLiteral extends NumberLiteral {
  readonly kind: 'number'
  readonly at: number
  /** As written. */
  readonly source: string
}

/** `.A.B`. */
export interface Field {
  readonly kind: 'field'
  readonly at: number
  readonly path: readonly string[]
}

/** `$x`, `$x.A.B`. */
export interface Variable {
  readonly kind: 'variable'
  readonly at: number
  /** With its dollar. */
  readonly name: string
  readonly path: readonly string[]
}

/** `(pipe).A.B`. */
export interface Chain {
  readonly kind: 'chain'
  readonly at: number
  readonly operand: Operand
  readonly path: readonly string[]
}

/** The name of a function. */
export interface Identifier {
  readonly kind: 'identifier'
  readonly at: number
  readonly name: string
}

export interface Dot {
  readonly kind: 'dot'
  readonly at: number
}

export interface Nil {
  readonly kind: 'nil'
  readonly at: number
}

/** A node as Go writes it: what an error says it stands at. */
export function formatNode(node: Node | Command | Operand): string {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'action':
      return `{{${formatNode(node.pipe)}}}`
    case 'if':
    case 'range':
    case 'with':
      return formatBranch(node)
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`
    case 'pipe':
      return formatPipe(node)
    case 'command':
      return node.operands.map(formatOperand).join(' ')
    case 'bool':
      return String(node.value)
    case 'string':
    case 'number':
      return node.source
    case 'field':
      return formatPath(node.path)
    case 'variable':
      return node.name + formatPath(node.path)
    case 'chain':
      return formatOperand(node.operand) + formatPath(node.path)
    case 'identifier':
      return node.name
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
  }
}

/** A whole template as Go writes it. */
export function formatNodes(nodes: readonly Node[]): string {
  return nodes.map(formatNode).join('')
}

function formatBranch({ kind, pipe, body, otherwise }: BranchNode): string {
  const rest = otherwise.length === 0 ? '' : `{{else}}${formatNodes(otherwise)}`
  return `{{${kind} ${formatPipe(pipe)}}}${formatNodes(body)}${rest}{{end}}`
}

function formatPipe({ variables, assigns, commands }: Pipe): string {
  const held = variables.map(formatNode).join(', ')
  const sign = assigns ? ' = ' : ' := '
  return `${held === '' ? '' : held + sign}${commands.map(formatNode).join(' | ')}`
}

function formatOperand(operand: Operand): string {
  return operand.kind === 'pipe' ? `(${formatPipe(operand)})` : formatNode(operand)
}

function formatPath(path: readonly string[]): string {
  return path.map((name) => `.${name}`).join('')
}
