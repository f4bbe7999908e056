import type { Edns } from '../../src/dns/edns.ts'
import { typeCode } from '../../src/dns/iana.ts'
import type { Message, Question } from '../../src/dns/message.ts'
import { formatLabels, parseLabels, parseName } from '../../src/dns/name.ts'
import type { RRset } from '../../src/dns/record.ts'
import { parseRecord } from '../../src/dns/text/record.ts'

/** A query as a client without EDNS sends it, with the changes of a case. */
export function query(ask: string, changes: Partial<Message> = {}): Message {
  return {
    id: 0x1234,
    qr: false,
    opcode: 0,
    aa: false,
    tc: false,
    rd: false,
    ra: false,
    ad: false,
    cd: false,
    rcode: 0,
    question: question(ask),
    answer: [],
    authority: [],
    additional: [],
    ...changes,
  }
}

/** As `query`, but a response with AA. */
export function response(ask: string, changes: Partial<Message> = {}): Message {
  return query(ask, { qr: true, aa: true, ...changes })
}

/** `web.shop.svc.cluster.local. A`, with the spelling of the name. */
export function question(ask: string): Question {
  const [name = '', type = 'A'] = ask.split(' ')
  return { qname: parseName(name), spelling: formatLabels(parseLabels(name)), qtype: typeCode(type) ?? 0, qclass: 1 }
}

export function edns(changes: Partial<Edns> = {}): Edns {
  return { version: 0, dnssecOk: false, payloadSize: 1232, ...changes }
}

/** Zone-file lines, one RRset for each. */
export function records(...lines: string[]): RRset[] {
  return lines.map(parseRecord)
}

/** One RRset of `count` A records. */
export function addresses(owner: string, count: number): RRset {
  const rdata = Array.from({ length: count }, (_, index) => ({ address: `10.244.${index >> 8}.${index & 0xff}` }))
  return { owner: parseName(owner), type: 'A', ttl: 5, rdata }
}
