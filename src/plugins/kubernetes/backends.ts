import type { Endpoint, EndpointPort, EndpointSlice, Service } from '../../cluster/model.ts'
import { formatLabels, type Label, labelsOf, type Name, nameOf, tryParseName } from '../../dns/name.ts'
import { type Backend, type PortSelector, selects } from './node.ts'

/** What stands in for the ports of a Service or slice that has none: its addresses resolve, its SRV is empty. */
export const noPorts: readonly EndpointPort[] = [{ protocol: 'TCP' }]

/** `LABELS.SERVICE.NAMESPACE.svc.ZONE`. */
export function serviceName(
  service: Pick<Service, 'namespace' | 'name'>,
  zone: Name,
  below: readonly Label[] = [],
): Name {
  return nameOf([...below, service.name, service.namespace, 'svc', ...labelsOf(zone)])
}

/** As `serviceName`, but undefined where there is no such name: some label, or all together, too long. */
export function tryServiceName(
  { namespace, name }: Pick<Service, 'namespace' | 'name'>,
  zone: Name,
  below: readonly Label[] = [],
): Name | undefined {
  return tryParseName(formatLabels([...below, name, namespace, 'svc', ...labelsOf(zone)]))
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
  /** Only endpoints in this zone of the cluster's topology, in lower case. */
  readonly topologyZone?: string
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
    .filter(({ zone }) => selector.topologyZone === undefined || selector.topologyZone === zone)
    .flatMap(({ address, label }) => {
      const target = tryServiceName(service, naming.zone, [label])
      // Without a name that fits, the address is still one of the Service's, but no SRV record leads to it.
      if (target === undefined) return selected.map(() => ({ address, target: serviceName(service, naming.zone) }))
      return selected.map(({ port }) => toBackend(address, port, target))
    })
}

/** One address of an endpoint, with the label it is found under and its zone of the cluster's topology. */
export interface EndpointAddress {
  readonly address: string
  readonly label: Label
  readonly zone?: string
}

/** Each address of each ready endpoint of a slice; none of a slice of names (FQDN). */
export function readyAddresses(slice: EndpointSlice, endpointPodNames: boolean): EndpointAddress[] {
  return addressesOf(slice, { endpointPodNames, ready: true })
}

/** The labels of a slice's endpoints, those that are ready or those that are not. */
export function endpointLabels(slice: EndpointSlice, options: AddressOptions): Label[] {
  return addressesOf(slice, options).map(({ label }) => label)
}

interface AddressOptions {
  readonly endpointPodNames: boolean
  readonly ready: boolean
}

function addressesOf(slice: EndpointSlice, { endpointPodNames, ready }: AddressOptions): EndpointAddress[] {
  if (slice.addressType === 'FQDN') return []
  return slice.endpoints
    .filter((endpoint) => endpoint.ready === ready)
    .flatMap((endpoint) => {
      const zone = endpoint.zone === undefined ? {} : { zone: endpoint.zone.toLowerCase() }
      return endpoint.addresses.map((address) => ({
        address,
        label: endpointLabel(endpoint, address, endpointPodNames),
        ...zone,
      }))
    })
}

/** The names that ready endpoints are, in slices of addressType FQDN. */
export function nameTargets(slices: readonly EndpointSlice[]): Name[] {
  return slices
    .filter(({ addressType }) => addressType === 'FQDN')
    .flatMap(({ endpoints }) => endpoints.filter(({ ready }) => ready))
    .flatMap(({ addresses }) => addresses.flatMap((address) => tryParseName(address) ?? []))
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
