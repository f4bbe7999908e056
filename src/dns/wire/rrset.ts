import { CLASS } from '../iana.ts'
import { codecOf, codeOf } from '../rdata/codecs.ts'
import type { RRset, RRType } from '../record.ts'
import { encodeRdata } from './dns2.ts'
import { dns2Name } from './dns2-name.ts'
import { beginRecord, endRecord } from './write-record.ts'
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
 * second repeat the record before (bench/micro/encode.ts).
 */
export function writeRRset(
  rrset: RRset,
  end: number,
  writer: OctetWriter,
  rrclass: number = CLASS.IN,
): Extent | undefined {
  const offset = writer.byteLength()
  const count = rrset.rdata.length
  if (offset + count * leastRecordOctets > end) return undefined

  const owner = dns2Name(rrset.owner)
  const type = codeOf(rrset.type)
  const codec = codecOf(rrset.type)
  let size: number | undefined
  let start = offset
  for (let index = 0; index < count; index++) {
    const rdata = rrset.rdata[index]
    if (rdata === undefined) break // the types' doubt, not ours
    const octets = 'octets' in codec ? codec.octets(rdata) : undefined
    const previous = start
    start = writer.byteLength()
    if (octets !== undefined && index >= 2) {
      // The second record has its owner as all behind it have: as a pointer to the first's, or in full.
      writer.repeat(previous, start - previous - octets.length)
      writeOctets(octets, writer)
    } else {
      const rdataAt = beginRecord({ owner, type, class: rrclass, ttl: rrset.ttl }, writer)
      if (octets !== undefined) writeOctets(octets, writer)
      else if ('encode' in codec) encodeRdata(rrset.type, codec.encode(rdata), writer)
      else if ('write' in codec) codec.write(rdata, writer)
      endRecord(rdataAt, writer)
    }
    if (writer.byteLength() > end) {
      writer.rollBack(offset)
      return undefined
    }
    const octetsOfThis = writer.byteLength() - start
    size = index === 0 || size === octetsOfThis ? octetsOfThis : undefined
  }
  return { type: rrset.type, offset, count, size }
}

function writeOctets(octets: readonly number[], writer: OctetWriter): void {
  for (const octet of octets) writer.write(octet, 8)
}
