import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** Why there is nothing to answer from. */
const { 'Not Ready': NotReady } = EXTENDED_ERROR

type OfPrimaries = {
  readonly zone: string
  readonly primaries: readonly string[]
}

export const notTransferred = defineReason(
  'zone-not-transferred',
  NotReady,
  ({ zone, primaries }: OfPrimaries) => `the zone ${zone} has not been transferred yet from ${primaries.join(', ')}`,
)
export const expired = defineReason(
  'zone-expired',
  NotReady,
  ({ zone, primaries }: OfPrimaries) =>
    `the zone ${zone} has expired: none of ${primaries.join(', ')} could be asked for too long`,
)
