import { EDNS_OPTION } from './iana.ts'

/** What an OPT record says (RFC 6891 section 6.1). */
export interface Edns {
  readonly version: number
  /** The DO bit: the sender takes DNSSEC records (RFC 3225). */
  readonly dnssecOk: boolean
  /** Octets of UDP payload the sender can take, as it stands on the wire (0-65535). */
  readonly payloadSize: number
  /** Why an answer is what it is (RFC 8914); of several in a message, the first. */
  readonly extendedError?: ExtendedError
  /** All other options, in their order; absent where there are none. */
  readonly options?: readonly EdnsOption[]
}

/** An option as it stands on the wire (RFC 6891 section 6.1.2). */
export interface EdnsOption {
  readonly code: number
  readonly data: Uint8Array
}

/** An Extended DNS Error: RFC 8914 section 2. */
export interface ExtendedError {
  readonly infoCode: number
  /** UTF-8; may be empty. */
  readonly text: string
}

/** The error as an option among others. */
export function extendedErrorOption({ infoCode, text }: ExtendedError): EdnsOption {
  const data = Buffer.alloc(2 + Buffer.byteLength(text))
  data.writeUInt16BE(infoCode)
  data.write(text, 2)
  return { code: EDNS_OPTION.EXTENDED_ERROR, data }
}

/** Octets of text that we give: enough for a name and a fact, and little of what a message may hold. */
export const maximumErrorTextOctets = 120

/** The only version there is (RFC 6891 section 6.1.3). */
export const ednsVersion = 0

/** RFC 1035 section 4.2.1: what a UDP message may hold where no EDNS says more. */
export const minimumPayloadSize = 512

/** What we offer and, over UDP, send at most: fits every IPv6 path unfragmented (DNS flag day 2020). */
export const defaultPayloadSize = 1232

/** RFC 1035 section 4.2.2: what the two-octet length of a TCP message can say. */
export const maximumMessageOctets = 65_535

/** Octets of an OPT record without options. */
export const optOctets = 11

/** What any answer without records fits in: a header, the longest question (RFC 1035 section 2.3.4), an OPT record. */
export const recordlessOctets = 12 + 255 + 4 + optOctets

const echoed = new Set<number>([
  EDNS_OPTION.NSID,
  EDNS_OPTION.EXPIRE,
  EDNS_OPTION.COOKIE,
  EDNS_OPTION.TCP_KEEPALIVE,
  EDNS_OPTION.PADDING,
])

/** Whether an option of a query stands in its response as it came, as CoreDNS has it. */
export function isEchoed(code: number): boolean {
  return echoed.has(code)
}
