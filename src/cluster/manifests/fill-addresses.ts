import type { Address, Service } from '../model.ts'
import { type AddressRange, type Family, families, familyOf } from './addresses.ts'
import { allocate } from './allocate.ts'
import { titleOf } from './check.ts'
import { type Draft, draftKey, type PodDraft, type ServiceDraft } from './drafts.ts'
import type { PlacedPod } from './endpoints-controller.ts'
import type { Report } from './errors.ts'

/** Where addresses come from that manifests leave open, for each family. */
export interface Ranges {
  readonly service: Readonly<Record<Family, AddressRange>>
  readonly pod: Readonly<Record<Family, AddressRange>>
}

/**
 * Places after the network address that nobody is given. Of Services: the first is kubernetes.default's, the tenth
 * kube-dns' in clusters that kubeadm made. Of Pods: the first is a node's own, with most network plugins.
 */
const reserved = { service: [1, 10], pod: [1] } as const

/** Gives out addresses that manifests leave open, each once, and reports who gets none. */
export class AddressPool {
  readonly #ranges: Ranges
  readonly #claimed: () => Iterable<Address>
  readonly #report: Report
  /** Undefined until somebody asks. */
  #taken: Set<Address> | undefined

  /** @param claimed those that are given to nobody; called where somebody asks, and then once */
  constructor(ranges: Ranges, claimed: () => Iterable<Address>, report: Report) {
    this.#ranges = ranges
    this.#claimed = claimed
    this.#report = report
  }

  /** The addresses of `askers`, by `draftKey`. */
  give(use: keyof Ranges, family: Family, askers: readonly (ServiceDraft | PodDraft)[]): ReadonlyMap<string, Address> {
    if (askers.length === 0) return new Map()
    this.#taken ??= new Set(this.#claimed())
    const taken = this.#taken
    const range = this.#ranges[use][family]
    const byKey = new Map(askers.map((asker) => [draftKey(asker), asker]))
    const { addresses, failed } = allocate(byKey.keys(), range, { taken, reserved: reserved[use] })
    for (const address of addresses.values()) taken.add(address)
    for (const asker of failed.flatMap((key) => byKey.get(key) ?? [])) {
      this.#report(asker.at, `found no address left in ${range.text} for ${titleOf(asker)}, expected a larger range`)
    }
    return addresses
  }
}

/** Every address that a manifest names, of whatever object: none of them is to be given out. */
export function claimedAddresses(drafts: readonly Draft[]): Address[] {
  return drafts.flatMap((draft): readonly string[] => {
    switch (draft.kind) {
      case 'Service':
        return [...draft.object.clusterIPs, ...draft.object.externalIPs]
      case 'Pod':
        return draft.object.podIPs
      case 'EndpointSlice':
        return draft.object.endpoints.flatMap((endpoint) => endpoint.addresses)
      case 'Endpoints':
        return draft.subsets.flatMap((subset) => subset.endpoints.flatMap((endpoint) => endpoint.addresses))
      case 'ServiceImport':
        return draft.object.ips
      case 'Namespace':
        return []
      default:
        return draft satisfies never
    }
  })
}

/** The Services, each with a clusterIP of every family it wants, in the order it wants them. */
export function placeServices(drafts: readonly Draft[], pool: AddressPool): Service[] {
  const services = drafts.filter((draft) => draft.kind === 'Service')
  const given = new Map(
    families.map((family) => {
      const lacking = services.filter((service) => lacks(service, family))
      return [family, pool.give('service', family, lacking)]
    }),
  )
  return services.map((service) => {
    const { object } = service
    if (service.families.every((family) => !lacks(service, family))) return object
    const clusterIPs = service.families.flatMap(
      (family) => claimOf(service, family) ?? given.get(family)?.get(draftKey(service)) ?? [],
    )
    return { ...object, clusterIPs }
  })
}

function lacks(service: ServiceDraft, family: Family): boolean {
  const wants = !service.object.headless && service.families.includes(family)
  return wants && claimOf(service, family) === undefined
}

function claimOf({ object }: ServiceDraft, family: Family): Address | undefined {
  return object.clusterIPs.find((address) => familyOf(address) === family)
}

/**
 * The Pods, each that runs with an address.
 *
 * One is given an IPv6 address, too, as soon as any Service wants such. One on the host's network gets an address of
 * its own like any other: there are no Nodes whose address it could share.
 */
export function placePods(drafts: readonly Draft[], pool: AddressPool): PlacedPod[] {
  const pods = drafts.filter((draft) => draft.kind === 'Pod')
  const lacking = new Set(pods.filter((pod) => pod.runs && pod.object.podIPs.length === 0))
  const wantsIPv6 = drafts.some((draft) => draft.kind === 'Service' && draft.families.includes('IPv6'))
  const wanted = families.filter((family) => family === 'IPv4' || wantsIPv6)
  const given = wanted.map((family) => pool.give('pod', family, [...lacking]))
  return pods.map((draft) => {
    if (!lacking.has(draft)) return { draft, podIPs: draft.object.podIPs }
    return { draft, podIPs: given.flatMap((addresses) => addresses.get(draftKey(draft)) ?? []) }
  })
}
