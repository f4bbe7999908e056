import type { Name } from '../dns/name.ts'
import type { RRset, Seconds } from '../dns/record.ts'
import { familyOf } from '../util/address.ts'

/** The A and the AAAA RRset of these addresses, each address once; one that would be empty is left out. */
export function addressRRsets(owner: Name, addresses: readonly string[], ttl: Seconds): RRset<'A' | 'AAAA'>[] {
  const distinct = [...new Set(addresses)]
  const ofFamily = (family: 4 | 6) =>
    distinct.filter((address) => familyOf(address) === family).map((address) => ({ address }))
  const sets: RRset<'A' | 'AAAA'>[] = [
    { owner, type: 'A', ttl, rdata: ofFamily(4) },
    { owner, type: 'AAAA', ttl, rdata: ofFamily(6) },
  ]
  return sets.filter(({ rdata }) => rdata.length > 0)
}

/** All weights together are about 100, and each at least 1, counted over pairs of port and address as CoreDNS does. */
export function srvWeight(pairs: number): number {
  return Math.max(1, Math.floor(100 / pairs))
}
