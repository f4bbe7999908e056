import { codecOf } from '../rdata/codecs.ts'
import type { RRset } from '../record.ts'
import { octetsOfName } from './write-name.ts'

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
    const codec = codecOf(rrset.type)
    let begin = 0
    for (const [index, rdata] of rrset.rdata.entries()) {
      const size = octetsOfName(rrset.owner) + fixedOctets + codec.size(rdata)
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
