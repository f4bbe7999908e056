import type { Address, EndpointSlice, Labels, Namespace, Service, ServicePort } from '../model.ts'
import type { Family } from './addresses.ts'
import type { Place } from './errors.ts'

/**
 * Objects as their manifests have them: validated and defaulted one by one, with what fill.ts still needs to make
 * a cluster of them. `at` is the place of the name.
 */
export type Draft = NamespaceDraft | ServiceDraft | SliceDraft | EndpointsDraft | PodDraft

export interface NamespaceDraft {
  readonly kind: 'Namespace'
  readonly at: Place
  readonly name: string
  readonly object: Namespace
}

export interface ServiceDraft {
  readonly kind: 'Service'
  readonly at: Place
  readonly namespace: string
  readonly name: string
  /** `clusterIPs` holds what the manifest claims; fill.ts adds the rest. */
  readonly object: Service
  /** Places of `object.clusterIPs`, item by item. */
  readonly clusterIPsAt: readonly Place[]
  /** The families that the Service is to have addresses of, the first one first. */
  readonly families: readonly Family[]
  /** Undefined where the Service has none, or an empty one: others make its endpoints. */
  readonly selector: Labels | undefined
  readonly ports: readonly ServicePortDraft[]
}

export interface ServicePortDraft extends ServicePort {
  /** A number, or the name of a port of the Pod's containers. */
  readonly targetPort: number | string
  readonly nodePort?: number
  readonly at: Place
}

export interface SliceDraft {
  readonly kind: 'EndpointSlice'
  readonly at: Place
  readonly namespace: string
  readonly name: string
  readonly object: EndpointSlice
}

export interface EndpointsDraft {
  readonly kind: 'Endpoints'
  readonly at: Place
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly subsets: readonly SubsetDraft[]
}

export type SubsetDraft = Pick<EndpointSlice, 'endpoints' | 'ports'>

export interface PodDraft {
  readonly kind: 'Pod'
  readonly at: Place
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly podIPs: readonly Address[]
  /** Whether fill.ts gives it an address, should it have none. */
  readonly runs: boolean
  readonly ready: boolean
  readonly terminating: boolean
  readonly hostname: string | undefined
  readonly subdomain: string | undefined
  readonly nodeName: string | undefined
  /** In the order in which a named target port is looked for. */
  readonly ports: readonly ContainerPort[]
}

export interface ContainerPort {
  readonly name: string | undefined
  readonly protocol: ServicePort['protocol']
  readonly port: number
}

/** `namespace/name`, the same for a Service and what belongs to it. */
export function draftKey({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`
}
