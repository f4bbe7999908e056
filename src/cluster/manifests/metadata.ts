import type { Labels } from '../model.ts'
import type { Place } from './errors.ts'
import { child, type Field, isBlank, mapAt, refuse, stringAt, stringOf, syntaxAt } from './field.ts'
import { dnsLabel, labelKey, labelValue, type Syntax } from './syntax.ts'

/** What DNS needs of metadata. */
export interface Metadata {
  readonly at: Place
  readonly name: string
  readonly namespace: string
  readonly labels: Labels
  readonly terminating: boolean
}

/** Where an object lives that names no namespace, as with kubectl. */
export const defaultNamespace = 'default'

/** The metadata of an object; undefined, and reported, where it has no name or namespace that could be used. */
export function readMetadata(root: Field, nameSyntax: Syntax): Metadata | undefined {
  const metadata = mapAt(root, 'metadata')
  const name = readName(metadata, nameSyntax)
  const namespace = readNamespace(metadata)
  const labels = readLabels(metadata, 'labels')
  const terminating = stringAt(metadata, 'deletionTimestamp') !== undefined
  if (name === undefined || namespace === undefined) return undefined
  return { at: child(metadata, 'name').at, name, namespace, labels, terminating }
}

/** A map of label keys to values; wrong ones are reported and left out (ValidateLabels). */
export function readLabels(parent: Field, name: string): Labels {
  const field = mapAt(parent, name)
  if (field.value?.kind !== 'map') return {}
  return Object.fromEntries(
    [...field.value.entries.keys()].flatMap((key) => {
      const value = readLabel(key, child(field, key))
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

function readLabel(key: string, field: Field): string | undefined {
  if (!labelKey.test(key)) refuse(field, labelKey.expected, `the key '${key}'`)
  const text = isBlank(field) ? '' : stringOf(field)
  if (text === undefined || labelValue.test(text)) return text
  refuse(field, labelValue.expected)
  return undefined
}

function readName(metadata: Field, syntax: Syntax): string | undefined {
  const name = child(metadata, 'name')
  if (!isBlank(name)) return syntaxAt(metadata, 'name', syntax)
  refuse(name, syntax.expected)
  return undefined
}

function readNamespace(metadata: Field): string | undefined {
  return isBlank(child(metadata, 'namespace')) ? defaultNamespace : syntaxAt(metadata, 'namespace', dnsLabel)
}
