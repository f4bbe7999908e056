import type { EndpointSlice, Service } from '../cluster/model.ts'
import type { ClusterStore } from '../cluster/store.ts'
import type { Name } from '../dns/name.ts'
import { readyAddresses, serviceName } from '../plugins/kubernetes/backends.ts'
import type { ListenAddress } from '../transport/listener.ts'

/**
 * A few dig commands worth trying, one for each kind of answer that the cluster has.
 *
 * @param zone where the cluster's names live
 */
export function suggestions(cluster: ClusterStore, zone: Name, at: ListenAddress): readonly string[] {
  const services = cluster.list('Service')
  const headless = services
    .filter((service) => service.headless)
    .map((service) => ({ service, slices: cluster.slicesOf(service.namespace, service.name) }))
    .find(({ slices }) => slices.some((slice) => readyAddresses(slice, false).length > 0))
  const asks = [
    ...questionsOf(
      services.find((service) => service.clusterIPs.length > 0),
      zone,
    ),
    ...(headless === undefined ? [] : headlessQuestions(headless.service, headless.slices, zone)),
  ]
  return asks.map((ask) => `${digCommand(at)} ${ask}`)
}

function questionsOf(service: Service | undefined, zone: Name): string[] {
  return service === undefined ? [] : [serviceName(service, zone)]
}

function headlessQuestions(service: Service, slices: readonly EndpointSlice[], zone: Name): string[] {
  const [endpoint] = slices.flatMap((slice) => readyAddresses(slice, false))
  const port = slices.flatMap(({ ports }) => ports).find(({ name }) => name !== undefined)
  const srvLabels = port === undefined ? [] : [`_${port.name}`, `_${port.protocol.toLowerCase()}`]
  return [
    serviceName(service, zone),
    ...(endpoint === undefined ? [] : [serviceName(service, zone, [endpoint.label])]),
    ...(port === undefined ? [] : [`SRV ${serviceName(service, zone, srvLabels)}`]),
    ...(endpoint === undefined ? [] : [`-x ${endpoint.address}`]),
  ]
}

function digCommand({ address, port }: ListenAddress): string {
  // `::` takes IPv4 as well, which a machine without IPv6 addresses reaches.
  const reached = address === '::' || address === '0.0.0.0' ? '127.0.0.1' : address
  return `dig @${reached} -p ${port}`
}
