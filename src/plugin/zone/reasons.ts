import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../reason.ts'

/** Why a zone that somebody wrote down has what it has for a name. */
const { Other, 'Not Ready': NotReady, 'Not Authoritative': NotAuthoritative } = EXTENDED_ERROR

export const inZone = defineReason(
  'in-zone',
  Other,
  ({ zone }: { zone: string }) => `the name stands in the zone ${zone}`,
)
export const wildcard = defineReason(
  'wildcard',
  Other,
  ({ wildcard, zone }: { wildcard: string; zone: string }) => `${wildcard} stands for the name in the zone ${zone}`,
)
export const noSuchName = defineReason(
  'no-such-name',
  Other,
  ({ zone, encloser }: { zone: string; encloser: string }) =>
    `the zone ${zone} has neither the name nor a wildcard for it below ${encloser}`,
)
export const delegated = defineReason(
  'delegated',
  Other,
  ({ cut, servers }: { cut: string; servers: readonly string[] }) =>
    `${cut} is a zone of others: ask ${servers.join(', ')}`,
)
export const alias = defineReason(
  'alias',
  Other,
  ({ owner, target }: { owner: string; target: string }) => `${owner} is another name for ${target}`,
)
export const redirected = defineReason(
  'redirected',
  Other,
  ({ owner, target }: { owner: string; target: string }) => `what is asked for below ${owner} is found below ${target}`,
)
export const redirectedTooLong = defineReason(
  'redirected-too-long',
  Other,
  ({ target }: { target: string }) => `the name would be too long below ${target}`,
)
export const redirectedNowhere = defineReason(
  'redirected-nowhere',
  Other,
  ({ owner }: { owner: string }) => `the DNAME at ${owner} leads to itself`,
)
export const tooManyAliases = defineReason(
  'too-many-aliases',
  Other,
  ({ target }: { target: string }) => `too many names lead on from one to the next; ${target} was not asked for`,
)
export const unread = defineReason(
  'zone-unread',
  NotReady,
  ({ zone, file }: { zone: string; file: string }) => `the zone ${zone} has not been read yet: ${file}`,
)
export const otherZones = defineReason(
  'other-zones',
  NotAuthoritative,
  ({ zones }: { zones: readonly string[] }) => `the name is in none of the zones ${zones.join(', ')}`,
)
