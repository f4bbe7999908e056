import { type Edns, type EdnsOption, type ExtendedError, ednsVersion, optOctets } from '../edns.ts'
import { WireFormatError } from '../errors.ts'
import { EDNS_OPTION, TYPE } from '../iana.ts'
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

/** Octets of an option before its data. */
const optionHeadOctets = 4

/**
 * Reads an OPT record (RFC 6891 section 6.1).
 *
 * Not left to dns2 3.1, which reads past a client subnet of an odd number of octets, and takes an extended rcode
 * over 127 for a TTL out of range. Of the options only the Extended DNS Error is understood.
 *
 * @throws WireFormatError an owner other than the root, or options that do not fill the rdata
 */
export function readOpt(octets: Uint8Array, head: RecordHead): Opt {
  if (head.owner.labels.length > 0) throw new WireFormatError(head.offset, 'an OPT record below the root')
  const { extendedError, options } = readOptions(octets, head)
  return {
    version: octets[head.ttlAt + 1] ?? ednsVersion,
    dnssecOk: ((octets[head.ttlAt + 2] ?? 0) & 0x80) !== 0,
    payloadSize: head.class,
    extendedRcode: octets[head.ttlAt] ?? 0,
    offset: head.offset,
    ...(extendedError && { extendedError }),
    ...(options.length > 0 && { options }),
  }
}

/** Octets of the OPT record that `writeOpt` appends. */
export function octetsOfOpt({ extendedError, options = [] }: Edns): number {
  const others = options.reduce((sum, { data }) => sum + optionHeadOctets + data.length, optOctets)
  return extendedError === undefined ? others : others + optionHeadOctets + 2 + Buffer.byteLength(extendedError.text)
}

/** Appends an OPT record. */
export function writeOpt(edns: Edns, extendedRcode: number, writer: OctetWriter): void {
  const ttl = ((extendedRcode << 24) | (edns.version << 16) | (edns.dnssecOk ? 0x8000 : 0)) >>> 0
  const rdataAt = beginRecord({ owner: '', type: TYPE.OPT, class: edns.payloadSize, ttl }, writer)
  if (edns.extendedError !== undefined) encodeRdata('EDNS', { rdata: [toOption(edns.extendedError)] }, writer)
  for (const option of edns.options ?? []) writeOption(option, writer)
  endRecord(rdataAt, writer)
}

function toOption({ infoCode, text }: ExtendedError): Dns2Option {
  return { ednsCode: EDNS_OPTION.EXTENDED_ERROR, infoCode, extraText: text }
}

function writeOption({ code, data }: EdnsOption, writer: OctetWriter): void {
  writer.write(code, 16)
  writer.write(data.length, 16)
  for (const octet of data) writer.write(octet, 8)
}

/**
 * An Extended DNS Error without room for its code, or behind another, is an option like any other.
 *
 * @throws WireFormatError the options do not fill the rdata
 */
function readOptions(
  octets: Uint8Array,
  { rdataAt, end }: RecordHead,
): { readonly extendedError?: ExtendedError; readonly options: readonly EdnsOption[] } {
  let extendedError: ExtendedError | undefined
  const options: EdnsOption[] = []
  let at = rdataAt
  while (at + optionHeadOctets <= end) {
    const code = uint16At(octets, at)
    const data = at + optionHeadOctets
    const next = data + uint16At(octets, at + 2)
    if (next > end) break
    const isError = code === EDNS_OPTION.EXTENDED_ERROR && next - data >= 2 && extendedError === undefined
    if (isError) extendedError = toExtendedError(octets, data, next)
    else options.push({ code, data: octets.slice(data, next) })
    at = next
  }
  if (at !== end) throw new WireFormatError(rdataAt, 'EDNS options do not fill their OPT record')
  return { ...(extendedError && { extendedError }), options }
}

function toExtendedError(octets: Uint8Array, at: number, end: number): ExtendedError {
  return { infoCode: uint16At(octets, at), text: Buffer.from(octets.subarray(at + 2, end)).toString('utf8') }
}
