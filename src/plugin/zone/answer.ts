import { type Rcode, TYPE, typeName } from '../../dns/iana.ts'
import { isSubdomain, type Name } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import { bothValid, type Next, type Query, type RecordsAnswer, requestOf, unpack, type Validity } from '../handler.ts'
import type { Step } from '../reason.ts'
import { aliasCircle, aliasOutside, answered, emptyNonTerminal, noSuchType } from '../zone-reasons.ts'
import { glue, hostAddresses } from './additional.ts'
import { denialOf, denialsOfMissing, recordsAt } from './dnssec.ts'
import { type AtNode, type Lookup, lookup } from './lookup.ts'
import * as reasons from './reasons.ts'
import type { Zone } from './zone.ts'

export interface ZoneContext {
  /** Asks the whole server: for the target of a CNAME that the zone does not have. */
  readonly resolve: Next
  /** What the answer is good for as long as. */
  readonly tags: readonly string[]
}

/** CNAMEs that one answer may hold of one zone, as many as CoreDNS gives. */
const maximumAliases = 10

/** Questions for targets that one query may lead to, as many as CoreDNS asks. */
const maximumLookups = 8

/**
 * The answer of a zone, to what `lookup` found for the query's name and type.
 *
 * DNSSEC records that are in the zone are given to who sets DO (RFC 4035 section 3.1).
 */
export function answerFrom(zone: Zone, query: Query, found: Lookup, context: ZoneContext): MaybePromise<RecordsAnswer> {
  const scope = { zone, query, context, dnssecOk: requestOf(query).edns?.dnssecOk === true }
  if (query.via.length > maximumLookups) {
    return failure(scope, 'SERVFAIL', [reasons.tooManyAliases({ target: query.qname })])
  }
  const answer = answerAt(scope, found, { name: query.qname, answer: [], proofs: [], trace: [] })
  if (!('isWildcard' in found && found.isWildcard)) return answer
  const metadata = { 'zone/wildcard': found.node.name }
  return mapMaybe(answer, (reply) => ({ ...reply, metadata }))
}

/** What one query is answered from. */
interface Scope {
  readonly zone: Zone
  readonly query: Query
  readonly context: ZoneContext
  readonly dnssecOk: boolean
}

/** How far the CNAMEs have led. */
interface Path {
  /** What is to be found by now. */
  readonly name: Name
  /** All records up to here. */
  readonly answer: readonly RRset[]
  /** What shows that wildcards had to stand for names. */
  readonly proofs: readonly RRset[]
  readonly trace: readonly Step[]
}

function answerAt(scope: Scope, found: Lookup, path: Path): MaybePromise<RecordsAnswer> {
  switch (found.kind) {
    case 'records':
      return positive(scope, found, path)
    case 'alias':
      return followAlias(scope, found, path)
    case 'dname':
      return followDname(scope, found, path)
    case 'referral':
      return referral(scope, found, path)
    case 'nodata':
    case 'empty':
    case 'missing':
      return negative(scope, found, path)
  }
}

function positive(scope: Scope, found: AtNode & { kind: 'records' }, path: Path): RecordsAnswer {
  const { zone, query, dnssecOk } = scope
  const rrsets = query.qtype === TYPE.ANY ? ofAnyType(query, found.rrsets) : found.rrsets
  const signatures = dnssecOk ? (found.node.signatures.get(query.qtype) ?? []) : []
  const records = expand([...rrsets, ...signatures], found, path.name)
  const answer = [...path.answer, ...records]
  const count = records.reduce((sum, { rdata }) => sum + rdata.length, 0)
  const trace = [...path.trace, stepAt(zone, found), answered({ type: typeName(query.qtype), records: count })]
  const isOfServers = found.node === zone.apex && query.qtype === TYPE.NS
  return {
    ...head(scope, 'NOERROR', trace),
    ...(query.qtype === TYPE.ANY && { validity: { kind: 'once' } }), // it depends on the transport
    answer,
    authority: [...(isOfServers ? [] : nameservers(scope)), ...wildcardDenial(scope, found, path)],
    additional: isOfServers ? glue(zone, rrsets, dnssecOk) : hostAddresses(zone, answer, dnssecOk),
  }
}

/** RFC 8482 section 4.1: over UDP one RRset will do, lest others be flooded with large answers. */
function ofAnyType({ client }: Query, rrsets: readonly RRset[]): readonly RRset[] {
  return client.transport === 'udp' ? rrsets.slice(0, 1) : rrsets
}

