import { WireFormatError } from '../errors.ts'
import { uint16At } from './header.ts'
import { readName, type WireName } from './name.ts'

/** Where a record's parts stand. */
export interface RecordHead {
  readonly offset: number
  readonly owner: WireName
  readonly type: number
  readonly class: number
  /** Offset of the four octets of the TTL. */
  readonly ttlAt: number
  readonly rdataAt: number
  readonly end: number
}

/**
 * Reads what stands before a record's rdata (RFC 1035 section 4.1.3).
 *
 * @throws WireFormatError the record is cut off
 */
export function readRecordHead(octets: Uint8Array, offset: number): RecordHead {
  const owner = readName(octets, offset)
  const rdataAt = owner.end + 10
  if (rdataAt > octets.length) throw new WireFormatError(owner.end, 'the message ends inside a record')
  const end = rdataAt + uint16At(octets, rdataAt - 2)
  if (end > octets.length) throw new WireFormatError(rdataAt - 2, 'rdata runs over the end of the message')
  const type = uint16At(octets, owner.end)
  return { offset, owner, type, class: uint16At(octets, owner.end + 2), ttlAt: owner.end + 4, rdataAt, end }
}
