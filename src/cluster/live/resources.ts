import { importNameLabel } from '../labels.ts'
import type { Kind } from '../model.ts'
import { formatSelector, type Selector } from '../selector.ts'

/** What answers are made from, and so what has to be watched; Services and Namespaces always are. */
export interface Needs {
  readonly endpointSlices: boolean
  readonly pods: boolean
  readonly serviceImports: boolean
  /** Objects are looked at by their labels. */
  readonly labels: boolean
  /** What all but Namespaces are selected by. */
  readonly selector?: Selector
  readonly namespaceSelector?: Selector
}

/** One resource of the API, as it is listed and watched: in all namespaces. */
export interface WatchedResource {
  readonly kind: Kind
  /** In RBAC's words: plural, lower case; and its API group, which is empty for core/v1. */
  readonly name: string
  readonly group: string
  readonly path: string
  readonly selectors: Readonly<Record<string, string>>
}

const resources = {
  Namespace: { name: 'namespaces', group: '', version: 'v1' },
  Service: { name: 'services', group: '', version: 'v1' },
  EndpointSlice: { name: 'endpointslices', group: 'discovery.k8s.io', version: 'v1' },
  Pod: { name: 'pods', group: '', version: 'v1' },
  ServiceImport: { name: 'serviceimports', group: 'multicluster.x-k8s.io', version: 'v1alpha1' },
} as const satisfies Record<Kind, { name: string; group: string; version: string }>

/**
 * The resources that are needed, each with the selectors that the API server applies.
 *
 * ServiceImports need the slices that belong to them, even where no others are wanted.
 */
export function watchedResources(needs: Needs): readonly WatchedResource[] {
  const { endpointSlices, pods, serviceImports, selector = [], namespaceSelector = [] } = needs
  const ofImports: Selector = [...selector, { operator: 'exists', key: importNameLabel }]
  return [
    resourceOf('Namespace', namespaceSelector),
    resourceOf('Service', selector),
    ...(endpointSlices || serviceImports ? [resourceOf('EndpointSlice', endpointSlices ? selector : ofImports)] : []),
    // A Pod that has ended has no address: it may be another's by now (CoreDNS, controller.go).
    ...(pods
      ? [resourceOf('Pod', selector, 'status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown')]
      : []),
    ...(serviceImports ? [resourceOf('ServiceImport', selector)] : []),
  ]
}

function resourceOf(kind: Kind, selector: Selector, fieldSelector?: string): WatchedResource {
  const { name, group, version } = resources[kind]
  const selectors = {
    ...(selector.length > 0 && { labelSelector: formatSelector(selector) }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  }
  const path = group === '' ? `/api/${version}/${name}` : `/apis/${group}/${version}/${name}`
  return { kind, name, group, path, selectors }
}
