/** The values of expressions: a bigint is Go's int, a number its float64. */
export type ExpressionValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly ExpressionValue[]
  | ReadonlyMap<string, ExpressionValue>

/** What is known of a value before there is one. */
export type StaticType = 'unknown' | 'nil' | 'bool' | 'int' | 'float64' | 'string' | 'array' | 'map'

export function typeOfValue(value: ExpressionValue): Exclude<StaticType, 'unknown'> {
  if (value === null) return 'nil'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'float64'
    case 'string':
      return 'string'
  }
  return 'map'
}

/** An expression has no value for this query. */
export class ExpressionError extends Error {}

/** Numbers are the same whatever their types, lists and maps if what they hold is. */
export function isEqual(left: ExpressionValue, right: ExpressionValue): boolean {
  if (left === right) return true
  if (typeof left === 'bigint' && typeof right === 'number') return Number(left) === right
  if (typeof left === 'number' && typeof right === 'bigint') return left === Number(right)
  if (left instanceof Map && right instanceof Map) return left.size === right.size && [...left].every(isIn(right))
  if (!Array.isArray(left) || !Array.isArray(right)) return false
  return left.length === right.length && left.every((each, index) => isEqual(each, right[index] ?? null))
}

function isIn(map: ReadonlyMap<string, ExpressionValue>) {
  return ([key, value]: readonly [string, ExpressionValue]): boolean =>
    map.has(key) && isEqual(value, map.get(key) ?? null)
}

export function asNumber(value: ExpressionValue): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  throw new ExpressionError(`${typeOfValue(value)} is no number`)
}

export function asText(value: ExpressionValue): string {
  if (typeof value === 'string') return value
  throw new ExpressionError(`${typeOfValue(value)} is no string`)
}

export function asBool(value: ExpressionValue): boolean {
  if (typeof value === 'boolean') return value
  throw new ExpressionError(`${typeOfValue(value)} is no bool`)
}

export function asList(value: ExpressionValue): readonly ExpressionValue[] {
  if (Array.isArray(value)) return value
  throw new ExpressionError(`${typeOfValue(value)} is no array`)
}
