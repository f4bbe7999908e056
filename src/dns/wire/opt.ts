import { type Edns, ednsVersion } from '../edns.ts'
import { WireFormatError } from '../errors.ts'
import { TYPE } from '../iana.ts'
import { encodeRecord } from './dns2.ts'
import { uint16At } from './header.ts'
import type { RecordHead } from './record-head.ts'
import type { OctetWriter } from './writer.ts'

export interface Opt extends Edns {
  /** The upper eight bits of the rcode. */
  readonly extendedRcode: number
  readonly offset: number
}

/**
 * Reads an OPT record (RFC 6891 section 6.1).
 *
 * Not left to dns2 3.1, which reads past a client subnet of an odd number of octets, and takes an extended rcode
 * over 127 for a TTL out of range. Options are checked for their lengths; what they say is not read.
 *
 * @throws WireFormatError an owner other than the root, or options that do not fill the rdata
 */
export function readOpt(octets: Uint8Array, head: RecordHead): Opt {
  if (head.owner.labels.length > 0) throw new WireFormatError(head.offset, 'an OPT record below the root')
  checkOptions(octets, head)
  return {
    version: octets[head.ttlAt + 1] ?? ednsVersion,
    dnssecOk: ((octets[head.ttlAt + 2] ?? 0) & 0x80) !== 0,
    payloadSize: head.class,
    extendedRcode: octets[head.ttlAt] ?? 0,
    offset: head.offset,
  }
}

/** Appends an OPT record without options: `optOctets` octets. */
export function writeOpt(edns: Edns, extendedRcode: number, writer: OctetWriter): void {
  const ttl = ((extendedRcode << 24) | (edns.version << 16) | (edns.dnssecOk ? 0x8000 : 0)) >>> 0
  encodeRecord({ name: '', type: TYPE.OPT, class: edns.payloadSize, ttl, rdata: [] }, writer)
  writer.patch(writer.bitLength() - 6 * 8, ttl, 32) // dns2 has clamped it as it clamps a TTL
}

function checkOptions(octets: Uint8Array, { rdataAt, end }: RecordHead): void {
  let at = rdataAt
  while (at + 4 <= end) at += 4 + uint16At(octets, at + 2)
  if (at !== end) throw new WireFormatError(rdataAt, 'EDNS options do not fill their OPT record')
}
