import { compileRegex, RegexSyntaxError } from '../../util/regex.ts'
import {
  asNumber,
  asText,
  ExpressionError,
  type ExpressionValue,
  isEqual,
  type StaticType,
  typeOfValue,
} from './values.ts'

/** What stands between two values. */
export interface Operator {
  /** Whether values of such types may stand beside it. */
  takes(left: StaticType, right: StaticType): boolean
  result(left: StaticType, right: StaticType): StaticType
  apply(left: ExpressionValue, right: ExpressionValue): ExpressionValue
}

const numbers: readonly StaticType[] = ['int', 'float64', 'unknown']
const texts: readonly StaticType[] = ['string', 'unknown']
const bools: readonly StaticType[] = ['bool', 'unknown']

const bothAmong =
  (...sets: readonly (readonly StaticType[])[]) =>
  (left: StaticType, right: StaticType) =>
    sets.some((set) => set.includes(left) && set.includes(right))

const isAlike = (left: StaticType, right: StaticType): boolean =>
  left === right ||
  [left, right].some((each) => each === 'unknown' || each === 'nil') ||
  bothAmong(numbers)(left, right)

const toBool = () => 'bool' as const

/** Of two numbers: an int only of two ints. */
function widest(left: StaticType, right: StaticType): StaticType {
  if (left === 'float64' || right === 'float64') return 'float64'
  return left === 'int' && right === 'int' ? 'int' : 'unknown'
}

const comparison = (isTrue: (order: number) => boolean): Operator => ({
  takes: bothAmong(numbers, texts),
  result: toBool,
  apply: (left, right) => isTrue(compare(left, right)),
})

const ofTexts = (isTrue: (left: string, right: string) => boolean): Operator => ({
  takes: bothAmong(texts),
  result: toBool,
  apply: (left, right) => isTrue(asText(left), asText(right)),
})

const logical: Operator = { takes: bothAmong(bools), result: toBool, apply: () => null } // the compiler runs them itself

const operators: Readonly<Record<string, Operator>> = {
  and: logical,
  or: logical,
  '??': { takes: () => true, result: () => 'unknown', apply: (left, right) => left ?? right },
  '==': { takes: isAlike, result: toBool, apply: isEqual },
  '!=': { takes: isAlike, result: toBool, apply: (left, right) => !isEqual(left, right) },
  '<': comparison((order) => order < 0),
  '<=': comparison((order) => order <= 0),
  '>': comparison((order) => order > 0),
  '>=': comparison((order) => order >= 0),
  contains: ofTexts((left, right) => left.includes(right)),
  startsWith: ofTexts((left, right) => left.startsWith(right)),
  endsWith: ofTexts((left, right) => left.endsWith(right)),
  matches: ofTexts(isMatch),
  in: {
    takes: (_, right) => ['array', 'map', 'unknown'].includes(right),
    result: toBool,
    apply: isIn,
  },
  '..': { takes: bothAmong(['int', 'unknown']), result: () => 'array', apply: range },
  '+': {
    takes: bothAmong(numbers, texts),
    result: (left, right) => (left === 'string' || right === 'string' ? 'string' : widest(left, right)),
    apply: (left, right) => (typeof left === 'string' ? left + asText(right) : calculate('+', left, right)),
  },
  '-': { takes: bothAmong(numbers), result: widest, apply: (left, right) => calculate('-', left, right) },
  '*': { takes: bothAmong(numbers), result: widest, apply: (left, right) => calculate('*', left, right) },
  '/': {
    takes: bothAmong(numbers),
    result: () => 'float64',
    apply: (left, right) => Number(asNumber(left)) / Number(asNumber(right)),
  },
  '%': { takes: bothAmong(['int', 'unknown']), result: () => 'int', apply: remainder },
  '**': {
    takes: bothAmong(numbers),
    result: () => 'float64',
    apply: (left, right) => Number(asNumber(left)) ** Number(asNumber(right)),
  },
}

/** @param name one that the parser knows */
export function operatorOf(name: string): Operator {
  const operator = operators[name]
  if (operator === undefined) throw new TypeError(`there is no operator ${name}`)
  return operator
}

function compare(left: ExpressionValue, right: ExpressionValue): number {
  if (typeof left === 'string') return left < asText(right) ? -1 : Number(left > asText(right))
  const [first, second] = [asNumber(left), asNumber(right)]
  return first < second ? -1 : Number(first > second)
}

/** Go's int has 64 bits, and goes round. */
function calculate(operator: '+' | '-' | '*', left: ExpressionValue, right: ExpressionValue): bigint | number {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return BigInt.asIntN(64, operator === '+' ? left + right : operator === '-' ? left - right : left * right)
  }
  const [first, second] = [Number(asNumber(left)), Number(asNumber(right))]
  return operator === '+' ? first + second : operator === '-' ? first - second : first * second
}

function remainder(left: ExpressionValue, right: ExpressionValue): bigint {
  if (typeof left !== 'bigint' || typeof right !== 'bigint') {
    throw new ExpressionError(`invalid operation: ${typeOfValue(left)} % ${typeOfValue(right)}`)
  }
  if (right === 0n) throw new ExpressionError('integer divide by zero')
  return left % right
}

function isMatch(text: string, pattern: string): boolean {
  try {
    return compileRegex(pattern).test(text)
  } catch (error) {
    if (error instanceof RegexSyntaxError) throw new ExpressionError(error.message, { cause: error })
    throw error
  }
}

function isIn(item: ExpressionValue, within: ExpressionValue): boolean {
  if (within === null) return false
  if (within instanceof Map) return typeof item === 'string' && within.has(item)
  if (Array.isArray(within)) return within.some((each) => isEqual(item, each))
  throw new ExpressionError(`operator "in" not defined on ${typeOfValue(within)}`)
}

/** Numbers that a range may have. */
const maximumRange = 1_000_000n

function range(from: ExpressionValue, to: ExpressionValue): readonly bigint[] {
  if (typeof from !== 'bigint' || typeof to !== 'bigint') throw new ExpressionError('a range has ints at its ends')
  if (to - from >= maximumRange) throw new ExpressionError('memory budget exceeded')
  return Array.from({ length: Math.max(0, Number(to - from) + 1) }, (_, index) => from + BigInt(index))
}
