/**
 * dns: the protocol, without I/O and without Kubernetes.
 *
 * Octets come in through wire/decode.ts as a Message (message.ts), leave through wire/encode.ts. Start with
 * names (here), then record.ts, message.ts.
 */
import { NameSyntaxError } from './errors.ts'

/**
 * A domain name as text: fully qualified, ending in a dot, ASCII letters in lower case.
 *
 * A dot or backslash inside a label stands as `\.` and `\\`, any octet outside 0x21-0x7e as `\DDD` (RFC 1035
 * section 5.1), so that two names are the same exactly if their texts are. Only this file makes one.
 */
export type Name = string & { readonly brand: 'Name' }

/** One label as text with one character for each octet (0-255): `web`, `_http`, and never escaped. */
export type Label = string

export const root = '.' as Name

/** RFC 1035 section 2.3.4. */
export const maxLabelOctets = 63
/** RFC 1035 section 2.3.4: with the length octets and the root's. */
export const maxNameOctets = 255

/**
 * Reads a name from presentation format; the last dot may be left out.
 *
 * @throws NameSyntaxError an empty label, a label over 63 octets, a name over 255, half an escape, a character
 *   outside ASCII: whether it means an octet, UTF-8 or Punycode the text does not say
 */
export function parseName(text: string): Name {
  return nameOf(parseLabels(text))
}

/**
 * Reads a name of a zone file (RFC 1035 section 5.1): below `origin` unless it ends in a dot, and `@` is the origin.
 *
 * @throws NameSyntaxError as `parseName`
 */
export function parseRelativeName(text: string, origin: Name): Name {
  if (text === '@') return origin
  return isAbsolute(text) || origin === root ? parseName(text) : nameBelow(parseLabels(text), origin)
}

/** Whether the text of a name ends in the root's dot. */
export function isAbsolute(text: string): boolean {
  return text.endsWith('.') && !isEscapedAt(text, text.length - 1)
}

/** Reads a name as `parseName` does, but gives undefined where it would throw. */
export function tryParseName(text: string): Name | undefined {
  try {
    return parseName(text)
  } catch (error) {
    if (error instanceof NameSyntaxError) return undefined
    throw error
  }
}

/**
 * The labels of a name in presentation format, first to last, without the root's, with their letter case kept.
 *
 * @throws NameSyntaxError as `parseName`
 */
export function parseLabels(text: string): Label[] {
  if (text === '.') return []
  const labels = text.includes('\\') ? splitEscaped(text) : (text.endsWith('.') ? text.slice(0, -1) : text).split('.')
  const problem = /[^\0-\x7f]/.test(text) ? 'it has a character outside ASCII' : problemOf(labels)
  if (problem !== undefined) throw new NameSyntaxError(text, problem)
  return labels
}

/** The labels of a name, first to last, without the root's. */
export function labelsOf(name: Name): Label[] {
  return name === root ? [] : splitLabels(name.slice(0, -1))
}

/**
 * The name of these labels, in lower case.
 *
 * @throws NameSyntaxError as `parseName`
 */
export function nameOf(labels: readonly Label[]): Name {
  const problem = problemOf(labels)
  if (problem !== undefined) throw new NameSyntaxError(formatLabels(labels), problem)
  return lowerCase(formatLabels(labels)) as Name
}

/**
 * The name of these labels below `zone`, in lower case.
 *
 * @throws NameSyntaxError as `parseName`
 */
export function nameBelow(labels: readonly Label[], zone: Name): Name {
  const text = labels.length === 0 ? zone : formatLabels(labels) + zone
  // A name without escapes has an octet for each character, and the root's.
  const isSure = zone !== root && text.length < maxNameOctets && !text.includes('\\') && labels.every(isOrdinary)
  return isSure ? (lowerCase(text) as Name) : nameOf([...labels, ...labelsOf(zone)])
}

/** Labels in presentation format, letter case kept. */
export function formatLabels(labels: readonly Label[]): string {
  return labels.length === 0 ? '.' : `${labels.map(formatLabel).join('.')}.`
}

/** Whether `name` is `zone` or lies below it. */
export function isSubdomain(name: Name, zone: Name): boolean {
  if (zone === root || name === zone) return true
  if (!name.endsWith(zone)) return false
  const before = name.length - zone.length - 1
  return name[before] === '.' && !isEscapedAt(name, before)
}

