import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

export const noErraticType = defineReason(
  'erratic-type',
  EXTENDED_ERROR.Other,
  ({ qtype }: { qtype: string }) => `the plugin erratic answers A, AAAA and AXFR, and fails for ${qtype}`,
)
