import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** What became of a walk along the client's search path. */
const { Other } = EXTENDED_ERROR

export const candidateFound = defineReason(
  'search-path-found',
  Other,
  ({ candidate }: { candidate: string }) => `along the search path of the client, ${candidate} exists`,
)
export const noCandidate = defineReason(
  'search-path-exhausted',
  Other,
  ({ candidates }: { candidates: readonly string[] }) =>
    `along the search path of the client, none of these exists: ${candidates.join(', ')}`,
)
