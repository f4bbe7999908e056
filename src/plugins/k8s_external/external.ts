/**
 * k8s_external: answers names of Services, in zones of their own, with what they are reached at from outside.
 *
 * What can be reached is offered by the plugin that knows the cluster (plugin/external.ts). A name is read and looked
 * up (find.ts), what stands there gives records (records.ts); here these become an Answer.
 */
import { TYPE } from '../../dns/iana.ts'
import { isSubdomain, longestZone, type Name } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { refused } from '../../plugin/chain.ts'
import type { ExternalSource } from '../../plugin/external.ts'
import {
  type Answer,
  bothValid,
  type Handler,
  type Next,
  type Query,
  type RecordsAnswer,
  unpack,
  type Validity,
} from '../../plugin/handler.ts'
import type { Offers } from '../../plugin/offers.ts'
import type { Step } from '../../plugin/reason.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import type { ExternalConfig } from './config.ts'
import { type Finding, find } from './find.ts'
import * as reasons from './reasons.ts'
import { aliasOf, cname, type Records, recordsOf, recordsStep, soa, type ZoneFacts } from './records.ts'

export interface ExternalContext {
  /** Made after this plugin is set up, so it is read at each query. */
  readonly offers: Pick<Offers, 'external'>
  /** Asks the whole server: where a load balancer that has a name is. */
  readonly resolve: Next
}

/** CNAMEs that one query may lead through, in whichever zones they lie. */
const maximumAliases = 11

export function external(config: ExternalConfig, { offers, resolve }: ExternalContext): Handler {
  return {
    name: 'k8s_external',
    serve(query, next) {
      const zone = longestZone(query.qname, config.zones)
      const source = offers.external
      if (zone === undefined || source === undefined) return next(query)
      // Without the plugin `transfer` there is nobody to make a transfer.
      if (query.qtype === TYPE.AXFR || query.qtype === TYPE.IXFR) return noTransfer
      return answerIn({ config, source, zone, resolve }, query, next)
    },
  }
}

const noTransfer: Answer = { ...refused, trace: [reasons.transferRefused({})] }

/** What one query is answered from. */
interface Scope {
  readonly config: ExternalConfig
  readonly source: ExternalSource
  readonly zone: Name
  readonly resolve: Next
}

function answerIn(scope: Scope, query: Query, next: Next): MaybePromise<Answer> {
  const found = find(scope.config, scope.source, { zone: scope.zone, name: query.qname })
  const { node, tags, step } = found
  if (node.kind === 'missing') return answerMissing(scope, query, next, found)
  const alias = aliasOf(node)
  if (alias !== undefined && (query.qtype === TYPE.A || query.qtype === TYPE.AAAA)) {
    return answerAlias(scope, query, alias, found)
  }
  const records = recordsOf(node, query.qname, query.qtype, factsOf(scope))
  const trace = node.kind === 'empty' ? [step] : [step, recordsStep(node, records, query.qtype)]
  if (records.answer.length === 0) return negative(scope, 'NOERROR', { tags, trace })
  const hasSerial = records.answer.some(({ type }) => type === 'SOA')
  const answer = { ...positive(records, untilChanged(tags)), trace, ...(hasSerial ? serialOf(scope) : {}) }
  return withHosts(scope, query, records.hosts, answer)
}

function answerMissing(scope: Scope, query: Query, next: Next, found: Finding): MaybePromise<Answer> {
  const { node, tags, step } = found
  if (!scope.source.isSynced()) {
    const unknown = negative(scope, 'SERVFAIL', {
      tags: [],
      trace: [step, reasons.unsynced({ detail: scope.source.syncDetail() })],
    })
    return { ...unknown, validity: { kind: 'once' } }
  }
  const isFinal = node.kind === 'missing' && node.final === true
  const zone = isFinal ? undefined : scope.config.fallthrough.find((each) => isSubdomain(query.qname, each))
  if (zone === undefined) return negative(scope, 'NXDOMAIN', { tags, trace: [step] })
  // What the next plugin says is true only as long as the cluster has no such name.
  return mapMaybe(next(query), (reply) => ({
    ...reply,
    validity: bothValid(reply.validity, untilChanged(tags)),
    trace: [step, reasons.passedOn({ zone }), ...(reply.trace ?? [])],
  }))
}

/** A CNAME, with what came of asking for its target: it stands whatever that was. */
function answerAlias(scope: Scope, query: Query, target: Name, { tags, step }: Finding): MaybePromise<Answer> {
  const lookup = lookupOf(query, target)
  if (lookup === undefined) {
    return negative(scope, 'NOERROR', { tags, trace: [step, reasons.aliasCircle({ target })] })
  }
  const alias = cname(query.qname, target, scope.source.ttl)
  return mapMaybe(scope.resolve(lookup), (reply) => {
    const { answer, validity, rcode, isTruncated = false, trace: further = [] } = unpack(reply)
    const records = { answer: [alias, ...answer], additional: [] }
    const trace = [step, ...further, reasons.aliasOutside({ target, rcode })]
    return { ...positive(records, bothValid(untilChanged(tags), validity)), trace, ...(isTruncated && { isTruncated }) }
  })
}

/** Adds the addresses of hosts that are known by a name, as far as they can be had. */
function withHosts(scope: Scope, query: Query, hosts: readonly Name[], answer: RecordsAnswer): MaybePromise<Answer> {
  const lookups = hosts.flatMap((host) => {
    const lookup = lookupOf(query, host)
    return lookup === undefined ? [] : [TYPE.A, TYPE.AAAA].map((qtype) => ({ ...lookup, qtype }))
  })
  return lookups.reduce<MaybePromise<RecordsAnswer>>(
    (before, lookup) =>
      mapMaybe(before, (known) =>
        mapMaybe(scope.resolve(lookup), (reply) => ({
          ...known,
          additional: withoutRepeats([...known.additional, ...unpack(reply).answer]),
          validity: bothValid(known.validity, reply.validity),
        })),
      ),
    answer,
  )
}

/** The CNAMEs that lead to both families of a host come once for each. */
function withoutRepeats(rrsets: readonly RRset[]): readonly RRset[] {
  return [...new Map(rrsets.map((rrset) => [`${rrset.owner} ${rrset.type}`, rrset])).values()]
}

/** The question for a target; undefined where it leads in a circle or through too many names. */
function lookupOf(query: Query, target: Name): Query | undefined {
  const via = [...query.via, query.qname]
  if (via.length > maximumAliases || via.includes(target)) return undefined
  return { ...query, qname: target, spelling: target, via }
}

interface Cause {
  readonly tags: readonly string[]
  readonly trace: readonly Step[]
}

function negative(scope: Scope, rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL', { tags, trace }: Cause): RecordsAnswer {
  const authority = [soa(factsOf(scope))]
  const validity = untilChanged(tags)
  return { rcode, authoritative: true, answer: [], authority, additional: [], validity, trace, ...serialOf(scope) }
}

function positive({ answer, additional }: Omit<Records, 'hosts'>, validity: Validity): RecordsAnswer {
  return { rcode: 'NOERROR', authoritative: true, answer, authority: [], additional, validity }
}

function factsOf({ config, zone, source }: Scope): ZoneFacts {
  return { config, zone, serial: source.serial(), clusterTtl: source.ttl }
}

/** Any change of the cluster moves the serial on, and most leave the rest of an answer as it is. */
function serialOf({ source }: Scope): Required<Pick<RecordsAnswer, 'serial'>> {
  return { serial: () => source.serial() }
}

function untilChanged(tags: readonly string[]): Validity {
  return { kind: 'until-changed', tags }
}
