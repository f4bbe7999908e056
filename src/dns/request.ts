import { minimumPayloadSize } from './edns.ts'
import { CLASS, OPCODE, RCODE } from './iana.ts'
import type { Message, Question } from './message.ts'
import { encodeMessage } from './wire/encode.ts'

/** What is asked; the class is IN and the letter case that of the name, unless said otherwise. */
export type Asked = Pick<Question, 'qname' | 'qtype'> & Partial<Question>

/**
 * A message that asks: a query with a question and nothing else, and what `changes` says.
 *
 * Its id is 0: whoever sends it draws another.
 */
export function requestMessage(
  { qname, qtype, spelling = qname, qclass = CLASS.IN }: Asked,
  changes: Partial<Message> = {},
): Message {
  return {
    id: 0,
    qr: false,
    opcode: OPCODE.QUERY,
    aa: false,
    tc: false,
    rd: false,
    ra: false,
    ad: false,
    cd: false,
    rcode: RCODE.NOERROR,
    question: { qname, spelling, qtype, qclass },
    answer: [],
    authority: [],
    additional: [],
    ...changes,
  }
}

/** The same in octets: a question fits in any message. */
export function encodeRequest(asked: Asked, changes: Partial<Message> = {}): Uint8Array {
  return encodeMessage(requestMessage(asked, changes), minimumPayloadSize).octets
}
