import type { EndpointSlice, Service } from '../../src/cluster/model.ts'
import type { ClusterStore } from '../../src/cluster/store.ts'
import { labelsOf, parseName } from '../../src/dns/name.ts'

/** What a `kubernetes` block lets through, as far as options of clusters.ts say it. */
export interface Filter {
  readonly namespaces?: readonly string[]
  /** The value of the label `app` whose objects are left out. */
  readonly hiddenApp?: string
}

export function filterOf(options: readonly string[]): Filter {
  return {
    ...(options.includes('namespaces a') ? { namespaces: ['a'] } : {}),
    ...(options.includes('labels app!=two') ? { hiddenApp: 'two' } : {}),
  }
}

/**
 * The Service names of a cluster and their addresses, read off the objects as the DNS specification puts it (2.3.1,
 * 2.4.1), without any of the code that answers.
 *
 * Left out are endpoints without a hostname, and Services with slices of names: the tables have them.
 */
export function namesOf(store: ClusterStore, filter: Filter): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>()
  const add = (name: string, address: string) => names.set(name, (names.get(name) ?? new Set()).add(address))
  for (const service of store.list('Service')) {
    if (service.type === 'ExternalName' || hasNames(store, service)) continue
    const base = `${service.name}.${service.namespace}.svc.cluster.local.`
    for (const address of service.clusterIPs) add(base, address)
    for (const { address, hostname } of readyAddresses(slicesOf(store, service, filter))) {
      if (service.headless) add(base, address)
      if (hostname !== undefined) add(`${hostname}.${base}`, address)
    }
  }
  return names
}

/** Whether the Service that a name belongs to can have addresses: it is there, its namespace too, and it is no alias. */
export function isReachable(store: ClusterStore, name: string, { namespaces, hiddenApp }: Filter): boolean {
  const labels = labelsOf(parseName(name)).reverse()
  const at = labels.indexOf('svc')
  const [namespace = '', service = ''] = labels.slice(at + 1)
  const found = store.service(namespace, service)
  if (found === undefined || found.type === 'ExternalName' || isHidden(found, hiddenApp)) return false
  return (namespaces === undefined || namespaces.includes(namespace)) && store.namespace(namespace) !== undefined
}

function isHidden({ labels }: Pick<Service, 'labels'>, hiddenApp: string | undefined): boolean {
  return hiddenApp !== undefined && labels.app === hiddenApp
}

function hasNames(store: ClusterStore, { namespace, name }: Service): boolean {
  return store.slicesOf(namespace, name).some(({ addressType }) => addressType === 'FQDN')
}

function slicesOf(store: ClusterStore, { namespace, name }: Service, { hiddenApp }: Filter): EndpointSlice[] {
  return store
    .list('EndpointSlice')
    .filter((slice) => slice.namespace === namespace && slice.serviceName === name && !isHidden(slice, hiddenApp))
}

function readyAddresses(slices: readonly EndpointSlice[]): { address: string; hostname: string | undefined }[] {
  return slices.flatMap(({ endpoints }) =>
    endpoints
      .filter(({ ready }) => ready)
      .flatMap(({ addresses, hostname }) => addresses.map((address) => ({ address, hostname }))),
  )
}
