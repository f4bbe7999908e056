import type { EndpointSlice } from '../../cluster/model.ts'
import { addressTag, serviceTag, type Tag } from '../../cluster/tags.ts'
import { type Name, nameBelow } from '../../dns/name.ts'
import { isReverseName } from '../../dns/reverse.ts'
import { readyAddresses, tryServiceName } from './backends.ts'
import type { NameserverAddress } from './node.ts'
import { ownSlicesAt, serviceOf, type View } from './view.ts'

/** `ns.dns.ZONE`: the name server where no Service fronts this server, and the SOA's mname. */
export function nameserverName(zone: Name): Name {
  return nameBelow(['ns', 'dns'], zone)
}

/**
 * The name servers of a zone: the Services through which this server is reached, or else `ns.dns.ZONE` at the
 * server's own addresses (CoreDNS ns.go).
 */
export function nameservers(view: View, zone: Name): { servers: readonly NameserverAddress[]; tags: readonly Tag[] } {
  const slices = view.localAddresses.flatMap((address) =>
    ownSlicesAt(view, address).map((slice) => ({ address, slice })),
  )
  // A Service has no name in a reverse zone.
  const home = isReverseName(zone) ? view.config.primaryZone : zone
  const servers = slices.flatMap(({ address, slice }) => throughService(view, home, address, slice))
  const tags = [
    ...view.localAddresses.map(addressTag),
    ...slices.map(({ slice }) => serviceTag(slice.namespace, slice.serviceName ?? '')),
  ]
  if (servers.length > 0) return { servers: distinct(servers), tags }
  return { servers: view.localAddresses.map((address) => ({ name: nameserverName(zone), address })), tags }
}

function throughService(view: View, zone: Name, address: string, slice: EndpointSlice): NameserverAddress[] {
  const service = serviceOf(view, slice.namespace, slice.serviceName ?? '')
  const ready = readyAddresses(slice, view.config.endpointPodNames)
  if (service === undefined || !ready.some((endpoint) => endpoint.address === address)) return []
  if (!service.headless) {
    return service.clusterIPs.flatMap((clusterIP) => serverAt(tryServiceName(service, zone), clusterIP))
  }
  return ready.flatMap((endpoint) => serverAt(tryServiceName(service, zone, [endpoint.label]), endpoint.address))
}

/** One whose name would be too long is no name server. */
function serverAt(name: Name | undefined, address: string): NameserverAddress[] {
  return name === undefined ? [] : [{ name, address }]
}

function distinct(servers: readonly NameserverAddress[]): NameserverAddress[] {
  return [...new Map(servers.map((server) => [`${server.name} ${server.address}`, server])).values()]
}
