import type { Name } from '../../dns/name.ts'
import type { Seconds } from '../../dns/record.ts'

/** What is kept apart: answers, and that there are none. */
export type Kind = 'success' | 'denial'

/** What the directive `cache` says, checked. */
export interface CacheConfig {
  /** Only answers to names in these are looked at. */
  readonly zones: readonly Name[]
  readonly kinds: Readonly<Record<Kind, KindConfig>>
  /** How long a SERVFAIL that somebody sent is kept; 0: not at all. */
  readonly servfailMs: number
  /** TTLs are those of the first moment for as long as an answer is kept. */
  readonly keepsTtl: boolean
  /** Absent: what runs out is fetched when it is asked for again. */
  readonly prefetch?: PrefetchConfig
  /** Absent: what has run out is never given. */
  readonly stale?: StaleConfig
}

export interface KindConfig {
  /** Answers that are kept at most. */
  readonly capacity: number
  readonly maximumTtl: Seconds
  readonly minimumTtl: Seconds
  /** Answers to names in these are not kept. */
  readonly disabledZones: readonly Name[]
}

/** What has been asked for `amount` times is fetched again before its time is over. */
export interface PrefetchConfig {
  readonly amount: number
  /** Of two queries that are further apart the second one counts as the first. */
  readonly gapMs: number
  /** Of its TTL that is left when it is fetched. */
  readonly percentage: number
}

/** Answers whose time is over serve until they can be fetched again (RFC 8767). */
export interface StaleConfig {
  /** How long they do. */
  readonly forSeconds: Seconds
  /** At once while they are fetched; or after an attempt to, for which a client waits so long (0: as long as it takes). */
  readonly refresh: { readonly kind: 'immediate' } | { readonly kind: 'verify'; readonly timeoutMs: number }
  /** What they say then. */
  readonly responseTtl: Seconds
  /** How long after a failed attempt there is no other; 0: the next query may make one. */
  readonly recheckMs: number
  /** An answer is preferred to a denial, however new that is. */
  readonly prefersPositive: boolean
}

const hour = 3600
const minimumTtl = 5

export const defaultKinds: CacheConfig['kinds'] = {
  success: { capacity: 10_000, maximumTtl: hour, minimumTtl, disabledZones: [] },
  denial: { capacity: 10_000, maximumTtl: hour / 2, minimumTtl, disabledZones: [] },
}
export const defaultServfailMs = 5000
export const defaultPrefetch = { gapMs: 60_000, percentage: 10 }
export const defaultStaleMs = hour * 1000

/** RFC 2308 section 7.1, and RFC 8767 section 5 for attempts. */
export const longestFailureMs = 300_000

const shards = 256
const leastPerShard = 4

/** CoreDNS's capacities are those of its 256 shards together: whole ones, of four answers at least. */
export function roundedCapacity(capacity: number): number {
  return shards * Math.max(Math.trunc(capacity / shards), leastPerShard)
}
