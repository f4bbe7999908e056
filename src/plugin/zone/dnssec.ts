import { TYPE } from '../../dns/iana.ts'
import { labelsOf, type Name, nameBelow } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { compareLabels, type Zone, type ZoneNode } from './zone.ts'

/** The records of a type, and, for who wants them, their signatures. */
export function recordsAt(node: ZoneNode, code: number, dnssecOk: boolean): readonly RRset[] {
  const rrsets = node.rrsets.get(code) ?? []
  return dnssecOk ? [...rrsets, ...(node.signatures.get(code) ?? [])] : rrsets
}

/** The NSEC record that shows that there is no such name, or nothing but the records above names (RFC 4035 section 3.1.3). */
export function denialOf(zone: Zone, name: Name): readonly RRset[] {
  const node = lastBefore(zone.denials, name)
  return node === undefined ? [] : recordsAt(node, TYPE.NSEC, true)
}

/** Those that show that a name is not there, nor a wildcard for it: RFC 4035 section 3.1.3.2. */
export function denialsOfMissing(zone: Zone, name: Name, encloser: Name): readonly RRset[] {
  const [ofName, ofWildcard] = [denialOf(zone, name), denialOf(zone, nameBelow(['*'], encloser))]
  return ofName[0] === ofWildcard[0] ? ofName : [...ofName, ...ofWildcard]
}

/** The last node at the name or before it. */
function lastBefore(nodes: readonly ZoneNode[], name: Name): ZoneNode | undefined {
  const labels = labelsOf(name).reverse()
  let [low, high] = [0, nodes.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const node = nodes[middle]
    if (node !== undefined && compareLabels(labelsOf(node.name).reverse(), labels) <= 0) low = middle + 1
    else high = middle
  }
  return nodes[low - 1]
}
