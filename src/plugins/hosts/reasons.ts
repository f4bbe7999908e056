import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** What a hosts file has to say of a name. */
const { Other } = EXTENDED_ERROR

export const host = defineReason('host', Other, ({ file }: { file: string }) => `${file} or the Corefile has this host`)
export const hostWithoutType = defineReason(
  'host-without-type',
  Other,
  ({ file }: { file: string }) => `${file} or the Corefile has this host, and nothing of the type`,
)
export const noSuchHost = defineReason(
  'no-such-host',
  Other,
  ({ file }: { file: string }) => `neither ${file} nor the Corefile has this host, and it is not passed on`,
)
