/**
 * bench/cluster: what a load is asked of.
 *
 * A plan says how many objects of which shape there are; manifests.ts writes them for us, zone.ts the same records for
 * servers of static zones. Start here.
 */

/** How much of what a cluster holds. */
export interface ClusterPlan {
  /** ClusterIP Services, each with a port named http. */
  readonly services: number
  /** Headless Services without selector and ports, each with so many endpoints. */
  readonly headless?: { readonly count: number; readonly endpoints: number }
  /** Headless Services of one endpoint, whose addresses are there to be changed. */
  readonly changing?: number
}

export const zone = 'cluster.local'
export const namespace = 'bench'
/** Where all Services lie. */
export const servicesDomain = `${namespace}.svc.${zone}`
export const ttlSeconds = 5

/** Endpoints of one EndpointSlice: what the controllers of Kubernetes fill a slice with. */
export const endpointsPerSlice = 100

export const serviceName = (number: number): string => `service-${number}`
export const headlessName = (number: number): string => `headless-${number}`
export const changingName = (number: number): string => `changing-${number}`

/** The addresses of 10.96.0.0/12 in order, from 10.96.0.1. */
export function clusterIP(number: number): string {
  return address(10, (96 << 16) + number + 1)
}

/** Endpoint `index` of headless Service `number`: the addresses of 10.128.0.0/9 in order, from 10.128.0.1. */
export function endpointAddress({ headless }: ClusterPlan, number: number, index: number): string {
  return address(10, (128 << 16) + number * (headless?.endpoints ?? 0) + index + 1)
}

/** The endpoint of changing Service `number` after so many changes: an address of 11.0.0.0/8. */
export function changingAddress({ changing = 0 }: ClusterPlan, number: number, changes: number): string {
  return address(11, (changes * changing + number + 1) % 2 ** 24)
}

/** The address of a host in the network whose first octet this is. */
export function address(network: number, host: number): string {
  return `${network}.${host >> 16}.${(host >> 8) & 255}.${host & 255}`
}

/** `make(0)` to `make(count - 1)`. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}
