import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** What a rule says of a query. */

export const blocked = defineReason(
  'acl-blocked',
  EXTENDED_ERROR.Blocked,
  ({ zone }: { zone: string }) => `a rule for ${zone} refuses such queries`,
)
export const filtered = defineReason(
  'acl-filtered',
  EXTENDED_ERROR.Filtered,
  ({ zone }: { zone: string }) => `a rule for ${zone} lets such queries find nothing`,
)
export const dropped = defineReason(
  'acl-dropped',
  EXTENDED_ERROR.Prohibited,
  ({ zone }: { zone: string }) => `a rule for ${zone} leaves such queries without a response`,
)
