import {
  type ActionNode,
  type BranchNode,
  type Command,
  formatNode,
  type Identifier,
  type Node,
  type Operand,
  type Pipe,
  type Variable,
} from './nodes.ts'
import {
  CallError,
  formatValue,
  type GoFunction,
  isTrue,
  type ParameterType,
  sortedEntries,
  typeNameOf,
  type Value,
} from './values.ts'

/** A template that cannot go on with the data it was given. */
export class TemplateExecutionError extends Error {}

export interface EvaluatorOptions {
  readonly name: string
  readonly text: string
  readonly functions: Readonly<Record<string, GoFunction>>
}

/** Ends an iteration, or all of them. */
class Jump {
  readonly kind: 'break' | 'continue'

  constructor(kind: Jump['kind']) {
    this.kind = kind
  }
}

/** A variable that a template has declared. */
interface Held {
  readonly name: string
  value: Value
}

/** What a pipeline's next command is given; there is none for the first. */
type Final = Value | undefined

/** Walks the nodes of a template once. */
export class Evaluator {
  readonly #options: EvaluatorOptions
  #held: Held[]
  #output = ''
  /** Where it is, for errors. */
  #node: Node | Command | Operand | undefined

  constructor(options: EvaluatorOptions, data: Value) {
    this.#options = options
    this.#held = [{ name: '$', value: data }]
  }

  /** @throws TemplateExecutionError in the words of Go's `text/template` */
  run(nodes: readonly Node[]): string {
    this.#walk(nodes, this.#held[0]?.value ?? null)
    return this.#output
  }

