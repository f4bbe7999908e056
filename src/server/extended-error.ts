import { type ExtendedError, maximumErrorTextOctets } from '../dns/edns.ts'
import { EDNS_OPTION, EXTENDED_ERROR } from '../dns/iana.ts'
import type { Answer, RecordsAnswer } from '../plugin/handler.ts'
import type { Step } from '../plugin/reason.ts'
import { tooBig } from './reasons.ts'

/**
 * The reason of a negative answer, a refusal or a failure, as the client may read it.
 *
 * None for an answer that has records, unless there was no way to send them, or their time is over; none for one that
 * brings its own, unless its time is over.
 */
export function extendedErrorOf({ rcode, answer, trace, options = [] }: RecordsAnswer): ExtendedError | undefined {
  const reason = trace?.at(-1)
  if (reason === undefined) return undefined
  if (staleCodes.includes(reason.infoCode)) return toExtendedError(reason)
  const hasOwn = options.some(({ code }) => code === EDNS_OPTION.EXTENDED_ERROR)
  const hasRecords = rcode === 'NOERROR' && answer.length > 0
  return hasOwn || (hasRecords && reason.code !== tooBig.code) ? undefined : toExtendedError(reason)
}

/** What we have to say of an answer of another server, in the place of what that may say: its time is over. */
export function extendedErrorOfRelayed({ trace }: Answer): ExtendedError | undefined {
  const reason = trace?.at(-1)
  return reason !== undefined && staleCodes.includes(reason.infoCode) ? toExtendedError(reason) : undefined
}

/** RFC 8914 sections 4.4 and 4.20: of answers with records, too. */
const staleCodes: readonly number[] = [EXTENDED_ERROR['Stale Answer'], EXTENDED_ERROR['Stale NXDOMAIN Answer']]

function toExtendedError(step: Step): ExtendedError {
  return { infoCode: step.infoCode, text: cut(step.describe()) }
}

/** At most 120 octets of UTF-8, and no half character. */
function cut(text: string): string {
  const octets = Buffer.from(text)
  if (octets.length <= maximumErrorTextOctets) return text
  const ellipsis = '…'
  const room = maximumErrorTextOctets - Buffer.byteLength(ellipsis)
  return `${octets
    .subarray(0, room)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}${ellipsis}`
}
