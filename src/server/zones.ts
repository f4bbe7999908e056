/**
 * server: makes a running server of a Corefile, and answers messages with it.
 *
 * build.ts makes groups of zones, block.ts their chains; zones.ts picks the block for a name, responder.ts turns the
 * octets of a query into those of a response, server.ts opens and closes. Start with responder.ts.
 */
import { TYPE } from '../dns/iana.ts'
import { enclosingNames, longestZone, type Name, root } from '../dns/name.ts'
import type { Endpoint } from '../plugin/endpoint.ts'
import type { Next } from '../plugin/handler.ts'
import type { NotifyReceiver } from '../plugin/notify.ts'
import type { Observer } from '../plugin/observer.ts'
import type { Settings } from '../plugin/settings.ts'
import type { Service } from '../plugin/setup.ts'

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
  /** What is done beside the queries, in the order of the chain. */
  readonly services: readonly Service[]
}

/** The zones served on one set of addresses. */
export type Zones = ReadonlyMap<Name, RunningBlock>

/**
 * The block of the longest zone that the name lies in.
 *
 * A DS record stands in the parent zone (RFC 4035 section 3.1.4.1), so a question for it goes to the shortest one, the
 * root's block last.
 */
export function blockOf(zones: Zones, qname: Name, qtype: number): RunningBlock | undefined {
  const zone = qtype === TYPE.DS ? topmost(zones, qname) : longestZone(qname, zones.keys())
  return zone === undefined ? undefined : zones.get(zone)
}

function topmost(zones: Zones, qname: Name): Name | undefined {
  const enclosing = [...enclosingNames(qname)].filter((zone) => zones.has(zone))
  return enclosing.findLast((zone) => zone !== root) ?? enclosing[0]
}
