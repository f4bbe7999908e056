import { TYPE } from '../../dns/iana.ts'
import type { ZoneSnapshot } from '../transfer.ts'
import { inCanonicalOrder, type Zone } from './zone.ts'

/** A zone as it is transferred: what else stands at its apex, then all names in canonical order, as CoreDNS has it. */
export function zoneSnapshot(zone: Zone): ZoneSnapshot {
  return {
    soa: zone.soa,
    *records() {
      for (const node of inCanonicalOrder(zone.nodes.values())) {
        for (const [code, rrsets] of node.rrsets) if (code !== TYPE.SOA) yield* rrsets
      }
    },
  }
}