/**
 * The labels that stand left of `zone` in `name`; empty for the zone itself.
 *
 * @param name at or below `zone`
 */
export function labelsBelow(name: Name, zone: Name): Label[] {
  if (name === zone) return []
  return splitLabels(name.slice(0, zone === root ? -1 : -1 - zone.length))
}

/** The name, then each name that it lies in, up to the root. */
export function* enclosingNames(name: Name): Generator<Name> {
  let enclosing = name
  yield enclosing
  while (enclosing !== root) {
    enclosing = parentOf(enclosing)
    yield enclosing
  }
}

/** The name without its first label. */
function parentOf(name: Name): Name {
  let dot = name.indexOf('.')
  while (isEscapedAt(name, dot)) dot = name.indexOf('.', dot + 1)
  return dot === name.length - 1 ? root : (name.slice(dot + 1) as Name) // what ends a Name is one
}

/** The longest of `zones` that `name` lies in. */
export function longestZone(name: Name, zones: Iterable<Name>): Name | undefined {
  let longest: Name | undefined
  for (const zone of zones) {
    if (isSubdomain(name, zone) && (longest === undefined || zone.length > longest.length)) longest = zone
  }
  return longest
}

/** ASCII letters only (RFC 4343 section 3): other octets have no case. */
export function lowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text
}

/**
 * Orders names as a zone file does: by labels from the right (RFC 4034 section 6.1).
 */
export function compareNames(left: Name, right: Name): number {
  const lefts = labelsOf(left).reverse()
  const rights = labelsOf(right).reverse()
  for (let index = 0; index < Math.min(lefts.length, rights.length); index++) {
    const a = lefts[index] ?? ''
    const b = rights[index] ?? ''
    if (a !== b) return a < b ? -1 : 1
  }
  return lefts.length - rights.length
}

/** What is wrong with the labels of a name: RFC 1035 sections 2.3.4 and 3.1. */
function problemOf(labels: readonly Label[]): string | undefined {
  let octets = 1
  for (const label of labels) {
    if (label.length === 0) return 'it has an empty label'
    if (label.length > maxLabelOctets) return `a label has ${label.length} octets, at most ${maxLabelOctets} may be`
    if (/[^\0-\xff]/.test(label)) return 'it has a character that is no octet'
    octets += label.length + 1
  }
  return octets > maxNameOctets ? `it has ${octets} octets, at most ${maxNameOctets} may be` : undefined
}

/** Neither empty nor too long, and of printable characters that mean themselves. */
function isOrdinary(label: Label): boolean {
  return label.length > 0 && label.length <= maxLabelOctets && meansItself.test(label)
}

/** 0x21-0x7e without the dot and the backslash. */
const meansItself = /^[!-\-/-[\]-~]*$/

function formatLabel(label: Label): string {
  if (meansItself.test(label)) return label
  return label.replace(/[^\x21-\x7e]|[.\\]/g, (character) =>
    character === '.' || character === '\\'
      ? `\\${character}`
      : `\\${character.charCodeAt(0).toString().padStart(3, '0')}`,
  )
}

/** @param text labels in presentation format, without the last dot */
function splitLabels(text: string): Label[] {
  return text.includes('\\') ? splitEscaped(text) : text.split('.')
}

function splitEscaped(text: string): Label[] {
  const labels: Label[] = []
  let label = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '.') {
      labels.push(label)
      label = ''
    } else if (character === '\\') {
      const [octet, length] = readEscape(text, at)
      label += octet
      at += length - 1
    } else {
      label += character
    }
  }
  if (label !== '') labels.push(label)
  return labels
}

function readEscape(text: string, at: number): [octet: string, length: number] {
  const digits = /^\d{3}/.exec(text.slice(at + 1))?.[0]
  if (digits !== undefined) {
    if (Number(digits) > 255) throw new NameSyntaxError(text, `escape \\${digits} is no octet`)
    return [String.fromCharCode(Number(digits)), 4]
  }
  const next = text[at + 1]
  if (next === undefined || /\d/.test(next)) throw new NameSyntaxError(text, 'it has half an escape')
  return [next, 2]
}

function isEscapedAt(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}
