import type { EndpointSlice, Service } from '../cluster/model.ts'
import type { ClusterStore } from '../cluster/store.ts'
import { isSubdomain } from '../dns/name.ts'
import { reverseName } from '../dns/reverse.ts'
import { readyAddresses, serviceName } from '../plugins/kubernetes/backends.ts'
import type { KubernetesConfig } from '../plugins/kubernetes/config.ts'
import { isExposed, serviceOf, slicesOf } from '../plugins/kubernetes/view.ts'
import type { ServerAddress } from '../server/addresses.ts'

/**
 * A few dig commands worth trying, one for each kind of answer that the cluster has.
 *
 * @param config of the plugin that answers them
 */
export function suggestions(cluster: ClusterStore, config: KubernetesConfig, at: ServerAddress): readonly string[] {
  const view = { cluster, config, localAddresses: [] }
  const services = cluster
    .list('Service')
    .filter(({ namespace, name }) => isExposed(view, namespace) && serviceOf(view, namespace, name) !== undefined)
  const withAddress = services.filter(({ clusterIPs }) => clusterIPs.length > 0)
  const plain = withAddress.find(({ type }) => type === 'ClusterIP') ?? withAddress[0]
  const headless = services
    .filter((service) => service.headless)
    .map((service) => ({ service, slices: slicesOf(view, service.namespace, service.name) }))
    .find(({ slices }) => slices.some((slice) => readyAddresses(slice, config.endpointPodNames).length > 0))
  const asks = [
    ...(plain === undefined ? [] : [serviceName(plain, config.primaryZone)]),
    ...(headless === undefined ? [] : headlessQuestions(headless.service, headless.slices, config)),
  ]
  return asks.map((ask) => `${digCommand(at)} ${ask}`)
}

function headlessQuestions(service: Service, slices: readonly EndpointSlice[], config: KubernetesConfig): string[] {
  const { zones, primaryZone: zone, endpointPodNames } = config
  const [endpoint] = slices.flatMap((slice) => readyAddresses(slice, endpointPodNames))
  const port = slices.flatMap(({ ports }) => ports).find(({ name }) => name !== undefined)
  const hasReverse = (address: string) => zones.some((each) => isSubdomain(reverseName(address), each))
  const srvLabels = port === undefined ? [] : [`_${port.name}`, `_${port.protocol.toLowerCase()}`]
  return [
    serviceName(service, zone),
    ...(endpoint === undefined ? [] : [serviceName(service, zone, [endpoint.label])]),
    ...(port === undefined ? [] : [`SRV ${serviceName(service, zone, srvLabels)}`]),
    ...(endpoint === undefined || !hasReverse(endpoint.address) ? [] : [`-x ${endpoint.address}`]),
  ]
}

function digCommand({ scheme, address, port }: ServerAddress): string {
  // `::` takes IPv4 as well, which a machine without IPv6 addresses reaches.
  const reached = address === '::' || address === '0.0.0.0' ? '127.0.0.1' : address
  return `dig @${reached} -p ${port}${scheme === 'tls' ? ' +tls' : ''}`
}
