import { isIP } from 'node:net'
import type { Endpoint, EndpointPort, EndpointSlice, Service } from '../../cluster/model.ts'
import { formatLabels, type Label, labelsOf, type Name, nameBelow, tryParseName } from '../../dns/name.ts'
import { type Backend, type PortSelector, selects } from './node.ts'

/** What stands in for the ports of a Service or slice that has none: its addresses resolve, its SRV is empty. */
const noPorts: readonly EndpointPort[] = [{ protocol: 'TCP' }]

/** The ports that are asked for; of all, where there are none, what stands in for them. */
export function selectedPorts(ports: readonly EndpointPort[], selector?: PortSelector): readonly EndpointPort[] {
  if (selector === undefined) return ports.length === 0 ? noPorts : ports
  return ports.filter((port) => selects(selector, port))
}

/** `LABELS.SERVICE.NAMESPACE.svc.ZONE`. */
export function serviceName(
  service: Pick<Service, 'namespace' | 'name'>,
  zone: Name,
  below: readonly Label[] = [],
): Name {
  return nameBelow([...below, service.name, service.namespace, 'svc'], zone)
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
  const backends: Backend[] = []
  for (const { port } of selectedPorts(service.ports, selector)) {
    for (const address of service.clusterIPs) backends.push(toBackend(address, port, target))
  }
  return backends
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

/** As the options say. */
export function namingOf({ endpointPodNames }: Pick<EndpointNaming, 'endpointPodNames'>, zone: Name): EndpointNaming {
  return { zone, endpointPodNames }
}

/** The ready endpoints of a Service's slices, one for each address and port (DNS specification 2.4). */
export function endpointBackends(
  slices: readonly EndpointSlice[],
  { zone, endpointPodNames }: EndpointNaming,
  selector: EndpointSelector = {},
): Backend[] {
  return slices.flatMap((slice) => {
    const { namespace, serviceName: name } = slice
    if (name === undefined) return []
    const targetOf = (label: Label) => tryServiceName({ namespace, name }, zone, [label])
    return sliceBackends(slice, selector, { service: { namespace, name }, zone, endpointPodNames, targetOf })
  })
}

/** How the endpoints of one slice get their names. */
export interface SliceNaming extends EndpointNaming {
  /** What the slice belongs to. */
  readonly service: Pick<Service, 'namespace' | 'name'>
  /** The name of an endpoint; undefined where none fits. */
  targetOf(label: Label): Name | undefined
}

/** The ready endpoints of one slice, whatever it belongs to. */
export function sliceBackends(slice: EndpointSlice, selector: EndpointSelector, naming: SliceNaming): Backend[] {
  const ports = selectedPorts(slice.ports, selector.port)
  return readyAddresses(slice, naming.endpointPodNames)
    .filter(({ label }) => selector.label === undefined || selector.label === label)
    .filter(({ zone }) => selector.topologyZone === undefined || selector.topologyZone === zone)
    .flatMap(({ address, label }) => {
      const target = naming.targetOf(label)
      // Without a name that fits, the address is still one of the Service's, but no SRV record leads to it.
      if (target === undefined) return ports.map(() => ({ address, target: serviceName(naming.service, naming.zone) }))
      return ports.map(({ port }) => toBackend(address, port, target))
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

/** Where a Service of type ExternalName leads; undefined where its text is an address, or no name at all. */
export function externalTarget({ type, externalName = '' }: Service): Name | undefined {
  return type === 'ExternalName' && isIP(externalName) === 0 ? tryParseName(externalName) : undefined
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
