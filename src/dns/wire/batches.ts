import type { Name } from '../name.ts'
import type { RdataByType, RRset } from '../record.ts'

/** Owner, type, class, TTL and the rdata's length, but for the owner. */
const fixedOctets = 10

/**
 * Cuts RRsets into parts that each fit in a message with room for `limit` octets of records, in their order.
 *
 * Octets are counted without compression, so a message has fewer. An RRset goes on in the next part where it does not
 * fit: only a zone transfer may do that (RFC 5936 section 2.2). A record is never cut, however long it is.
 */
export function* batches(rrsets: Iterable<RRset>, limit: number): Generator<readonly RRset[], void> {
  let part: RRset[] = []
  let octets = 0
  for (const rrset of rrsets) {
    let begin = 0
    for (const [index, rdata] of rrset.rdata.entries()) {
      const size = octetsOfName(rrset.owner) + fixedOctets + octetsOfRdata(rdata)
      if (octets > 0 && octets + size > limit) {
        if (index > begin) part.push(slice(rrset, begin, index))
        yield part
        part = []
        octets = 0
        begin = index
      }
      octets += size
    }
    part.push(begin === 0 ? rrset : slice(rrset, begin, rrset.rdata.length))
  }
  if (part.length > 0) yield part
}

function slice(rrset: RRset, begin: number, end: number): RRset {
  return { ...rrset, rdata: rrset.rdata.slice(begin, end) } as RRset // the type and its rdata stay together
}

/** Of a name written in full: a length for each dot, and the root's; escapes are shorter on the wire. */
function octetsOfName(name: Name): number {
  return name.length + 1
}

function octetsOfRdata(rdata: RdataByType[keyof RdataByType]): number {
  if ('address' in rdata) return rdata.address.includes(':') ? 16 : 4
  if ('mname' in rdata) return octetsOfName(rdata.mname) + octetsOfName(rdata.rname) + 20
  if ('strings' in rdata) return rdata.strings.reduce((sum, each) => sum + 1 + each.length, 0)
  return octetsOfName(rdata.target) + ('port' in rdata ? 6 : 0)
}
