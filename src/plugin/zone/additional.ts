import { WireFormatError } from '../../dns/errors.ts'
import { TYPE } from '../../dns/iana.ts'
import { isSubdomain, type Name } from '../../dns/name.ts'
import { rrTypeOf } from '../../dns/rdata/codecs.ts'
import type { RRset } from '../../dns/record.ts'
import { RdataReader } from '../../dns/wire/rdata-reader.ts'
import { recordsAt } from './dnssec.ts'
import type { Zone } from './zone.ts'

/** The addresses of the hosts within the zone that MX, SRV, SVCB and HTTPS records name, each host once. */
export function hostAddresses(zone: Zone, answer: readonly RRset[], dnssecOk: boolean): RRset[] {
  const hosts = new Set(answer.flatMap(hostsOf))
  return [...hosts]
    .filter((host) => isSubdomain(host, zone.origin))
    .flatMap((host) => addressesOf(zone, host, dnssecOk))
}

/** The addresses of name servers below the name that they serve, which nobody could find without them. */
export function glue(zone: Zone, nameservers: readonly RRset[], dnssecOk: boolean): RRset[] {
  const hosts = nameservers.flatMap((rrset) =>
    rrset.type === 'NS' ? rrset.rdata.filter(({ target }) => isSubdomain(target, rrset.owner)) : [],
  )
  return [...new Set(hosts.map(({ target }) => target))].flatMap((host) => addressesOf(zone, host, dnssecOk))
}

function addressesOf({ nodes }: Zone, host: Name, dnssecOk: boolean): RRset[] {
  const node = nodes.get(host)
  return node === undefined ? [] : [TYPE.A, TYPE.AAAA].flatMap((code) => recordsAt(node, code, dnssecOk))
}

const svcb = rrTypeOf(TYPE.SVCB)
const https = rrTypeOf(TYPE.HTTPS)

function hostsOf(rrset: RRset): Name[] {
  switch (rrset.type) {
    case 'MX':
      return rrset.rdata.map(({ exchange }) => exchange)
    case 'SRV':
      return rrset.rdata.map(({ target }) => target)
    default:
      if (rrset.type !== svcb && rrset.type !== https) return []
      return rrset.rdata.flatMap((rdata) => ('octets' in rdata ? targetsOfService(rdata.octets) : []))
  }
}

/** Behind the priority (RFC 9460 section 2.2); none in rdata that somebody gave as octets, and wrong. */
function targetsOfService(octets: Uint8Array): Name[] {
  const reader = new RdataReader(octets, 0, octets.length)
  try {
    reader.uint16()
    return [reader.name()]
  } catch (error) {
    if (error instanceof WireFormatError) return []
    throw error
  }
}
