import { type Answer, type Handler, type Query, requestOf } from '../../plugin/handler.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'

export const headerFlags = ['aa', 'ra', 'rd'] as const
export type HeaderFlag = (typeof headerFlags)[number]

export interface HeaderRule {
  readonly flag: HeaderFlag
  readonly isSet: boolean
}

export interface HeaderConfig {
  /** Of several rules for one flag the last counts. */
  readonly query: readonly HeaderRule[]
  readonly response: readonly HeaderRule[]
}

/** Sets and clears flags of queries and responses (CoreDNS plugin/header). */
export function header({ query: queryRules, response }: HeaderConfig): Handler {
  const rd = queryRules.findLast(({ flag }) => flag === 'rd')?.isSet
  return {
    name: 'header',
    serve(query, next) {
      const answer = next(rd === undefined ? query : withRecursionDesired(query, rd))
      return mapMaybe(answer, (found) => response.reduce(changed, rd === undefined ? found : repeating(found, rd)))
    },
  }
}

function withRecursionDesired(query: Query, rd: boolean): Query {
  return { ...query, request: { ...requestOf(query), rd } }
}

/** A response repeats the RD bit of what was asked below (RFC 1035 section 4.1.1). */
function repeating(answer: Answer, rd: boolean): Answer {
  return { ...answer, recursionDesired: answer.recursionDesired ?? rd }
}

function changed(answer: Answer, { flag, isSet }: HeaderRule): Answer {
  if (flag === 'aa') return { ...answer, authoritative: isSet }
  if (flag === 'ra') return { ...answer, recursionAvailable: isSet }
  return { ...answer, recursionDesired: isSet }
}
