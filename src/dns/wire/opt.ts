import { type Edns, type ExtendedError, ednsVersion, optOctets } from '../edns.ts'
import { WireFormatError } from '../errors.ts'
import { TYPE } from '../iana.ts'
import { type Dns2Option, encodeRdata } from './dns2.ts'
import { uint16At } from './header.ts'
import type { RecordHead } from './record-head.ts'
import { beginRecord, endRecord } from './write-record.ts'
import type { OctetWriter } from './writer.ts'

export interface Opt extends Edns {
  /** The upper eight bits of the rcode. */
  readonly extendedRcode: number
  readonly offset: number
}

/** The option that carries an Extended DNS Error (RFC 8914 section 2). */
const extendedErrorOption = 15

/** Octets of an option before its data. */
const optionHeadOctets = 4

/**
 * Reads an OPT record (RFC 6891 section 6.1).
 *
 * Not left to dns2 3.1, which reads past a client subnet of an odd number of octets, and takes an extended rcode
 * over 127 for a TTL out of range. Of the options only the Extended DNS Error is read.
 *
 * @throws WireFormatError an owner other than the root, or options that do not fill the rdata
 */
export function readOpt(octets: Uint8Array, head: RecordHead): Opt {
  if (head.owner.labels.length > 0) throw new WireFormatError(head.offset, 'an OPT record below the root')
  const extendedError = readExtendedError(octets, head)
  return {
    version: octets[head.ttlAt + 1] ?? ednsVersion,
    dnssecOk: ((octets[head.ttlAt + 2] ?? 0) & 0x80) !== 0,
    payloadSize: head.class,
    extendedRcode: octets[head.ttlAt] ?? 0,
    offset: head.offset,
    ...(extendedError && { extendedError }),
  }
}

/** Octets of the OPT record that `writeOpt` appends. */
export function octetsOfOpt({ extendedError }: Edns): number {
  if (extendedError === undefined) return optOctets
  return optOctets + optionHeadOctets + 2 + Buffer.byteLength(extendedError.text)
}

/** Appends an OPT record. */
export function writeOpt(edns: Edns, extendedRcode: number, writer: OctetWriter): void {
  const ttl = ((extendedRcode << 24) | (edns.version << 16) | (edns.dnssecOk ? 0x8000 : 0)) >>> 0
  const rdataAt = beginRecord({ owner: '', type: TYPE.OPT, class: edns.payloadSize, ttl }, writer)
  if (edns.extendedError !== undefined) encodeRdata('EDNS', { rdata: [toOption(edns.extendedError)] }, writer)
  endRecord(rdataAt, writer)
}

function toOption({ infoCode, text }: ExtendedError): Dns2Option {
  return { ednsCode: extendedErrorOption, infoCode, extraText: text }
}

/**
 * One without room for its code is passed over, like any option that is not read.
 *
 * @throws WireFormatError the options do not fill the rdata
 */
function readExtendedError(octets: Uint8Array, { rdataAt, end }: RecordHead): ExtendedError | undefined {
  let found: ExtendedError | undefined
  let at = rdataAt
  while (at + optionHeadOctets <= end) {
    const data = at + optionHeadOctets
    const next = data + uint16At(octets, at + 2)
    const isError = uint16At(octets, at) === extendedErrorOption && next <= end && next - data >= 2
    if (isError) found ??= toExtendedError(octets, data, next)
    at = next
  }
  if (at !== end) throw new WireFormatError(rdataAt, 'EDNS options do not fill their OPT record')
  return found
}

function toExtendedError(octets: Uint8Array, at: number, end: number): ExtendedError {
  return { infoCode: uint16At(octets, at), text: Buffer.from(octets.subarray(at + 2, end)).toString('utf8') }
}
