import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** IPv4 addresses for clients that have IPv6 alone. */
const { Other } = EXTENDED_ERROR

export const translated = defineReason(
  'address-translated',
  Other,
  ({ prefix }: { prefix: string }) => `its IPv4 addresses were put behind ${prefix}`,
)
export const noIPv4Address = defineReason(
  'no-address-to-translate',
  Other,
  () => 'there is no IPv4 address to translate either',
)
