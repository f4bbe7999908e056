import { ValueSyntaxError } from '../../corefile/errors.ts'
import { lowerCase } from '../../dns/name.ts'
import { messageOf } from '../../util/errors.ts'
import { compileRegex, type Regex, RegexSyntaxError } from '../../util/regex.ts'

export const patternKinds = ['exact', 'prefix', 'suffix', 'substring', 'regex'] as const
export type PatternKind = (typeof patternKinds)[number]

/** What names are recognised by, as texts in lower case with their last dot. */
export interface Pattern {
  matches(name: string): boolean
  /** The name with what was recognised replaced; undefined: it does not match. */
  replace(name: string, to: string): string | undefined
}

/** The kind that a word in any letter case names. */
export function patternKindOf(word: string): PatternKind | undefined {
  const lower = word.toLowerCase()
  return patternKinds.find((kind) => kind === lower)
}

export const exact = (from: string): Pattern =>
  textPattern(
    (name) => name === from,
    (_, to) => to,
  )

export const prefix = (from: string): Pattern =>
  textPattern(
    (name) => name.startsWith(from),
    (name, to) => to + name.slice(from.length),
  )

export const suffix = (from: string): Pattern =>
  textPattern(
    (name) => name.endsWith(from),
    (name, to) => name.slice(0, name.length - from.length) + to,
  )

export const substring = (from: string): Pattern =>
  textPattern(
    (name) => name.includes(from),
    (name, to) => name.replaceAll(from, () => to),
  )

/** Anywhere in the name; the whole of it is replaced, `{1}` by the first group. */
export function regexPattern(regex: Regex): Pattern {
  return {
    matches: (name) => regex.test(name),
    replace(name, to) {
      const groups = regex.match(name)
      return groups?.reduce((text, group, index) => text.replaceAll(`{${index}}`, () => group), to)
    },
  }
}

export const textPatterns = { exact, prefix, suffix, substring } as const

/** The pattern of a kind; a regular expression is compiled with the errors of `wording`. */
export function patternOf(kind: PatternKind, from: string, wording: RegexWording): Pattern {
  return kind === 'regex' ? regexPattern(compilePattern(from, wording)) : textPatterns[kind](from)
}

export interface RegexWording {
  /** What stands before the numbers: `regex pattern too long`. */
  readonly tooLong: string
  /** The whole message, of the text and what is wrong with it. */
  invalid(source: string, problem: string): string
}

const inAnyCase = '(?i)'

/** Octets of a regular expression that CoreDNS takes. */
const maximumRegexOctets = 10_000

/** @throws ValueSyntaxError in CoreDNS's words */
export function compilePattern(source: string, { tooLong, invalid }: RegexWording, ignoresCase = false): Regex {
  const octets = Buffer.byteLength(source)
  if (octets > maximumRegexOctets) throw new ValueSyntaxError(`${tooLong}: ${octets} > ${maximumRegexOctets}`)
  try {
    return compileRegex(ignoresCase ? inAnyCase + source : source)
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error
    throw new ValueSyntaxError(invalid(source, messageOf(error).replace(inAnyCase, '')), { cause: error })
  }
}

const nameWording: RegexWording = {
  tooLong: 'regex pattern too long',
  invalid: (source) => `invalid regex matching pattern: ${source}`,
}

/**
 * A regular expression with as many groups as its replacement has places for, of which `{0}` counts as one.
 *
 * @throws ValueSyntaxError in CoreDNS's words
 */
export function compileWithGroups(source: string, to: string): Regex {
  const regex = compilePattern(source, nameWording)
  const places = new Set([...to.matchAll(/\{(0|[1-9]\d?|100)\}/g)].map(([place]) => place))
  if (places.size < regex.groupNames.length) return regex
  throw new ValueSyntaxError(
    `the rewrite regex pattern (${to}) uses more subexpressions than its corresponding matching regex pattern (${source})`,
  )
}

/** In lower case, with the last dot. */
export function normalized(text: string): string {
  const isAbsolute = /(^|[^\\])(\\\\)*\.$/.test(text)
  return lowerCase(isAbsolute ? text : `${text}.`)
}

function textPattern(matches: Pattern['matches'], replaced: (name: string, to: string) => string): Pattern {
  return { matches, replace: (name, to) => (matches(name) ? replaced(name, to) : undefined) }
}
