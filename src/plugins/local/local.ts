/**
 * local: names that mean the machine that asks, and should never leave it (RFC 6761 section 6.3, RFC 6303 section 4;
 * CoreDNS plugin/local).
 */
import { TYPE } from '../../dns/iana.ts'
import { isSubdomain, longestZone, type Name, parseName } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { counting, type Handler, type Query, type RecordsAnswer } from '../../plugin/handler.ts'
import type { Step } from '../../plugin/reason.ts'
import type { Counter } from '../../util/metrics.ts'
import * as reasons from './reasons.ts'

export interface LocalConfig {
  /** Whether names that begin with `localhost.` are meant as well: what a search path makes of it. */
  readonly localhostPrefix: boolean
}

const ttl = 604_800
const localhost = parseName('localhost')
const mailbox = parseName('root.localhost')
const loopback = parseName('1.0.0.127.in-addr.arpa')
const zones = ['localhost', '0.in-addr.arpa', '127.in-addr.arpa', '255.in-addr.arpa'].map(parseName)

/** @param counter of the queries for names that only contain `localhost` */
export function local({ localhostPrefix }: LocalConfig, counter: Counter): Handler {
  return {
    name: 'local',
    serve(query, next) {
      const { qname } = query
      const isMade = localhostPrefix && qname.startsWith('localhost.') && qname !== localhost
      if (isMade || (isSubdomain(qname, localhost) && qname !== localhost)) {
        return counting(answerAddress(query), () => counter.value++)
      }
      const zone = longestZone(qname, zones)
      return zone === undefined ? next(query) : answerIn(zone, query)
    },
  }
}

function answerIn(zone: Name, query: Query): RecordsAnswer {
  const { qname, qtype } = query
  if (qname === zone) {
    if (qtype === TYPE.SOA) return positive([soa(zone)], query)
    if (qtype === TYPE.NS) return positive([{ owner: zone, type: 'NS', ttl, rdata: [{ target: localhost }] }], query)
    return zone === localhost ? answerAddress(query) : nodata(zone, query)
  }
  if (qname !== loopback) return negative('NXDOMAIN', zone, reasons.noLocalName({ zone }))
  if (qtype !== TYPE.PTR) return nodata(zone, query)
  return positive([{ owner: qname, type: 'PTR', ttl, rdata: [{ target: localhost }] }], query)
}

function answerAddress(query: Query): RecordsAnswer {
  const { qname: owner, qtype } = query
  if (qtype === TYPE.A) return positive([{ owner, type: 'A', ttl, rdata: [{ address: '127.0.0.1' }] }], query)
  if (qtype === TYPE.AAAA) return positive([{ owner, type: 'AAAA', ttl, rdata: [{ address: '::1' }] }], query)
  return nodata(owner, query)
}

function positive(answer: readonly RRset[], { qname }: Query): RecordsAnswer {
  return { ...neither, rcode: 'NOERROR', answer, authority: [], trace: [reasons.localName({ name: qname })] }
}

function nodata(zone: Name, { qname }: Query): RecordsAnswer {
  return negative('NOERROR', zone, reasons.noLocalType({ name: qname }))
}

function negative(rcode: 'NOERROR' | 'NXDOMAIN', zone: Name, step: Step): RecordsAnswer {
  return { ...neither, rcode, answer: [], authority: [soa(zone)], trace: [step] }
}

const neither = {
  authoritative: false, // as in CoreDNS
  additional: [],
  validity: { kind: 'until-changed', tags: [] },
} as const

function soa(owner: Name): RRset<'SOA'> {
  const timers = { serial: 1, refresh: 0, retry: 0, expire: 0, minimum: ttl }
  return { owner, type: 'SOA', ttl, rdata: [{ mname: localhost, rname: mailbox, ...timers }] }
}
