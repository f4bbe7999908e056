import type { EndpointPort, Service } from '../../cluster/model.ts'
import type { ClusterStore } from '../../cluster/store.ts'
import { compareNames, type Label, longestZone, type Name, nameBelow } from '../../dns/name.ts'
import { isReverseName, reverseName } from '../../dns/reverse.ts'
import { readyAddresses, tryServiceName } from './backends.ts'
import type { KubernetesConfig } from './config.ts'
import { importEndpointName } from './import-backends.ts'
import { nameserverName } from './nameservers.ts'

/**
 * Every name of these zones that may have records, sorted: a superset, to be asked one by one.
 *
 * Names of Pods are in it only with `pods verified`: with `insecure` every address is a name.
 */
export function candidateNames(config: KubernetesConfig, cluster: ClusterStore): Name[] {
  const forward = config.zones.filter((zone) => !isReverseName(zone))
  const namesIn = (zone: Name) =>
    config.multiclusterZones.includes(zone) ? importNames(zone, config, cluster) : serviceNames(zone, config, cluster)
  const names = [
    ...config.zones.flatMap((zone) => [zone, nameBelow(['dns-version'], zone), nameserverName(zone)]),
    ...forward.flatMap(namesIn),
    ...(config.pods === 'verified' ? forward.flatMap((zone) => podNames(zone, cluster)) : []),
    ...reverseNames(config, cluster),
  ]
  return [...new Set(names)].sort(compareNames)
}

function serviceNames(zone: Name, { endpointPodNames }: KubernetesConfig, cluster: ClusterStore): Name[] {
  return cluster.list('Service').flatMap((service) => {
    const slices = cluster.slicesOf(service.namespace, service.name)
    const ports = [...service.ports, ...slices.flatMap((slice) => slice.ports)]
    const labels = slices.flatMap((slice) => readyAddresses(slice, endpointPodNames).map(({ label }) => label))
    return [
      ...ownNames(service, zone, ports),
      ...labels.flatMap((label) => tryServiceName(service, zone, [label]) ?? []),
    ]
  })
}

function importNames(zone: Name, { endpointPodNames }: KubernetesConfig, cluster: ClusterStore): Name[] {
  return cluster.list('ServiceImport').flatMap((found) => {
    const slices = cluster.slicesOfImport(found.namespace, found.name)
    const ports = [...found.ports, ...slices.flatMap((slice) => slice.ports)]
    const endpoints = slices.flatMap((slice) =>
      readyAddresses(slice, endpointPodNames).flatMap(({ label }) => importEndpointName(slice, zone, label) ?? []),
    )
    return [...ownNames(found, zone, ports), ...endpoints]
  })
}

/** The name itself and those of its ports; what is too long for a name is none. */
function ownNames(
  service: Pick<Service, 'namespace' | 'name'>,
  zone: Name,
  ports: readonly Pick<EndpointPort, 'name' | 'protocol'>[],
): Name[] {
  const below = ports
    .filter(({ name }) => name !== undefined)
    .map(({ name, protocol }): Label[] => [`_${name}`, `_${protocol.toLowerCase()}`])
  return [[], ...below].flatMap((labels) => tryServiceName(service, zone, labels) ?? [])
}

function podNames(zone: Name, cluster: ClusterStore): Name[] {
  return cluster
    .list('Pod')
    .flatMap(({ namespace, podIPs }) =>
      podIPs.map((address) => nameBelow([address.replace(/[.:]/g, '-'), namespace, 'pod'], zone)),
    )
}

function reverseNames(config: KubernetesConfig, cluster: ClusterStore): Name[] {
  const addresses = [
    ...cluster.list('Service').flatMap(({ clusterIPs }) => clusterIPs),
    ...cluster.list('EndpointSlice').flatMap((slice) => readyAddresses(slice, false).map(({ address }) => address)),
  ]
  return addresses.map(reverseName).filter((name) => longestZone(name, config.zones) !== undefined)
}
