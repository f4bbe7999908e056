import { maximumMessageOctets } from '../../src/dns/edns.ts'
import type { Message } from '../../src/dns/message.ts'
import { parseName } from '../../src/dns/name.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import type { Next, RecordsAnswer, Transport } from '../../src/plugin/handler.ts'
import type { Observer } from '../../src/plugin/observer.ts'
import type { AnswerNote } from '../../src/server/observe.ts'
import { createResponder } from '../../src/server/responder.ts'
import type { Zones } from '../../src/server/zones.ts'
import { AnswerCache } from '../../src/transport/answer-cache.ts'
import { messagesOf } from '../../src/transport/listener.ts'
import { createLogger } from '../../src/util/log.ts'
import { askHandler } from '../support/ask-handler.ts'

/** A responder without sockets, and what it keeps and logs. */
export interface TestResponder {
  readonly cache: AnswerCache<AnswerNote>
  readonly lines: readonly string[]
  /** Octets in, octets out; undefined: no answer is due. */
  send(octets: Uint8Array): Promise<Uint8Array | undefined>
  /** As `send`, with what there must be an answer to. */
  ask(query: Message | Uint8Array): Promise<Message>
}

export function testResponder(
  zones: Zones,
  transport: Transport = 'udp',
  options: { readonly extendedErrors?: boolean } = {},
): TestResponder {
  const lines: string[] = []
  const cache = new AnswerCache<AnswerNote>({ maxEntries: 1000, maxOctets: 1024 * 1024 })
  const log = createLogger((line) => lines.push(line), 'debug')
  const respond = createResponder({
    zones,
    cache,
    log,
    transport,
    localAddress: '192.0.2.53',
    server: 'dns://:53',
    ...options,
  })
  const send = async (octets: Uint8Array) => {
    const [first] = messagesOf(await askHandler(respond, octets, { address: '192.0.2.1', port: 40_000 }))
    return first
  }
  return {
    cache,
    lines,
    send,
    async ask(query) {
      const response = await send(query instanceof Uint8Array ? query : octetsOf(query))
      if (response === undefined) throw new Error('no response')
      return decodeMessage(response)
    },
  }
}

/** Zones whose whole chain is one function. */
export function zonesOf(chains: Readonly<Record<string, Next>>, observers: readonly Observer[] = []): Zones {
  return new Map(
    Object.entries(chains).map(([zone, chain]) => [
      parseName(zone),
      [{ chain, observers, endpoints: [], services: [], plugins: [] }],
    ]),
  )
}

/** NOERROR, authoritative, kept until the tag `test` changes, unless a case says otherwise. */
export function answerOf(changes: Partial<RecordsAnswer> = {}): RecordsAnswer {
  return {
    rcode: 'NOERROR',
    authoritative: true,
    answer: [],
    authority: [],
    additional: [],
    validity: { kind: 'until-changed', tags: ['svc:test/test'] },
    ...changes,
  }
}

export function octetsOf(message: Message): Uint8Array {
  return encodeMessage(message, maximumMessageOctets).octets
}

/** A copy with 16-bit numbers written at offsets: for headers that no encoder writes. */
export function patched(octets: Uint8Array, numbers: Readonly<Record<number, number>>): Uint8Array {
  const copy = Buffer.from(octets)
  for (const [offset, number] of Object.entries(numbers)) copy.writeUInt16BE(number, Number(offset))
  return copy
}
