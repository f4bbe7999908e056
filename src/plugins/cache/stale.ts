import type { Answer } from '../../plugin/handler.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import type { StaleConfig } from './config.ts'
import type { Entry } from './entry.ts'
import { hit } from './hit.ts'
import * as reasons from './reasons.ts'
import { attempt, fetchBehind, replacing } from './refresh.ts'
import type { Asked, CacheContext, Scope } from './scope.ts'
import { shownWith } from './shown.ts'
import type { Taken } from './take.ts'

/** RFC 8767. */
export function serveStale(scope: Scope, asked: Asked, entry: Entry, stale: StaleConfig): MaybePromise<Answer> {
  if (stale.refresh.kind === 'verify') return verify(scope, asked, entry, { ...stale, ...stale.refresh })
  fetchBehind(scope, asked, entry, stale)
  return staleAnswer(scope, asked, entry, stale)
}

function staleAnswer({ config, counts, timer }: Scope, { query }: Asked, entry: Entry, stale: StaleConfig): Answer {
  counts.servedStale()
  const ttl = stale.responseTtl || (config.keepsTtl ? entry.ttl : 0)
  const { trace = [], rcode } = entry.answer
  const reason = rcode === 'NXDOMAIN' ? reasons.staleNxdomain : reasons.staleAnswer
  const step = reason({ seconds: -entry.ttlAt(timer.now()) })
  return { ...shownWith(entry.answer, query, ttl), validity: { kind: 'once' }, trace: [...trace, step] }
}

/** Asks before it serves what is stale, and waits for the answer no longer than `timeoutMs`. */
function verify(
  scope: Scope,
  asked: Asked,
  entry: Entry,
  stale: StaleConfig & { readonly timeoutMs: number },
): MaybePromise<Answer> {
  const { timer } = scope
  const { recheckMs, timeoutMs } = stale
  const isBounded = recheckMs > 0
  if (isBounded && !entry.beginRefresh(timer.now())) return staleAnswer(scope, asked, entry, stale)
  const attempted = mapMaybe(attempt(scope, asked, replacing(scope, asked, stale)), (taken) => {
    if (isBounded) entry.endRefresh(timer.now(), recheckMs, taken !== undefined)
    return taken
  })
  if (timeoutMs === 0) return mapMaybe(attempted, (taken) => taken?.answer ?? staleAnswer(scope, asked, entry, stale))
  return mapMaybe(inTime(attempted, timeoutMs, timer), (taken) => {
    if (taken === undefined) return staleAnswer(scope, asked, entry, stale)
    return taken.entry === undefined ? taken.answer : hit(scope, asked, taken.entry)
  })
}

/** @param promised never rejects */
function inTime(
  promised: MaybePromise<Taken | undefined>,
  timeoutMs: number,
  timer: CacheContext['timer'],
): MaybePromise<Taken | undefined> {
  if (!(promised instanceof Promise)) return promised
  return new Promise((resolve) => {
    const callOff = timer.after(timeoutMs, () => resolve(undefined))
    void promised.then((taken) => {
      callOff()
      resolve(taken)
    })
  })
}
