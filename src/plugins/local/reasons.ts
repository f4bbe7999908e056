import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** Names that every machine has for itself. */
const { Other } = EXTENDED_ERROR

export const localName = defineReason(
  'local-name',
  Other,
  ({ name }: { name: string }) => `${name} means the machine that asks, and is answered without looking anything up`,
)
export const noLocalType = defineReason(
  'local-without-type',
  Other,
  ({ name }: { name: string }) => `${name} means the machine that asks, and has no records of this type`,
)
export const noLocalName = defineReason(
  'no-local-name',
  Other,
  ({ zone }: { zone: string }) => `there is no such name in ${zone}, whose names mean the machine that asks`,
)
