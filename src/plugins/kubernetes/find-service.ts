import type { EndpointSlice, Service } from '../../cluster/model.ts'
import { serviceTag } from '../../cluster/tags.ts'
import type { Name } from '../../dns/name.ts'
import type { Step } from '../../plugin/reason.ts'
import { nearest } from '../../util/nearest.ts'
import {
  clusterIpBackends,
  endpointBackends,
  endpointLabels,
  externalTarget,
  nameTargets,
  namingOf,
} from './backends.ts'
import { backendsNode, empty, type Finding, missing } from './node.ts'
import type { ServiceForm } from './query-name.ts'
import * as reasons from './reasons.ts'
import { serviceOf, slicesOf, type View } from './view.ts'

/** What was found, before it is said by what. */
type Found = Pick<Finding, 'node' | 'step'>

/** A Service, with what its names are made from. */
class Scope {
  readonly view: View
  readonly zone: Name
  readonly service: Service

  constructor(view: View, zone: Name, service: Service) {
    this.view = view
    this.zone = zone
    this.service = service
  }

  /** Looked up when it is asked for: most names have nothing to do with them. */
  get slices(): readonly EndpointSlice[] {
    return slicesOf(this.view, this.service.namespace, this.service.name)
  }
}

/** Among more names than these the nearest one is not looked for. */
const maximumCandidates = 1000

/** What stands at a Service's name or below it, in a Namespace that is there. */
export function findService(view: View, zone: Name, form: ServiceForm): Finding {
  const tags = [serviceTag(form.namespace, form.service)]
  const service = serviceOf(view, form.namespace, form.service)
  if (service === undefined) return { node: missing, step: absence(view, form), tags }
  const { node, step } = findIn(new Scope(view, zone, service), form)
  return { node, step, tags }
}

function absence({ cluster }: View, { namespace, service: name }: ServiceForm): Step {
  const service = `${namespace}/${name}`
  if (cluster.service(namespace, name) !== undefined) return reasons.serviceNotExposed({ service })
  return reasons.noSuchService({ service, nearest: () => nearestOf(name, cluster.serviceNames(namespace)) })
}

function findIn(scope: Scope, form: ServiceForm): Found {
  const { service } = scope
  if (form.kind === 'zonal' && !service.headless)
    return { node: missing, step: reasons.zoneNotHeadless(named(service)) }
  if (service.type === 'ExternalName') return findExternalName(service, form)
  switch (form.kind) {
    case 'service':
      return service.headless ? findEndpoints(scope) : findClusterIps(scope)
    case 'port':
      return findPort(scope, form)
    case 'endpoint':
      return findEndpoint(scope, form.label)
    case 'zonal':
      return findInTopologyZone(scope, form)
    case 'cluster-endpoint':
      return {
        node: missing,
        step: reasons.noSuchEndpoint({ ...named(service), endpoint: form.label, nearest: unknown }),
      }
    default:
      return form satisfies never
  }
}

/** Where its ExternalName is an address, the Service does not exist, as in CoreDNS. */
function findExternalName(service: Service, form: ServiceForm): Found {
  if (form.kind !== 'service') return { node: missing, step: reasons.externalNameBelow(named(service)) }
  const target = externalTarget(service)
  if (target === undefined) {
    const { externalName: text = '' } = service
    return { node: missing, step: reasons.externalNameAddress({ ...named(service), target: text }) }
  }
  return { node: { kind: 'alias', target }, step: reasons.externalName({ ...named(service), target }) }
}

function findClusterIps({ service, zone }: Scope): Found {
  const { type, clusterIPs } = service
  // Its endpoints have their names already, and so it exists (RFC 8020).
  if (clusterIPs.length === 0) return { node: empty, step: reasons.noClusterIp(named(service)) }
  const step = reasons.clusterIp({ ...named(service), type, clusterIPs })
  return { node: backendsNode(clusterIpBackends(service, zone)), step }
}

/** Endpoints that are names (addressType FQDN) count only where there are no addresses: a CNAME stands alone (RFC 2181 section 10.1). */
function findEndpoints({ view, zone, service, slices }: Scope): Found {
  const backends = endpointBackends(slices, namingOf(view.config, zone))
  const endpoints = slices.flatMap((slice) => slice.endpoints)
  const ready = endpoints.filter((endpoint) => endpoint.ready).length
  if (backends.length > 0) {
    return {
      node: backendsNode(backends),
      step: reasons.headlessEndpoints({ ...named(service), endpoints: endpoints.length, ready }),
    }
  }
  const [target] = nameTargets(slices)
  if (target !== undefined) {
    return { node: { kind: 'alias', target }, step: reasons.headlessNames({ ...named(service), target }) }
  }
  if (endpoints.length === 0) return { node: missing, step: reasons.headlessNoEndpoints(named(service)) }
  const { publishNotReadyAddresses } = service
  const facts = { ...named(service), endpoints: endpoints.length, ready: 0, publishNotReadyAddresses }
  return { node: missing, step: reasons.headlessNoReadyEndpoints(facts) }
}

