import { OPCODE, TYPE } from '../../dns/iana.ts'
import { isSubdomain, type Name, nameOf } from '../../dns/name.ts'
import { maximumTtl, type Seconds } from '../../dns/record.ts'
import { headerOctets, uint16At } from '../../dns/wire/header.ts'
import { readName } from '../../dns/wire/name.ts'
import { type Answer, isRelayed, type Query, type RelayedAnswer } from '../../plugin/handler.ts'
import type { CacheConfig, Kind, KindConfig } from './config.ts'
import { type Content, contentOf, hasClass, type SignatureTime } from './content.ts'

/** What becomes of an answer. */
export interface Verdict {
  readonly type: ResponseType
  /** The TTL that all its records get, kept or not. */
  readonly ttl: Seconds
  /** It may be kept as such; undefined: it may not. */
  readonly kind: Kind | undefined
  /** It is to another question. */
  readonly isMismatch: boolean
  readonly truncated: boolean
  /** It has what was asked for. */
  readonly isPositive: boolean
}

/** As CoreDNS has them (plugin/pkg/response). */
export type ResponseType =
  | 'noerror'
  | 'nodata'
  | 'nxdomain'
  | 'delegation'
  /** SERVFAIL and NOTIMP. */
  | 'failure'
  /** A zone transfer, or no query at all. */
  | 'meta'
  | 'other'

/** What has no records, and what is no answer, is kept so long. */
const bareTtl: Seconds = 5

/** @param nowMs milliseconds since 1970 */
export function verdictOn(answer: Answer, query: Query, config: CacheConfig, nowMs: number): Verdict {
  const content = contentOf(answer, query)
  const isPositive = isAnswered(content, query)
  const type = typeOf(answer, content, query, { isPositive, nowMs })
  const lifeMs = lifeOf(type, content, config)
  const mayBeKept = lifeMs > 0 && !content.truncated && isLasting(type, content, isPositive)
  return {
    type,
    ttl: Math.min(Math.trunc(lifeMs / 1000), maximumTtl),
    kind: mayBeKept ? kindOf(type) : undefined,
    isMismatch: isRelayed(answer) && !asksTheSame(answer, query),
    truncated: content.truncated,
    isPositive,
  }
}

/** Whether an answer to the name is kept at all (`disable`). */
export function isKept(kind: Kind, qname: Name, { kinds }: CacheConfig): boolean {
  return !kinds[kind].disabledZones.some((zone) => isSubdomain(qname, zone))
}

function kindOf(type: ResponseType): Kind | undefined {
  switch (type) {
    case 'noerror':
    case 'delegation':
      return 'success'
    case 'nodata':
    case 'nxdomain':
    case 'failure':
      return 'denial'
    case 'meta':
    case 'other':
      return undefined
  }
}

function typeOf(
  answer: Answer,
  content: Content,
  { qtype }: Query,
  { isPositive, nowMs }: { readonly isPositive: boolean; readonly nowMs: number },
): ResponseType {
  const { rcode, answer: answers, authority, signatures } = content
  const opcode = isRelayed(answer) ? answer.message.header.opcode : OPCODE.QUERY
  if (opcode !== OPCODE.QUERY || qtype === TYPE.AXFR || qtype === TYPE.IXFR) return 'meta'
  if (signatures.some((time) => !isValid(time, nowMs))) return 'other'
  if (rcode === 'NOERROR' && answers.length > 0) return !isPositive && hasSoa(content) ? 'nodata' : 'noerror'
  if (rcode === 'NXDOMAIN') return answers.length > 0 ? 'other' : 'nxdomain'
  if (rcode === 'SERVFAIL' || rcode === 'NOTIMP') return 'failure'
  if (rcode !== 'NOERROR') return 'other'
  if (hasSoa(content)) return 'nodata'
  return authority.some(({ type }) => type === TYPE.NS) ? 'delegation' : 'noerror'
}

