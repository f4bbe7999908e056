import { WireFormatError } from '../../dns/errors.ts'
import { CLASS, type Rcode, TYPE, typeCode } from '../../dns/iana.ts'
import { classOfRecords } from '../../dns/message.ts'
import { type Name, nameOf } from '../../dns/name.ts'
import type { RRset, Seconds } from '../../dns/record.ts'
import { uint16At, uint32At } from '../../dns/wire/header.ts'
import { readName } from '../../dns/wire/name.ts'
import type { RawMessage, RawRecord } from '../../dns/wire/raw.ts'
import { type Answer, isRelayed, type Query } from '../../plugin/handler.ts'

/** What decides how long an answer may be kept, whichever form it has. */
export interface Content {
  readonly rcode: Rcode
  readonly truncated: boolean
  readonly answer: readonly Item[]
  readonly authority: readonly Item[]
  readonly additional: readonly Item[]
  /** When its signatures begin and cease to be good, in seconds since 1970 modulo 2^32; none where nobody checks. */
  readonly signatures: readonly SignatureTime[]
}

/** A record, or records of one owner and type. */
interface Item {
  readonly type: number
  readonly class: number
  readonly ttl: Seconds
  readonly owner: () => Name
  /** Where it leads, if it is a CNAME; undefined where that is no name. */
  readonly target: () => Name | undefined
}

export interface SignatureTime {
  readonly inception: number
  readonly expiration: number
}

export function contentOf(answer: Answer, query: Query): Content {
  if (isRelayed(answer)) return contentOfRaw(answer.message, answer.rcode)
  const { isTruncated: truncated = false } = answer
  const qclass = classOfRecords(query)
  const items = (rrsets: readonly RRset[]) => rrsets.map((rrset) => itemOf(rrset, qclass))
  return {
    rcode: answer.rcode,
    truncated,
    answer: items(answer.answer),
    authority: items(answer.authority),
    additional: items(answer.additional),
    signatures: [],
  }
}

function itemOf(rrset: RRset, qclass: number): Item {
  return {
    type: typeCode(rrset.type) ?? 0,
    class: qclass,
    ttl: rrset.ttl,
    owner: () => rrset.owner,
    target: () => (rrset.type === 'CNAME' ? rrset.rdata[0]?.target : undefined),
  }
}

function contentOfRaw({ octets, header, records, opt }: RawMessage, rcode: Rcode): Content {
  const items = (section: RawRecord['section']) =>
    records.filter((record) => record.section === section).map((record) => itemOfRaw(octets, record))
  const signed = opt?.dnssecOk === true ? records.filter(({ type }) => type === TYPE.RRSIG) : []
  return {
    rcode,
    truncated: header.tc,
    answer: items('answer'),
    authority: items('authority'),
    additional: items('additional'),
    signatures: signed.map(({ rdataAt }) => signatureTime(octets, rdataAt)),
  }
}

function itemOfRaw(octets: Uint8Array, { offset, type, ttlAt, ttl, rdataAt }: RawRecord): Item {
  return {
    type,
    class: uint16At(octets, ttlAt - 2),
    ttl,
    owner: () => nameOf(readName(octets, offset).labels),
    target: () => targetAt(octets, rdataAt),
  }
}

/** Nobody has read rdata so far. */
function targetAt(octets: Uint8Array, rdataAt: number): Name | undefined {
  try {
    return nameOf(readName(octets, rdataAt).labels)
  } catch (error) {
    if (error instanceof WireFormatError) return undefined
    throw error
  }
}

/** RFC 4034 section 3.1. */
function signatureTime(octets: Uint8Array, rdataAt: number): SignatureTime {
  return { expiration: uint32At(octets, rdataAt + 8), inception: uint32At(octets, rdataAt + 12) }
}

/** Whether records of a name are of the class that was asked for. */
export function hasClass({ class: rrclass }: Item, qclass: number): boolean {
  return qclass === CLASS.ANY || rrclass === qclass
}
