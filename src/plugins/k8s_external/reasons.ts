import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

export * from '../../plugin/zone-reasons.ts'

/** Why a name of an external zone is answered as it is; what the cluster decides, whoever knows it tells. */
export const noSuchForm = defineReason(
  'no-such-form',
  EXTENDED_ERROR.Other,
  ({ labels }: { labels: readonly string[] }) => `'${labels.join('.')}' has the form of no name of the zone`,
)
