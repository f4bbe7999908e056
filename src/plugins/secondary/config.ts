import type { Name } from '../../dns/name.ts'
import type { SocketAddress } from '../../util/address.ts'

/** All `secondary` of a server block. */
export interface SecondaryConfig {
  /** Of two for one zone, the last counts. */
  readonly zones: ReadonlyMap<Name, ZoneConfig>
  /** Where the next plugin is asked for names that no zone here has. */
  readonly fallthrough: readonly Name[]
}

export interface ZoneConfig {
  /** Servers that the zone may be had from, the first first. */
  readonly primaries: readonly SocketAddress[]
  /** The zone is a catalog of others (RFC 9432), of which those in these zones are taken in; none: all. Absent: it is no catalog. */
  readonly memberZones?: readonly Name[]
}
