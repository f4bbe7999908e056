import { maximumMessageOctets } from '../../src/dns/edns.ts'
import { rcodeOf } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import { type RawMessage, rcodeOfRaw, readRawMessage } from '../../src/dns/wire/raw.ts'
import type { Answer, Handler, Query, RelayedAnswer } from '../../src/plugin/handler.ts'
import type { MaybePromise } from '../../src/util/maybe-promise.ts'
import { query, records } from '../dns/messages.ts'

/** What another server says: a message with RA, records as zone-file lines. */
export interface Said extends Partial<Pick<Message, 'rcode' | 'aa' | 'tc' | 'ad' | 'edns' | 'opcode' | 'qr'>> {
  readonly answer?: readonly string[]
  readonly authority?: readonly string[]
  readonly additional?: readonly string[]
}

/** The message in which another server answers `www.example.org. A`. */
export function messageOf(ask: string, { answer = [], authority = [], additional = [], ...head }: Said): RawMessage {
  const message = query(ask, {
    qr: true,
    rd: true,
    ra: true,
    ...head,
    answer: records(...answer),
    authority: records(...authority),
    additional: records(...additional),
  })
  return readRawMessage(encodeMessage(message, maximumMessageOctets).octets)
}

/** A message as the plugin `forward` hands it up. */
export function relayed(message: RawMessage, changes: Partial<RelayedAnswer> = {}): RelayedAnswer {
  const rcode = rcodeOf(rcodeOfRaw(message))
  if (rcode === undefined) throw new Error('no rcode that is assigned')
  const { aa, ra, ad } = message.header
  const head = { rcode, authoritative: aa, recursionAvailable: ra, authenticData: ad }
  return { ...head, message, validity: { kind: 'expires', tags: [] }, ...changes }
}

/** Stands for the plugin `forward`: each test says what it answers. */
export class Upstream implements Handler {
  readonly name = 'upstream'
  /** What it was asked, in order. */
  readonly asked: Query[] = []
  answer: (query: Query) => MaybePromise<Answer>

  constructor(answer: (query: Query) => MaybePromise<Answer>) {
    this.answer = answer
  }

  serve(query: Query): MaybePromise<Answer> {
    this.asked.push(query)
    return this.answer(query)
  }

  /** From now on it relays this, to whatever question it is. */
  says(said: Said): void {
    this.answer = ({ spelling, qtype }) => relayed(messageOf(`${spelling} TYPE${qtype}`, said))
  }
}
