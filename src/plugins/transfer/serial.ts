import { TYPE } from '../../dns/iana.ts'
import { isNewerSerial } from '../../dns/serial.ts'
import type { Query } from '../../plugin/handler.ts'
import { isIxfr } from '../../plugin/transfer.ts'

/**
 * The serial that a client has by its own account; 0, as with AXFR: none.
 *
 * Undefined: an IXFR without exactly the one SOA record that would say (RFC 1995 section 3).
 */
export function clientSerial(query: Query): number | undefined {
  if (query.qtype !== TYPE.IXFR) return 0
  const [soa, ...others] = isIxfr(query) ? query.authority : []
  return soa?.type === 'SOA' && soa.rdata.length === 1 && others.length === 0 ? soa.rdata[0]?.serial : undefined
}

/** Whether a client with this serial has all that there is: the same, or a newer one (RFC 1982 section 3.2). */
export function isUpToDate(serial: number, current: number): boolean {
  return serial !== 0 && (serial === current || isNewerSerial(serial, current))
}
