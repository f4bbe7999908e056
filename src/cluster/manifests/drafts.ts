import type { EndpointSlice, Labels, Namespace, Pod, Service, ServiceImport, ServicePort } from '../model.ts'
import type { Family } from './addresses.ts'
import type { Place } from './errors.ts'

/**
 * Objects as their manifests have them: validated and defaulted one by one, with what fill.ts still needs to make
 * a cluster of them. `at` is the place of the name.
 */
export type Draft = NamespaceDraft | ServiceDraft | SliceDraft | EndpointsDraft | PodDraft | ServiceImportDraft

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
  readonly places: ServicePlaces
}

/** Places of fields that warnings point at; of what is around one that is not written. */
export interface ServicePlaces {
  readonly selector: Place
  readonly ports: Place
  readonly publishNotReadyAddresses: Place
  readonly externalName: Place
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

/** What a Pod is by itself, and what a workload's template says of each Pod that is made of it. */
export interface PodTemplate {
  readonly labels: Labels
  readonly hostname: string | undefined
  readonly subdomain: string | undefined
  /** Place of `subdomain`. */
  readonly subdomainAt: Place
  /** Whether any container that runs on has one. */
  readonly hasReadinessProbe: boolean
}

export interface PodDraft extends PodTemplate {
  readonly kind: 'Pod'
  readonly at: Place
  readonly namespace: string
  readonly name: string
  /** `podIPs` holds what the manifest claims. */
  readonly object: Pod
  /** Whether fill.ts gives it an address, should it have none. */
  readonly runs: boolean
  readonly ready: boolean
  readonly terminating: boolean
  readonly nodeName: string | undefined
  /** In the order in which a named target port is looked for. */
  readonly ports: readonly ContainerPort[]
}

export interface ServiceImportDraft {
  readonly kind: 'ServiceImport'
  readonly at: Place
  readonly namespace: string
  readonly name: string
  readonly object: ServiceImport
}

export interface ContainerPort {
  readonly name: string | undefined
  readonly protocol: ServicePort['protocol']
  readonly port: number
}

/** What a workload (Deployment, StatefulSet, Job, …) says of its Pods: read for warnings, and never validated. */
export interface WorkloadDraft {
  readonly kind: string
  readonly at: Place
  readonly namespace: string
  readonly name: string
  readonly template: PodTemplate
  /** Of a StatefulSet alone: the Service that is to give its Pods names. */
  readonly governor?: { readonly name: string | undefined; readonly at: Place }
  /** Of one that numbers its Pods: a StatefulSet, an Indexed Job. */
  readonly ordinals?: Ordinals
}

export interface Ordinals {
  readonly start: number
  /** Undefined where the manifest leaves it to others. */
  readonly count: number | undefined
}

/** `namespace/name`, the same for a Service and what belongs to it. */
export function draftKey({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`
}
