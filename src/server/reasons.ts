import { EXTENDED_ERROR } from '../dns/iana.ts'
import { defineReason } from '../plugin/reason.ts'

/** Why the server itself, and none of its plugins, decides an answer. */

export const notOurZone = defineReason(
  'not-our-zone',
  EXTENDED_ERROR['Not Authoritative'],
  ({ zones }: { zones: readonly string[] }) => `the name is in no zone served here: ${zones.join(' ')}`,
)
export const noView = defineReason(
  'no-view',
  EXTENDED_ERROR.Prohibited,
  ({ zones }: { zones: readonly string[] }) => `no view takes such a query for ${zones.join(' ')}`,
)
export const classNotServed = defineReason(
  'class-not-served',
  EXTENDED_ERROR['Not Supported'],
  ({ qclass }: { qclass: string }) => `there is nothing here of class ${qclass}, only of IN`,
)
export const tooBig = defineReason(
  'too-big',
  EXTENDED_ERROR.Other,
  ({ octets }: { octets: number }) => `the answer does not fit in the ${octets} octets of a message`,
)
