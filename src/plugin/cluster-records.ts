import { TYPE } from '../dns/iana.ts'
import type { Name } from '../dns/name.ts'
import type { RRset, Seconds } from '../dns/record.ts'
import { familyOf } from '../util/address.ts'

/** The A and the AAAA RRset of these addresses, each address once; one that would be empty is left out. */
export function addressRRsets(owner: Name, addresses: readonly string[], ttl: Seconds): RRset<'A' | 'AAAA'>[] {
  return [...addressRRset(TYPE.A, owner, addresses, ttl), ...addressRRset(TYPE.AAAA, owner, addresses, ttl)]
}

/** As `addressRRsets`, of the type that is asked for: none if that is not one of addresses. */
export function addressRRset(
  qtype: number,
  owner: Name,
  addresses: readonly string[],
  ttl: Seconds,
): RRset<'A' | 'AAAA'>[] {
  if (qtype !== TYPE.A && qtype !== TYPE.AAAA) return []
  const family = qtype === TYPE.A ? 4 : 6
  const rdata: { readonly address: string }[] = []
  for (const address of addresses.length > 1 ? new Set(addresses) : addresses) {
    if (familyOf(address) === family) rdata.push({ address })
  }
  return rdata.length === 0 ? [] : [{ owner, type: qtype === TYPE.A ? 'A' : 'AAAA', ttl, rdata }]
}

/** All weights together are about 100, and each at least 1, counted over pairs of port and address as CoreDNS does. */
export function srvWeight(pairs: number): number {
  return Math.max(1, Math.floor(100 / pairs))
}
