import { minimumPayloadSize } from '../dns/edns.ts'
import { CLASS, OPCODE, RCODE } from '../dns/iana.ts'
import type { Name } from '../dns/name.ts'
import { encodeMessage } from '../dns/wire/encode.ts'

export interface RequestOptions {
  readonly qname: Name
  readonly qtype: number
  readonly opcode: keyof typeof OPCODE
}

/** A message that another server is sent about a zone: a question and no more; with it goes an id that whoever sends it draws. */
export function encodeRequest({ qname, qtype, opcode }: RequestOptions): Uint8Array {
  const message = {
    id: 0,
    qr: false,
    opcode: OPCODE[opcode],
    aa: opcode === 'NOTIFY', // RFC 1996 section 3.7
    tc: false,
    rd: false,
    ra: false,
    ad: false,
    cd: false,
    rcode: RCODE.NOERROR,
    question: { qname, spelling: qname, qtype, qclass: CLASS.IN },
    answer: [],
    authority: [],
    additional: [],
  }
  return encodeMessage(message, minimumPayloadSize).octets
}
