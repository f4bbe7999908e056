import { EXTENDED_ERROR } from '../dns/iana.ts'
import { counted } from '../util/counted.ts'
import { defineReason } from './reason.ts'

/** Why a name is answered as it is, as every plugin says it that makes the names of a zone out of a cluster. */
const { Other, 'Not Ready': NotReady, 'Not Supported': NotSupported } = EXTENDED_ERROR

export const apex = defineReason('apex', Other, ({ zone }: { zone: string }) => `${zone} is the zone itself`)
export const nameserver = defineReason(
  'nameserver',
  Other,
  ({ addresses }: { addresses: number }) =>
    `the zone's name server, at ${addresses === 1 ? '1 address' : `${addresses} addresses`}`,
)
export const emptyNonTerminal = defineReason(
  'empty-non-terminal',
  Other,
  () => 'nothing stands here itself, but names below it exist',
)
export const reverseNoAddress = defineReason(
  'reverse-no-address',
  Other,
  () => 'the name spells neither an address nor the beginning of one in use',
)
export const answered = defineReason(
  'answered',
  Other,
  ({ type, records }: { type: string; records: number }) => `${counted(records, 'record')} of type ${type}`,
)
export const wrongFamily = defineReason(
  'wrong-family',
  Other,
  ({ family }: { family: string }) => `the addresses are all ${family}`,
)
export const noSuchType = defineReason(
  'no-such-type',
  Other,
  ({ type }: { type: string }) => `the name exists, and has no records of type ${type}`,
)
export const noPorts = defineReason('no-ports', Other, () => 'there are addresses, but no port that SRV could name')
type OfTarget = {
  readonly target: string
}

export const aliasOutside = defineReason(
  'alias-outside',
  Other,
  ({ target, rcode }: OfTarget & { rcode: string }) =>
    `${target} lies outside of the zone; asking for it gave ${rcode}`,
)
export const aliasCircle = defineReason(
  'alias-circle',
  Other,
  ({ target }: OfTarget) => `${target} leads back here, or through too many names`,
)
export const passedOn = defineReason(
  'fallthrough',
  Other,
  ({ zone }: { zone: string }) => `passed on: fallthrough ${zone}`,
)
export const unsynced = defineReason('unsynced', NotReady, ({ detail }: { detail: string }) =>
  detail === '' ? 'not all of the cluster has been read yet' : `the cluster has not been read yet: ${detail}`,
)
export const transferRefused = defineReason(
  'transfer-refused',
  NotSupported,
  () => "zone transfers need the plugin 'transfer', and TCP",
)
