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
  | ServiceForm
  /** `ADDRESS.NAMESPACE.pod.ZONE`. */
  | { readonly kind: 'pod'; readonly namespace: string; readonly pod: Label }
  /** A name that no object can give. */
  | { readonly kind: 'none'; readonly labels: readonly Label[] }

export type Subtree = 'svc' | 'pod'
/** Only endpoints of the topology zone, or others where it has none. */
export type ZonalMode = 'pin' | 'prefer'

interface OfService {
  readonly namespace: string
  readonly service: string
}

/** A Service's name, or one below it. */
export type ServiceForm =
  | (OfService & { readonly kind: 'service' })
  /** `LABEL.SERVICE.NAMESPACE.svc.ZONE`: an endpoint, or the parent of port names. */
  | (OfService & { readonly kind: 'endpoint'; readonly label: Label })
  /** `_PORT._PROTOCOL.SERVICE.NAMESPACE.svc.ZONE`, without the underscores. */
  | (OfService & { readonly kind: 'port'; readonly port: string; readonly protocol: string })
  /** `LABEL.CLUSTER.SERVICE.NAMESPACE.svc.ZONE`, in a multicluster zone. */
  | (OfService & { readonly kind: 'cluster-endpoint'; readonly label: Label; readonly cluster: string })
  /** `TOPOLOGYZONE.pin._zone.SERVICE.NAMESPACE.svc.ZONE`, and with `prefer`. */
  | (OfService & { readonly kind: 'zonal'; readonly topologyZone: string; readonly mode: ZonalMode })

/** Forms that only some zones have. */
export interface GrammarOptions {
  readonly multicluster: boolean
  readonly zonal: boolean
}

/** Labels that may stand left of a Pod's name and are passed over, as CoreDNS does. */
const ignoredPodLabels = 2

/**
 * Reads the labels left of the zone.
 *
 * @param labels in lower case, in the order of the name
 */
export function parseQueryName(labels: readonly Label[], options: GrammarOptions): NameForm {
  const [subtree, namespace, name, ...rest] = labels.toReversed()
  if (subtree === undefined) return { kind: 'apex' }
  if (!isSubtree(subtree)) return parseServerName(labels)
  if (namespace === undefined) return { kind: 'subtree', subtree }
  if (name === undefined) return { kind: 'namespace', subtree, namespace }
  if (subtree === 'svc')
    return parseServiceName({ namespace, service: name }, rest, options) ?? { kind: 'none', labels }
  return rest.length > ignoredPodLabels ? { kind: 'none', labels } : { kind: 'pod', namespace, pod: name }
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
      return { kind: 'none', labels }
  }
}

/** @param rest the labels left of the Service's, rightmost first */
function parseServiceName(
  service: OfService,
  rest: readonly Label[],
  { multicluster, zonal }: GrammarOptions,
): ServiceForm | undefined {
  const [first, second, ...more] = rest
  if (first === undefined) return { kind: 'service', ...service }
  if (second === undefined) return { kind: 'endpoint', ...service, label: first }
  if (more.length > 0) return zonal && !multicluster ? parseZonal(service, rest) : undefined
  if (multicluster && !first.startsWith('_') && !second.startsWith('_')) {
    return { kind: 'cluster-endpoint', ...service, label: second, cluster: first }
  }
  return { kind: 'port', ...service, port: withoutUnderscore(second), protocol: withoutUnderscore(first) }
}

/** A topology zone's name may have dots: all that stands left of the mode. */
function parseZonal(service: OfService, [marker, mode, ...zone]: readonly Label[]): ServiceForm | undefined {
  if (marker !== '_zone' || mode === undefined || !isZonalMode(mode)) return undefined
  return { kind: 'zonal', ...service, mode, topologyZone: zone.toReversed().join('.') }
}

export function isZonalMode(label: Label): label is ZonalMode {
  return label === 'pin' || label === 'prefer'
}

export function isSubtree(label: Label): label is Subtree {
  return label === 'svc' || label === 'pod'
}

/** CoreDNS takes a port or protocol with and without its underscore (RFC 2782 has one). */
export function withoutUnderscore(label: Label): string {
  return label.startsWith('_') ? label.slice(1) : label
}
