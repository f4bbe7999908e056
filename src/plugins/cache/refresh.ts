import type { Answer } from '../../plugin/handler.ts'
import { ServerError, stackOf } from '../../util/errors.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import type { StaleConfig } from './config.ts'
import type { Entry } from './entry.ts'
import { type Asked, below, type Scope } from './scope.ts'
import { judge, type Taken, take } from './take.ts'

/**
 * Fetches an entry anew while a client is answered from it, unless that is under way. No client waits for what comes,
 * so it may come over TCP and be as long as it is.
 *
 * @param stale given: the entry's time is over
 */
export function fetchBehind(scope: Scope, asked: Asked, entry: Entry, stale?: StaleConfig): void {
  const { counts, store, timer } = scope
  const nowMs = timer.now()
  const recheckMs = stale?.recheckMs ?? 0
  if (!entry.beginRefresh(nowMs)) return
  counts.prefetch()
  const { query, key } = asked
  const overTcp: Asked = { ...asked, query: { ...query, client: { ...query.client, transport: 'tcp' } } }
  const taking: Taking = (answer, begun) => take(scope, overTcp, answer, begun)
  void mapMaybe(attempt(scope, overTcp, stale ? replacing(scope, overTcp, stale) : taking), (taken) => {
    const succeeded = stale === undefined || taken !== undefined
    entry.endRefresh(timer.now(), recheckMs, succeeded)
    if (succeeded) (store.get('denial', key) ?? store.get('success', key))?.inheritHits(entry, nowMs)
  })
}

type Taking = (answer: Answer, begun: number) => Taken | undefined

/** Undefined: the plugins below failed, or what they said was not taken. It never rejects. */
export function attempt(scope: Scope, { query, next }: Asked, taking: Taking): MaybePromise<Taken | undefined> {
  const begun = scope.store.epoch
  const fail = (error: unknown): undefined => {
    if (!(error instanceof ServerError)) scope.log.error(`plugin/cache: ${stackOf(error)}`) // a bug of ours
  }
  try {
    const taken = mapMaybe(next(below(query)), (answer) => taking(answer, begun))
    return taken instanceof Promise ? taken.catch(fail) : taken
  } catch (error) {
    return fail(error)
  }
}

/** Takes only what may replace an answer whose time is over: RFC 8767 section 4, or what the policy prefers. */
export function replacing(scope: Scope, asked: Asked, { prefersPositive }: StaleConfig): Taking {
  return (answer, begun) => {
    const verdict = judge(scope, asked, answer)
    const { type, isPositive, isMismatch, truncated } = verdict
    if (truncated || isMismatch) return undefined
    if (prefersPositive) {
      const taken = take(scope, asked, answer, begun, verdict)
      return type === 'noerror' && isPositive ? taken : undefined
    }
    const isComplete =
      type !== 'other' && type !== 'meta' && (answer.rcode === 'NOERROR' || answer.rcode === 'NXDOMAIN')
    return isComplete ? take(scope, asked, answer, begun, verdict) : undefined
  }
}