function findPort(scope: Scope, form: ServiceForm & { kind: 'port' }): Found {
  const { view, zone, service, slices } = scope
  const backends = service.headless
    ? endpointBackends(slices, namingOf(view.config, zone), { port: form })
    : clusterIpBackends(service, zone, form)
  const whole = service.headless ? findEndpoints(scope) : findClusterIps(scope)
  // Where the Service itself cannot be reached, that is why its ports cannot.
  if (backends.length > 0 || whole.node === missing) return { node: backendsNode(backends), step: whole.step }
  const ports = [...new Set([...service.ports, ...slices.flatMap((slice) => slice.ports)].map(portLabel))]
  return {
    node: missing,
    step: reasons.noSuchPort({ ...named(service), port: `_${form.port}._${form.protocol}`, ports }),
  }
}

function findEndpoint(scope: Scope, label: string): Found {
  const { view, zone, service, slices } = scope
  const facts = { ...named(service), endpoint: label }
  const backends = endpointBackends(slices, namingOf(view.config, zone), { label })
  if (backends.length > 0) return { node: backendsNode(backends), step: reasons.endpoint(facts) }
  if (isProtocolLabel(scope, label)) return { node: empty, step: reasons.emptyNonTerminal({}) }
  return { node: missing, step: noEndpoint(scope, facts) }
}

function noEndpoint({ view, slices }: Scope, facts: { service: string; endpoint: string }): Step {
  const { endpointPodNames } = view.config
  const { endpoint: label } = facts
  const isCalledSo = (each: EndpointSlice, ready: boolean) =>
    endpointLabels(each, { endpointPodNames, ready }).includes(label)
  if (slices.some((slice) => isCalledSo(slice, false))) return reasons.endpointNotReady(facts)
  const ofPod = slices.flatMap(({ endpoints }) => endpoints).find(({ targetName }) => targetName === label)
  if (ofPod !== undefined) return reasons.serviceNameMismatch(facts)
  const labels = () => slices.flatMap((slice) => endpointLabels(slice, { endpointPodNames, ready: true }))
  return reasons.noSuchEndpoint({ ...facts, nearest: () => nearestOf(label, new Set(labels())) })
}

/** `_tcp.SERVICE…` has no records, but stands above `_port._tcp.SERVICE…` (RFC 8020); CoreDNS denies it. */
function isProtocolLabel({ view, zone, service, slices }: Scope, label: string): boolean {
  if (!label.startsWith('_') || label.length === 1) return false
  const port = { port: '', protocol: label.slice(1) }
  const backends = service.headless
    ? endpointBackends(slices, namingOf(view.config, zone), { port })
    : clusterIpBackends(service, zone, port)
  return backends.length > 0
}

/**
 * The endpoints of one zone of the cluster's topology; `prefer` takes all where it has none.
 *
 * The name exists whatever the zone is called: one without endpoints is NODATA (CoreDNS option `zonal`).
 */
function findInTopologyZone(scope: Scope, { topologyZone, mode }: ServiceForm & { kind: 'zonal' }): Found {
  const { view, zone, service, slices } = scope
  const there = endpointBackends(slices, namingOf(view.config, zone), { topologyZone })
  const backends = there.length > 0 || mode === 'pin' ? there : endpointBackends(slices, namingOf(view.config, zone))
  const step = reasons.zoneEndpoints({ ...named(service), topologyZone, ready: there.length })
  return { node: backends.length === 0 ? empty : backendsNode(backends), step }
}

function named({ namespace, name }: Service): { service: string } {
  return { service: `${namespace}/${name}` }
}

function portLabel({ name, protocol }: { name?: string; protocol: string }): string {
  return `_${name ?? ''}._${protocol.toLowerCase()}`
}

function nearestOf(name: string, candidates: ReadonlySet<string>): string | undefined {
  return candidates.size > maximumCandidates ? undefined : nearest(name, [...candidates], 2)
}

const unknown = () => undefined
