/**
 * server: makes a running server of a Corefile, and answers messages with it.
 *
 * build.ts makes groups of zones (groups.ts), block.ts their chains. responder.ts turns the octets of a query into those of
 * a response: ask.ts asks the chain of the block that zones.ts picks, encode-answer.ts writes what it answers. server.ts
 * opens and closes. Start with responder.ts.
 */
import { TYPE } from '../dns/iana.ts'
import { enclosingNames, type Name, root } from '../dns/name.ts'
import type { Endpoint } from '../plugin/endpoint.ts'
import type { Next, Query } from '../plugin/handler.ts'
import type { NotifyReceiver } from '../plugin/notify.ts'
import type { Observer } from '../plugin/observer.ts'
import type { Settings } from '../plugin/settings.ts'
import type { Service } from '../plugin/setup.ts'
import type { View } from '../plugin/view.ts'

/** A server block that is ready to answer. */
export interface RunningBlock {
  readonly chain: Next
  readonly observers: readonly Observer[]
  /** The links of the chain and the observers, in the order of the chain. */
  readonly plugins: readonly string[]
  /** What is told over HTTP because the block says so. */
  readonly endpoints: readonly Endpoint[]
  /** Who hears of changes in zones of other servers; absent: nobody. */
  readonly notifyReceivers?: readonly NotifyReceiver[]
  /** What its directives set outside of the chain. */
  readonly settings?: Settings
  /** Which of the queries for its zones it is for; absent: all. */
  readonly view?: View
  /** What is done beside the queries, in the order of the chain. */
  readonly services: readonly Service[]
}

/** The zones served on one set of addresses; the blocks of one zone in the order in which they are tried. */
export type Zones = ReadonlyMap<Name, readonly RunningBlock[]>

/** All blocks, each once. */
export function blocksIn(zones: Zones): readonly RunningBlock[] {
  return [...new Set([...zones.values()].flat())]
}

export interface Choice {
  /** Undefined: no zone has the name, or no view of those that do takes the query. */
  readonly block: RunningBlock | undefined
  /** For another query of the same name, type and class it might be another block. */
  readonly isPersonal: boolean
}

/**
 * The block of the longest zone that the name lies in, and whose view takes the query; a block without a view takes all.
 *
 * @throws what a view throws
 */
export function chooseBlock(zones: Zones, query: Query): Choice {
  let isPersonal = false
  for (const block of candidates(zones, query)) {
    const admission = block.view?.admits(query)
    if (admission?.isPersonal === true) isPersonal = true
    if (admission?.isAdmitted ?? true) return { block, isPersonal }
  }
  return { block: undefined, isPersonal }
}

/**
 * In the order in which they are tried.
 *
 * A DS record stands in the parent zone (RFC 4035 section 3.1.4.1), so a question for it goes to the shortest one, the
 * root's blocks last. As in CoreDNS, it is the last block of the shortest zone then, of those that take the query.
 */
function* candidates(zones: Zones, { qname, qtype }: Query): Generator<RunningBlock> {
  if (qtype !== TYPE.DS) {
    for (const zone of enclosingNames(qname)) yield* zones.get(zone) ?? []
    return
  }
  const fromAbove = [...enclosingNames(qname)].reverse()
  for (const zone of fromAbove) if (zone !== root) yield* zones.get(zone)?.toReversed() ?? []
  yield* zones.get(root) ?? []
}

/** Those of the zones that the name lies in. */
export function zonesOfName(zones: Zones, qname: Name): readonly Name[] {
  return [...enclosingNames(qname)].filter((zone) => zones.has(zone))
}
