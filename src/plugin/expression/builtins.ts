import {
  asBool,
  asList,
  asNumber,
  asText,
  ExpressionError,
  type ExpressionValue,
  isEqual,
  type StaticType,
  typeOfValue,
} from './values.ts'

type Values = readonly ExpressionValue[]

/** A function that every expression has. */
export interface Builtin {
  /** What each argument may be. */
  readonly takes: readonly (readonly StaticType[])[]
  /** How many of them may be left out. */
  readonly optional?: number
  /** The last of them may be repeated. */
  readonly repeats?: boolean
  readonly result: StaticType
  call(...args: Values): ExpressionValue
}

const texts: readonly StaticType[] = ['string']
const lists: readonly StaticType[] = ['array']
const numbers: readonly StaticType[] = ['int', 'float64']
const ints: readonly StaticType[] = ['int']
const anything: readonly StaticType[] = ['nil', 'bool', 'int', 'float64', 'string', 'array', 'map']

const text = (value: ExpressionValue = null) => asText(value)
const list = (value: ExpressionValue = null) => asList(value)

/** expr-lang's, as far as they are of use for names and addresses. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['len', { takes: [['string', 'array', 'map']], result: 'int', call: (value = null) => BigInt(lengthOf(value)) }],
  ['int', { takes: [[...numbers, ...texts]], result: 'int', call: (value = null) => toInt(value) }],
  ['float', { takes: [[...numbers, ...texts]], result: 'float64', call: (value = null) => toFloat(value) }],
  ['string', { takes: [anything], result: 'string', call: (value = null) => toText(value) }],
  ['abs', { takes: [numbers], result: 'unknown', call: (value = null) => absolute(asNumber(value)) }],
  ['ceil', { takes: [numbers], result: 'float64', call: (value = null) => Math.ceil(Number(asNumber(value))) }],
  ['floor', { takes: [numbers], result: 'float64', call: (value = null) => Math.floor(Number(asNumber(value))) }],
  ['round', { takes: [numbers], result: 'float64', call: (value = null) => roundAway(Number(asNumber(value))) }],
  [
    'min',
    {
      takes: [[...numbers, ...lists]],
      repeats: true,
      result: 'unknown',
      call: (...args) => extreme(args, (a, b) => a < b),
    },
  ],
  [
    'max',
    {
      takes: [[...numbers, ...lists]],
      repeats: true,
      result: 'unknown',
      call: (...args) => extreme(args, (a, b) => a > b),
    },
  ],
  ['upper', { takes: [texts], result: 'string', call: (value) => text(value).toUpperCase() }],
  ['lower', { takes: [texts], result: 'string', call: (value) => text(value).toLowerCase() }],
  ['trim', { takes: [texts, texts], optional: 1, result: 'string', call: (value, set) => trim(text(value), set) }],
  [
    'trimPrefix',
    { takes: [texts, texts], result: 'string', call: (value, prefix) => trimPrefix(text(value), text(prefix)) },
  ],
  [
    'trimSuffix',
    { takes: [texts, texts], result: 'string', call: (value, suffix) => trimSuffix(text(value), text(suffix)) },
  ],
  [
    'hasPrefix',
    { takes: [texts, texts], result: 'bool', call: (value, prefix) => text(value).startsWith(text(prefix)) },
  ],
  ['hasSuffix', { takes: [texts, texts], result: 'bool', call: (value, suffix) => text(value).endsWith(text(suffix)) }],
  [
    'split',
    {
      takes: [texts, texts, ints],
      optional: 1,
      result: 'array',
      call: (value, by, limit) => split(text(value), text(by), limit),
    },
  ],
  [
    'replace',
    {
      takes: [texts, texts, texts],
      result: 'string',
      call: (value, old, by) => text(value).replaceAll(text(old), () => text(by)),
    },
  ],
  [
    'repeat',
    { takes: [texts, ints], result: 'string', call: (value, count = null) => repeat(text(value), toInt(count)) },
  ],
  [
    'join',
    {
      takes: [lists, texts],
      optional: 1,
      result: 'string',
      call: (items, by = '') => list(items).map(asText).join(text(by)),
    },
  ],
  ['indexOf', { takes: [texts, texts], result: 'int', call: (value, part) => BigInt(text(value).indexOf(text(part))) }],
  [
    'lastIndexOf',
    { takes: [texts, texts], result: 'int', call: (value, part) => BigInt(text(value).lastIndexOf(text(part))) },
  ],
  ['first', { takes: [lists], result: 'unknown', call: (items) => list(items).at(0) ?? null }],
  ['last', { takes: [lists], result: 'unknown', call: (items) => list(items).at(-1) ?? null }],
  [
    'take',
    {
      takes: [lists, ints],
      result: 'array',
      call: (items, count = null) => list(items).slice(0, Number(toInt(count))),
    },
  ],
  ['reverse', { takes: [lists], result: 'array', call: (items) => list(items).toReversed() }],
  ['uniq', { takes: [lists], result: 'array', call: (items) => unique(list(items)) }],
  [
    'concat',
    { takes: [lists], repeats: true, result: 'array', call: (...lists) => lists.flatMap((each) => [...list(each)]) },
  ],
])

/** Its second argument is asked of each item: `any(list, # > 1)`. */
export interface Predicate {
  readonly result: StaticType
  call(items: Values, ask: (item: ExpressionValue) => ExpressionValue): ExpressionValue
}

