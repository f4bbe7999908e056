import { TYPE } from '../../dns/iana.ts'
import { isSubdomain, longestZone, type Name } from '../../dns/name.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import { NoNextPluginError, refused } from '../chain.ts'
import { type Answer, bothValid, type Handler, type Next, type Query, type RecordsAnswer } from '../handler.ts'
import type { Step } from '../reason.ts'
import { emptyNonTerminal, passedOn, transferRefused } from '../zone-reasons.ts'
import { answerFrom } from './answer.ts'
import { lookup } from './lookup.ts'
import { noSuchName, otherZones } from './reasons.ts'
import type { Zone } from './zone.ts'

/** A zone that a plugin answers for, whether or not it has its records by now. */
export interface HeldZone {
  readonly origin: Name
  /** Of every answer that is made from it, or from its not being there. */
  readonly tag: string
  /** Undefined: there is nothing to answer from. */
  readonly zone: Zone | undefined
  /** Why there is not. */
  absence(): Step
}

export interface ServeZonesOptions {
  readonly plugin: string
  /** Those that the longest match of a name is looked for among. */
  readonly zones: ReadonlyMap<Name, HeldZone>
  /** Of every answer, where `zones` changes; it is told when it has. */
  readonly zonesTag?: string
  /** The names that are its affair at all; absent: all. */
  readonly within?: readonly Name[]
  /** Where the next plugin is asked for names that no zone here has. */
  readonly fallthrough: readonly Name[]
  /** Asks the whole server: where a CNAME leads out of its zone. */
  readonly resolve: Next
}

/** Answers for zones as a whole, as every plugin does that has such: `file`, `auto`, `secondary`. */
export function serveZones(options: ServeZonesOptions): Handler {
  const { plugin, zones, within } = options
  return {
    name: plugin,
    serve(query, next) {
      if (within?.every((each) => !isSubdomain(query.qname, each)) === true) return next(query)
      const origin = longestZone(query.qname, zones.keys())
      const held = origin === undefined ? undefined : zones.get(origin)
      if (held === undefined) return passOn(query, next, options)
      // Without the plugin `transfer` there is nobody to make a transfer; with it, there is nothing yet that it could be made of.
      if (query.qtype === TYPE.AXFR || query.qtype === TYPE.IXFR) return validWith(noTransfer, tagsOf(held, options))
      return answerOf(held, query, next, options)
    },
  }
}

const noTransfer: Answer = { ...refused, trace: [transferRefused({})] }

/** Where nobody is left to ask, the answer is that of a server which has other zones, as in CoreDNS. */
function passOn(query: Query, next: Next, { plugin, zones, zonesTag }: ServeZonesOptions): MaybePromise<Answer> {
  const tags = zonesTag === undefined ? [] : [zonesTag]
  try {
    return mapMaybe(next(query), (reply) => (tags.length === 0 ? reply : validWith(reply, tags)))
  } catch (error) {
    if (!(error instanceof NoNextPluginError) || error.plugin !== plugin) throw error
    return validWith({ ...refused, trace: [otherZones({ zones: [...zones.keys()] })] }, tags)
  }
}

function answerOf(held: HeldZone, query: Query, next: Next, options: ServeZonesOptions): MaybePromise<Answer> {
  const { fallthrough, resolve } = options
  const { zone } = held
  const tags = tagsOf(held, options)
  if (zone === undefined) return failure(held.absence(), tags)
  const found = lookup(zone, query.qname, query.qtype)
  const isPassable = found.kind === 'missing' || found.kind === 'empty'
  const through = isPassable ? fallthrough.find((each) => isSubdomain(query.qname, each)) : undefined
  if (through === undefined) return answerFrom(zone, query, found, { resolve, tags })
  const step =
    found.kind === 'missing' ? noSuchName({ zone: zone.origin, encloser: found.encloser }) : emptyNonTerminal({})
  // What the next plugin says is true only as long as the zone has no such name.
  return mapMaybe(next(query), (reply) => ({
    ...validWith(reply, tags),
    trace: [step, passedOn({ zone: through }), ...(reply.trace ?? [])],
  }))
}

function tagsOf({ tag }: HeldZone, { zonesTag }: ServeZonesOptions): readonly string[] {
  return zonesTag === undefined ? [tag] : [tag, zonesTag]
}

function validWith<A extends Answer>(answer: A, tags: readonly string[]): A {
  return { ...answer, validity: bothValid(answer.validity, { kind: 'until-changed', tags }) }
}

function failure(step: Step, tags: readonly string[]): RecordsAnswer {
  return {
    rcode: 'SERVFAIL',
    authoritative: false,
    answer: [],
    authority: [],
    additional: [],
    validity: { kind: 'until-changed', tags },
    trace: [step],
  }
}
