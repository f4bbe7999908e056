import { compact } from '../../util/compact.ts'
import { serviceNameLabel } from '../labels.ts'
import type { Address, Endpoint, EndpointPort, EndpointSlice, Labels } from '../model.ts'
import { type Family, familyOf } from './addresses.ts'
import type { PodDraft, ServiceDraft, ServicePortDraft } from './drafts.ts'
import { matches } from './selector.ts'
import type { SliceNames } from './slice-names.ts'

/** A Pod with the addresses it has in the end, its own and those it was given. */
export interface PlacedPod {
  readonly draft: PodDraft
  readonly podIPs: readonly Address[]
}

/** What `--max-endpoints-per-slice` of the controller is by default. */
const maxEndpointsPerSlice = 100
const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const headlessLabel = 'service.kubernetes.io/headless'

/**
 * The EndpointSlices of a Service with a selector, as the EndpointSlice controller makes them (k8s.io/endpointslice).
 *
 * Pods are grouped by the ports they resolve to: one that lacks a named target port goes to slices without that port.
 *
 * @param pods those of the Service's namespace, in the order their endpoints are to have
 */
export function slicesOfPods(service: ServiceDraft, pods: readonly PlacedPod[], names: SliceNames): EndpointSlice[] {
  const chosen = pods.filter(({ draft, podIPs }) => podIPs.length > 0 && matches(service.selector ?? {}, draft.labels))
  return service.families.flatMap((family) =>
    [...groupByPorts(service, chosen, family)].flatMap(([portsKey, { ports, endpoints }]) =>
      inChunks(endpoints, maxEndpointsPerSlice).map((chunk, index): EndpointSlice => {
        const name = names.name(service.namespace, service.name, `${family} ${portsKey} ${index}`)
        return { ...sliceHead(service), name, addressType: family, endpoints: chunk, ports }
      }),
    ),
  )
}

function sliceHead(service: ServiceDraft) {
  const { namespace, name: serviceName } = service
  return { kind: 'EndpointSlice', namespace, serviceName, labels: sliceLabels(service) } as const
}

/** The Service's own labels, then those by which slices are found (setEndpointSliceLabels). */
function sliceLabels({ name, object }: ServiceDraft): Labels {
  const reserved = [serviceNameLabel, managedByLabel, headlessLabel]
  const own = Object.entries(object.labels).filter(([key]) => !reserved.includes(key))
  return {
    ...Object.fromEntries(own),
    ...(object.headless ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: name,
    [managedByLabel]: 'endpointslice-controller.k8s.io',
  }
}

interface Group {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: Endpoint[]
}

function groupByPorts(service: ServiceDraft, pods: readonly PlacedPod[], family: Family): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const pod of pods) {
    const addresses = pod.podIPs.filter((address) => familyOf(address) === family)
    if (addresses.length === 0) continue
    const ports = portsOf(service, pod.draft)
    const key = ports.map(({ name, protocol, port }) => `${name ?? ''}:${port}/${protocol}`).join(' ')
    const group = groups.get(key) ?? { ports, endpoints: [] }
    group.endpoints.push(endpointOf(service, pod.draft, addresses))
    groups.set(key, group)
  }
  return groups
}

/** getEndpointPorts: a port that the Pod does not have is left out. */
function portsOf(service: ServiceDraft, pod: PodDraft): EndpointPort[] {
  return service.ports.flatMap((servicePort) => {
    const { name, protocol } = servicePort
    const port = findPort(servicePort, pod)
    return port === undefined ? [] : [compact({ name, protocol, port })]
  })
}

/** FindPort: a name counts only together with the protocol. */
function findPort({ targetPort, protocol }: ServicePortDraft, pod: PodDraft): number | undefined {
  if (typeof targetPort === 'number') return targetPort
  return pod.ports.find((port) => port.name === targetPort && port.protocol === protocol)?.port
}

/** podToEndpoint: one that terminates is not ready, whatever it says, unless unready ones are published. */
function endpointOf({ name, object }: ServiceDraft, pod: PodDraft, addresses: readonly Address[]): Endpoint {
  return compact({
    addresses,
    ready: object.publishNotReadyAddresses || (pod.ready && !pod.terminating),
    serving: pod.ready,
    terminating: pod.terminating,
    hostname: pod.subdomain === name ? pod.hostname : undefined,
    nodeName: pod.nodeName,
    targetName: pod.name,
  })
}

function inChunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size))
}
