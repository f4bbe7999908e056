import type { EndpointSlice, ServiceImport } from '../../cluster/model.ts'
import { importTag } from '../../cluster/tags.ts'
import type { Label, Name } from '../../dns/name.ts'
import { type EndpointNaming, nameTargets, readyAddresses } from './backends.ts'
import { clusterLabel, type ImportEndpointSelector, importBackends, importEndpointBackends } from './import-backends.ts'
import { type Backend, backendsNode, empty, type Finding, missing, type PortSelector, selects } from './node.ts'
import type { ServiceForm } from './query-name.ts'
import * as reasons from './reasons.ts'
import { importOf, slicesOfImport, type View } from './view.ts'

/** A name in a multicluster zone, which has no zonal ones. */
export type ImportForm = Exclude<ServiceForm, { readonly kind: 'zonal' }>

/** What stands at the name of a ServiceImport or below it (KEP-1645, CoreDNS findMultiClusterServices). */
export type ImportOutcome =
  | { readonly kind: 'backends'; readonly backends: readonly Backend[] }
  /** A headless import whose ready endpoints are names. */
  | { readonly kind: 'alias'; readonly target: Name }
  /** A ClusterSetIP import that has no address yet: NODATA. */
  | { readonly kind: 'no-ips' }
  /** `_tcp.SERVICE…`: above the names of ports. */
  | { readonly kind: 'above-ports' }
  /** `CLUSTER.SERVICE…`: above the names of endpoints. */
  | { readonly kind: 'above-endpoints' }
  /** No name. Unlike a Service, a ClusterSetIP import without ports has none either. */
  | { readonly kind: 'no-import' | 'ignored-empty' | 'no-ports' | 'no-such-port' }
  | { readonly kind: 'no-ready-endpoint' | 'no-such-endpoint' }

/** What stands there, in a Namespace that is there. */
export function findImport(view: View, zone: Name, form: ImportForm): Finding {
  const service = `${form.namespace}/${form.service}`
  const tags = [importTag(form.namespace, form.service)]
  const outcome = lookupImport(view, zone, form)
  switch (outcome.kind) {
    case 'backends':
      return { node: backendsNode(outcome.backends), tags, step: reasons.importFound({ service }) }
    case 'alias':
      return { node: outcome, tags, step: reasons.importFound({ service }) }
    case 'no-ips':
      return { node: empty, tags, step: reasons.importEmpty({ service }) }
    case 'above-ports':
    case 'above-endpoints':
      return { node: empty, tags, step: reasons.emptyNonTerminal({}) }
    case 'no-import':
      return { node: missing, tags, step: reasons.noSuchImport({ service }) }
    default:
      return { node: missing, tags, step: reasons.importEmpty({ service }) }
  }
}

/** The ServiceImport's side of `findImport`: which case it is, and nothing of how that is told. */
export function lookupImport(view: View, zone: Name, form: ImportForm): ImportOutcome {
  const { config } = view
  const found = importOf(view, form.namespace, form.service)
  if (found === undefined) return { kind: 'no-import' }
  const slices = slicesOfImport(view, form.namespace, form.service)
  if (config.ignoreEmptyService && !found.headless && !slices.some(hasReadyEndpoint)) return { kind: 'ignored-empty' }

  const scope = { zone, found, slices, endpointPodNames: config.endpointPodNames }
  switch (form.kind) {
    case 'service':
      return found.headless ? lookupEndpoints(scope) : lookupAddresses(scope)
    case 'port':
      return found.headless ? lookupEndpoints(scope, form) : lookupAddresses(scope, form)
    case 'endpoint':
      return lookupLabel(scope, form.label)
    case 'cluster-endpoint':
      return lookupEndpoint(scope, { label: form.label, clusterId: form.cluster })
    default:
      return form satisfies never
  }
}

/** A ServiceImport, with what its names are made from. */
interface Scope extends EndpointNaming {
  readonly found: ServiceImport
  readonly slices: readonly EndpointSlice[]
}

function lookupAddresses({ found, zone }: Scope, selector?: PortSelector): ImportOutcome {
  if (found.ports.length === 0) return { kind: 'no-ports' }
  if (!found.ports.some((port) => selects(selector, port))) return { kind: 'no-such-port' }
  return found.ips.length === 0 ? { kind: 'no-ips' } : toOutcome(importBackends(found, zone, selector))
}

function lookupEndpoints(scope: Scope, port?: PortSelector): ImportOutcome {
  const backends = importEndpointBackends(scope.slices, scope, port === undefined ? {} : { port })
  if (backends.length > 0) return toOutcome(backends)
  const isReady = scope.slices.some(hasReadyEndpoint)
  if (port !== undefined) return { kind: isReady ? 'no-such-port' : 'no-ready-endpoint' }
  const [target] = nameTargets(scope.slices)
  return target === undefined ? { kind: 'no-ready-endpoint' } : { kind: 'alias', target }
}

function lookupEndpoint({ slices, ...naming }: Scope, selector: ImportEndpointSelector): ImportOutcome {
  const backends = importEndpointBackends(slices, naming, selector)
  return backends.length === 0 ? { kind: 'no-such-endpoint' } : toOutcome(backends)
}

/** One label below an import is the name of an endpoint only where its slice names no cluster. */
function lookupLabel(scope: Scope, label: Label): ImportOutcome {
  const outcome = lookupEndpoint(scope, { label })
  if (outcome.kind === 'backends') return outcome
  if (isProtocolLabel(scope, label)) return { kind: 'above-ports' }
  return isCluster(scope, label) ? { kind: 'above-endpoints' } : outcome
}

/** `_tcp.SERVICE…` has no records, but stands above `_port._tcp.SERVICE…` (RFC 8020); CoreDNS denies it. */
function isProtocolLabel(scope: Scope, label: Label): boolean {
  if (!label.startsWith('_') || label.length === 1) return false
  const port = { port: '', protocol: label.slice(1) }
  const { kind } = scope.found.headless ? lookupEndpoints(scope, port) : lookupAddresses(scope, port)
  return kind === 'backends' || kind === 'no-ips'
}

function isCluster({ slices, endpointPodNames }: Scope, label: Label): boolean {
  return slices.some((slice) => clusterLabel(slice) === label && readyAddresses(slice, endpointPodNames).length > 0)
}

/** Addresses and names count alike: what `ignore empty_service` asks is whether anything stands behind the import. */
function hasReadyEndpoint(slice: EndpointSlice): boolean {
  return slice.endpoints.some((endpoint) => endpoint.ready)
}

function toOutcome(backends: readonly Backend[]): ImportOutcome {
  return { kind: 'backends', backends }
}
