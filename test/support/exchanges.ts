import { parseName } from '../../src/dns/name.ts'
import type { Exchange, Observer } from '../../src/plugin/observer.ts'

const client = { transport: 'udp', address: '10.244.0.9', port: 40212, localAddress: '10.244.0.2' } as const
const question = { qname: parseName('example.org.'), spelling: 'example.org.', qtype: 1, qclass: 1 }

/** The exchange of the sample line in CoreDNS's documentation of `log`. */
export const sampleExchange: Exchange = {
  door: { server: 'dns://:53', transport: 'udp' },
  client,
  clientFamily: 4,
  question,
  query: { ...question, client, via: [] },
  id: 43907,
  opcode: 0,
  querySize: 41,
  dnssecOk: false,
  payloadSize: 512,
  rcode: 0,
  flags: 0x8180,
  responseSize: 68,
  answerCount: 1,
  authorityHasSoa: false,
  authorityHasNs: false,
  durationMs: 37.990251,
  reason: undefined,
  unwritten: undefined,
  metadata: undefined,
}

/** An observer that keeps a copy of each exchange: what is told is true for a moment only. */
export function recordExchanges(): { readonly observer: Observer; readonly seen: readonly Exchange[] } {
  const seen: Exchange[] = []
  const keys = Object.keys(sampleExchange) as (keyof Exchange)[]
  const copy = (exchange: Exchange) =>
    Object.fromEntries(keys.map((key) => [key, exchange[key]])) as unknown as Exchange
  return { seen, observer: { name: 'test', watch: () => (exchange) => seen.push(copy(exchange)) } }
}
