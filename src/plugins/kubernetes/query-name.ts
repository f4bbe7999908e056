import type { Label } from '../../dns/name.ts'

/** What a name below a forward zone may stand for, by its form alone (DNS specification 2, CoreDNS parse.go). */
export type NameForm =
  | { readonly kind: 'apex' }
  /** `dns-version.ZONE` (DNS specification 2.2). */
  | { readonly kind: 'dns-version' }
  /** `dns.ZONE`: nothing but the parent of `ns.dns.ZONE`. */
  | { readonly kind: 'dns' }
  | { readonly kind: 'nameserver' }
  /** `svc.ZONE` or `pod.ZONE`. */
  | { readonly kind: 'subtree'; readonly subtree: Subtree }
  | { readonly kind: 'namespace'; readonly subtree: Subtree; readonly namespace: string }
  | { readonly kind: 'service'; readonly namespace: string; readonly service: string }
  /** `LABEL.SERVICE.NAMESPACE.svc.ZONE`: an endpoint, or the parent of port names. */
  | { readonly kind: 'endpoint'; readonly namespace: string; readonly service: string; readonly label: Label }
  /** `_PORT._PROTOCOL.SERVICE.NAMESPACE.svc.ZONE`, without the underscores. */
  | {
      readonly kind: 'port'
      readonly namespace: string
      readonly service: string
      readonly port: string
      readonly protocol: string
    }
  /** `ADDRESS.NAMESPACE.pod.ZONE`. */
  | { readonly kind: 'pod'; readonly namespace: string; readonly pod: Label }
  /** A name that no object can give. */
  | { readonly kind: 'none' }

export type Subtree = 'svc' | 'pod'

/** Labels that may stand left of a Pod's name and are passed over, as CoreDNS does. */
const ignoredPodLabels = 2

/**
 * Reads the labels left of the zone.
 *
 * @param labels in lower case, in the order of the name
 */
export function parseQueryName(labels: readonly Label[]): NameForm {
  const [subtree, namespace, name, ...rest] = labels.toReversed()
  if (subtree === undefined) return { kind: 'apex' }
  if (subtree !== 'svc' && subtree !== 'pod') return parseServerName(labels)
  if (namespace === undefined) return { kind: 'subtree', subtree }
  if (name === undefined) return { kind: 'namespace', subtree, namespace }
  if (subtree === 'pod') {
    return rest.length > ignoredPodLabels ? { kind: 'none' } : { kind: 'pod', namespace, pod: name }
  }
  return parseServiceName(namespace, name, rest)
}

function parseServerName(labels: readonly Label[]): NameForm {
  switch (labels.join('.')) {
    case 'dns-version':
      return { kind: 'dns-version' }
    case 'dns':
      return { kind: 'dns' }
    case 'ns.dns':
      return { kind: 'nameserver' }
    default:
      return { kind: 'none' }
  }
}

/** @param rest the labels left of the Service's, rightmost first */
function parseServiceName(namespace: string, service: string, rest: readonly Label[]): NameForm {
  const [first, second, third] = rest
  if (first === undefined) return { kind: 'service', namespace, service }
  if (second === undefined) return { kind: 'endpoint', namespace, service, label: first }
  if (third === undefined) {
    return { kind: 'port', namespace, service, port: withoutUnderscore(second), protocol: withoutUnderscore(first) }
  }
  return { kind: 'none' }
}

/** CoreDNS takes a port or protocol with and without its underscore (RFC 2782 has one). */
function withoutUnderscore(label: Label): string {
  return label.startsWith('_') ? label.slice(1) : label
}
