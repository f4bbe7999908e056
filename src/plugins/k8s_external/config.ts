import type { Label, Name } from '../../dns/name.ts'
import type { Seconds } from '../../dns/record.ts'

/** What the directive `k8s_external` says, checked and with its defaults. */
export interface ExternalConfig {
  /** Forward and reverse zones, as configured. */
  readonly zones: readonly Name[]
  /** The first that is no reverse zone: PTR records lead there. */
  readonly primaryZone: Name
  /** The label below each zone that its name server stands under. */
  readonly apex: Label
  /** TTL of addresses, pointers and the apex, 0 to 3600; SRV and CNAME have that of the cluster's own names. */
  readonly ttl: Seconds
  /** Endpoints count where a Service has no external address. */
  readonly headless: boolean
  /** Names that do not exist in these zones are passed on. */
  readonly fallthrough: readonly Name[]
}

export const defaultApex: Label = 'dns'
export const defaultTtl: Seconds = 5
export const maximumTtl: Seconds = 3600
