/**
 * expression: the part of the language expr-lang that conditions on queries need.
 *
 * Text goes lexer.ts -> parser.ts -> nodes.ts, which become functions here, once, with what is wrong told then as far as it
 * can be. values.ts is what they work on, builtins.ts what every expression can call. Start here.
 */
import { compileRegex, RegexSyntaxError } from '../../util/regex.ts'
import { builtins, predicates, unsupported } from './builtins.ts'
import { ExpressionSyntaxError } from './lexer.ts'
import type { BinaryNode, CallNode, Node, SliceNode } from './nodes.ts'
import { operatorOf } from './operators.ts'
import { parse } from './parser.ts'
import type { Types } from './types.ts'
import {
  asBool,
  asList,
  asText,
  ExpressionError,
  type ExpressionValue,
  type StaticType,
  typeOfValue,
} from './values.ts'

export { ExpressionSyntaxError } from './lexer.ts'
export { ExpressionError } from './values.ts'

export interface Expression {
  readonly source: string
  /** As far as it is known without a query. */
  readonly type: StaticType
  /** @throws ExpressionError there is no value for this query */
  evaluate(environment: Environment): ExpressionValue
}

/** What an expression may read: all that its `Types` name. */
export interface Environment {
  readonly names: ReadonlyMap<string, ExpressionValue>
  /** @throws ExpressionError */
  call(name: string, args: readonly ExpressionValue[]): ExpressionValue
}

/** @throws ExpressionSyntaxError what is wrong, and where, as expr-lang tells it */
export function compileExpression(source: string, types: Types): Expression {
  const { type, run } = new Compiler(source, types).compile(parse(source))
  return { source, type, evaluate: (environment) => run({ environment, item: null }) }
}

/** A literal behind these operators that makes the left side of no account, even if that has no value (expr-lang folds it). */
const decisive: Readonly<Record<string, boolean>> = { or: true, and: false }

/** What a part of an expression is evaluated in. */
interface Scope {
  readonly environment: Environment
  /** `#`. */
  readonly item: ExpressionValue
}

interface Compiled {
  readonly type: StaticType
  run(scope: Scope): ExpressionValue
}

class Compiler {
  readonly #source: string
  readonly #types: Types
  /** Predicates that are one in the other here: `#` means something in them only. */
  #predicates = 0

  constructor(source: string, types: Types) {
    this.#source = source
    this.#types = types
  }

  compile(node: Node): Compiled {
    switch (node.kind) {
      case 'literal':
        return { type: typeOfValue(node.value), run: () => node.value }
      case 'name':
        return this.#name(node.name, node.at)
      case 'item':
        if (this.#predicates === 0) throw this.#error('cannot use pointer accessor outside predicate', node.at)
        return { type: 'unknown', run: ({ item }) => item }
      case 'unary':
        return this.#unary(node.operator, this.compile(node.operand), node.at)
      case 'binary':
        return this.#binary(node)
      case 'choice':
        return this.#choice(node)
      case 'call':
        return this.#call(node)
      case 'member':
        return this.#member(node)
      case 'slice':
        return this.#slice(node)
      case 'array': {
        const items = node.items.map((item) => this.compile(item))
        return { type: 'array', run: (scope) => items.map(({ run }) => run(scope)) }
      }
      case 'map': {
        const entries = node.entries.map(([key, value]) => [this.compile(key), this.compile(value)] as const)
        const read = (scope: Scope) =>
          entries.map(([key, value]) => [asText(key.run(scope)), value.run(scope)] as const)
        return { type: 'map', run: (scope) => new Map(read(scope)) }
      }
    }
  }

  #name(name: string, at: number): Compiled {
    const type = this.#types.names.get(name)
    if (type === undefined) throw this.#error(`unknown name ${name}`, at)
    return { type, run: ({ environment }) => environment.names.get(name) ?? null }
  }

