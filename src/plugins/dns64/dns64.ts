/**
 * dns64: gives clients that have IPv6 alone addresses for what has IPv4 alone (RFC 6147, CoreDNS plugin/dns64).
 *
 * Where a name has no AAAA record, its A records are asked of the server itself, and put behind a prefix by which a
 * NAT64 knows them.
 */
import { CLASS, TYPE } from '../../dns/iana.ts'
import type { RRset, Seconds } from '../../dns/record.ts'
import {
  type Answer,
  bothValid,
  counting,
  type Handler,
  isRelayed,
  type Next,
  type Query,
  unpack,
} from '../../plugin/handler.ts'
import { familyOfClient } from '../../util/address.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'
import type { Dns64Config } from './config.ts'
import { embed } from './embed.ts'
import * as reasons from './reasons.ts'

export interface Dns64Context {
  /** Asks the whole server for the A records. */
  readonly resolve: Next
  /** Hears of each query whose A records were asked for. */
  readonly translated: () => void
}

export function dns64(config: Dns64Config, { resolve, translated }: Dns64Context): Handler {
  return {
    name: 'dns64',
    serve(query, next) {
      if (query.qtype !== TYPE.AAAA || query.qclass !== CLASS.IN) return next(query)
      return mapMaybe(next(query), (own) => {
        if (!isWanting(own, config)) return own
        if (!isFor(query, config)) return once(own)
        return mapMaybe(resolve({ ...query, qtype: TYPE.A }), (ofIPv4) => {
          const answer = counting(synthesize(own, ofIPv4, config), translated)
          return config.allowsIPv4 ? answer : once(answer)
        })
      })
    },
  }
}

function isFor({ client }: Query, { allowsIPv4 }: Dns64Config): boolean {
  return allowsIPv4 || familyOfClient(client.address) === 6
}

/** Clients of the other family get another answer. */
function once(answer: Answer): Answer {
  return { ...answer, validity: { kind: 'once' } }
}

/**
 * Whether an answer leaves room for addresses made of A records (RFC 6147 section 5.1).
 *
 * A name that does not exist has none of those either. Other errors are as good as no record: many servers answer so
 * where they do not know the type. A code that no plugin wrote is no answer, as in CoreDNS.
 */
function isWanting(answer: Answer, { translatesAll }: Dns64Config): boolean {
  if (answer.rcode === 'NXDOMAIN' || answer.unwritten !== undefined || answer.isSilent === true) return false
  return translatesAll || !hasRecord(answer, 'AAAA')
}

function hasRecord(answer: Answer, type: 'A' | 'AAAA'): boolean {
  if (!isRelayed(answer)) return answer.answer.some((rrset) => rrset.type === type)
  return answer.message.records.some((record) => record.section === 'answer' && record.type === TYPE[type])
}

/**
 * The answer to the query for AAAA records, by that to the one for A records (RFC 6147 sections 5.1.6 and 5.4).
 *
 * If that is an error, the error; if it has no address, what the client would get without us.
 */
function synthesize(own: Answer, ofIPv4: Answer, { prefix }: Dns64Config): Answer {
  const both = { validity: bothValid(own.validity, ofIPv4.validity), ...reuseOfBoth(own, ofIPv4) }
  if (ofIPv4.rcode !== 'NOERROR' || ofIPv4.isSilent === true) return { ...ofIPv4, ...both }
  if (!hasRecord(ofIPv4, 'A')) {
    return { ...own, ...both, trace: [reasons.noIPv4Address({}), ...(own.trace ?? [])] }
  }
  const found = unpack(ofIPv4)
  const maximumTtl = soaTtl(own) ?? ttlWithoutSoa
  return {
    ...found,
    ...both,
    authenticData: false, // nobody has validated what is made here
    answer: found.answer.map((rrset) => (rrset.type === 'A' ? translate(rrset, prefix, maximumTtl) : rrset)),
    trace: [
      ...(found.trace ?? []),
      reasons.translated({ prefix: `${embed(prefix, '0.0.0.0')}/${prefix.prefixLength}` }),
    ],
  }
}

/** Plugins that count what they answer have a part in both. */
function reuseOfBoth({ onReuse: first }: Answer, { onReuse: second }: Answer): Pick<Answer, 'onReuse'> {
  if (first === undefined && second === undefined) return {}
  const onReuse = () => {
    first?.()
    second?.()
  }
  return { onReuse }
}

function translate(
  { owner, ttl, rdata }: RRset<'A'>,
  prefix: Dns64Config['prefix'],
  maximumTtl: Seconds,
): RRset<'AAAA'> {
  const addresses = rdata.map(({ address }) => ({ address: embed(prefix, address) }))
  return { owner, type: 'AAAA', ttl: Math.min(ttl, maximumTtl), rdata: addresses }
}

/** RFC 6147 section 5.1.7, where the answer without an AAAA record has no SOA record. */
const ttlWithoutSoa: Seconds = 600

/** How long the zone lets it be kept that there is no AAAA record. */
function soaTtl(own: Answer): Seconds | undefined {
  return unpack(own).authority.findLast(({ type }) => type === 'SOA')?.ttl
}
