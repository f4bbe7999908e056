import { isIP } from 'node:net'
import type { EndpointPort, EndpointSlice, Service } from '../../cluster/model.ts'
import { addressTag, anyTag, namespaceTag, serviceTag } from '../../cluster/tags.ts'
import { tryParseName } from '../../dns/name.ts'
import type {
  ExternalBackend,
  ExternalFinding,
  ExternalHost,
  ExternalPointers,
  ExternalQuery,
  ExternalSelector,
  ExternalService,
  ExternalSource,
} from '../../plugin/external.ts'
import type { Step } from '../../plugin/reason.ts'
import { nameTargets, readyAddresses, selectedPorts } from './backends.ts'
import {
  externalAddresses,
  externalPointers,
  noExternalAddress,
  noExternalPort,
  noSuchExternalAddress,
} from './external-reasons.ts'
import { namespaceAbsence } from './find.ts'
import * as reasons from './reasons.ts'
import { isExposed, ownSlicesAt, serviceOf, slicesOf, type View } from './view.ts'

/**
 * What of the cluster can be reached from outside (CoreDNS external.go, ns.go): the externalIPs of Services, what load
 * balancers gave them, and, where asked for, the endpoints of those that have neither.
 */
export function externalSource(view: View): ExternalSource {
  // As in CoreDNS, `ignore empty_service` is about the cluster's own names: a load balancer is there, whatever is behind it.
  const seen = { ...view, config: { ...view.config, ignoreEmptyService: false } }
  return {
    ttl: view.config.ttl,
    serial: () => view.cluster.serial,
    isSynced: () => view.cluster.isSynced,
    syncDetail: () => view.cluster.syncDetail,
    namespace: (namespace) => findNamespace(seen, namespace),
    service: (asked) => findService(seen, asked),
    servicesAt: (address) => pointersTo(seen, address),
    hasAddress: (isMeant) => ({ found: addressesOutside(seen).some(isMeant), tags: [anyTag] }),
    nameservers: (headless) => nameservers(seen, headless),
    services: (headless) => reachableServices(seen, headless),
  }
}

function findNamespace(view: View, namespace: string): ExternalFinding {
  const tags = [namespaceTag(namespace)]
  if (isExposed(view, namespace)) return { backends: [], tags, step: reasons.namespace({ namespace }) }
  return { backends: undefined, tags, step: namespaceAbsence(view, namespace) }
}

function findService(view: View, asked: ExternalQuery): ExternalFinding {
  const inNamespace = findNamespace(view, asked.namespace)
  if (inNamespace.backends === undefined) return inNamespace
  const tags = [...inNamespace.tags, serviceTag(asked.namespace, asked.service)]
  const service = serviceOf(view, asked.namespace, asked.service)
  if (service === undefined) return { backends: undefined, tags, step: absence(view, asked) }
  const scope = scopeOf(view, service, asked)
  const backends = backendsOf(scope, asked)
  if (backends.length > 0) return { backends, tags, step: presence(scope, asked, backends) }
  // `_tcp.SERVICE…` has no records, but stands above `_port._tcp.SERVICE…` (RFC 8020); CoreDNS takes it for an endpoint.
  if (isAbovePorts(scope, asked)) return { backends: [], tags, step: reasons.emptyNonTerminal({}) }
  return { backends: undefined, tags, step: nothing(scope, asked) }
}

function absence({ cluster }: View, { namespace, service: name }: ExternalQuery): Step {
  const service = `${namespace}/${name}`
  if (cluster.service(namespace, name) !== undefined) return reasons.serviceNotExposed({ service })
  return reasons.noSuchService({ service, nearest: () => undefined })
}

/** A Service, with the slices that count for it: none, if its endpoints are not to be reached. */
interface Scope {
  readonly view: View
  readonly service: Service
  readonly slices: readonly EndpointSlice[] | undefined
}

