import type { EndpointSlice, ServiceImport } from '../../cluster/model.ts'
import { type Label, lowerCase, type Name } from '../../dns/name.ts'
import { type EndpointNaming, noPorts, readyAddresses, serviceName, tryServiceName } from './backends.ts'
import { type Backend, type PortSelector, selects } from './node.ts'

/** A ClusterSetIP import: each of its ports at each of its addresses; nothing at all where it has no ports. */
export function importBackends(found: ServiceImport, zone: Name, selector?: PortSelector): Backend[] {
  const target = serviceName(found, zone)
  return found.ports
    .filter((port) => selects(selector, port))
    .flatMap(({ port }) => found.ips.map((address) => ({ address, port, target })))
}

export interface ImportEndpointSelector {
  /** Only the endpoint of this label, in the cluster of this id, or without one in the slices that name no cluster. */
  readonly label?: Label
  /** In lower case. */
  readonly clusterId?: Label
  readonly port?: PortSelector
}

/** The ready endpoints of an import's slices, of all clusters, one for each address and port. */
export function importEndpointBackends(
  slices: readonly EndpointSlice[],
  naming: EndpointNaming,
  selector: ImportEndpointSelector = {},
): Backend[] {
  return slices
    .filter((slice) => selector.label === undefined || selector.clusterId === clusterLabel(slice))
    .flatMap((slice) => sliceBackends(slice, naming, selector))
}

function sliceBackends(slice: EndpointSlice, naming: EndpointNaming, selector: ImportEndpointSelector): Backend[] {
  const { namespace, importName: name } = slice
  if (name === undefined) return []
  const ports = slice.ports.length === 0 && selector.port === undefined ? noPorts : slice.ports
  const selected = ports.filter((port) => selects(selector.port, port))
  return readyAddresses(slice, naming.endpointPodNames)
    .filter(({ label }) => selector.label === undefined || selector.label === label)
    .flatMap(({ address, label }) => {
      const target = importEndpointName(slice, naming.zone, label)
      // Without a name that fits, the address is still one of the import's, but no SRV record leads to it.
      if (target === undefined)
        return selected.map(() => ({ address, target: serviceName({ namespace, name }, naming.zone) }))
      return selected.map(({ port }) => (port === undefined ? { address, target } : { address, port, target }))
    })
}

/**
 * `LABEL.CLUSTER.SERVICE.NAMESPACE.svc.ZONE`; undefined where that is too long.
 *
 * Of a slice that names no cluster `LABEL.SERVICE…`: CoreDNS resolves that, but its SRV records have an empty label.
 */
export function importEndpointName(slice: EndpointSlice, zone: Name, label: Label): Name | undefined {
  const { namespace, importName: name } = slice
  if (name === undefined) return undefined
  const cluster = clusterLabel(slice)
  return tryServiceName({ namespace, name }, zone, cluster === undefined ? [label] : [label, cluster])
}

/** The id of a slice's cluster, as a label of a name has it. */
export function clusterLabel({ clusterId }: EndpointSlice): Label | undefined {
  return clusterId === undefined ? undefined : lowerCase(clusterId)
}
