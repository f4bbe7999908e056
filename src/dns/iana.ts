/** Numbers under their IANA names: https://www.iana.org/assignments/dns-parameters */

/** RCODEs: RFC 1035 section 4.1.1, RFC 2136, RFC 8490, RFC 6891 (BADVERS), RFC 8945, RFC 2930, RFC 7873. */
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  DSOTYPENI: 11,
  BADVERS: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
  BADCOOKIE: 23,
} as const
export type Rcode = keyof typeof RCODE

/** OpCodes: RFC 1035, RFC 1996, RFC 2136. */
export const OPCODE = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5, DSO: 6 } as const

/** Classes: RFC 1035 section 3.2.4. */
export const CLASS = { IN: 1, CS: 2, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const

/** Types that a person or a log may name; any other is TYPEn (RFC 3597 section 5). */
export const TYPE = {
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  WKS: 11,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  X25: 19,
  ISDN: 20,
  RT: 21,
  'NSAP-PTR': 23,
  SIG: 24,
  KEY: 25,
  PX: 26,
  GPOS: 27,
  AAAA: 28,
  LOC: 29,
  NXT: 30,
  EID: 31,
  NIMLOC: 32,
  SRV: 33,
  ATMA: 34,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  A6: 38,
  DNAME: 39,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  HIP: 55,
  NINFO: 56,
  RKEY: 57,
  TALINK: 58,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  UINFO: 100,
  UID: 101,
  GID: 102,
  UNSPEC: 103,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  NXNAME: 128,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
  AVC: 258,
  AMTRELAY: 260,
  RESINFO: 261,
  TA: 32768,
  DLV: 32769,
} as const

/** Codes of EDNS options. */
export const EDNS_OPTION = {
  /** RFC 5001. */
  NSID: 3,
  /** RFC 7871. */
  CLIENT_SUBNET: 8,
  /** RFC 7314. */
  EXPIRE: 9,
  /** RFC 7873. */
  COOKIE: 10,
  /** RFC 7828. */
  TCP_KEEPALIVE: 11,
  /** RFC 7830. */
  PADDING: 12,
  /** RFC 8914. */
  EXTENDED_ERROR: 15,
} as const

/** Whether no record that is data has this type: RFC 6895 section 3.1. */
export const isMetaType = (code: number): boolean => code === 0 || code === TYPE.OPT || (code >= 128 && code <= 255)

/** Extended DNS Error codes that we give: RFC 8914 section 5.2. */
export const EXTENDED_ERROR = {
  Other: 0,
  'Stale Answer': 3,
  'Stale NXDOMAIN Answer': 19,
  'Not Ready': 14,
  Blocked: 15,
  Censored: 16,
  Filtered: 17,
  Prohibited: 18,
  'Not Authoritative': 20,
  'Not Supported': 21,
  'No Reachable Authority': 22,
  'Network Error': 23,
} as const
export type ExtendedErrorCode = (typeof EXTENDED_ERROR)[keyof typeof EXTENDED_ERROR]

const typeNames = namesOf(TYPE)
const classNames = namesOf(CLASS)
const rcodeNames = namesOf(RCODE)
const opcodeNames = namesOf(OPCODE)
const extendedErrorNames = namesOf(EXTENDED_ERROR)

/** Mnemonic of a type, or TYPEn. */
export const typeName = (code: number): string => typeNames.get(code) ?? `TYPE${code}`
/** Mnemonic of a class, or CLASSn. */
export const className = (code: number): string => classNames.get(code) ?? `CLASS${code}`
/** The same, where a type of that name must not be meant: ANY is CLASS255, as in CoreDNS's log. */
export const distinctClassName = (code: number): string => (code === CLASS.ANY ? `CLASS${code}` : className(code))
/** Mnemonic of an RCODE, or RCODEn. */
export const rcodeName = (code: number): string => rcodeNames.get(code) ?? `RCODE${code}`
/** The RCODE of a number, where it is one that is assigned. */
export const rcodeOf = (code: number): Rcode | undefined => rcodeNames.get(code) as Rcode | undefined // its keys are all of RCODE
/** Mnemonic of an OpCode, or OPCODEn. */
export const opcodeName = (code: number): string => opcodeNames.get(code) ?? `OPCODE${code}`

/** What an Extended DNS Error code stands for, as far as we give it. */
export const extendedErrorName = (code: number): string | undefined => extendedErrorNames.get(code)

/** The code of a mnemonic in any letter case, or of TYPEn; undefined if it is neither. */
export function typeCode(text: string): number | undefined {
  const upper = text.toUpperCase()
  if (Object.hasOwn(TYPE, upper)) return TYPE[upper as keyof typeof TYPE] // hasOwn has just shown it is a key
  const number = /^TYPE(\d{1,5})$/.exec(upper)?.[1]
  return number !== undefined && Number(number) <= 0xffff ? Number(number) : undefined
}

/** The code of a class by its mnemonic in any letter case, or of CLASSn; undefined if it is neither. */
export function classCode(text: string): number | undefined {
  const upper = text.toUpperCase()
  if (Object.hasOwn(CLASS, upper)) return CLASS[upper as keyof typeof CLASS] // hasOwn has just shown it is a key
  const number = /^CLASS(\d{1,5})$/.exec(upper)?.[1]
  return number !== undefined && Number(number) <= 0xffff ? Number(number) : undefined
}

function namesOf(codes: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(codes).map(([name, code]) => [code, name]))
}
