import type { Steps } from '../../util/steps.ts'
import type { Draft, WorkloadDraft } from './drafts.ts'
import type { Report } from './errors.ts'
import { child, type Field, isBlank, mapsAt, refuse, rootField, stringAt } from './field.ts'
import { readEndpoints } from './kinds/endpoints.ts'
import { readNamespace } from './kinds/namespace.ts'
import { readPod } from './kinds/pod.ts'
import { readService } from './kinds/service.ts'
import { readServiceImport } from './kinds/service-import.ts'
import { readSlice } from './kinds/slice.ts'
import { readWorkload } from './kinds/workload.ts'
import type { Value } from './value.ts'

interface Reader {
  readonly apiVersion: string
  /** Of the same fields: an API server that knows several versions may print any of them. */
  readonly laterVersion?: string
  read(root: Field): Draft | undefined
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Namespace', { apiVersion: 'v1', read: readNamespace }],
  ['Service', { apiVersion: 'v1', read: readService }],
  ['Endpoints', { apiVersion: 'v1', read: readEndpoints }],
  ['EndpointSlice', { apiVersion: 'discovery.k8s.io/v1', read: readSlice }],
  ['Pod', { apiVersion: 'v1', read: readPod }],
  [
    'ServiceImport',
    {
      apiVersion: 'multicluster.x-k8s.io/v1alpha1',
      laterVersion: 'multicluster.x-k8s.io/v1beta1',
      read: readServiceImport,
    },
  ],
])

/** Where the objects of a document go. */
export interface Collection {
  readonly drafts: Draft[]
  /** What there is of Pod templates, of whatever kind. */
  readonly workloads: WorkloadDraft[]
  /** How many objects of each other kind there are, by `kind (apiVersion)`. */
  readonly otherKinds: Map<string, number>
  readonly report: Report
}

/** What a List says of its items: those of a ServiceList need not say again that they are Services. */
interface Implied {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly inList: boolean
}

/** Reads the object of a document, or the objects of a List, into `collection`; one at a step. */
export function* collectObjects(document: Value, collection: Collection): Steps<void> {
  yield* collectObject(rootField(document, collection.report), { inList: false }, collection)
}

function* collectObject(root: Field, implied: Implied, collection: Collection): Steps<void> {
  if (root.value?.kind !== 'map') {
    refuse(root, 'a Kubernetes object with apiVersion and kind')
    return
  }
  const kind = typeAt(root, 'kind', implied.kind)
  const apiVersion = typeAt(root, 'apiVersion', implied.apiVersion)
  refuseUntyped(root, kind, apiVersion)
  if (kind === undefined || apiVersion === undefined) return
  if (isList(kind)) yield* collectList(root, { apiVersion, kind }, implied, collection)
  else collectOne(root, { apiVersion, kind }, collection)
}

function typeAt(root: Field, name: string, implied: string | undefined): string | undefined {
  return isBlank(child(root, name)) ? implied : stringAt(root, name)
}

/** Reports what is missing; a field of the wrong kind was reported when it was read. */
function refuseUntyped(root: Field, kind: string | undefined, apiVersion: string | undefined): void {
  const lacksKind = kind === undefined && isBlank(child(root, 'kind'))
  const lacksVersion = apiVersion === undefined && isBlank(child(root, 'apiVersion'))
  if (lacksKind && lacksVersion) refuse(root, 'a Kubernetes object with apiVersion and kind', 'a map with neither')
  else if (lacksKind) refuse(child(root, 'kind'), 'the kind of a Kubernetes object')
  else if (lacksVersion) refuse(child(root, 'apiVersion'), 'that of a Kubernetes object')
}

interface Type {
  readonly apiVersion: string
  readonly kind: string
}

/** v1 List, and the lists of the kinds that are read here: `kubectl get --raw` prints those. */
function isList(kind: string): boolean {
  return kind === 'List' || (kind.endsWith('List') && readers.has(kind.slice(0, -4)))
}

function* collectList(root: Field, { apiVersion, kind }: Type, implied: Implied, collection: Collection): Steps<void> {
  if (implied.inList) {
    refuse(root, 'an object', `a ${kind} inside another list`)
    return
  }
  const items = kind === 'List' ? { inList: true } : { apiVersion, kind: kind.slice(0, -4), inList: true }
  for (const { value, at } of mapsAt(root, 'items')) {
    // Paths begin anew with each item: they are those of the object, wherever it stands.
    if (value !== undefined) yield* collectObject({ path: '', value, at, report: collection.report }, items, collection)
    yield
  }
}

function collectOne(root: Field, { apiVersion, kind }: Type, collection: Collection): void {
  const { drafts, workloads, otherKinds } = collection
  const reader = readers.get(kind)
  if (reader === undefined || isForeign(apiVersion, reader)) {
    const title = `${kind} (${apiVersion})`
    otherKinds.set(title, (otherKinds.get(title) ?? 0) + 1)
    const workload = readWorkload(root, kind)
    if (workload !== undefined) workloads.push(workload)
    return
  }
  if (apiVersion !== reader.apiVersion && apiVersion !== reader.laterVersion) {
    refuse(child(root, 'apiVersion'), `${reader.apiVersion} for kind ${kind}`)
    return
  }
  const draft = reader.read(root)
  if (draft !== undefined) drafts.push(draft)
}

/**
 * Whether an API group is neither the reader's nor one of Kubernetes' own: its Service is another kind (as is
 * `serving.knative.dev`'s).
 */
function isForeign(apiVersion: string, reader: Reader): boolean {
  const group = groupOf(apiVersion)
  return group !== groupOf(reader.apiVersion) && group.includes('.') && !group.endsWith('.k8s.io')
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.lastIndexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}
