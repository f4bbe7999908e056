import type { NamespaceDraft } from '../drafts.ts'
import { child, type Field, isBlank, mapAt, refuse } from '../field.ts'
import { readMetadata } from '../metadata.ts'
import { dnsLabel } from '../syntax.ts'

/** Reads a core/v1 Namespace (ValidateNamespace); what is wrong is reported. */
export function readNamespace(root: Field): NamespaceDraft | undefined {
  const within = child(mapAt(root, 'metadata'), 'namespace')
  if (!isBlank(within)) refuse(within, 'nothing: a Namespace lies in no other')
  const metadata = readMetadata(root, dnsLabel)
  if (metadata === undefined) return undefined
  return { kind: 'Namespace', at: metadata.at, name: metadata.name, object: namespaceObject(metadata) }
}

/** A Namespace with the label an API server puts on each. */
export function namespaceObject({
  name,
  labels,
}: Pick<NamespaceDraft['object'], 'name' | 'labels'>): NamespaceDraft['object'] {
  return { kind: 'Namespace', name, labels: { ...labels, 'kubernetes.io/metadata.name': name } }
}
