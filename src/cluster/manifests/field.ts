import type { Place, Report } from './errors.ts'
import type { Syntax } from './syntax.ts'
import { describe, type Value } from './value.ts'

/** A part of an object that is being read: `spec.ports[0].name`, there or not. */
export interface Field {
  /** From the object's root; empty for the root itself. */
  readonly path: string
  /** Undefined where nothing (or null, which an API server takes as nothing) stands. */
  readonly value: Value | undefined
  /** Place of the value; where there is none, of the nearest part around it. */
  readonly at: Place
  readonly report: Report
}

/** The field of a whole object. */
export function rootField(value: Value, report: Report): Field {
  return { path: '', value, at: value.at, report }
}

/** The same field, with nobody told what is wrong in it. */
export function silently(field: Field): Field {
  return { ...field, report: () => {} }
}

/** Reports `PATH: found X, expected Y`. */
export function refuse(field: Field, expected: string, found: string = describe(field.value)): void {
  field.report(field.at, `${field.path === '' ? '' : `${field.path}: `}found ${found}, expected ${expected}`)
}

/** A child by name, of any kind. */
export function child(parent: Field, name: string): Field {
  const path = parent.path === '' ? name : `${parent.path}.${name}`
  const value = parent.value?.kind === 'map' ? parent.value.entries.get(name) : undefined
  if (value === undefined || value.kind === 'null') return { ...parent, path, value: undefined }
  return { ...parent, path, value, at: value.at }
}

/** A child that must be a map where it is there. */
export function mapAt(parent: Field, name: string): Field {
  const field = child(parent, name)
  return field.value === undefined || field.value.kind === 'map' ? field : wrongKind(field, 'a map')
}

/** The items of a child that must be a list where it is there. */
export function listAt(parent: Field, name: string): Field[] {
  const field = child(parent, name)
  if (field.value === undefined) return []
  if (field.value.kind !== 'list') {
    refuse(field, 'a list')
    return []
  }
  return field.value.items.map((value, index) => ({
    ...field,
    path: `${field.path}[${index}]`,
    value: value.kind === 'null' ? undefined : value,
    at: value.at,
  }))
}

/** The items of a child that must be a list of maps. */
export function mapsAt(parent: Field, name: string): Field[] {
  return listAt(parent, name).map((item) => (item.value?.kind === 'map' ? item : wrongKind(item, 'a map')))
}

/** Whether nothing stands there, or the empty string, which an API server takes as nothing. */
export function isBlank({ value }: Field): boolean {
  return value === undefined || (value.kind === 'string' && value.text === '')
}

/** Text of a child; undefined where it is blank. */
export function stringAt(parent: Field, name: string): string | undefined {
  return stringOf(child(parent, name))
}

export function stringOf(field: Field): string | undefined {
  if (field.value === undefined || isBlank(field)) return undefined
  if (field.value.kind === 'string') return field.value.text
  const scalar = field.value.kind === 'number' || field.value.kind === 'boolean'
  refuse(field, scalar ? 'a string: put it in quotes' : 'a string')
  return undefined
}

/** Text of a child in a certain syntax; text in another one is reported, and given as undefined. */
export function syntaxAt(parent: Field, name: string, syntax: Syntax): string | undefined {
  const text = stringAt(parent, name)
  if (text === undefined || syntax.test(text)) return text
  refuse(child(parent, name), syntax.expected)
  return undefined
}

/** One of a few words. `fallback` where none is given, undefined where another word is, which is reported. */
export function choiceAt<T extends string>(parent: Field, name: string, options: ChoiceOptions<T>): T | undefined {
  const field = child(parent, name)
  if (isBlank(field)) return options.fallback
  const text = stringOf(field)
  if (text === undefined) return undefined
  const chosen = options.words.find((word) => word === text)
  if (chosen === undefined) refuse(field, `one of ${options.words.join(', ')}`)
  return chosen
}

export interface ChoiceOptions<T extends string> {
  readonly words: readonly T[]
  readonly fallback?: T
}

export function booleanAt(parent: Field, name: string): boolean | undefined {
  const field = child(parent, name)
  if (field.value === undefined) return undefined
  if (field.value.kind === 'boolean') return field.value.boolean
  refuse(field, 'true or false')
  return undefined
}

/** A whole number within bounds; anything else is reported, and given as undefined. */
export function integerAt(parent: Field, name: string, bounds: Bounds): number | undefined {
  const field = child(parent, name)
  if (field.value === undefined) return undefined
  const number = field.value.kind === 'number' ? field.value.number : Number.NaN
  if (Number.isInteger(number) && number >= bounds.min && number <= bounds.max) return number
  refuse(field, `a number from ${bounds.min} to ${bounds.max}`)
  return undefined
}

export interface Bounds {
  readonly min: number
  readonly max: number
}

/** What lies below a field of the wrong kind is not told as missing, too. */
function wrongKind(field: Field, expected: string): Field {
  refuse(field, expected)
  return silently({ ...field, value: undefined })
}
