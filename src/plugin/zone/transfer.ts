import { TYPE } from '../../dns/iana.ts'
import type { Name } from '../../dns/name.ts'
import type { TransferSource, ZoneSnapshot } from '../transfer.ts'
import type { HeldZone } from './serve-zones.ts'
import { inCanonicalOrder, type Zone } from './zone.ts'

/** The zones as they are when they are asked for: those that there is something to answer from. */
export function transferSource(zones: ReadonlyMap<Name, HeldZone>): TransferSource {
  return {
    get zones() {
      return [...zones].flatMap(([origin, { zone }]) => (zone === undefined ? [] : [origin]))
    },
    snapshot(origin) {
      const zone = zones.get(origin)?.zone
      if (zone === undefined) throw new TypeError('a zone is transferred only where it is offered')
      return zoneSnapshot(zone)
    },
  }
}

/** A zone as it is transferred: what else stands at its apex, then all names in canonical order, as CoreDNS has it. */
function zoneSnapshot(zone: Zone): ZoneSnapshot {
  return {
    soa: zone.soa,
    *records() {
      for (const node of inCanonicalOrder(zone.nodes.values())) {
        for (const [code, rrsets] of node.rrsets) if (code !== TYPE.SOA) yield* rrsets
      }
    },
  }
}
