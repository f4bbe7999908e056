import { print, printf } from './printf.ts'
import {
  CallError,
  formatValue,
  type GoFunction,
  isTrue,
  type List,
  type ParameterType,
  typeNameOf,
  type Value,
} from './values.ts'

/** The functions that every template has; `and` and `or` stop at what decides them, so the evaluator calls them. */
export const builtins: Readonly<Record<string, GoFunction>> = {
  and: variadic(['any'], () => null),
  or: variadic(['any'], () => null),
  not: fixed(['any'], ([value = null]) => !isTrue(value)),
  len: fixed(['any'], ([value = null]) => lengthOf(value)),
  index: variadic(['any'], ([value = null, ...keys]) => keys.reduce(elementOf, checkIndexed(value))),
  slice: variadic(['any'], ([value = null, ...bounds]) => sliceOf(value, bounds)),
  print: variadic([], (args) => print(args)),
  printf: variadic(['string'], ([format, ...args]) => printf(String(format), args)),
  println: variadic([], (args) => `${args.map((arg) => print([arg])).join(' ')}\n`),
  html: variadic([], (args) => escapeHtml(printEscaped(args))),
  urlquery: variadic([], (args) => escapeQuery(printEscaped(args))),
  eq: variadic(['any'], ([first = null, ...others]) => isAnyEqual(first, others)),
  ne: fixed(['any', 'any'], ([left = null, right = null]) => !isEqual(left, right)),
  lt: fixed(['any', 'any'], ([left = null, right = null]) => isLess(left, right)),
  le: fixed(['any', 'any'], ([left = null, right = null]) => isLess(left, right) || isEqual(left, right)),
  gt: fixed(['any', 'any'], ([left = null, right = null]) => !isLess(left, right) && !isEqual(left, right)),
  ge: fixed(['any', 'any'], ([left = null, right = null]) => !isLess(left, right)),
}

function fixed(parameters: readonly ParameterType[], call: GoFunction['call']): GoFunction {
  return { parameters, call }
}

/** Any number of further arguments may follow. */
function variadic(parameters: readonly ParameterType[], call: GoFunction['call']): GoFunction {
  return { parameters, rest: 'any', call }
}

function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value))
  if (value !== null && typeof value === 'object') {
    if (value.kind === 'list') return BigInt(value.items.length)
    if (value.kind === 'map') return BigInt(value.entries.size)
  }
  if (value === null) throw new CallError('reflect: call of reflect.Value.Type on zero Value')
  throw new CallError(`len of type ${typeNameOf(value).replace(/^\*/, '')}`)
}

function checkIndexed(value: Value): Value {
  if (value === null) throw new CallError('index of untyped nil')
  return value
}

function elementOf(value: Value, key: Value): Value {
  if (value === null) throw new CallError('index of nil pointer')
  if (typeof value === 'string') return BigInt(itemOf('string', octetsOf(value), key))
  if (typeof value === 'object' && value.kind === 'list') return itemOf('slice', value.items, key)
  if (typeof value === 'object' && value.kind === 'map') {
    if (key === null) throw new CallError('value is nil; should be of type string')
    if (typeof key !== 'string') throw new CallError(`value has type ${typeNameOf(key)}; should be string`)
    return value.entries.get(key) ?? value.zero
  }
  throw new CallError(`can't index item of type ${typeNameOf(value)}`)
}

function itemOf<T>(kind: 'slice' | 'string', items: ArrayLike<T>, key: Value): T {
  const item = items[indexOf(key, items.length)]
  if (item === undefined) throw new CallError(`reflect: ${kind} index out of range`)
  return item
}

/** @param last the greatest index that is let through: a bound may stand behind the last item */
function indexOf(key: Value, last: number): number {
  if (key === null) throw new CallError('cannot index slice/array with nil')
  if (typeof key !== 'bigint') throw new CallError(`cannot index slice/array with type ${typeNameOf(key)}`)
  if (key < 0n || key > BigInt(last)) throw new CallError(`index out of range: ${key}`)
  return Number(key)
}

/** `slice x 1 2` is x[1:2]; characters of a string are its octets. */
function sliceOf(value: Value, bounds: readonly Value[]): Value {
  if (value === null) throw new CallError('slice of untyped nil')
  if (bounds.length > 3) throw new CallError(`too many slice indexes: ${bounds.length}`)
  const list = typeof value === 'object' && value.kind === 'list' ? value : undefined
  if (typeof value === 'string' && bounds.length === 3) throw new CallError('cannot 3-index slice a string')
  if (typeof value !== 'string' && list === undefined) {
    throw new CallError(`can't slice item of type ${typeNameOf(value)}`)
  }
  const octets = typeof value === 'string' ? octetsOf(value) : new Uint8Array()
  const length = list?.items.length ?? octets.length
  const [start = 0, end = length, capacity = Infinity] = bounds.map((bound) => indexOf(bound, length))
  if (start > end) throw new CallError(`invalid slice index: ${start} > ${end}`)
  if (end > capacity) throw new CallError(`invalid slice index: ${end} > ${capacity}`)
  if (list === undefined) return Buffer.from(octets.subarray(start, end)).toString('utf8')
  return { ...list, items: list.items.slice(start, end) } satisfies List
}

function octetsOf(text: string): Uint8Array {
  return Buffer.from(text)
}

function isAnyEqual(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new CallError('missing argument for comparison')
  return others.some((other) => isEqual(first, other))
}

/** Values of different types cannot be compared, but for what is no value at all. */
function isEqual(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right
  if (typeof left === 'object' && typeof right === 'object') {
    throw new CallError(`non-comparable type ${formatValue(left)}: ${typeNameOf(right)}`)
  }
  checkComparable(left, right)
  return left === right
}

function checkComparable(left: Value, right: Value): void {
  const [first, second] = [typeNameOf(left), typeNameOf(right)]
  if (first !== second) throw new CallError(`incompatible types for comparison: ${first} and ${second}`)
}

function isLess(left: Value, right: Value): boolean {
  for (const value of [left, right]) {
    if (value === null || typeof value === 'object') throw new CallError('invalid type for comparison')
  }
  checkComparable(left, right)
  if (typeof left === 'boolean') throw new CallError('invalid type for comparison')
  return (left as string) < (right as string) // both are of one type, and that has an order
}

/** Here what is no value is written as an action writes it. */
function printEscaped(args: readonly Value[]): string {
  return print(args.map((arg) => arg ?? '<no value>'))
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\0': '\uFFFD',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\0]/g, (character) => htmlEscapes[character] ?? character)
}

/** Go's `url.QueryEscape`. */
function escapeQuery(text: string): string {
  const escaped = encodeURIComponent(text).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  })
  return escaped.replaceAll('%20', '+')
}
