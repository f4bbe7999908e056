import { isIPv4, isIPv6 } from 'node:net'
import { canonicalAddress } from '../../util/address.ts'
import { compact } from '../../util/compact.ts'
import { type EndpointFields, isSameEndpoint } from '../endpoints.ts'
import { importNameLabel, serviceNameLabel, sourceClusterLabel } from '../labels.ts'
import type {
  Address,
  ClusterObject,
  Endpoint,
  EndpointPort,
  EndpointSlice,
  Labels,
  Namespace,
  Pod,
  Service,
  ServiceImport,
  ServicePort,
} from '../model.ts'
import { arrayOf, booleanOf, type Json, numberOf, recordOf, stringOf, stringsOf } from './json.ts'

/** What is kept of objects beyond what every answer needs. */
export interface Keep {
  /** Labels: only selectors read them. */
  readonly labels: boolean
}

/**
 * Makes of an object of the API what answers need, and nothing else of it is held; undefined for one without a name.
 *
 * @param before what there was of the object; parts of it that are the same are used again
 */
export type Trim = (object: Json, keep: Keep, before?: ClusterObject) => ClusterObject | undefined

/**
 * The API server has validated what it sends: what is not as its schema says is left out, and the rest is used.
 *
 * Addresses are made canonical, since it keeps them as they were written.
 */
export const trims = {
  Namespace: trimNamespace,
  Service: trimService,
  EndpointSlice: trimSlice,
  Pod: trimPod,
  ServiceImport: trimImport,
} as const satisfies Record<ClusterObject['kind'], Trim>

interface Named {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
}

function trimNamespace(object: Json, keep: Keep): Namespace | undefined {
  const named = namedOf(object, keep)
  return named === undefined ? undefined : { kind: 'Namespace', name: named.name, labels: named.labels }
}

function trimService(object: Json, keep: Keep): Service | undefined {
  const named = namedOf(object, keep)
  const spec = recordOf(object.spec)
  if (named === undefined) return undefined
  const first = stringOf(spec.clusterIP)
  const given = stringsOf(spec.clusterIPs)
  const clusterIPs = given.length > 0 ? given : first === undefined ? [] : [first]
  const type = serviceTypeOf(spec.type)
  return compact({
    kind: 'Service' as const,
    ...named,
    type,
    // Of an ExternalName they mean nothing, though a Service that became one may still have them.
    clusterIPs: type === 'ExternalName' ? [] : addressesOf(clusterIPs),
    headless: type !== 'ExternalName' && clusterIPs[0] === 'None',
    externalName: type === 'ExternalName' ? (stringOf(spec.externalName) ?? '') : undefined,
    ports: servicePortsOf(spec.ports),
    publishNotReadyAddresses: booleanOf(spec.publishNotReadyAddresses) ?? false,
    externalIPs: [...addressesOf(stringsOf(spec.externalIPs)), ...ingressOf(recordOf(object.status))],
  })
}

function trimSlice(object: Json, keep: Keep, before?: ClusterObject): EndpointSlice | undefined {
  const named = namedOf(object, keep)
  const addressType = addressTypeOf(object.addressType)
  if (named === undefined || addressType === undefined) return undefined
  const labels = recordOf(recordOf(object.metadata).labels)
  return compact({
    kind: 'EndpointSlice' as const,
    ...named,
    serviceName: stringOf(labels[serviceNameLabel]),
    importName: stringOf(labels[importNameLabel]),
    clusterId: stringOf(labels[sourceClusterLabel]) || undefined,
    addressType,
    endpoints: trimEndpoints(object, addressType, before?.kind === 'EndpointSlice' ? before.endpoints : []),
    ports: endpointPortsOf(object.ports),
  })
}

/** Of a hundred endpoints one has changed, most often: those that are where they were, and as they were, are not made again. */
function trimEndpoints(
  slice: Json,
  addressType: EndpointSlice['addressType'],
  before: readonly Endpoint[],
): readonly Endpoint[] {
  const endpoints = arrayOf(slice.endpoints).flatMap((each, index) => {
    const [fields, there] = [fieldsOf(recordOf(each)), before[index]]
    if (there !== undefined && isSameEndpoint(there, fields)) return there
    const addresses = addressType === 'FQDN' ? fields.addresses : addressesOf(fields.addresses)
    return addresses.length === 0 ? [] : compact({ ...fields, addresses })
  })
  return exact(endpoints)
}

