/**
 * file: answers for zones that are read from master files (RFC 1035 section 5).
 *
 * How a zone is read, and read again when it has changed, and what is answered from it, is the same for every plugin with
 * such zones: plugin/zone/.
 */
import { TYPE } from '../../dns/iana.ts'
import { isSubdomain, longestZone, type Name } from '../../dns/name.ts'
import { NoNextPluginError, refused } from '../../plugin/chain.ts'
import {
  type Answer,
  bothValid,
  type Handler,
  type Next,
  type Query,
  type RecordsAnswer,
} from '../../plugin/handler.ts'
import { answerFrom } from '../../plugin/zone/answer.ts'
import { lookup } from '../../plugin/zone/lookup.ts'
import { noSuchName, otherZones, unread } from '../../plugin/zone/reasons.ts'
import type { ServedZone } from '../../plugin/zone/served-zone.ts'
import { emptyNonTerminal, passedOn, transferRefused } from '../../plugin/zone-reasons.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'

export interface FileContext {
  /** Of the zones that the longest match of a name is looked for among; of two with one origin, the last counts. */
  readonly zones: ReadonlyMap<Name, ServedZone>
  readonly fallthrough: readonly Name[]
  /** Asks the whole server: where a CNAME leads out of its zone. */
  readonly resolve: Next
}

export function file({ zones, fallthrough, resolve }: FileContext): Handler {
  return {
    name: 'file',
    serve(query, next) {
      const origin = longestZone(query.qname, zones.keys())
      const served = origin === undefined ? undefined : zones.get(origin)
      if (served === undefined) return passOn(query, next, zones)
      // Without the plugin `transfer` there is nobody to make a transfer.
      if (query.qtype === TYPE.AXFR || query.qtype === TYPE.IXFR) return noTransfer
      return answerOf(served, query, { next, fallthrough, resolve })
    },
  }
}

const noTransfer: Answer = { ...refused, trace: [transferRefused({})] }

/** Where nobody is left to ask, the answer is that of a server which has other zones, as in CoreDNS. */
function passOn(query: Query, next: Next, zones: ReadonlyMap<Name, ServedZone>): MaybePromise<Answer> {
  try {
    return next(query)
  } catch (error) {
    if (!(error instanceof NoNextPluginError) || error.plugin !== 'file') throw error
    return { ...refused, trace: [otherZones({ zones: [...zones.keys()] })] }
  }
}

type Ways = Pick<FileContext, 'fallthrough' | 'resolve'> & { readonly next: Next }

function answerOf(served: ServedZone, query: Query, { next, fallthrough, resolve }: Ways): MaybePromise<Answer> {
  const { zone, tag } = served
  if (zone === undefined) return unreadAnswer(served)
  const found = lookup(zone, query.qname, query.qtype)
  const isPassable = found.kind === 'missing' || found.kind === 'empty'
  const through = isPassable ? fallthrough.find((each) => isSubdomain(query.qname, each)) : undefined
  if (through === undefined) return answerFrom(zone, query, found, { resolve, tags: [tag] })
  const step =
    found.kind === 'missing' ? noSuchName({ zone: zone.origin, encloser: found.encloser }) : emptyNonTerminal({})
  // What the next plugin says is true only as long as the zone has no such name.
  return mapMaybe(next(query), (reply) => ({
    ...reply,
    validity: bothValid(reply.validity, { kind: 'until-changed', tags: [tag] }),
    trace: [step, passedOn({ zone: through }), ...(reply.trace ?? [])],
  }))
}

function unreadAnswer({ tag, config }: ServedZone): RecordsAnswer {
  return {
    rcode: 'SERVFAIL',
    authoritative: false,
    answer: [],
    authority: [],
    additional: [],
    validity: { kind: 'until-changed', tags: [tag] },
    trace: [unread({ zone: config.origin, file: config.path })],
  }
}
