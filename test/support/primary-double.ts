import { maximumMessageOctets } from '../../src/dns/edns.ts'
import { TYPE } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import type { RRset } from '../../src/dns/record.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import { records } from '../dns/messages.ts'
import { type Received, replyTo, UpstreamDouble } from './upstream-double.ts'

/** How it answers AXFR: the messages of it, in place of all that a good one sends. */
export type Transfer = (received: Received, zone: readonly RRset[]) => readonly Uint8Array[]

/** A primary name server on real sockets, which has the zones that a test gives it, and fails as a test says. */
export class PrimaryDouble {
  readonly upstream: UpstreamDouble
  /** Zone-file lines by origin, the SOA record first. */
  readonly zones: Record<string, readonly string[]>
  transfer: Transfer = (received, zone) => transferOf(received, [...zone, ...zone.slice(0, 1)])
  /** Of every other query: the SOA record over TCP. */
  soa: (received: Received, soa: RRset) => readonly Uint8Array[] = (received, soa) => [
    replyTo(received, { answer: [soa] }),
  ]

  static async start(zones: Record<string, readonly string[]> = {}): Promise<PrimaryDouble> {
    return new PrimaryDouble(await UpstreamDouble.start(), zones)
  }

  private constructor(upstream: UpstreamDouble, zones: Record<string, readonly string[]>) {
    this.upstream = upstream
    this.zones = zones
    upstream.reply = (received) => this.#reply(received)
  }

  get at(): string {
    return this.upstream.at
  }

  /** What it was asked, in order: `example.org. SOA`. */
  get asked(): readonly string[] {
    return this.upstream.received.map(({ message: { question }, transport }) => {
      const type = question?.qtype === TYPE.AXFR ? 'AXFR' : question?.qtype === TYPE.SOA ? 'SOA' : `${question?.qtype}`
      return `${question?.qname} ${type} ${transport}`
    })
  }

  #reply(received: Received): readonly Uint8Array[] {
    const { question } = received.message
    const zone = records(...(this.zones[question?.qname ?? ''] ?? []))
    const [soa] = zone
    if (soa === undefined) return [replyTo(received, { rcode: 5 })]
    return question?.qtype === TYPE.AXFR ? this.transfer(received, zone) : this.soa(received, soa)
  }
}

/** These records, so many in each message. */
export function transferOf(received: Received, zone: readonly RRset[], inOne = 2): Uint8Array[] {
  const messages: Uint8Array[] = []
  for (let at = 0; at < zone.length; at += inOne) messages.push(partOf(received, zone.slice(at, at + inOne)))
  return messages
}

export function partOf({ message }: Received, answer: readonly RRset[], changes: Partial<Message> = {}): Uint8Array {
  return encodeMessage({ ...message, qr: true, aa: true, answer, ...changes }, maximumMessageOctets).octets
}