/** Conditions that are unset mean: ready, serving as it is ready, not terminating (discovery/v1 EndpointConditions). */
function fieldsOf(endpoint: Json): EndpointFields {
  const conditions = recordOf(endpoint.conditions)
  const ready = booleanOf(conditions.ready) ?? true
  return {
    addresses: stringsOf(endpoint.addresses), // as they are written
    ready,
    serving: booleanOf(conditions.serving) ?? ready,
    terminating: booleanOf(conditions.terminating) ?? false,
    hostname: stringOf(endpoint.hostname) || undefined,
    nodeName: stringOf(endpoint.nodeName) || undefined,
    zone: stringOf(endpoint.zone) || undefined,
    targetName: stringOf(recordOf(endpoint.targetRef).name) || undefined,
  }
}

/** A Pod that has ended has no address any more, though its status may still say so. */
function trimPod(object: Json, keep: Keep): Pod | undefined {
  const named = namedOf(object, keep)
  if (named === undefined) return undefined
  const status = recordOf(object.status)
  const ended = status.phase === 'Succeeded' || status.phase === 'Failed'
  const all = arrayOf(status.podIPs).flatMap((each) => stringOf(recordOf(each).ip) ?? [])
  const first = stringOf(status.podIP)
  const written = all.length > 0 ? all : first === undefined ? [] : [first]
  return { kind: 'Pod', ...named, podIPs: ended ? [] : addressesOf(written) }
}

function trimImport(object: Json, keep: Keep): ServiceImport | undefined {
  const named = namedOf(object, keep)
  const spec = recordOf(object.spec)
  if (named === undefined) return undefined
  const headless = spec.type === 'Headless'
  const ips = addressesOf(stringsOf(spec.ips))
  return { kind: 'ServiceImport', ...named, headless, ips, ports: servicePortsOf(spec.ports) }
}

function namedOf(object: Json, keep: Keep): Named | undefined {
  const metadata = recordOf(object.metadata)
  const name = stringOf(metadata.name)
  if (name === undefined || name === '') return undefined
  return { namespace: stringOf(metadata.namespace) ?? '', name, labels: keep.labels ? labelsOf(metadata.labels) : none }
}

const none: Labels = Object.freeze({})

function labelsOf(value: unknown): Labels {
  return Object.fromEntries(Object.entries(recordOf(value)).flatMap(([key, each]) => textEntry(key, each)))
}

function textEntry(key: string, value: unknown): [string, string][] {
  return typeof value === 'string' ? [[key, value]] : []
}

/** What is no address (`None`, '') is left out, and what is one only on some link. */
function addressesOf(texts: readonly string[]): Address[] {
  const addresses = texts.flatMap((text) => {
    if (isIPv4(text)) return text
    return isIPv6(text) && !text.includes('%') ? canonicalAddress(text) : []
  })
  return exact(addresses)
}

/** A copy without room to spare: what flatMap leaves of it is as much as 20 MB for 100,000 endpoints. */
function exact<T>(items: readonly T[]): T[] {
  return items.slice()
}

function serviceTypeOf(value: unknown): Service['type'] {
  return value === 'NodePort' || value === 'LoadBalancer' || value === 'ExternalName' ? value : 'ClusterIP'
}

function addressTypeOf(value: unknown): EndpointSlice['addressType'] | undefined {
  return value === 'IPv4' || value === 'IPv6' || value === 'FQDN' ? value : undefined
}

function protocolOf(value: unknown): ServicePort['protocol'] {
  return value === 'UDP' || value === 'SCTP' ? value : 'TCP'
}

/** An empty name is none. */
function servicePortsOf(value: unknown): ServicePort[] {
  return arrayOf(value).flatMap((each) => {
    const { name, protocol, port } = recordOf(each)
    const number = portNumberOf(port)
    if (number === undefined) return []
    return [compact({ name: stringOf(name) || undefined, protocol: protocolOf(protocol), port: number })]
  })
}

function endpointPortsOf(value: unknown): EndpointPort[] {
  return arrayOf(value).map((each) => {
    const { name, protocol, port } = recordOf(each)
    return compact({ name: stringOf(name) || undefined, protocol: protocolOf(protocol), port: portNumberOf(port) })
  })
}

/** Of a ServiceImport nobody has checked that it is one (CRD of sigs.k8s.io/mcs-api). */
function portNumberOf(value: unknown): number | undefined {
  const number = numberOf(value)
  return Number.isInteger(number) && Number(number) >= 1 && Number(number) <= 65_535 ? number : undefined
}

/** Addresses or names that a load balancer gave. */
function ingressOf(status: Json): string[] {
  return arrayOf(recordOf(status.loadBalancer).ingress).flatMap((each) => {
    const { ip, hostname } = recordOf(each)
    const address = stringOf(ip)
    return address ? addressesOf([address]) : stringOf(hostname) || []
  })
}