  #walk(nodes: readonly Node[], dot: Value): void {
    for (const node of nodes) {
      this.#node = node
      if (node.kind === 'text') this.#output += node.text
      else if (node.kind === 'action') this.#act(node, dot)
      else if (!('body' in node)) throw new Jump(node.kind)
      else if (node.kind === 'range') this.#range(node, dot)
      else this.#choose(node, dot)
    }
  }

  #act(node: ActionNode, dot: Value): void {
    const value = this.#pipe(node.pipe, dot)
    if (node.pipe.variables.length > 0) return
    this.#output += value === null ? '<no value>' : formatValue(value)
  }

  /** `if` and `with`. */
  #choose({ kind, pipe, body, otherwise }: BranchNode, dot: Value): void {
    const outside = this.#held.length
    const value = this.#pipe(pipe, dot)
    if (isTrue(value)) this.#walk(body, kind === 'with' ? value : dot)
    else this.#walk(otherwise, dot)
    this.#held.length = outside
  }

  #range(node: BranchNode, dot: Value): void {
    const outside = this.#held.length
    const value = this.#pipe(node.pipe, dot)
    const elements = this.#elementsOf(value, node.pipe)
    let hasRun = false
    for (const [key, element] of elements) {
      hasRun = true
      const isLast = this.#iterate(node, key, element)
      if (isLast) break
    }
    if (!hasRun) this.#walk(node.otherwise, dot)
    this.#held.length = outside
  }

  /** @returns whether it was the last one */
  #iterate({ pipe, body }: BranchNode, key: Value, element: Value): boolean {
    const [first, second] = pipe.variables
    if (first !== undefined) this.#set(first, second === undefined ? element : key)
    if (second !== undefined) this.#set(second, element)
    const outside = this.#held.length
    try {
      this.#walk(body, element)
    } catch (thrown) {
      if (!(thrown instanceof Jump)) throw thrown
      return thrown.kind === 'break'
    } finally {
      this.#held.length = outside
    }
    return false
  }

  #elementsOf(value: Value, pipe: Pipe): Iterable<readonly [Value, Value]> {
    if (value === null) return []
    if (typeof value === 'bigint') {
      if (pipe.variables.length < 2) return countTo(value)
      throw this.#error(`can't use ${value} to iterate over more than one variable`)
    }
    if (typeof value === 'object' && value.kind === 'list') {
      return value.items.map((item, index) => [BigInt(index), item] as const)
    }
    if (typeof value === 'object' && value.kind === 'map') return sortedEntries(value)
    throw this.#error(`range can't iterate over ${formatValue(value)}`)
  }

  #pipe(pipe: Pipe, dot: Value): Value {
    this.#node = pipe
    let value: Final
    for (const command of pipe.commands) value = this.#command(command, dot, value)
    for (const variable of pipe.variables) {
      if (pipe.assigns) this.#set(variable, value ?? null)
      else this.#held.push({ name: variable.name, value: value ?? null })
    }
    return value ?? null
  }

  #command(command: Command, dot: Value, final: Final): Value {
    const [first, ...args] = command.operands
    const isCalled = args.length > 0 || final !== undefined
    switch (first.kind) {
      case 'identifier':
        return this.#callFunction(first, command, { dot, args, final })
      case 'field':
      case 'variable':
      case 'chain':
        return this.#path(first, { dot, args, final })
    }
    if (first.kind !== 'pipe') this.#node = first
    if (isCalled) throw this.#error(`can't give argument to non-function ${formatNode(first)}`)
    if (first.kind === 'nil') throw this.#error('nil is not a command')
    return this.#operand(first, dot)
  }

  /** What an operand stands for by itself. */
  #operand(operand: Operand, dot: Value): Value {
    this.#node = operand
    switch (operand.kind) {
      case 'dot':
        return dot
      case 'nil':
        return null
      case 'bool':
      case 'string':
        return operand.value
      case 'number':
        return isWrittenAsFloat(operand.source) ? operand.float : (operand.int ?? operand.float)
      case 'pipe':
        return this.#pipe(operand, dot)
      case 'identifier':
        return this.#callFunction(operand, operand, { dot, args: [], final: undefined })
      default:
        return this.#path(operand, { dot, args: [], final: undefined })
    }
  }

  /** `.A.B`, `$x.A` or `(…).A`: the last of them may be a method, and takes the arguments. */
  #path(operand: Extract<Operand, { kind: 'field' | 'variable' | 'chain' }>, call: Call): Value {
    this.#node = operand
    const start = this.#startOf(operand, call.dot)
    const last = operand.path.length - 1
    if (last < 0 && (call.args.length > 0 || call.final !== undefined)) {
      throw this.#error(`can't give argument to non-function ${formatNode(operand)}`)
    }
    return operand.path.reduce((receiver, name, index) => {
      const own = index === last ? call : { dot: call.dot, args: [], final: undefined }
      return this.#field(receiver, name, operand, own)
    }, start)
  }

  #startOf(operand: Extract<Operand, { kind: 'field' | 'variable' | 'chain' }>, dot: Value): Value {
    if (operand.kind === 'field') return dot
    if (operand.kind === 'variable') return this.#find(operand).value
    if (operand.operand.kind === 'nil') {
      throw this.#error(`indirection through explicit nil in ${formatNode(operand)}`)
    }
    return this.#operand(operand.operand, dot)
  }

  #field(receiver: Value, name: string, operand: Operand, call: Call): Value {
    if (receiver === null) return null
    const hasArguments = call.args.length > 0 || call.final !== undefined
    if (typeof receiver === 'object' && receiver.kind === 'struct') {
      const { methods = {} } = receiver
      const method = Object.hasOwn(methods, name) ? methods[name] : undefined
      if (method !== undefined) return this.#call(method, { name, node: operand }, call)
      const read = Object.hasOwn(receiver.fields, name) ? receiver.fields[name] : undefined
      if (read !== undefined && !hasArguments) return read()
      if (read !== undefined) throw this.#error(`${name} has arguments but cannot be invoked as function`)
    }
    if (typeof receiver === 'object' && receiver.kind === 'map') {
      if (!hasArguments) return receiver.entries.get(name) ?? null
      throw this.#error(`${name} is not a method but has arguments`)
    }
    throw this.#error(`can't evaluate field ${name} in type ${typeNameOf(receiver)}`)
  }

  #callFunction(identifier: Identifier, node: Command | Operand, call: Call): Value {
    this.#node = identifier
    const { name } = identifier
    const called = this.#options.functions[name]
    if (called === undefined) throw this.#error(`${JSON.stringify(name)} is not a defined function`)
    if (name === 'and' || name === 'or') return this.#shortCircuit(name, call)
    return this.#call(called, { name, node }, call)
  }

  /** The first argument that decides, or else the last one. */
  #shortCircuit(name: 'and' | 'or', { dot, args, final }: Call): Value {
    if (args.length === 0 && final === undefined) {
      throw this.#error(`wrong number of args for ${name}: want at least 1 got 0`)
    }
    let value: Value = null
    for (const arg of args) {
      value = this.#argument(arg, 'any', dot)
      if (isTrue(value) === (name === 'or')) return value
    }
    return final === undefined ? value : final
  }

  #call(called: GoFunction, { name, node }: Called, { dot, args, final }: Call): Value {
    const { parameters, rest } = called
    const given = args.length + (final === undefined ? 0 : 1)
    if (rest !== undefined && given < parameters.length) {
      throw this.#error(`wrong number of args for ${name}: want at least ${parameters.length} got ${args.length}`)
    }
    if (rest === undefined && given !== parameters.length) {
      throw this.#error(`wrong number of args for ${name}: want ${parameters.length} got ${given}`)
    }
    const typeAt = (index: number): ParameterType => parameters[index] ?? rest ?? 'any'
    const values = args.map((arg, index) => this.#argument(arg, typeAt(index), dot))
    if (final !== undefined) values.push(this.#checked(final, typeAt(args.length)))
    try {
      return called.call(values)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      this.#node = node
      throw this.#error(`error calling ${name}: ${error.message}`)
    }
  }

  #argument(operand: Operand, type: ParameterType, dot: Value): Value {
    this.#node = operand
    if (operand.kind === 'nil' && type !== 'any') throw this.#error(`cannot assign nil to ${type}`)
    const isLiteral = operand.kind === 'bool' || operand.kind === 'string' || operand.kind === 'number'
    if (isLiteral && type === 'string' && operand.kind !== 'string') {
      throw this.#error(`expected string; found ${formatNode(operand)}`)
    }
    if (isLiteral && type === 'int') {
      if (operand.kind === 'number' && operand.int !== undefined) return operand.int
      throw this.#error(`expected integer; found ${formatNode(operand)}`)
    }
    const value = this.#operand(operand, dot)
    return isLiteral ? value : this.#checked(value, type)
  }

  #checked(value: Value, type: ParameterType): Value {
    if (type === 'any') return value
    if (value === null) throw this.#error(`invalid value; expected ${type}`)
    if (typeNameOf(value) === type) return value
    throw this.#error(`wrong type for value; expected ${type}; got ${typeNameOf(value)}`)
  }

  #find({ name }: Variable): Held {
    const held = this.#held.findLast((each) => each.name === name)
    if (held === undefined) throw this.#error(`undefined variable: ${name}`)
    return held
  }

  #set(variable: Variable, value: Value): void {
    this.#find(variable).value = value
  }

  #error(message: string): TemplateExecutionError {
    const { name, text } = this.#options
    if (this.#node === undefined) return new TemplateExecutionError(`template: ${name}: ${message}`)
    const before = text.slice(0, this.#node.at).split('\n')
    const column = Buffer.byteLength(before.at(-1) ?? '')
    const where = `${name}:${before.length}:${column}: executing ${JSON.stringify(name)}`
    return new TemplateExecutionError(`template: ${where} at <${formatNode(this.#node)}>: ${message}`)
  }
}

/** What a command or field is called with. */
interface Call {
  readonly dot: Value
  readonly args: readonly Operand[]
  readonly final: Final
}

interface Called {
  readonly name: string
  /** Where an error of it is. */
  readonly node: Command | Operand
}

/** The syntax of a constant says its type where nothing else does. */
function isWrittenAsFloat(source: string): boolean {
  return !source.startsWith("'") && !/^[+-]?0x/i.test(source) && /[.eE]/.test(source)
}

function* countTo(end: bigint): Generator<readonly [Value, Value]> {
  for (let value = 0n; value < end; value++) yield [value, value]
}
