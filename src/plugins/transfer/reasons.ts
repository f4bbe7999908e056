import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** Why a zone is handed out, or is not. */
const { Other, Prohibited, 'Not Authoritative': NotAuthoritative, 'Not Supported': NotSupported } = EXTENDED_ERROR

export const overUdp = defineReason('transfer-over-udp', NotSupported, () => 'zone transfers go over TCP alone')
export const peerNotListed = defineReason(
  'transfer-peer-not-listed',
  Prohibited,
  ({ peer }: { peer: string }) => `transfer: ${peer} is in no 'to' of the zone`,
)
export const notApex = defineReason(
  'transfer-not-apex',
  NotAuthoritative,
  ({ zone }: { zone: string }) => `only ${zone} can be transferred, not a part of it`,
)
export const noSerial = defineReason(
  'transfer-no-serial',
  Other,
  () => 'IXFR without the SOA record that says what the client has',
)
export const upToDate = defineReason(
  'transfer-up-to-date',
  Other,
  ({ serial }: { serial: number }) => `the client has serial ${serial} or a newer one`,
)
export const wholeZone = defineReason(
  'transfer-whole-zone',
  Other,
  ({ zone, serial }: { zone: string; serial: number }) => `all of ${zone}, serial ${serial}`,
)
