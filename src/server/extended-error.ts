import { type ExtendedError, maximumErrorTextOctets } from '../dns/edns.ts'
import { EDNS_OPTION } from '../dns/iana.ts'
import type { RecordsAnswer } from '../plugin/handler.ts'
import { tooBig } from './reasons.ts'

/**
 * The reason of a negative answer, a refusal or a failure, as the client may read it.
 *
 * None for an answer that has records, unless there was no way to send them, or that brings one of its own.
 */
export function extendedErrorOf({ rcode, answer, trace, options = [] }: RecordsAnswer): ExtendedError | undefined {
  const reason = trace?.at(-1)
  if (reason === undefined || options.some(({ code }) => code === EDNS_OPTION.EXTENDED_ERROR)) return undefined
  const hasRecords = rcode === 'NOERROR' && answer.length > 0
  if (hasRecords && reason.code !== tooBig.code) return undefined
  return { infoCode: reason.infoCode, text: cut(reason.describe()) }
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