/** A negative answer without an SOA record is kept by nobody (RFC 2308 section 5). */
function isLasting(type: ResponseType, content: Content, isPositive: boolean): boolean {
  if (type === 'nxdomain') return hasSoa(content)
  return type !== 'noerror' || content.answer.length === 0 || isPositive
}

function hasSoa({ authority }: Content): boolean {
  return authority.some(({ type }) => type === TYPE.SOA)
}

/** How long an answer is kept, in milliseconds. */
function lifeOf(type: ResponseType, content: Content, { kinds, servfailMs }: CacheConfig): number {
  switch (type) {
    case 'failure':
      return servfailMs
    case 'nxdomain':
    case 'nodata':
      return within(lowestTtl(content, kinds.denial), kinds.denial) * 1000
    case 'noerror':
      return within(lowestTtl(content, kinds.success), kinds.success) * 1000
    case 'delegation':
    case 'meta':
    case 'other':
      return within(bareTtl, kinds.success) * 1000
  }
}

function within(ttl: Seconds, { minimumTtl: least, maximumTtl: most }: KindConfig): Seconds {
  return Math.min(Math.max(ttl, least), most)
}

function lowestTtl({ answer, authority, additional }: Content, { maximumTtl: most }: KindConfig): Seconds {
  if (answer.length + authority.length + additional.length === 0) return bareTtl
  let lowest = most
  for (const section of [answer, authority, additional]) {
    for (const { ttl } of section) if (ttl < lowest) lowest = ttl
  }
  return lowest
}

/**
 * Whether the answer section has what was asked for: a record of the type, where the CNAMEs from the name lead
 * (RFC 1034 section 3.6.2).
 *
 * What leads in a circle, or to two names at once, leads nowhere.
 */
function isAnswered({ rcode, answer }: Content, { qname, qtype, qclass }: Query): boolean {
  if (rcode !== 'NOERROR' || answer.length === 0) return false
  const ofClass = answer.filter((item) => hasClass(item, qclass))
  if (qtype === TYPE.ANY) return ofClass.some(({ owner }) => owner() === qname)
  const aliases = aliasesOf(ofClass)
  if (qtype === TYPE.CNAME) return aliases.get(qname)?.size === 1
  const end = endOfChain(qname, aliases)
  return end !== undefined && ofClass.some(({ type, owner }) => type === qtype && owner() === end)
}

type Aliases = ReadonlyMap<Name, ReadonlySet<Name>>

function aliasesOf(items: Content['answer']): Aliases {
  const aliases = new Map<Name, Set<Name>>()
  for (const { type, owner, target } of items) {
    const to = type === TYPE.CNAME ? target() : undefined
    if (to === undefined) continue
    const from = owner()
    aliases.set(from, (aliases.get(from) ?? new Set()).add(to))
  }
  return aliases
}

/** Undefined: there is none. */
function endOfChain(start: Name, aliases: Aliases): Name | undefined {
  const seen = new Set<Name>()
  let name = start
  for (;;) {
    const [target, other] = aliases.get(name) ?? []
    if (other !== undefined || seen.has(name)) return undefined
    if (target === undefined) return name
    seen.add(name)
    name = target
  }
}

/** RFC 4034 section 3.1.5, with the serial number arithmetic of RFC 1982. */
function isValid({ inception, expiration }: SignatureTime, nowMs: number): boolean {
  const now = Math.floor(nowMs / 1000)
  return ((now - inception) | 0) >= 0 && ((expiration - now) | 0) >= 0
}

function asksTheSame({ message }: RelayedAnswer, { qname, qtype, qclass }: Query): boolean {
  const { octets, questionEnd, header } = message
  return (
    header.qr &&
    uint16At(octets, questionEnd - 4) === qtype &&
    uint16At(octets, questionEnd - 2) === qclass &&
    nameOf(readName(octets, headerOctets).labels) === qname
  )
}
