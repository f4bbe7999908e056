/**
 * The values that a template works with: Go's, as far as CoreDNS's data has them.
 *
 * A bigint is an integer of any Go type, a number is a float64, null is what Go calls no value.
 */
export type Value = null | boolean | bigint | number | string | List | Dictionary | Struct

export interface List {
  readonly kind: 'list'
  /** Go's name of the type, such as `[]string`. */
  readonly type: string
  readonly items: readonly Value[]
}

/** A map with keys of type string. */
export interface Dictionary {
  readonly kind: 'map'
  readonly type: string
  readonly entries: ReadonlyMap<string, Value>
  /** What `index` gives for a key that is not there. */
  readonly zero: Value
}

export interface Struct {
  readonly kind: 'struct'
  readonly type: string
  /** In their order; each is worked out only where a template reads it. */
  readonly fields: Readonly<Record<string, () => Value>>
  readonly methods?: Readonly<Record<string, GoFunction>>
}

/** What a parameter takes. */
export type ParameterType = 'any' | 'string' | 'int'

/** What a template may call. */
export interface GoFunction {
  readonly parameters: readonly ParameterType[]
  /** Any number of these may follow. */
  readonly rest?: ParameterType
  /** @throws CallError */
  call(args: readonly Value[]): Value
}

/** A function that cannot do what it is called for. */
export class CallError extends Error {}

export const stringList = (items: readonly string[]): List => ({ kind: 'list', type: '[]string', items })

export const stringMap = (entries: ReadonlyMap<string, string>): Dictionary => ({
  kind: 'map',
  type: 'map[string]string',
  entries,
  zero: '',
})

/** Go's name of a value's type. */
export function typeNameOf(value: Value): string {
  if (value === null) return '<nil>'
  if (typeof value === 'object') return value.type
  return scalarTypes[typeof value as keyof typeof scalarTypes] // what is no object is one of these
}

const scalarTypes = { boolean: 'bool', bigint: 'int', number: 'float64', string: 'string' } as const

/** What `if`, `and`, `or` and `not` go by: zero and what is empty are false. */
export function isTrue(value: Value): boolean {
  if (value === null) return false
  if (typeof value !== 'object') return Boolean(value)
  if (value.kind === 'list') return value.items.length > 0
  return value.kind === 'struct' || value.entries.size > 0
}

/** A map's keys and values, in the order that Go prints and ranges over them. */
export function sortedEntries({ entries }: Dictionary): readonly (readonly [string, Value])[] {
  return [...entries].sort(([left], [right]) => (left < right ? -1 : 1))
}

/** A value as Go's `fmt.Print` writes it. */
export function formatValue(value: Value): string {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return formatFloat(value)
  if (typeof value !== 'object') return String(value)
  if (value.kind === 'list') return `[${value.items.map(formatValue).join(' ')}]`
  if (value.kind === 'struct') return `{${Object.values(value.fields).map(readAndFormat).join(' ')}}`
  return `map[${sortedEntries(value)
    .map(([key, each]) => `${key}:${formatValue(each)}`)
    .join(' ')}]`
}

const readAndFormat = (read: () => Value): string => formatValue(read())

/** As Go's `%v`: the shortest text that reads as the same, with an exponent below 1e-4 and from 1e6 on. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const magnitude = Math.abs(value)
  if (value !== 0 && (magnitude < 1e-4 || magnitude >= 1e6)) return withTwoDigits(value.toExponential())
  return String(value)
}

/** Go's exponents have two digits at least: `1e-05`. */
export function withTwoDigits(exponential: string): string {
  return exponential.replace(/e([+-])(\d)$/, 'e$10$2')
}
