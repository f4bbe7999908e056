import type { Name } from '../../dns/name.ts'
import type { Seconds } from '../../dns/record.ts'

/** What the directive `kubernetes` says, checked and with its defaults. */
export interface KubernetesConfig {
  /** Forward and reverse zones, as configured. */
  readonly zones: readonly Name[]
  /** The first that is no reverse zone: PTR records lead there. */
  readonly primaryZone: Name
  /** TTL of what we make, 0 to 3600; SOA and dns-version have their own. */
  readonly ttl: Seconds
  readonly pods: 'disabled' | 'insecure' | 'verified'
  /** An endpoint without a hostname is called after its Pod. */
  readonly endpointPodNames: boolean
  /** Names that do not exist in these zones are passed on. */
  readonly fallthrough: readonly Name[]
  /** The only namespaces that exist; undefined: all. */
  readonly namespaces: ReadonlySet<string> | undefined
}

export const defaultTtl: Seconds = 5
export const maximumTtl: Seconds = 3600
