import type { Name } from '../dns/name.ts'
import { nearest } from '../util/nearest.ts'
import { compileRegex, type Regex, RegexSyntaxError } from '../util/regex.ts'
import { parseDuration } from './duration.ts'
import { argumentError, CorefileError, withPosition } from './errors.ts'
import { type HostPort, parseHostPort } from './host-port.ts'
import { parseInteger } from './integer.ts'
import type { Directive, Position, ServerBlock, Token } from './model.ts'
import { parseZones } from './reverse-zones.ts'

/** A word with arguments: one line of a directive's block, or the directive itself. */
export interface Property extends Position {
  readonly name: string
  readonly args: readonly Token[]
}

/**
 * Hands each line of a directive's block to the reader of that name, in the order of the file.
 *
 * @param readers their keys are all the properties that may be
 * @throws CorefileError `unknown property 'foo'`, with the known one that was perhaps meant; what a reader throws
 */
export function walkProperties(
  directive: Directive,
  readers: Readonly<Record<string, (property: Property) => void>>,
): void {
  for (const property of properties(directive)) {
    const read = Object.hasOwn(readers, property.name) ? readers[property.name] : undefined
    if (read === undefined) throw unknownProperty(property, Object.keys(readers))
    read(property)
  }
}

/**
 * The lines of a directive's block; none if it has no block.
 *
 * @throws CorefileError a brace inside the block: CoreDNS's plugins know one level only
 */
export function properties(directive: Directive): Property[] {
  return (directive.body ?? []).flatMap(([name, ...args]) => {
    if (name === undefined) return []
    const brace = [name, ...args].find(({ text }) => text === '{')
    if (brace !== undefined) throw argumentError(brace)
    return [{ name: name.text, file: name.file, line: name.line, args }]
  })
}

/** @throws CorefileError there is a block, be it empty: in CoreDNS's words where a plugin has no options */
export function noBlock({ body, file, line }: Directive): void {
  if (body !== undefined) throw argumentError({ text: '{', file, line })
}

/** `unknown property 'foo'`, naming the one of `known` that was perhaps meant. */
export function unknownProperty(property: Property, known: readonly string[]): CorefileError {
  const meant = nearest(property.name, known)
  const hint = meant === undefined ? '' : `, did you mean '${meant}'?`
  return new CorefileError(property, `unknown property '${property.name}'${hint}`)
}

/** @throws CorefileError there is an argument */
export function noArguments(property: Property): void {
  someArguments(property, { min: 0, max: 0 })
}

/** @throws CorefileError there is not exactly one argument */
export function oneArgument(property: Property): Token {
  const [argument] = someArguments(property, { min: 1, max: 1 })
  if (argument === undefined) throw wrongArguments(property)
  return argument
}

/** @throws CorefileError there are fewer arguments than `min` (0) or more than `max` (no limit) */
export function someArguments(property: Property, { min = 0, max = Infinity }: ArgumentCount): readonly Token[] {
  const { length } = property.args
  if (length < min || length > max) throw wrongArguments(property)
  return property.args
}

export interface ArgumentCount {
  readonly min?: number
  readonly max?: number
}

/** `Wrong argument count or unexpected line ending after 'X'`, where X is the last word of the line. */
export function wrongArguments({ name, file, line, args }: Property): CorefileError {
  return argumentError(args.at(-1) ?? { text: name, file, line })
}

/** @throws CorefileError in the words of Go's `strconv.Atoi` */
export function readInteger(token: Token): number {
  return withPosition(token, () => parseInteger(token.text))
}

/**
 * A duration in milliseconds.
 *
 * @throws CorefileError in the words of Go's `time.ParseDuration`
 */
export function readDuration(token: Token): number {
  return withPosition(token, () => parseDuration(token.text))
}

/** Octets of a regular expression that CoreDNS takes. */
export const maximumRegexOctets = 10_000

/**
 * @param prefix what goes before the message of Go's `regexp`
 * @throws CorefileError it is none, or too long
 */
export function readRegex(token: Token, prefix = ''): Regex {
  const octets = Buffer.byteLength(token.text)
  if (octets > maximumRegexOctets) {
    throw new CorefileError(token, `regex pattern too long: ${octets} > ${maximumRegexOctets}`)
  }
  try {
    return compileRegex(token.text)
  } catch (error) {
    if (error instanceof RegexSyntaxError) throw new CorefileError(token, `${prefix}${error.message}`, { cause: error })
    throw error
  }
}

/** @throws CorefileError in the words of Go's `net.SplitHostPort` */
export function readHostPort(token: Token): HostPort {
  return withPosition(token, () => parseHostPort(token.text))
}

/**
 * The zones that arguments name, CIDRs expanded; without arguments those that the server block serves.
 *
 * @throws CorefileError no zone; CoreDNS 1.14.7 passes over such an argument in silence
 */
export function readZones(args: readonly Token[], serverBlock: ServerBlock): Name[] {
  if (args.length === 0) return serverBlock.keys.map(({ zone }) => zone)
  return args.flatMap((token) => withPosition(token, () => parseZones(token.text)))
}

/**
 * The one occurrence of a directive that may stand in a server block only once.
 *
 * @throws CorefileError at the second one, in CoreDNS's words
 */
export function onlyOccurrence(occurrences: readonly Directive[]): Directive {
  const [first, second] = occurrences
  if (second !== undefined) throw new CorefileError(second, 'this plugin can only be used once per Server Block')
  if (first === undefined) throw new TypeError('a directive is set up only where it occurs')
  return first
}
