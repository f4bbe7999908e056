import type { ClusterStore } from '../../cluster/store.ts'
import { compareNames, labelsOf, longestZone, type Name, nameOf } from '../../dns/name.ts'
import { isReverseName, reverseName } from '../../dns/reverse.ts'
import { readyAddresses, serviceName } from './backends.ts'
import type { KubernetesConfig } from './config.ts'
import { nameserverName } from './nameservers.ts'

/**
 * Every name of these zones that may have records, sorted: a superset, to be asked one by one.
 *
 * Names of Pods are in it only with `pods verified`: with `insecure` every address is a name.
 */
export function candidateNames(config: KubernetesConfig, cluster: ClusterStore): Name[] {
  const forward = config.zones.filter((zone) => !isReverseName(zone))
  const names = [
    ...config.zones.flatMap((zone) => [zone, nameOf(['dns-version', ...labelsOf(zone)]), nameserverName(zone)]),
    ...forward.flatMap((zone) => serviceNames(zone, config, cluster)),
    ...(config.pods === 'verified' ? forward.flatMap((zone) => podNames(zone, cluster)) : []),
    ...reverseNames(config, cluster),
  ]
  return [...new Set(names)].sort(compareNames)
}

function serviceNames(zone: Name, { endpointPodNames }: KubernetesConfig, cluster: ClusterStore): Name[] {
  return cluster.list('Service').flatMap((service) => {
    const slices = cluster.slicesOf(service.namespace, service.name)
    const ports = [...service.ports, ...slices.flatMap((slice) => slice.ports)].filter(({ name }) => name !== undefined)
    const labels = slices.flatMap((slice) => readyAddresses(slice, endpointPodNames).map(({ label }) => label))
    return [
      serviceName(service, zone),
      ...ports.map(({ name, protocol }) => serviceName(service, zone, [`_${name}`, `_${protocol.toLowerCase()}`])),
      ...labels.map((label) => serviceName(service, zone, [label])),
    ]
  })
}

function podNames(zone: Name, cluster: ClusterStore): Name[] {
  return cluster
    .list('Pod')
    .flatMap(({ namespace, podIPs }) =>
      podIPs.map((address) => nameOf([address.replace(/[.:]/g, '-'), namespace, 'pod', ...labelsOf(zone)])),
    )
}

function reverseNames(config: KubernetesConfig, cluster: ClusterStore): Name[] {
  const addresses = [
    ...cluster.list('Service').flatMap(({ clusterIPs }) => clusterIPs),
    ...cluster.list('EndpointSlice').flatMap((slice) => readyAddresses(slice, false).map(({ address }) => address)),
  ]
  return addresses.map(reverseName).filter((name) => longestZone(name, config.zones) !== undefined)
}
