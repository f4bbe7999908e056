import type { Endpoint, EndpointPort, EndpointSlice, Service } from '../../cluster/model.ts'
import { type Label, labelsOf, type Name, nameOf } from '../../dns/name.ts'
import { type Backend, type PortSelector, selects } from './node.ts'

/** What stands in for the ports of a Service or slice that has none: its addresses resolve, its SRV is empty. */
const noPorts: readonly EndpointPort[] = [{ protocol: 'TCP' }]

/** `LABELS.SERVICE.NAMESPACE.svc.ZONE`. */
export function serviceName(
  service: Pick<Service, 'namespace' | 'name'>,
  zone: Name,
  below: readonly Label[] = [],
): Name {
  return nameOf([...below, service.name, service.namespace, 'svc', ...labelsOf(zone)])
}

/** A Service with cluster IPs: each of its ports at each of them (DNS specification 2.3). */
export function clusterIpBackends(service: Service, zone: Name, selector?: PortSelector): Backend[] {
  const target = serviceName(service, zone)
  const ports = service.ports.length === 0 && selector === undefined ? noPorts : service.ports
  return ports
    .filter((port) => selects(selector, port))
    .flatMap(({ port }) => service.clusterIPs.map((address) => toBackend(address, port, target)))
}

export interface EndpointSelector {
  /** Only the endpoint of this label. */
  readonly label?: Label
  readonly port?: PortSelector
}

/** How endpoints get their names. */
export interface EndpointNaming {
  readonly zone: Name
  readonly endpointPodNames: boolean
}

/** The ready endpoints of a Service's slices, one for each address and port (DNS specification 2.4). */
export function endpointBackends(
  slices: readonly EndpointSlice[],
  naming: EndpointNaming,
  selector: EndpointSelector = {},
): Backend[] {
  return slices.flatMap((slice) => sliceBackends(slice, naming, selector))
}

function sliceBackends(slice: EndpointSlice, naming: EndpointNaming, selector: EndpointSelector): Backend[] {
  if (slice.serviceName === undefined) return []
  const service = { namespace: slice.namespace, name: slice.serviceName }
  const ports = slice.ports.length === 0 && selector.port === undefined ? noPorts : slice.ports
  const selected = ports.filter((port) => selects(selector.port, port))
  return readyAddresses(slice, naming.endpointPodNames)
    .filter(({ label }) => selector.label === undefined || selector.label === label)
    .flatMap(({ address, label }) => {
      const target = serviceName(service, naming.zone, [label])
      return selected.map(({ port }) => toBackend(address, port, target))
    })
}

/** Each address of each ready endpoint of a slice, with the label it is found under; none of a slice of names (FQDN). */
export function readyAddresses(slice: EndpointSlice, endpointPodNames: boolean): { address: string; label: Label }[] {
  if (slice.addressType === 'FQDN') return []
  return slice.endpoints
    .filter((endpoint) => endpoint.ready)
    .flatMap((endpoint) =>
      endpoint.addresses.map((address) => ({ address, label: endpointLabel(endpoint, address, endpointPodNames) })),
    )
}

/** Hostname; or the Pod's name where asked for and fit for a label; or the address with dashes (CoreDNS endpointHostname). */
function endpointLabel(endpoint: Endpoint, address: string, endpointPodNames: boolean): Label {
  if (endpoint.hostname) return endpoint.hostname.toLowerCase()
  if (endpointPodNames && endpoint.targetName && endpoint.targetName.length < 64)
    return endpoint.targetName.toLowerCase()
  const dashed = address.replace(/[.:]/g, '-')
  // A label must not end in a dash: `fd00::` becomes `fd00--0`.
  return dashed.endsWith('-') ? `${dashed}0` : dashed
}

function toBackend(address: string, port: number | undefined, target: Name): Backend {
  return port === undefined ? { address, target } : { address, port, target }
}
