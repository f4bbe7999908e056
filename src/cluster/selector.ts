import { ServerError } from '../util/errors.ts'
import type { Labels } from './model.ts'

/** A label selector of Kubernetes: all of its requirements have to hold; none at all hold for every object. */
export type Selector = readonly Requirement[]

export type Requirement =
  /** `key in (a,b)`, `key=a`, `key==a`. */
  | { readonly operator: 'in'; readonly key: string; readonly values: readonly string[] }
  /** `key notin (a,b)`, `key!=a`: also where there is no such label. */
  | { readonly operator: 'notin'; readonly key: string; readonly values: readonly string[] }
  /** `key` */
  | { readonly operator: 'exists'; readonly key: string }
  /** `!key` */
  | { readonly operator: 'absent'; readonly key: string }

/** A text that is no label selector. */
export class SelectorSyntaxError extends ServerError {
  constructor(message: string) {
    super('SELECTOR_SYNTAX', message)
  }
}

/** Whether an object with these labels is selected. */
export function matches(selector: Selector, labels: Labels): boolean {
  return selector.every((requirement) => holds(requirement, labels))
}

function holds(requirement: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined
  switch (requirement.operator) {
    case 'in':
      return value !== undefined && requirement.values.includes(value)
    case 'notin':
      return value === undefined || !requirement.values.includes(value)
    case 'exists':
      return value !== undefined
    case 'absent':
      return value === undefined
    default:
      return requirement satisfies never
  }
}

/** The text of a selector, as the API server takes it in `labelSelector`. */
export function formatSelector(selector: Selector): string {
  return selector.map(formatRequirement).join(',')
}

function formatRequirement(requirement: Requirement): string {
  const { operator, key } = requirement
  switch (operator) {
    case 'in':
    case 'notin':
      return `${key} ${operator} (${requirement.values.join(',')})`
    case 'exists':
      return key
    case 'absent':
      return `!${key}`
    default:
      return requirement satisfies never
  }
}

/**
 * Reads a selector as `kubectl -l` does: `app=web`, `tier!=test`, `env in (a, b)`, `env notin (c)`, `app`, `!app`, with
 * commas between them.
 *
 * @throws SelectorSyntaxError in the words of Kubernetes' own parser, but for keys, values, and its `>` and `<`, which
 * are for nodes only
 */
export function parseSelector(text: string): Selector {
  try {
    return readSelector(new Words(text))
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new SelectorSyntaxError(`couldn't parse the selector string "${text}": ${error.message}`)
  }
}

function readSelector(words: Words): Selector {
  const selector: Requirement[] = []
  if (words.next !== '' && words.next !== '!' && isSymbol(words.next)) {
    throw new Malformed(`found '${words.next}', expected: !, identifier, or 'end of string'`)
  }
  while (words.next !== '') {
    selector.push(readRequirement(words))
    const end = words.take()
    if (end === '') break
    if (end !== ',') throw new Malformed(`found '${end}', expected: ',' or 'end of string'`)
    // Also at the end: a comma says that something follows.
    if (words.next !== '!' && isSymbol(words.next)) {
      throw new Malformed(`found '${words.next}', expected: identifier after ','`)
    }
  }
  return selector
}

function readRequirement(words: Words): Requirement {
  try {
    return words.next === '!' ? readAbsence(words) : readPresence(words)
  } catch (error) {
    throw error instanceof Malformed ? new Malformed(`unable to parse requirement: ${error.message}`) : error
  }
}

function readAbsence(words: Words): Requirement {
  words.take()
  return { operator: 'absent', key: readKey(words) }
}

function readPresence(words: Words): Requirement {
  const key = readKey(words)
  if (isEnd(words.next)) return { operator: 'exists', key }
  const operator = words.take()
  switch (operator) {
    case '=':
    case '==':
      return { operator: 'in', key, values: [readValue(words)] }
    case '!=':
      return { operator: 'notin', key, values: [readValue(words)] }
    case 'in':
    case 'notin':
      return { operator, key, values: readValues(words) }
    default:
      throw new Malformed(`found '${operator}', expected: in, notin, =, ==, !=`)
  }
}

/** Also `in` and `notin` are keys, and values, where one has to stand. */
function readKey(words: Words): string {
  const key = words.take()
  if (isSymbol(key)) throw new Malformed(`found '${key}', expected: identifier`)
  const [name, prefix, more] = key.split('/').reverse()
  const isPrefix = prefix === undefined || (prefix.length <= 253 && prefixPattern.test(prefix))
  if (more !== undefined || !isPrefix || !isName(name)) {
    throw new Malformed(`'${key}' is no label key: expected [PREFIX/]NAME, ${nameSyntax}, and PREFIX a DNS name`)
  }
  return key
}

/** What stands behind `=`: nothing at all is the empty value. */
function readValue(words: Words): string {
  if (isEnd(words.next)) return ''
  const value = words.take()
  if (isSymbol(value)) throw new Malformed(`found '${value}', expected: identifier`)
  return checkValue(value)
}

/** `(a,b)`; an empty place between commas or parentheses is the empty value. */
function readValues(words: Words): readonly string[] {
  const open = words.take()
  if (open !== '(') throw new Malformed(`found '${open}' expected: '('`)
  const values: string[] = []
  for (;;) {
    values.push(isSymbol(words.next) ? '' : checkValue(words.take()))
    const end = words.take()
    if (end === ')') return [...new Set(values)]
    if (end !== ',') throw new Malformed(`found '${end}', expected: ',' or ')'`)
  }
}

function checkValue(value: string): string {
  if (isName(value)) return value
  throw new Malformed(`'${value}' is no label value: expected ${nameSyntax}`)
}

/** IsQualifiedName and IsValidLabelValue of k8s.io/apimachinery. */
function isName(text: string | undefined): boolean {
  return text !== undefined && text.length <= 63 && namePattern.test(text)
}

const namePattern = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const prefixPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const nameSyntax = "up to 63 of letters, digits, '-', '_' and '.', with a letter or digit at both ends"

/** The end of the text counts as one. */
function isSymbol(word: string): boolean {
  return /^[=!(),<>]*$/.test(word)
}

function isEnd(word: string): boolean {
  return word === '' || word === ','
}

/** What is wrong, without the text that it is wrong in. */
class Malformed extends Error {}

/** The words and symbols of a selector, one after the other; the empty word is its end. */
class Words {
  readonly #words: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#words = text.match(/[=!]=|[=!(),<>]|[^\s=!(),<>]+/g) ?? []
  }

  get next(): string {
    return this.#words[this.#at] ?? ''
  }

  take(): string {
    const word = this.next
    this.#at++
    return word
  }
}
