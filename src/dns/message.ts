import type { Edns } from './edns.ts'
import { CLASS } from './iana.ts'
import type { Name } from './name.ts'
import type { RRset } from './record.ts'

/** What is asked (RFC 1035 section 4.1.2). */
export interface Question {
  readonly qname: Name
  /** `qname` in presentation format with the letter case the client used; a response repeats it. */
  readonly spelling: string
  readonly qtype: number
  readonly qclass: number
}

/** The header's bits (RFC 1035 section 4.1.1, RFC 4035 section 3.2), without the counts. */
export interface Header {
  readonly id: number
  readonly qr: boolean
  readonly opcode: number
  readonly aa: boolean
  readonly tc: boolean
  readonly rd: boolean
  readonly ra: boolean
  readonly ad: boolean
  readonly cd: boolean
  /** Twelve bits: the upper eight travel in the OPT record (RFC 6891 section 6.1.3). */
  readonly rcode: number
}

/**
 * A DNS message.
 *
 * Sections hold RRsets in the order they stand in; adjacent records of one owner, type and TTL are one RRset. Records
 * of another class than the question's are passed over in decoding (`classOfRecords`).
 */
export interface Message extends Header {
  /** Absent where the header counts none. More than one is refused in decoding (RFC 9619). */
  readonly question?: Question
  readonly answer: readonly RRset[]
  readonly authority: readonly RRset[]
  readonly additional: readonly RRset[]
  /** The OPT record; it is not in `additional`. */
  readonly edns?: Edns
}

/** A message that is being put together. */
export type MessageDraft = { -readonly [Part in keyof Message]: Message[Part] }

export const sections = ['answer', 'authority', 'additional'] as const
export type Section = (typeof sections)[number]

/**
 * The class of a message's records, which have none of their own here.
 *
 * Who asks in CH, for the server itself (RFC 4892 section 3), is answered in CH; all else is IN.
 */
export function classOfRecords(question: Question | undefined): number {
  return question?.qclass === CLASS.CH ? CLASS.CH : CLASS.IN
}
