/**
 * zone: authoritative zones of records that somebody wrote down, for every plugin that serves such.
 *
 * Records make a Zone (here), those of a file by way of served-zone.ts; lookup.ts finds what stands at a name (RFC 1034
 * section 4.3.2), answer.ts makes an Answer of it, serve-zones.ts a link of the chain. Start here.
 */
import { ZoneContentError } from '../../dns/errors.ts'
import { TYPE } from '../../dns/iana.ts'
import { enclosingNames, isSubdomain, labelsOf, type Name } from '../../dns/name.ts'
import { codecOf, codeOf } from '../../dns/rdata/codecs.ts'
import type { RRset } from '../../dns/record.ts'

/** What stands at a name. */
export interface ZoneNode {
  readonly name: Name
  /** By the code of their type, RRSIG included; none at all: only names below it have records. */
  readonly rrsets: ReadonlyMap<number, readonly RRset[]>
  /** The RRSIG records, by the code of the type that they cover. */
  readonly signatures: ReadonlyMap<number, readonly RRset[]>
}

/** A zone as it is for as long as it is served: what changes makes another. */
export interface Zone {
  readonly origin: Name
  readonly soa: RRset<'SOA'>
  readonly apex: ZoneNode
  /** Every name that exists, those above others as well. */
  readonly nodes: ReadonlyMap<Name, ZoneNode>
  /** The nodes with an NSEC record, in canonical order. */
  readonly denials: readonly ZoneNode[]
  /** Owners of records that lie outside of it, and were left out. */
  readonly outside: readonly Name[]
}

interface NodeDraft {
  readonly name: Name
  readonly rrsets: Map<number, RRset[]>
  readonly signatures: Map<number, RRset[]>
}

/**
 * Makes a zone of its records, RRsets of one record each. What stands there twice is there once (RFC 2181 section 5).
 *
 * As in CoreDNS the last SOA record is that of the zone, whatever its owner.
 *
 * @throws ZoneContentError there is no SOA record, or one of NSEC3, which is not supported
 */
export function buildZone(origin: Name, records: Iterable<RRset>): Zone {
  const nodes = new Map<Name, NodeDraft>()
  const apex = nodeOf(nodes, origin, origin)
  const outside: Name[] = []
  let soa: RRset<'SOA'> | undefined
  for (const rrset of records) {
    const code = codeOf(rrset.type)
    if (code === TYPE.NSEC3 || code === TYPE.NSEC3PARAM) {
      throw new ZoneContentError(`NSEC3 zone is not supported, dropping RR: ${rrset.owner} for zone: ${origin}`)
    }
    if (rrset.type === 'SOA') soa = rrset
    else if (!isSubdomain(rrset.owner, origin)) outside.push(rrset.owner)
    else addRecord(nodeOf(nodes, rrset.owner, origin), code, rrset)
  }
  if (soa === undefined) throw new ZoneContentError(`there is no SOA record for origin ${origin}`)
  apex.rrsets.set(TYPE.SOA, [soa])
  for (const { rrsets, signatures } of nodes.values()) for (const each of [rrsets, signatures]) mergeRecords(each)
  const signed = [...nodes.values()].filter(({ rrsets }) => rrsets.has(TYPE.NSEC))
  return { origin, soa, apex, nodes, denials: inCanonicalOrder(signed), outside }
}

/** Nodes in the order of RFC 4034 section 6.1. */
export function inCanonicalOrder(nodes: Iterable<ZoneNode>): ZoneNode[] {
  return Array.from(nodes, (node) => ({ node, labels: labelsOf(node.name).reverse() }))
    .sort((left, right) => compareLabels(left.labels, right.labels))
    .map(({ node }) => node)
}

/** @param left labels from the root down */
export function compareLabels(left: readonly string[], right: readonly string[]): number {
  for (const [index, label] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    if (label !== other) return label < other ? -1 : 1
  }
  return left.length - right.length
}

/** The node of a name, made with all above it if need be. */
function nodeOf(nodes: Map<Name, NodeDraft>, name: Name, origin: Name): NodeDraft {
  const known = nodes.get(name)
  if (known !== undefined) return known
  for (const each of enclosingNames(name)) {
    if (nodes.has(each)) break
    nodes.set(each, { name: each, rrsets: new Map(), signatures: new Map() })
    if (each === origin) break
  }
  return nodeOf(nodes, name, origin)
}

function addRecord(node: NodeDraft, code: number, record: RRset): void {
  add(node.rrsets, code, record)
  const covered = code === TYPE.RRSIG ? typeCoveredBy(record) : undefined
  if (covered !== undefined) add(node.signatures, covered, record)
}

function add(rrsets: Map<number, RRset[]>, code: number, record: RRset): void {
  const known = rrsets.get(code)
  if (known === undefined) rrsets.set(code, [record])
  else known.push(record)
}

function mergeRecords(rrsets: Map<number, RRset[]>): void {
  for (const [code, records] of rrsets) if (records.length > 1) rrsets.set(code, merge(records))
}

/** Records of one owner and type as RRsets, one for each TTL, as in a message. */
function merge(records: readonly RRset[]): RRset[] {
  const texts = new Set<string>()
  const merged = new Map<number, RRset>()
  for (const {
    rdata: [rdata],
    ...record
  } of records) {
    if (rdata === undefined) continue
    const text = codecOf(record.type).format(rdata)
    if (texts.has(text)) continue
    texts.add(text)
    const same = merged.get(record.ttl)
    if (same === undefined)
      merged.set(record.ttl, { ...record, rdata: [rdata] } as RRset) // type and rdata stay together
    else (same.rdata as unknown[]).push(rdata) // made here
  }
  return [...merged.values()]
}

/** RFC 4034 section 3.1.1. */
function typeCoveredBy({ rdata: [rdata] }: RRset): number | undefined {
  if (rdata === undefined || !('octets' in rdata)) return undefined
  const [high = 0, low = 0] = rdata.octets
  return (high << 8) | low
}
