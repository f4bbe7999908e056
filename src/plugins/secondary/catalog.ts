import { TYPE } from '../../dns/iana.ts'
import { isSubdomain, labelsBelow, type Name, nameBelow } from '../../dns/name.ts'
import { UpstreamError } from '../../plugin/upstream.ts'
import type { Zone } from '../../plugin/zone/zone.ts'

/** A zone whose records are a list of zones (RFC 9432). */
export interface Catalog {
  readonly origin: Name
  /** By their zones. */
  readonly members: ReadonlyMap<Name, Member>
}

export interface Member {
  readonly zone: Name
  /** The label of its record: another one says that all that was known of the zone is to be forgotten (section 5.4). */
  readonly id: string
  /** The catalog that the member may go over to: the property `coo` (section 4.3.1). */
  readonly changeOfOwnership?: Name
}

/** The one version of the schema (section 4.2.1). */
const schemaVersion = '2'

/**
 * Reads what a zone says as a catalog; other properties of members, such as `group`, are for who has a use for them.
 *
 * @throws UpstreamError it is broken (section 5.1), in CoreDNS's words
 */
export function readCatalog({ origin, apex, nodes }: Zone): Catalog {
  if (!apex.rrsets.has(TYPE.NS)) throw new UpstreamError(`catalog zone ${origin} has no NS record`)
  const versions = textsAt(nodes, nameBelow(['version'], origin))
  const [version, ...more] = versions
  if (version === undefined || more.length > 0) {
    throw new UpstreamError(`catalog zone ${origin} must have exactly one version TXT record`)
  }
  if (version !== schemaVersion) {
    throw new UpstreamError(`catalog zone ${origin} has unsupported version ${JSON.stringify(version)}`)
  }
  const list = nameBelow(['zones'], origin)
  const members = new Map<Name, Member>()
  for (const { name } of nodes.values()) {
    const [id, ...rest] = isSubdomain(name, list) ? labelsBelow(name, list) : []
    if (id === undefined || rest.length > 0) continue
    const [zone, ...others] = pointersAt(nodes, name)
    if (zone === undefined) continue // it is there for its properties alone
    if (others.length > 0) throw new UpstreamError(`catalog member ${name} must have exactly one PTR record`)
    const same = members.get(zone)
    if (same !== undefined) {
      throw new UpstreamError(`catalog member zone ${zone} is listed by both ${same.id} and ${id}`)
    }
    members.set(zone, { zone, id, ...ownershipOf(nodes, name, id) })
  }
  return { origin, members }
}

type Nodes = Zone['nodes']

function ownershipOf(nodes: Nodes, member: Name, id: string): Pick<Member, 'changeOfOwnership'> {
  const [changeOfOwnership, ...others] = pointersAt(nodes, nameBelow(['coo'], member))
  if (others.length > 0) throw new UpstreamError(`catalog member ${id} has more than one coo PTR record`)
  return changeOfOwnership === undefined ? {} : { changeOfOwnership }
}

function textsAt(nodes: Nodes, name: Name): string[] {
  const rrsets = nodes.get(name)?.rrsets.get(TYPE.TXT) ?? []
  return rrsets.flatMap((rrset) => (rrset.type === 'TXT' ? rrset.rdata.map(({ strings }) => strings.join('')) : []))
}

function pointersAt(nodes: Nodes, name: Name): Name[] {
  const rrsets = nodes.get(name)?.rrsets.get(TYPE.PTR) ?? []
  return rrsets.flatMap((rrset) => (rrset.type === 'PTR' ? rrset.rdata.map(({ target }) => target) : []))
}
