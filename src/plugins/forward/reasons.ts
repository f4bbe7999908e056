import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** What became of a query that was passed to another server. */

export const forwarded = defineReason(
  'forwarded',
  EXTENDED_ERROR.Other,
  ({ upstream }: { upstream: string }) => `${upstream} answered`,
)
export const upstreamFailed = defineReason(
  'upstream-failed',
  EXTENDED_ERROR['Network Error'],
  ({ reason }: { reason: string }) => `no upstream answered, the last one: ${reason}`,
)
export const noHealthyUpstream = defineReason(
  'no-healthy-upstream',
  EXTENDED_ERROR['No Reachable Authority'],
  ({ upstreams }: { upstreams: readonly string[] }) => `no upstream is healthy: ${upstreams.join(', ')}`,
)
export const tooManyQueries = defineReason(
  'too-many-queries',
  EXTENDED_ERROR.Other,
  ({ limit }: { limit: string }) => `${limit} queries are being forwarded, no more may be at a time`,
)
export const otherQuestion = defineReason(
  'other-question',
  EXTENDED_ERROR.Other,
  ({ upstream }: { upstream: string }) => `${upstream} answered another question`,
)