/** Endpoints count where there is no other address, for headless Services and at the names of endpoints. */
function scopeOf(view: View, service: Service, { headless, endpoint }: Pick<ExternalQuery, 'headless' | 'endpoint'>) {
  const byEndpoints = headless && service.externalIPs.length === 0 && (service.headless || endpoint !== undefined)
  const slices = byEndpoints ? slicesOf(view, service.namespace, service.name) : undefined
  return { view, service, slices }
}

function backendsOf({ view, service, slices }: Scope, { endpoint, port }: ExternalSelector): ExternalBackend[] {
  if (slices !== undefined)
    return endpointBackends(view, slices, { ...(endpoint && { endpoint }), ...(port && { port }) })
  // Nothing that has no endpoints has a name for one; CoreDNS takes any label for the Service itself.
  if (endpoint !== undefined) return []
  const hosts = service.externalIPs.flatMap(hostOf)
  return selectedPorts(service.ports, port).flatMap((each) => hosts.map((host) => ({ host, ...portOf(each) })))
}

function endpointBackends(
  { config }: View,
  slices: readonly EndpointSlice[],
  { endpoint, port }: ExternalSelector,
): ExternalBackend[] {
  const wanted = endpoint?.replace(/^_/, '')
  const found = slices.flatMap((slice) => {
    const ports = selectedPorts(slice.ports, port)
    return readyAddresses(slice, config.endpointPodNames)
      .filter(({ label }) => wanted === undefined || wanted === label)
      .flatMap(({ address, label }) => {
        const host = { kind: 'address', address } as const
        return ports.map((each) => ({ host, endpoint: label, ...portOf(each) }))
      })
  })
  if (found.length > 0 || endpoint !== undefined) return found
  return slices.flatMap((slice) => {
    const names = nameTargets([slice]).map((name) => ({ kind: 'name', name }) as const)
    return selectedPorts(slice.ports, port).flatMap((each) => names.map((host) => ({ host, ...portOf(each) })))
  })
}

function portOf({ port }: EndpointPort): Pick<ExternalBackend, 'port'> {
  return port === undefined ? {} : { port }
}

function hostOf(text: string): ExternalHost[] {
  if (isIP(text) !== 0) return [{ kind: 'address', address: text }]
  const name = tryParseName(text)
  return name === undefined ? [] : [{ kind: 'name', name }]
}

function isAbovePorts(scope: Scope, { endpoint }: ExternalSelector): boolean {
  if (endpoint === undefined || endpoint.length < 2 || !endpoint.startsWith('_')) return false
  // Names of ports are there where the Service's own is.
  const whole = scopeOf(scope.view, scope.service, { headless: scope.slices !== undefined })
  return backendsOf(whole, { port: { port: '', protocol: endpoint.slice(1) } }).length > 0
}

function presence(
  { service, slices }: Scope,
  { endpoint }: ExternalSelector,
  backends: readonly ExternalBackend[],
): Step {
  const named = nameOfService(service)
  if (slices === undefined) return externalAddresses({ ...named, externalIPs: service.externalIPs })
  if (endpoint !== undefined) return reasons.endpoint({ ...named, endpoint })
  const [name] = backends.flatMap(({ host }) => (host.kind === 'name' ? [host.name] : []))
  if (name !== undefined) return reasons.headlessNames({ ...named, target: name })
  return reasons.headlessEndpoints({ ...named, ...countsOf(slices) })
}

function nothing(scope: Scope, { endpoint, port }: ExternalSelector): Step {
  const { service, slices } = scope
  const named = nameOfService(service)
  if (slices === undefined && service.externalIPs.length === 0) return noExternalAddress(named)
  if (endpoint !== undefined) return reasons.noSuchEndpoint({ ...named, endpoint, nearest: () => undefined })
  if (port !== undefined && backendsOf(scope, {}).length > 0) {
    return noExternalPort({ ...named, port: `_${port.port}._${port.protocol}` })
  }
  const counts = countsOf(slices ?? [])
  if (counts.endpoints === 0) return reasons.headlessNoEndpoints(named)
  const { publishNotReadyAddresses } = service
  return reasons.headlessNoReadyEndpoints({ ...named, ...counts, publishNotReadyAddresses })
}

