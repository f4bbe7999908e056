/**
 * cluster: the model of a Kubernetes cluster as far as DNS needs it. Knows no DNS.
 *
 * A source (manifests/, later simulate/ and live/) feeds trimmed objects to the ClusterStore (store.ts) through
 * ClusterSink (source.ts); plugins look them up there. Start here, with the objects.
 */

/** Text of an address as net.isIP takes it, in canonical form (RFC 5952 for IPv6). */
export type Address = string

export interface ServicePort {
  /** Absent where the port has no name; a Service with several ports has a name for each. */
  readonly name?: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
}

/** core/v1 Service. */
export interface Service {
  readonly kind: 'Service'
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
  /** Empty for ExternalName and for headless Services. */
  readonly clusterIPs: readonly Address[]
  /** `clusterIP: None`. */
  readonly headless: boolean
  /** Of type ExternalName: where the name leads, as written. */
  readonly externalName?: string
  readonly ports: readonly ServicePort[]
  readonly publishNotReadyAddresses: boolean
  /** spec.externalIPs, then status.loadBalancer.ingress (ip, else hostname). */
  readonly externalIPs: readonly string[]
}

export interface EndpointPort {
  readonly name?: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  /** Absent: all ports. */
  readonly port?: number
}

/** One entry of an EndpointSlice. */
export interface Endpoint {
  /** Never empty. Names where the slice's addressType is FQDN. */
  readonly addresses: readonly string[]
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly hostname?: string
  readonly nodeName?: string
  readonly zone?: string
  /** targetRef.name: the Pod's. */
  readonly targetName?: string
}

/** discovery.k8s.io/v1 EndpointSlice. */
export interface EndpointSlice {
  readonly kind: 'EndpointSlice'
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  /** Label kubernetes.io/service-name; a slice without it belongs to no Service. */
  readonly serviceName?: string
  /** Label multicluster.kubernetes.io/service-name: the ServiceImport that it belongs to, perhaps beside a Service. */
  readonly importName?: string
  /** Label multicluster.kubernetes.io/source-cluster: where its endpoints are; never empty. */
  readonly clusterId?: string
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN'
  readonly endpoints: readonly Endpoint[]
  readonly ports: readonly EndpointPort[]
}

/** core/v1 Pod. */
export interface Pod {
  readonly kind: 'Pod'
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  /** status.podIPs; the first is status.podIP. */
  readonly podIPs: readonly Address[]
}

/** core/v1 Namespace. */
export interface Namespace {
  readonly kind: 'Namespace'
  readonly name: string
  readonly labels: Labels
}

/** multicluster.x-k8s.io/v1alpha1 ServiceImport: a Service of the clusters of a set, as this one sees it (KEP-1645). */
export interface ServiceImport {
  readonly kind: 'ServiceImport'
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  /** `type: Headless`; otherwise it is ClusterSetIP. */
  readonly headless: boolean
  /** spec.ips: of a headless one they mean nothing. */
  readonly ips: readonly Address[]
  readonly ports: readonly ServicePort[]
}

export type Labels = Readonly<Record<string, string>>

export type ClusterObject = Service | EndpointSlice | Pod | Namespace | ServiceImport
export type Kind = ClusterObject['kind']
export type ObjectOf<K extends Kind> = Extract<ClusterObject, { kind: K }>

/** Every kind the store holds. */
export const kinds = [
  'Namespace',
  'Service',
  'EndpointSlice',
  'Pod',
  'ServiceImport',
] as const satisfies readonly Kind[]

/** What identifies an object of a kind; a Namespace has no namespace. */
export interface ObjectKey {
  readonly kind: Kind
  readonly namespace?: string
  readonly name: string
}

/** `namespace/name`, or the name alone for a Namespace. */
export function keyOf(object: ObjectKey): string {
  return object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`
}
