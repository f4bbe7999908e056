/**
 * kubernetes: answers names of a cluster from the ClusterStore.
 *
 * A name is read (query-name.ts), what stands there is found (find.ts: a Node), and the Node gives records of the type
 * asked for (records.ts). Here these become an Answer, or the query goes on to the next plugin.
 */
import type { ClusterStore } from '../../cluster/store.ts'
import type { Tag } from '../../cluster/tags.ts'
import { TYPE } from '../../dns/iana.ts'
import { isSubdomain, longestZone, type Name } from '../../dns/name.ts'
import { refused } from '../../plugin/chain.ts'
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
import type { Step } from '../../plugin/reason.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import type { KubernetesConfig } from './config.ts'
import { find } from './find.ts'
import type { Finding } from './node.ts'
import * as reasons from './reasons.ts'
import { cname, type Records, recordsOf, recordsStep, soa, type ZoneFacts } from './records.ts'
import type { View } from './view.ts'

export interface KubernetesContext {
  readonly cluster: ClusterStore
  /** The addresses that this server is reached at. */
  readonly localAddresses: readonly string[]
  /** Asks the whole server: where an ExternalName leads. */
  readonly resolve: Next
}

/** CNAMEs that one query may lead through, in whichever zones they lie; CoreDNS counts within one zone. */
const maximumAliases = 11

export function kubernetes(config: KubernetesConfig, context: KubernetesContext): Handler {
  return {
    name: 'kubernetes',
    serve(query, next) {
      const zone = longestZone(query.qname, config.zones)
      if (zone === undefined) return next(query)
      // Without the plugin `transfer` there is nobody to make a transfer.
      if (query.qtype === TYPE.AXFR || query.qtype === TYPE.IXFR) return noTransfer
      return answerIn({ config, ...context, zone }, query, next)
    },
  }
}

const noTransfer: Answer = { ...refused, trace: [reasons.transferRefused({})] }

/** What one query is answered from. */
interface Scope extends View {
  readonly zone: Name
  readonly resolve: Next
}

function answerIn(scope: Scope, query: Query, next: Next): MaybePromise<Answer> {
  const found = find(scope, scope.zone, query.qname)
  const { node, tags, step } = found
  if (node.kind === 'missing') return answerMissing(scope, query, next, found)
  if (node.kind === 'alias' && isAddressType(query.qtype)) return answerAlias(scope, query, node.target, found)

  const records = recordsOf(node, query.qname, query.qtype, factsOf(scope))
  const trace = node.kind === 'empty' ? [step] : [step, recordsStep(node, records, query.qtype)]
  if (records.answer.length === 0) return negative(scope, 'NOERROR', { tags, trace })
  const hasSerial = records.answer.some(({ type }) => type === 'SOA')
  return { ...positive(records, untilChanged(tags)), trace, ...(hasSerial ? serialOf(scope) : {}) }
}

function answerMissing(scope: Scope, query: Query, next: Next, { tags, step }: Finding): MaybePromise<Answer> {
  if (!scope.cluster.isSynced) return notYetKnown(scope, step)
  const zone = scope.config.fallthrough.find((each) => isSubdomain(query.qname, each))
  if (zone === undefined) return negative(scope, 'NXDOMAIN', { tags, trace: [step] })
  // What the next plugin says is true only as long as the cluster has no such name.
  return mapMaybe(next(query), (reply) => ({
    ...reply,
    validity: bothValid(reply.validity, untilChanged(tags)),
    trace: [step, reasons.passedOn({ zone }), ...(reply.trace ?? [])],
  }))
}

/** What is not there may only not have been read. CoreDNS passes such names on where there is a fallthrough. */
function notYetKnown(scope: Scope, step: Step): Answer {
  const unknown = negative(scope, 'SERVFAIL', {
    tags: [],
    trace: [step, reasons.unsynced({ detail: scope.cluster.syncDetail })],
  })
  return { ...unknown, validity: { kind: 'once' } }
}

/**
 * An ExternalName with the addresses that it leads to.
 *
 * A target in this zone that has none is NODATA, without the CNAME; of one elsewhere the CNAME stays, whatever came of
 * it. Both as in CoreDNS (plugin/backend_lookup.go).
 */
function answerAlias(scope: Scope, query: Query, target: Name, { tags, step }: Finding): MaybePromise<Answer> {
  const via = [...query.via, query.qname]
  if (via.length > maximumAliases || via.includes(target)) {
    return negative(scope, 'NOERROR', { tags, trace: [step, reasons.aliasCircle({ target })] })
  }
  const inZone = isSubdomain(target, scope.zone)
  const lookup: Query = { ...query, qname: target, spelling: target, via }
  const reply = inZone ? answerIn(scope, lookup, () => missingInZone) : scope.resolve(lookup)
  return mapMaybe(reply, (found) => {
    const { answer, validity, rcode, isTruncated = false, trace: further = [] } = unpack(found)
    const valid = bothValid(untilChanged(tags), validity)
    if (inZone && answer.length === 0) {
      const trace = [step, ...further, reasons.aliasWithoutAddress({ target })]
      return { ...negative(scope, 'NOERROR', { tags, trace }), validity: valid }
    }
    const end = inZone ? reasons.aliasFollowed({ target }) : reasons.aliasOutside({ target, rcode })
    const alias = cname(query.qname, target, scope.config.ttl)
    const trace = [step, ...further, end]
    return {
      ...positive({ answer: [alias, ...answer], additional: [] }, valid),
      trace,
      ...(isTruncated && { isTruncated }),
    }
  })
}

/** What the next plugin has to say of a name in our zone is not asked for on behalf of an alias. */
const missingInZone: Answer = { ...refused, rcode: 'NXDOMAIN' }

function negative(scope: Scope, rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL', { tags, trace }: Cause): RecordsAnswer {
  const authority = [soa(factsOf(scope))]
  const validity = untilChanged(tags)
  return { rcode, authoritative: true, answer: [], authority, additional: [], validity, trace, ...serialOf(scope) }
}

interface Cause {
  readonly tags: readonly Tag[]
  readonly trace: readonly Step[]
}

function positive({ answer, additional }: Records, validity: Validity): RecordsAnswer {
  return { rcode: 'NOERROR', authoritative: true, answer, authority: [], additional, validity }
}

function factsOf({ zone, config, cluster }: Scope): ZoneFacts {
  return { zone, ttl: config.ttl, serial: cluster.serial }
}

/** Any change of the cluster moves the serial on, and most leave the rest of an answer as it is. */
function serialOf({ cluster }: Scope): Required<Pick<RecordsAnswer, 'serial'>> {
  return { serial: () => cluster.serial }
}

function untilChanged(tags: readonly Tag[]): Validity {
  return { kind: 'until-changed', tags }
}

function isAddressType(qtype: number): boolean {
  return qtype === TYPE.A || qtype === TYPE.AAAA
}
