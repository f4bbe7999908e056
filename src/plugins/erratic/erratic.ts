/**
 * erratic: a server that fails now and then, for tests of what clients make of it (CoreDNS plugin/erratic).
 */
import { TYPE, typeName } from '../../dns/iana.ts'
import { type Name, nameBelow } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { silence } from '../../plugin/chain.ts'
import type { Answer, Handler, Query, RecordsAnswer } from '../../plugin/handler.ts'
import type { TransferAnswer } from '../../plugin/transfer.ts'
import type { Timer } from '../../util/timer.ts'
import type { ErraticConfig } from './config.ts'
import { noErraticType } from './reasons.ts'

/** The queries that have come so far: the plugin's behaviour is a function of their number. */
export interface QueryCount {
  value: number
}

export function erratic(config: ErraticConfig, timer: Timer, count: QueryCount): Handler {
  return {
    name: 'erratic',
    serve(query) {
      const number = count.value++
      if (isEvery(config.drop, number)) return silence
      // The bits, not the remainder: with 2, two queries in a row of every four.
      const isTruncated = config.truncate > 0 && (number & config.truncate) === 0
      const answer = answerTo(query, config, isTruncated)
      if (!isEvery(config.delay, number)) return answer
      return new Promise((resolve) => timer.after(config.delayMs, () => resolve(answer)))
    },
  }
}

function isEvery(divisor: number, number: number): boolean {
  return divisor > 0 && number % divisor === 0
}

const address = '192.0.2.53'
const address6 = '2001:db8::53'
const largeCount = 30

const fresh = { authoritative: true, authority: [], additional: [], validity: { kind: 'once' } } as const

function answerTo({ qname: owner, qtype }: Query, { isLarge }: ErraticConfig, isTruncated: boolean): Answer {
  const answered = { ...fresh, rcode: 'NOERROR', isTruncated } as const
  if (qtype === TYPE.A) {
    const rdata = Array.from({ length: isLarge ? largeCount : 1 }, () => ({ address }))
    return { ...answered, answer: [{ owner, type: 'A', ttl: 0, rdata }] }
  }
  if (qtype === TYPE.AAAA) {
    return { ...answered, answer: [{ owner, type: 'AAAA', ttl: 0, rdata: [{ address: address6 }] }] }
  }
  return qtype === TYPE.AXFR ? transfer(owner, isTruncated) : failure(qtype)
}

function failure(qtype: number): RecordsAnswer {
  const trace = [noErraticType({ qtype: typeName(qtype) })]
  return { ...fresh, rcode: 'SERVFAIL', authoritative: false, answer: [], trace }
}

/** A small zone; one that is cut off has no SOA record at its end. */
function transfer(zone: Name, isTruncated: boolean): TransferAnswer {
  const [a, b] = [nameBelow(['a'], zone), nameBelow(['b'], zone)]
  const soa: RRset<'SOA'> = { owner: zone, type: 'SOA', ttl: 0, rdata: [soaRdata(zone)] }
  const rest: RRset[] = [
    { owner: zone, type: 'NS', ttl: 0, rdata: [{ target: b }, { target: a }] },
    { owner: a, type: 'AAAA', ttl: 0, rdata: [{ address: '2001:db8::53' }] },
    { owner: b, type: 'AAAA', ttl: 0, rdata: [{ address: '2001:db8::54' }] },
  ]
  return { ...fresh, rcode: 'NOERROR', answer: [soa], rest: isTruncated ? rest : [...rest, soa] }
}

function soaRdata(zone: Name): RRset<'SOA'>['rdata'][number] {
  const timers = { serial: 1, refresh: 7200, retry: 3600, expire: 1_209_600, minimum: 3600 }
  return { mname: nameBelow(['a'], zone), rname: nameBelow(['hostmaster'], zone), ...timers }
}
