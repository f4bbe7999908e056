/**
 * rewrite: changes queries on their way down, and answers on their way up (CoreDNS plugin/rewrite).
 *
 * Each directive is one rule: setup.ts hands its words to one of name-rule.ts, question-rules.ts,
 * edns0-rule.ts, ttl-rule.ts, rcode-rule.ts and cname-rule.ts; rewrite.ts applies them. Here is what they have in
 * common.
 */
import type { Answer, Query } from '../../plugin/handler.ts'
import type { MaybePromise } from '../../util/maybe-promise.ts'

export interface Rule {
  /** What it makes of a query; undefined: it does not concern it. */
  rewrite(query: Query): Rewritten | undefined
  /** Whether what it does is a matter of who asks, beside the question. */
  readonly dependsOnClient?: boolean
}

/** What becomes of a query, and of the answer to it. */
export interface Rewritten {
  /** Instead of the query's; it may be none. */
  readonly name?: string
  readonly changes?: Partial<Pick<Query, 'qtype' | 'qclass' | 'request'>>
  readonly response?: ResponseRule
}

/** @param asked the query as all rules together left it */
export type ResponseRule = (answer: Answer, asked: Query) => MaybePromise<Answer>

/** Whether rules behind one that concerned the query are tried as well. */
export type Mode = 'stop' | 'continue'

export interface OrderedRule {
  readonly mode: Mode
  readonly rule: Rule
}
