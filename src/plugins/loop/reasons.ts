import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** What became of the query that this server sends itself. */
export const loopQuery = defineReason(
  'loop-query',
  EXTENDED_ERROR.Other,
  () => 'the query of the plugin loop has come, and there is nobody to pass it on to',
)
export const loopFound = defineReason(
  'loop-found',
  EXTENDED_ERROR.Other,
  () => 'the query of the plugin loop has come back: queries are forwarded to this server itself',
)