function referral(scope: Scope, { node }: Lookup & { kind: 'referral' }, path: Path): RecordsAnswer {
  const { zone, dnssecOk } = scope
  const ns = node.rrsets.get(TYPE.NS) ?? []
  const ds = dnssecOk ? recordsAt(node, TYPE.DS, true) : []
  // RFC 4035 section 3.1.4: where there is no DS, what shows it.
  const proof = dnssecOk && ds.length === 0 ? recordsAt(node, TYPE.NSEC, true) : ds
  const servers = ns.flatMap((rrset) => (rrset.type === 'NS' ? rrset.rdata.map(({ target }) => target) : []))
  return {
    ...head(scope, 'NOERROR', [...path.trace, reasons.delegated({ cut: node.name, servers })]),
    authoritative: path.answer.length > 0, // a CNAME before it is ours
    answer: path.answer,
    authority: [...ns, ...proof, ...path.proofs],
    additional: glue(zone, ns, dnssecOk),
  }
}

type Negative = (AtNode & { kind: 'nodata' | 'empty' }) | (Lookup & { kind: 'missing' })

/** RFC 2308 section 2. */
function negative(scope: Scope, found: Negative, path: Path): RecordsAnswer {
  const { zone, query } = scope
  const [rcode, step] =
    found.kind === 'missing'
      ? (['NXDOMAIN', reasons.noSuchName({ zone: zone.origin, encloser: found.encloser })] as const)
      : ([
          'NOERROR',
          found.kind === 'empty' ? emptyNonTerminal({}) : noSuchType({ type: typeName(query.qtype) }),
        ] as const)
  const before = found.kind === 'nodata' ? [stepAt(zone, found)] : []
  return {
    ...head(scope, rcode, [...path.trace, ...before, step]),
    answer: path.answer,
    authority: [...soaOf(scope), ...new Set([...denial(scope, found, path.name), ...path.proofs])],
    additional: [],
  }
}

function denial({ zone, dnssecOk }: Scope, found: Negative, name: Name): readonly RRset[] {
  if (!dnssecOk) return []
  if (found.kind === 'missing') return denialsOfMissing(zone, name, found.encloser)
  if (!found.isWildcard) return denialOf(zone, name)
  const ofName = denialOf(zone, name)
  const ofWildcard = denialOf(zone, found.node.name)
  return ofName[0] === ofWildcard[0] ? ofName : [...ofWildcard, ...ofName]
}

/** The TTL is that of the answer as well: RFC 2308 section 3. */
function soaOf({ zone, dnssecOk }: Scope): readonly RRset[] {
  const ttl = Math.min(zone.soa.ttl, zone.soa.rdata[0]?.minimum ?? 0)
  return recordsAt(zone.apex, TYPE.SOA, dnssecOk).map((rrset) => ({ ...rrset, ttl }))
}

function nameservers({ zone, dnssecOk }: Scope): readonly RRset[] {
  return recordsAt(zone.apex, TYPE.NS, dnssecOk)
}

/** That the name itself is not there: RFC 4035 section 3.1.3.3. */
function wildcardDenial({ zone, dnssecOk }: Scope, { isWildcard }: AtNode, path: Path): readonly RRset[] {
  return isWildcard && dnssecOk ? [...new Set([...path.proofs, ...denialOf(zone, path.name)])] : path.proofs
}

/** A wildcard's records have the name for owner that it stands for: RFC 4592 section 2.1. */
function expand(rrsets: readonly RRset[], { isWildcard }: AtNode, owner: Name): readonly RRset[] {
  return isWildcard ? rrsets.map((rrset) => ({ ...rrset, owner })) : rrsets
}

function stepAt(zone: Zone, { node, isWildcard }: AtNode): Step {
  const { origin } = zone
  return isWildcard ? reasons.wildcard({ wildcard: node.name, zone: origin }) : reasons.inZone({ zone: origin })
}

function followAlias(scope: Scope, found: AtNode & { kind: 'alias' }, path: Path): MaybePromise<RecordsAnswer> {
  const { zone, dnssecOk } = scope
  const records = expand(recordsAt(found.node, TYPE.CNAME, dnssecOk), found, path.name)
  const target = found.rrset.rdata[0]?.target ?? path.name
  const trace = [...path.trace, stepAt(zone, found), reasons.alias({ owner: path.name, target })]
  const proofs = wildcardDenial(scope, found, path)
  return follow(scope, { name: target, answer: [...path.answer, ...records], proofs, trace })
}

