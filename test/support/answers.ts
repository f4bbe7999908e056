/** Queries and answers as one plugin has them, for what no plugin below it gives. */
import { maximumMessageOctets } from '../../src/dns/edns.ts'
import { rcodeOf } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import { readRawMessage } from '../../src/dns/wire/raw.ts'
import type { Query, RecordsAnswer, RelayedAnswer } from '../../src/plugin/handler.ts'
import { question, records, response } from '../dns/messages.ts'

/** `web.shop.svc.cluster.local. A`, of a client. */
export function queryFor(ask: string, changes: Partial<Query> = {}): Query {
  const client = { transport: 'udp', address: '192.0.2.1', port: 40_000, localAddress: '192.0.2.53' } as const
  return { ...question(ask), client, via: [], ...changes }
}

/** An answer of these zone-file lines. */
export function recordsAnswer(answer: readonly string[], changes: Partial<RecordsAnswer> = {}): RecordsAnswer {
  const validity = { kind: 'until-changed', tags: ['tag'] } as const
  const rest = { authority: [], additional: [], validity }
  return { rcode: 'NOERROR', authoritative: true, answer: records(...answer), ...rest, ...changes }
}

/** The message of another server that has these parts. */
export function relayedAnswer(
  ask: string,
  message: Partial<Message>,
  changes: Partial<RelayedAnswer> = {},
): RelayedAnswer {
  const draft = response(ask, message)
  const raw = readRawMessage(encodeMessage(draft, maximumMessageOctets).octets)
  const rcode = rcodeOf(draft.rcode) ?? 'SERVFAIL'
  return { rcode, authoritative: false, message: raw, validity: { kind: 'once' }, ...changes }
}
