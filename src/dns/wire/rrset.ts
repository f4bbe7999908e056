import { CLASS, TYPE } from '../iana.ts'
import { codecOf } from '../rdata/codecs.ts'
import type { RRset, RRType } from '../record.ts'
import { encodeRecord } from './dns2.ts'
import { dns2Name } from './dns2-name.ts'
import type { OctetWriter } from './writer.ts'

/** The octets that an RRset's records take up. */
export interface Extent {
  readonly type: RRType
  readonly offset: number
  readonly count: number
  /** Of each record; undefined if they differ. */
  readonly size: number | undefined
}

/** An owner of one octet, type, class, TTL and the rdata's length. */
const leastRecordOctets = 11

/**
 * Appends an RRset, or nothing and gives undefined if it would reach over octet `end`.
 *
 * The time is that of the octets there is room for, however many records there are. Of many addresses those after the
 * second repeat the record before, which dns2 would take ten times as long to encode anew (bench/micro/encode.ts).
 */
export function writeRRset(rrset: RRset, end: number, writer: OctetWriter): Extent | undefined {
  const offset = writer.byteLength()
  const count = rrset.rdata.length
  if (offset + count * leastRecordOctets > end) return undefined

  const name = dns2Name(rrset.owner)
  const codec = codecOf(rrset.type)
  const sizes = new Set<number>()
  let start = offset
  for (const [index, rdata] of rrset.rdata.entries()) {
    const octets = index < 2 ? undefined : codec.octets?.(rdata)
    // The second record has its owner as all behind it have: as a pointer to the first's, or in full.
    const previous = start
    start = writer.byteLength()
    if (octets !== undefined) {
      writer.repeat(previous, start - previous - octets.length)
      for (const octet of octets) writer.write(octet, 8)
    } else {
      const fields = { name, type: TYPE[rrset.type], class: CLASS.IN, ttl: rrset.ttl }
      encodeRecord(Object.assign(fields, codec.encode(rdata)), writer)
    }
    if (writer.byteLength() > end) {
      writer.rollBack(offset)
      return undefined
    }
    sizes.add(writer.byteLength() - start)
  }
  const [size] = sizes
  return { type: rrset.type, offset, count, size: sizes.size === 1 ? size : undefined }
}