/** RFC 6672 section 3.2: a CNAME of our making says what the DNAME means for this name. */
function followDname(scope: Scope, found: Lookup & { kind: 'dname' }, path: Path): MaybePromise<RecordsAnswer> {
  const { node, rrset, target } = found
  const below = rrset.rdata[0]?.target ?? node.name
  const trace = [...path.trace, reasons.redirected({ owner: node.name, target: below })]
  const records = recordsAt(node, TYPE.DNAME, scope.dnssecOk)
  const answer = [...path.answer, ...records]
  if (target === undefined) {
    return {
      ...failure(scope, 'YXDOMAIN', [...trace, reasons.redirectedTooLong({ target: below })]),
      authoritative: true,
      answer,
    }
  }
  if (target === path.name)
    return failure(scope, 'SERVFAIL', [...trace, reasons.redirectedNowhere({ owner: node.name })])
  const cname: RRset<'CNAME'> = { owner: path.name, type: 'CNAME', ttl: rrset.ttl, rdata: [{ target }] }
  const further = { ...path, name: target, answer: [...answer, cname], trace }
  return scope.query.qtype === TYPE.CNAME ? stop(scope, further) : follow(scope, further)
}

/** Goes on at `path.name`: in the zone where it is there, else as if a client had asked, as CoreDNS does. */
function follow(scope: Scope, path: Path): MaybePromise<RecordsAnswer> {
  const { zone, query } = scope
  const owners = path.answer.filter(({ type }) => type === 'CNAME').map(({ owner }) => owner)
  if (owners.includes(path.name)) return stop(scope, path, aliasCircle({ target: path.name }))
  if (owners.length >= maximumAliases) return stop(scope, path, reasons.tooManyAliases({ target: path.name }))
  if (!isSubdomain(path.name, zone.origin)) return resolveTarget(scope, path)
  const found = lookup(zone, path.name, query.qtype)
  const isHere = found.kind === 'referral' || ('isWildcard' in found && !found.isWildcard)
  // A longer zone may have what is not here.
  return isHere ? answerAt(scope, found, path) : resolveTarget(scope, path)
}

/** The CNAMEs stand, whatever comes of their target; the rcode is that of the target (RFC 6604 section 3). */
function resolveTarget(scope: Scope, path: Path): MaybePromise<RecordsAnswer> {
  const { zone, query, context, dnssecOk } = scope
  const target = path.name
  const via = [...query.via, query.qname]
  if (via.includes(target)) return stop(scope, path, aliasCircle({ target }))
  return mapMaybe(context.resolve({ ...query, qname: target, spelling: target, via }), (reply) => {
    const { rcode, answer: further, authority, validity, isTruncated = false, trace = [] } = unpack(reply)
    const isNegative = rcode === 'NXDOMAIN' || (rcode === 'NOERROR' && further.length === 0)
    const answer = [...path.answer, ...further]
    return {
      ...head(scope, rcode === 'NXDOMAIN' || rcode === 'SERVFAIL' ? rcode : 'NOERROR', [
        ...path.trace,
        ...trace,
        aliasOutside({ target, rcode }),
      ]),
      validity: bothValid(untilChanged(context), validity),
      answer,
      authority: [...new Set([...(isNegative ? authority : nameservers(scope)), ...path.proofs])],
      additional: hostAddresses(zone, answer, dnssecOk),
      ...(isTruncated && { isTruncated }),
    }
  })
}

/** What there is, without more being looked for. */
function stop(scope: Scope, { answer, proofs, trace }: Path, step?: Step): RecordsAnswer {
  const steps = step === undefined ? trace : [...trace, step]
  return { ...head(scope, 'NOERROR', steps), answer, authority: [...nameservers(scope), ...proofs], additional: [] }
}

function failure(scope: Scope, rcode: Rcode, trace: readonly Step[]): RecordsAnswer {
  return { ...head(scope, rcode, trace), authoritative: false, answer: [], authority: [], additional: [] }
}

function head({ context }: Scope, rcode: Rcode, trace: readonly Step[]) {
  return { rcode, authoritative: true, validity: untilChanged(context), trace } as const
}

function untilChanged({ tags }: ZoneContext): Validity {
  return { kind: 'until-changed', tags }
}
