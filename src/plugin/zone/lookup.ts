import { NameSyntaxError } from '../../dns/errors.ts'
import { TYPE } from '../../dns/iana.ts'
import { enclosingNames, type Label, labelsBelow, labelsOf, type Name, nameBelow, nameOf } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import type { Zone, ZoneNode } from './zone.ts'

/** What a zone has for a name and a type: RFC 1034 section 4.3.2. */
export type Lookup =
  | AtNode
  /** Another zone begins at the node, which is the name or above it. */
  | { readonly kind: 'referral'; readonly node: ZoneNode }
  /** The name lies below the owner of a DNAME; `target` is undefined if the name it leads to would be too long. */
  | {
      readonly kind: 'dname'
      readonly node: ZoneNode
      readonly rrset: RRset<'DNAME'>
      readonly target: Name | undefined
    }
  /** Neither the name is there nor a wildcard for it; `encloser` is the nearest name above it (RFC 4592 section 3.3.1). */
  | { readonly kind: 'missing'; readonly encloser: Name }

/** The name itself is there, or `node` is the wildcard that stands for it. */
export type AtNode = (
  | { readonly kind: 'records'; readonly rrsets: readonly RRset[] }
  | { readonly kind: 'alias'; readonly rrset: RRset<'CNAME'> }
  | { readonly kind: 'nodata' }
  /** The name is there for names below it only. */
  | { readonly kind: 'empty' }
) & { readonly node: ZoneNode; readonly isWildcard: boolean }

/** The time is that of the labels: one step for each. */
export function lookup(zone: Zone, qname: Name, qtype: number): Lookup {
  const path = pathTo(zone, qname)
  for (const node of path) {
    const dname = node.name === qname ? undefined : soleRecord(node, 'DNAME')
    if (dname !== undefined) return { kind: 'dname', node, rrset: dname, target: substitute(qname, dname) }
    // The DS records of a zone stand above it (RFC 4035 section 3.1.4.1).
    const isCut = node !== zone.apex && node.rrsets.has(TYPE.NS)
    if (isCut && !(node.name === qname && qtype === TYPE.DS)) return { kind: 'referral', node }
  }
  const closest = path.at(-1) ?? zone.apex
  if (closest.name === qname) return atNode(closest, qtype, false)
  const wildcard = zone.nodes.get(nameBelow(['*'], closest.name))
  return wildcard === undefined ? { kind: 'missing', encloser: closest.name } : atNode(wildcard, qtype, true)
}

/** The nodes from the apex down to the name, or to the nearest above it. */
function pathTo({ nodes, origin }: Zone, qname: Name): ZoneNode[] {
  const path: ZoneNode[] = []
  for (const name of enclosingNames(qname)) {
    const node = nodes.get(name)
    if (node !== undefined) path.push(node)
    if (name === origin) break
  }
  return path.reverse()
}

function atNode(node: ZoneNode, qtype: number, isWildcard: boolean): AtNode {
  if (node.rrsets.size === 0) return { kind: isWildcard ? 'nodata' : 'empty', node, isWildcard }
  const alias = besideAlias.has(qtype) ? undefined : soleRecord(node, 'CNAME')
  if (alias !== undefined) return { kind: 'alias', rrset: alias, node, isWildcard }
  const rrsets = qtype === TYPE.ANY ? [...node.rrsets.values()].flat() : node.rrsets.get(qtype)
  return rrsets === undefined ? { kind: 'nodata', node, isWildcard } : { kind: 'records', rrsets, node, isWildcard }
}

/** What a CNAME does not stand for: itself, and what may be beside it (RFC 4035 section 2.5). */
const besideAlias: ReadonlySet<number> = new Set([TYPE.CNAME, TYPE.RRSIG, TYPE.NSEC, TYPE.ANY])

/** Of several, which no name may have (RFC 2181 section 10.1, RFC 6672 section 2.4), the first. */
function soleRecord<T extends 'CNAME' | 'DNAME'>(node: ZoneNode, type: T): RRset<T> | undefined {
  const [rrset] = node.rrsets.get(TYPE[type]) ?? []
  return rrset as RRset<T> | undefined // the map has them by their type
}

/** RFC 6672 section 2.2. */
function substitute(qname: Name, { owner, rdata: [first] }: RRset<'DNAME'>): Name | undefined {
  const labels: Label[] = [...labelsBelow(qname, owner), ...labelsOf(first?.target ?? owner)]
  try {
    return nameOf(labels)
  } catch (error) {
    if (error instanceof NameSyntaxError) return undefined
    throw error
  }
}
