import type { TYPE } from '../iana.ts'
import * as field from './fields.ts'
import { location } from './location.ts'
import { svcParams } from './svc-params.ts'
import { typeBitmap } from './type-bitmap.ts'

const { algorithm, base32, base64, certificateType, groups, hex, ipv4, name, salt, string, strings } = field
const { text, time, typeCovered, uint8, uint16, uint32 } = field

const oneName = [name]
const preferred = [uint16, name]
const digest = [uint16, algorithm, uint8, hex]
const key = [uint16, uint8, algorithm, base64]
const signature = [typeCovered, algorithm, uint8, uint32, time, time, uint16, name, base64]
const identifier = groups(8, { size: 2, divider: ':' })

/**
 * What the text of generic types consists of (each in the RFC that IANA names for it). What is not here is written as
 * octets: RFC 3597 section 5.
 */
export const textLayouts: Partial<Record<keyof typeof TYPE, readonly field.Field[]>> = {
  MD: oneName,
  MF: oneName,
  MB: oneName,
  MG: oneName,
  MR: oneName,
  MINFO: [name, name],
  RP: [name, name],
  AFSDB: preferred,
  RT: preferred,
  KX: preferred,
  LP: preferred,
  PX: [uint16, name, name],
  'NSAP-PTR': oneName,
  X25: [string],
  ISDN: [strings],
  LOC: [location],
  GPOS: [string, string, string],
  SPF: [strings],
  NINFO: [strings],
  AVC: [strings],
  RESINFO: [strings],
  UINFO: [string],
  UID: [uint32],
  GID: [uint32],
  DS: digest,
  CDS: digest,
  DLV: digest,
  TA: digest,
  DNSKEY: key,
  CDNSKEY: key,
  KEY: key,
  RKEY: key,
  RRSIG: signature,
  SIG: signature,
  NSEC: [name, typeBitmap],
  NSEC3: [uint8, uint8, uint16, salt, base32, typeBitmap],
  NSEC3PARAM: [uint8, uint8, uint16, salt],
  CSYNC: [uint32, uint16, typeBitmap],
  ZONEMD: [uint32, uint8, uint8, hex],
  TLSA: [uint8, uint8, uint8, hex],
  SMIMEA: [uint8, uint8, uint8, hex],
  SSHFP: [uint8, uint8, hex],
  CERT: [certificateType, uint16, algorithm, base64],
  OPENPGPKEY: [base64],
  DHCID: [base64],
  SVCB: [uint16, name, svcParams],
  HTTPS: [uint16, name, svcParams],
  URI: [uint16, uint16, text],
  EUI48: [groups(6, { size: 1, divider: '-' })],
  EUI64: [groups(8, { size: 1, divider: '-' })],
  NID: [uint16, identifier],
  L64: [uint16, identifier],
  L32: [uint16, ipv4],
}
