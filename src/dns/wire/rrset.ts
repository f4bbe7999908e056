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
 * The time is that of the octets there is room for, however many records there are.
 */
export function writeRRset(rrset: RRset, end: number, writer: OctetWriter): Extent | undefined {
  const offset = writer.byteLength()
  const count = rrset.rdata.length
  if (offset + count * leastRecordOctets > end) return undefined

  const name = dns2Name(rrset.owner)
  const codec = codecOf(rrset.type)
  let size: number | undefined
  let equal = true
  for (const rdata of rrset.rdata) {
    const start = writer.byteLength()
    const fields = { name, type: TYPE[rrset.type], class: CLASS.IN, ttl: rrset.ttl }
    encodeRecord(Object.assign(fields, codec.encode(rdata)), writer)
    if (writer.byteLength() > end) {
      writer.rollBack(offset)
      return undefined
    }
    size ??= writer.byteLength() - start
    equal &&= size === writer.byteLength() - start
  }
  return { type: rrset.type, offset, count, size: equal ? size : undefined }
}
