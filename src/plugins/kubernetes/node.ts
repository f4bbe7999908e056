import type { Address, EndpointPort } from '../../cluster/model.ts'
import type { Tag } from '../../cluster/tags.ts'
import type { Name } from '../../dns/name.ts'
import type { Step } from '../../plugin/reason.ts'

/** What stands at a name, whatever type is asked for: the difference of NODATA and NXDOMAIN is made here. */
export type Node =
  /** NXDOMAIN: nothing here and nothing below (RFC 8020). */
  | { readonly kind: 'missing' }
  /** A name without records of its own: a namespace, or one that only stands above others (RFC 4592 section 2.2.2). */
  | { readonly kind: 'empty' }
  | { readonly kind: 'apex'; readonly nameservers: readonly NameserverAddress[] }
  | { readonly kind: 'dns-version' }
  /** Addresses, and the SRV records that lead to them. */
  | { readonly kind: 'backends'; readonly backends: readonly Backend[] }
  /** An ExternalName Service, or one whose endpoints are names. */
  | { readonly kind: 'alias'; readonly target: Name }
  | { readonly kind: 'pointers'; readonly targets: readonly Name[] }

export const missing: Node = { kind: 'missing' }
export const empty: Node = { kind: 'empty' }

/** Nothing to reach is no name: DNS specification 2.4.1, as amended in 2018. */
export function backendsNode(backends: readonly Backend[]): Node {
  return backends.length === 0 ? missing : { kind: 'backends', backends }
}

/** One way to reach what a name stands for: a pair of address and port. */
export interface Backend {
  readonly address: Address
  /** Absent: reachable, but no SRV record says where. */
  readonly port?: number
  /** What an SRV record names: the Service, or one of its endpoints. */
  readonly target: Name
}

/** One address of a name server of the zone. */
export interface NameserverAddress {
  readonly name: Name
  readonly address: Address
}

/** A node, all that it was found by (it stays what it is until one of the tags changes), and why it is that. */
export interface Finding {
  readonly node: Node
  readonly tags: readonly Tag[]
  readonly step: Step
}

/** Which ports of a Service a name asks for: all, or those of a name and protocol. */
export interface PortSelector {
  readonly port: string
  readonly protocol: string
}

/** An empty name or protocol (`_._tcp`, `_http._`) asks for any, as in CoreDNS. */
export function selects(selector: PortSelector | undefined, port: Pick<EndpointPort, 'name' | 'protocol'>): boolean {
  if (selector === undefined) return true
  const byName = selector.port === '' || selector.port === (port.name ?? '').toLowerCase()
  return byName && (selector.protocol === '' || selector.protocol === port.protocol.toLowerCase())
}
