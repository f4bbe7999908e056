import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** What a rule made of a query or its answer. */
const { Other } = EXTENDED_ERROR

export const nameRewritten = defineReason(
  'name-rewritten',
  Other,
  ({ to }: { to: string }) => `a rule makes the name ${to}`,
)
export const rcodeRewritten = defineReason(
  'rcode-rewritten',
  Other,
  ({ from, to }: { from: string; to: string }) => `a rule makes ${to} of ${from}`,
)
export const targetRewritten = defineReason(
  'target-rewritten',
  Other,
  ({ from, to }: { from: string; to: string }) => `a rule leads the CNAME to ${to} instead of ${from}`,
)
