import type { EndpointSlice, ServiceImport } from '../../cluster/model.ts'
import { type Label, lowerCase, type Name } from '../../dns/name.ts'
import { type EndpointNaming, type EndpointSelector, serviceName, sliceBackends, tryServiceName } from './backends.ts'
import { type Backend, type PortSelector, selects } from './node.ts'

/** A ClusterSetIP import: each of its ports at each of its addresses; nothing at all where it has no ports. */
export function importBackends(found: ServiceImport, zone: Name, selector?: PortSelector): Backend[] {
  const target = serviceName(found, zone)
  return found.ports
    .filter((port) => selects(selector, port))
    .flatMap(({ port }) => found.ips.map((address) => ({ address, port, target })))
}

/** A label is that of an endpoint in the cluster of `clusterId`, or without one in the slices that name no cluster. */
export interface ImportEndpointSelector extends Omit<EndpointSelector, 'topologyZone'> {
  /** In lower case. */
  readonly clusterId?: Label
}

/** The ready endpoints of an import's slices, of all clusters, one for each address and port. */
export function importEndpointBackends(
  slices: readonly EndpointSlice[],
  naming: EndpointNaming,
  selector: ImportEndpointSelector = {},
): Backend[] {
  return slices
    .filter((slice) => selector.label === undefined || selector.clusterId === clusterLabel(slice))
    .flatMap((slice) => {
      const { namespace, importName: name } = slice
      if (name === undefined) return []
      const targetOf = (label: Label) => importEndpointName(slice, naming.zone, label)
      return sliceBackends(slice, selector, { ...naming, service: { namespace, name }, targetOf })
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