export const predicates: ReadonlyMap<string, Predicate> = new Map<string, Predicate>([
  ['all', { result: 'bool', call: (items, ask) => items.every((item) => asBool(ask(item))) }],
  ['any', { result: 'bool', call: (items, ask) => items.some((item) => asBool(ask(item))) }],
  ['none', { result: 'bool', call: (items, ask) => !items.some((item) => asBool(ask(item))) }],
  ['one', { result: 'bool', call: (items, ask) => items.filter((item) => asBool(ask(item))).length === 1 }],
  ['count', { result: 'int', call: (items, ask) => BigInt(items.filter((item) => asBool(ask(item))).length) }],
  ['filter', { result: 'array', call: (items, ask) => items.filter((item) => asBool(ask(item))) }],
  ['map', { result: 'array', call: (items, ask) => items.map(ask) }],
  ['find', { result: 'unknown', call: (items, ask) => items.find((item) => asBool(ask(item))) ?? null }],
  ['findIndex', { result: 'unknown', call: (items, ask) => indexOrNil(items.findIndex((item) => asBool(ask(item)))) }],
  ['findLast', { result: 'unknown', call: (items, ask) => items.findLast((item) => asBool(ask(item))) ?? null }],
  [
    'findLastIndex',
    { result: 'unknown', call: (items, ask) => indexOrNil(items.findLastIndex((item) => asBool(ask(item)))) },
  ],
])

/** What expr-lang has besides; the names are taken, and using one is an error that says so. */
export const unsupported: ReadonlySet<string> = new Set([
  ...['sum', 'groupBy', 'sortBy', 'reduce', 'splitAfter', 'mean', 'median', 'toJSON', 'fromJSON', 'toBase64'],
  ...['fromBase64', 'now', 'duration', 'date', 'timezone', 'get', 'keys', 'values', 'toPairs', 'fromPairs', 'flatten'],
  ...['sort', 'bitnot', 'bitand', 'bitor', 'bitxor', 'bitnand', 'bitshl', 'bitshr', 'bitushr'],
])

function lengthOf(value: ExpressionValue): number {
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  if (value instanceof Map) return value.size
  throw new ExpressionError(`invalid argument for len (type ${typeOfValue(value)})`)
}

function toInt(value: ExpressionValue): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value))
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return BigInt(value.replace('+', ''))
  throw new ExpressionError(`invalid operation: int(${toText(value)})`)
}

function toFloat(value: ExpressionValue): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number(asNumber(value))
  if (Number.isNaN(number)) throw new ExpressionError(`invalid operation: float(${toText(value)})`)
  return number
}

/** As Go prints it. */
function toText(value: ExpressionValue): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(toText).join(' ')}]`
  if (!(value instanceof Map)) return String(value)
  const entries = [...value].sort(([left], [right]) => (left < right ? -1 : 1))
  return `map[${entries.map(([key, each]) => `${key}:${toText(each)}`).join(' ')}]`
}

function absolute(value: bigint | number): bigint | number {
  return value < 0 ? -value : value
}

function roundAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value))
}

function extreme(args: Values, isBetter: (left: bigint | number, right: bigint | number) => boolean): ExpressionValue {
  const numbers = args.flatMap((arg) => (Array.isArray(arg) ? arg : [arg])).map(asNumber)
  return numbers.reduce((best, each) => (isBetter(each, best) ? each : best), numbers[0] ?? 0n)
}

/** White space, or all that is in the set. */
function trim(value: string, set: ExpressionValue | undefined): string {
  if (set === undefined) return value.trim()
  const characters = [...value]
  const cut = asText(set)
  const start = characters.findIndex((each) => !cut.includes(each))
  return start < 0 ? '' : characters.slice(start, characters.findLastIndex((each) => !cut.includes(each)) + 1).join('')
}

function trimPrefix(value: string, prefix: string): string {
  return value.startsWith(prefix) ? value.slice(prefix.length) : value
}

function trimSuffix(value: string, suffix: string): string {
  return value.endsWith(suffix) ? value.slice(0, value.length - suffix.length) : value
}

/** @param limit how many parts there may be: the last one is all that is left */
function split(value: string, by: string, limit: ExpressionValue | undefined): readonly string[] {
  const parts = value.split(by)
  if (limit === undefined || toInt(limit) < 0n || Number(toInt(limit)) >= parts.length) return parts
  const count = Number(toInt(limit))
  return count === 0 ? [] : [...parts.slice(0, count - 1), parts.slice(count - 1).join(by)]
}

/** Characters that a text may be repeated to. */
const maximumRepeated = 1_000_000

function repeat(value: string, count: bigint): string {
  if (count < 0n) throw new ExpressionError(`invalid argument for repeat (expected positive integer, got ${count})`)
  if (count * BigInt(value.length) > BigInt(maximumRepeated)) throw new ExpressionError('memory budget exceeded')
  return value.repeat(Number(count))
}

function unique(items: Values): Values {
  return items.filter((item, index) => items.findIndex((each) => isEqual(each, item)) === index)
}

function indexOrNil(index: number): bigint | null {
  return index < 0 ? null : BigInt(index)
}
