/**
 * transfer: hands whole zones to those that may have them (AXFR, RFC 5936; IXFR, RFC 1995).
 *
 * The records come from plugins below that offer their zones (plugin/transfer.ts); the server cuts them into messages.
 */
import { type Rcode, TYPE } from '../../dns/iana.ts'
import { longestZone } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import type { Answer, Client, Handler, Query, RecordsAnswer } from '../../plugin/handler.ts'
import { peerAddress } from '../../plugin/peer.ts'
import type { Step } from '../../plugin/reason.ts'
import type { TransferAnswer, TransferSource, ZoneSnapshot } from '../../plugin/transfer.ts'
import type { TransferRule } from './config.ts'
import * as reasons from './reasons.ts'
import { ruleFor } from './rules.ts'
import { clientSerial, isUpToDate } from './serial.ts'

/** What transfers are made from, and where they are told of. */
export interface TransferContext {
  /** In the order of the chain. They are offered after this plugin is set up, so they are read at each query. */
  readonly sources: readonly TransferSource[]
  /** Takes one line for each transfer. */
  write(line: string): void
}

export function transfer(rules: readonly TransferRule[], context: TransferContext): Handler {
  return {
    name: 'transfer',
    serve(query, next) {
      if (query.qtype !== TYPE.AXFR && query.qtype !== TYPE.IXFR) return next(query)
      if (query.client.transport !== 'tcp') return failure('REFUSED', reasons.overUdp({}))
      const rule = ruleFor(rules, query.qname)
      if (rule === undefined) return next(query)
      if (!isAllowed(rule, query.client)) {
        return failure('REFUSED', reasons.peerNotListed({ peer: query.client.address }))
      }
      return answerFrom(context, query) ?? next(query)
    },
  }
}

function isAllowed({ to, addresses }: TransferRule, { address }: Client): boolean {
  return to.includes('*') || addresses.has(peerAddress(address))
}

/** Undefined: no plugin here has a zone that the name lies in. */
function answerFrom(context: TransferContext, query: Query): Answer | undefined {
  const { sources } = context
  const serial = clientSerial(query)
  if (serial === undefined) return failure('SERVFAIL', reasons.noSerial({}))
  const source = sources.find(({ zones }) => zones.includes(query.qname))
  if (source !== undefined) return answerWith(source.snapshot(query.qname), serial, { context, query })
  const zone = longestZone(
    query.qname,
    sources.flatMap(({ zones }) => zones),
  )
  // There is no zone of that name, and RFC 5936 section 2.2.1 has NOTAUTH for it.
  return zone === undefined ? undefined : failure('NOTAUTH', reasons.notApex({ zone }))
}

interface Asked {
  readonly context: TransferContext
  readonly query: Query
}

/** RFC 1995 section 2: the SOA alone for who has the zone already, and all of it in place of the differences. */
function answerWith(snapshot: ZoneSnapshot, clientHas: number, { context, query }: Asked): Answer | TransferAnswer {
  const { soa } = snapshot
  const serial = soa.rdata[0]?.serial ?? 0
  const from = `zone ${JSON.stringify(soa.owner)} to ${query.client.address} for ${serial} SOA serial`
  if (isUpToDate(clientHas, serial)) {
    context.write(`Outgoing noop, incremental transfer for up to date ${from}`)
    return success(soa, reasons.upToDate({ serial: clientHas }))
  }
  const told = (records: number) => context.write(`Outgoing transfer of ${records} records of ${from}`)
  return { ...success(soa, reasons.wholeZone({ zone: soa.owner, serial })), rest: restOf(snapshot, told) }
}

/** All behind the first SOA record, the last one included; `told` hears how many records they were, that one with them. */
function* restOf({ soa, records }: ZoneSnapshot, told: (records: number) => void): Generator<RRset, void> {
  let count = 2
  for (const rrset of records()) {
    count += rrset.rdata.length
    yield rrset
  }
  yield soa
  told(count)
}

/** Neither is kept: it depends on who asks, and over what. */
function success(soa: RRset<'SOA'>, step: Step): RecordsAnswer {
  return { ...failure('NOERROR', step), authoritative: true, answer: [soa] }
}

function failure(rcode: Rcode, step: Step): RecordsAnswer {
  const validity = { kind: 'once' } as const
  return { rcode, authoritative: false, answer: [], authority: [], additional: [], validity, trace: [step] }
}