function countsOf(slices: readonly EndpointSlice[]): { endpoints: number; ready: number } {
  const endpoints = slices.flatMap((slice) => slice.endpoints)
  return { endpoints: endpoints.length, ready: endpoints.filter(({ ready }) => ready).length }
}

function nameOfService({ namespace, name }: Service): { service: string } {
  return { service: `${namespace}/${name}` }
}

function exposedServices(view: View): readonly Service[] {
  return view.cluster.list('Service').filter((service) => isReached(view, service))
}

function isReached(view: View, { namespace, name }: Service): boolean {
  return isExposed(view, namespace) && serviceOf(view, namespace, name) !== undefined
}

/** A load balancer may have given a name in place of an address. */
function addressesOutside(view: View): string[] {
  return exposedServices(view).flatMap(({ externalIPs }) => externalIPs.filter((text) => isIP(text) !== 0))
}

/** The Services that are reached at an address from outside. */
function pointersTo(view: View, address: string): ExternalPointers {
  const there = view.cluster.servicesAtExternal(address)
  const services = there
    .filter((service) => isReached(view, service))
    .map(({ namespace, name }) => ({ namespace, name }))
  const names = services.map(({ namespace, name }) => `${namespace}/${name}`)
  const step = names.length === 0 ? noSuchExternalAddress({ address }) : externalPointers({ address, services: names })
  const namespaces = new Set(there.map(({ namespace }) => namespaceTag(namespace)))
  return { services, tags: [addressTag(address), ...namespaces], step }
}

/**
 * The external addresses of the Services that front this server, or else the addresses it is reached at.
 *
 * A load balancer that is known by a name has none to give; CoreDNS answers an AAAA record without an address.
 */
function nameservers(view: View, headless: boolean): ReturnType<ExternalSource['nameservers']> {
  const slices = view.localAddresses.flatMap((address) =>
    ownSlicesAt(view, address).map((slice) => ({ address, slice })),
  )
  const fronting = slices.flatMap(({ address, slice }) => {
    const service = serviceOf(view, slice.namespace, slice.serviceName ?? '')
    const ready = readyAddresses(slice, view.config.endpointPodNames).map((endpoint) => endpoint.address)
    return service === undefined || !ready.includes(address) ? [] : [{ service, ready }]
  })
  const external = fronting.flatMap(({ service, ready }) => {
    if (headless && service.headless) return ready
    return service.externalIPs.filter((text) => isIP(text) !== 0)
  })
  const tags = [
    ...view.localAddresses.map(addressTag),
    ...slices.map(({ slice }) => serviceTag(slice.namespace, slice.serviceName ?? '')),
  ]
  return { addresses: fronting.length > 0 ? [...new Set(external)] : view.localAddresses, tags }
}

/** Those with an external address before those that have endpoints alone, as in CoreDNS. */
function reachableServices(view: View, headless: boolean): readonly ExternalService[] {
  const scopes = exposedServices(view).map((service) => scopeOf(view, service, { headless }))
  const reachable = scopes.filter(({ service, slices }) => service.externalIPs.length > 0 || slices !== undefined)
  const [outside, inside] = [true, false].map((isOutside) =>
    reachable.filter(({ slices }) => (slices === undefined) === isOutside),
  )
  return [...(outside ?? []), ...(inside ?? [])].map((scope) => {
    const { service, slices } = scope
    return {
      namespace: service.namespace,
      name: service.name,
      ports: portNames(slices?.flatMap(({ ports }) => ports) ?? service.ports),
      backends: (selector = {}) => backendsOf(scope, selector),
    }
  })
}

function portNames(ports: readonly EndpointPort[]): ExternalService['ports'] {
  const named = ports.flatMap(({ name, protocol }) =>
    name === undefined || name === '' ? [] : [{ port: name.toLowerCase(), protocol: protocol.toLowerCase() }],
  )
  return [...new Map(named.map((each) => [`${each.port} ${each.protocol}`, each])).values()]
}