  #unary(operator: string, operand: Compiled, at: number): Compiled {
    const isNot = operator === 'not' || operator === '!'
    const isGood = isNot ? isAmong(operand, ['bool']) : isAmong(operand, ['int', 'float64'])
    if (!isGood) throw this.#error(`invalid operation: ${operator} (mismatched type ${operand.type})`, at)
    if (isNot) return { type: 'bool', run: (scope) => !asBool(operand.run(scope)) }
    const minus = operatorOf('-')
    if (operator === '+') return operand
    return { type: operand.type, run: (scope) => minus.apply(0n, operand.run(scope)) }
  }

  #binary({ operator, left: leftNode, right: rightNode, at }: BinaryNode): Compiled {
    const left = this.compile(leftNode)
    const right = this.compile(rightNode)
    const { takes, result, apply } = operatorOf(operator)
    if (!takes(left.type, right.type)) {
      throw this.#error(`invalid operation: ${operator} (mismatched types ${left.type} and ${right.type})`, at)
    }
    const type = result(left.type, right.type)
    if (rightNode.kind === 'literal' && rightNode.value === decisive[operator])
      return { type, run: () => rightNode.value }
    if (operator === 'and') return { type, run: (scope) => asBool(left.run(scope)) && asBool(right.run(scope)) }
    if (operator === 'or') return { type, run: (scope) => asBool(left.run(scope)) || asBool(right.run(scope)) }
    if (operator === '??') return { type, run: (scope) => left.run(scope) ?? right.run(scope) }
    if (operator === 'matches' && rightNode.kind === 'literal') return this.#matches(left, rightNode.value, at)
    return { type, run: (scope) => apply(left.run(scope), right.run(scope)) }
  }

  /** A pattern that is known is compiled once, and refused at once. */
  #matches(left: Compiled, pattern: ExpressionValue, at: number): Compiled {
    try {
      const regex = compileRegex(asText(pattern))
      return { type: 'bool', run: (scope) => regex.test(asText(left.run(scope))) }
    } catch (error) {
      if (error instanceof RegexSyntaxError) throw this.#error(error.message, at)
      throw error
    }
  }

  #choice(node: Extract<Node, { kind: 'choice' }>): Compiled {
    const test = this.compile(node.test)
    const then = this.compile(node.then)
    const otherwise = this.compile(node.otherwise)
    if (!isAmong(test, ['bool'])) {
      throw this.#error(`non-bool expression (type ${test.type}) used as condition`, node.test.at)
    }
    return {
      type: then.type === otherwise.type ? then.type : 'unknown',
      run: (scope) => (asBool(test.run(scope)) ? then.run(scope) : otherwise.run(scope)),
    }
  }

  #call(node: CallNode): Compiled {
    const { name, args, at } = node
    const own = this.#types.functions.get(name)
    if (own !== undefined) return this.#callOwn(node, own)
    if (predicates.has(name)) return this.#callPredicate(node)
    const builtin = builtins.get(name)
    if (builtin === undefined) {
      throw this.#error(unsupported.has(name) ? `function ${name} is not supported` : `unknown name ${name}`, at)
    }
    const { takes, optional = 0, repeats = false } = builtin
    this.#checkCount(node, takes.length - optional, repeats ? Infinity : takes.length)
    const compiled = args.map((arg, index) => {
      const one = this.compile(arg)
      if (isAmong(one, takes[index] ?? takes.at(-1) ?? [])) return one
      throw this.#error(`invalid argument for ${name} (type ${one.type})`, arg.at)
    })
    return { type: builtin.result, run: (scope) => builtin.call(...compiled.map(({ run }) => run(scope))) }
  }

  #callOwn(node: CallNode, { parameters, result }: NonNullable<ReturnType<Types['functions']['get']>>): Compiled {
    const { name, args } = node
    this.#checkCount(node, parameters.length, parameters.length)
    const compiled = args.map((arg, index) => {
      const one = this.compile(arg)
      const expected = parameters[index] ?? 'unknown'
      if (expected === 'unknown' || isAmong(one, [expected])) return one
      throw this.#error(`cannot use ${one.type} as argument (type ${expected}) to call ${name} `, arg.at)
    })
    return {
      type: result,
      run: (scope) =>
        scope.environment.call(
          name,
          compiled.map(({ run }) => run(scope)),
        ),
    }
  }

  #callPredicate(node: CallNode): Compiled {
    const predicate = predicates.get(node.name)
    this.#checkCount(node, 2, 2)
    const [list, asked] = node.args
    if (predicate === undefined || list === undefined || asked === undefined) throw this.#error('no predicate', node.at)
    const items = this.compile(list)
    if (!isAmong(items, ['array'])) {
      throw this.#error(`builtin ${node.name} takes only array (got ${items.type})`, list.at)
    }
    this.#predicates++
    const ask = this.compile(asked)
    this.#predicates--
    if (node.name !== 'map' && !isAmong(ask, ['bool'])) {
      throw this.#error(`predicate should return boolean (got ${ask.type})`, asked.at)
    }
    return {
      type: predicate.result,
      run: (scope) => predicate.call(asList(items.run(scope)), (item) => ask.run({ ...scope, item })),
    }
  }

  #checkCount({ name, args, at }: CallNode, least: number, most: number): void {
    if (args.length < least) throw this.#error(`not enough arguments to call ${name}`, at)
    if (args.length > most) throw this.#error(`too many arguments to call ${name}`, at)
  }

  #member({ object, key, optional, at }: Extract<Node, { kind: 'member' }>): Compiled {
    const from = this.compile(object)
    const which = this.compile(key)
    if (!isAmong(from, ['array', 'map'])) {
      throw this.#error(`type ${from.type} has no field ${key.kind === 'literal' ? key.value : ''}`, at)
    }
    return {
      type: 'unknown',
      run(scope) {
        const value = from.run(scope)
        return optional && value === null ? null : memberOf(value, which.run(scope))
      },
    }
  }

  #slice({ object, from, to, at }: SliceNode): Compiled {
    const whole = this.compile(object)
    if (!isAmong(whole, ['array', 'string'])) throw this.#error(`cannot slice ${whole.type}`, at)
    const start = from && this.compile(from)
    const end = to && this.compile(to)
    return {
      type: whole.type,
      run(scope) {
        const value = whole.run(scope)
        const bounds = [start, end].map((bound) => bound && Number(bound.run(scope)))
        return typeof value === 'string' ? value.slice(...bounds) : asList(value).slice(...bounds)
      },
    }
  }

  #error(message: string, at: number): ExpressionSyntaxError {
    return new ExpressionSyntaxError(message, this.#source, at)
  }
}

/** What is not known may be anything. */
function isAmong({ type }: Compiled, types: readonly StaticType[]): boolean {
  return type === 'unknown' || types.includes(type)
}

/** An index below zero counts from the end. */
function memberOf(value: ExpressionValue, key: ExpressionValue): ExpressionValue {
  if (value instanceof Map) return value.get(asText(key)) ?? null
  if (typeof key !== 'bigint') throw new ExpressionError(`cannot fetch ${String(key)} from ${typeOfValue(value)}`)
  const items = asList(value)
  const item = items.at(Number(key))
  if (item === undefined) throw new ExpressionError(`index out of range: ${key} (array length is ${items.length})`)
  return item
}
