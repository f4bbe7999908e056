/**
 * What can be reached from outside of the cluster: what a plugin that knows the cluster offers to one that serves such
 * names in zones of its own.
 */
import type { Label, Name } from '../dns/name.ts'
import type { Seconds } from '../dns/record.ts'
import type { Step } from './reason.ts'

export interface ExternalSource {
  /** The TTL of the cluster's own names. */
  readonly ttl: Seconds
  /** The serial by now. */
  serial(): number
  /** Whether all of the cluster has been read: until then nothing is known to be missing. */
  isSynced(): boolean
  /** How far the reading is while it is not done; empty where nobody says. */
  syncDetail(): string
  namespace(namespace: string): ExternalFinding
  service(asked: ExternalQuery): ExternalFinding
  /** The Services that have an external address. */
  servicesAt(address: string): ExternalPointers
  /** Whether some external address that a Service has is one of these; `any` change may change that. */
  hasAddress(isMeant: (address: string) => boolean): ExternalPresence
  /** Where this server itself is reached from outside. */
  nameservers(headless: boolean): { readonly addresses: readonly string[]; readonly tags: readonly string[] }
  /** Every Service that can be reached, as it is now: later changes do not show in it. */
  services(headless: boolean): readonly ExternalService[]
}

/** A Service's name, or one below it. */
export interface ExternalQuery extends ExternalSelector {
  readonly namespace: string
  readonly service: string
  /** Whether endpoints count where a Service has no external address. */
  readonly headless: boolean
}

export interface ExternalSelector {
  /** Only the endpoint of this label, with or without an underscore before it. */
  readonly endpoint?: Label
  /** Only these ports; an empty name or protocol means any. Never beside `endpoint`. */
  readonly port?: { readonly port: string; readonly protocol: string }
}

export interface ExternalFinding {
  /** Undefined: there is no such name. None: there is, and nothing stands at it. */
  readonly backends: readonly ExternalBackend[] | undefined
  /** All that it was found by: it holds until one of these changes. */
  readonly tags: readonly string[]
  readonly step: Step
}

/** One pair of host and port. */
export interface ExternalBackend {
  readonly host: ExternalHost
  /** Absent: reachable, but no SRV record says where. */
  readonly port?: number
  /** The label of the endpoint that has the address; absent: it is the Service's. */
  readonly endpoint?: Label
}

export type ExternalHost =
  | { readonly kind: 'address'; readonly address: string }
  /** A load balancer, or an endpoint, that is known by a name. */
  | { readonly kind: 'name'; readonly name: Name }

export interface ExternalPointers {
  readonly services: readonly { readonly namespace: string; readonly name: string }[]
  readonly tags: readonly string[]
  readonly step: Step
}

export interface ExternalPresence {
  readonly found: boolean
  readonly tags: readonly string[]
}

export interface ExternalService {
  readonly namespace: string
  readonly name: string
  /** Of its named ports, in lower case, each once. */
  readonly ports: readonly { readonly port: string; readonly protocol: string }[]
  backends(selector?: ExternalSelector): readonly ExternalBackend[]
}
