import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** Why an answer is given whose time is over. */
interface StaleFacts {
  readonly seconds: number
  readonly [fact: string]: number
}

const describe = (what: string) => (facts: StaleFacts) =>
  `${what} ran out ${facts.seconds} seconds ago, and there is no newer one yet`

export const staleAnswer = defineReason('stale-answer', EXTENDED_ERROR['Stale Answer'], describe('the cached answer'))
export const staleNxdomain = defineReason(
  'stale-nxdomain',
  EXTENDED_ERROR['Stale NXDOMAIN Answer'],
  describe('the cached NXDOMAIN'),
)
