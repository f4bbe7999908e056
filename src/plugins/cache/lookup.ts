import type { CacheConfig } from './config.ts'
import type { Entry } from './entry.ts'
import type { Store } from './store.ts'

/**
 * What a question is answered with: a denial rather than an answer, unless it is a SERVFAIL.
 *
 * With `serve_stale` its time may be over, and with `serve_stale_policy prefer_positive` an answer comes first.
 */
export function find(store: Store, key: string, nowMs: number, { stale }: CacheConfig): Entry | undefined {
  const staleSeconds = stale?.forSeconds ?? 0
  const usable = (entry: Entry | undefined) => {
    return entry !== undefined && -entry.ttlAt(nowMs) < staleSeconds ? entry : undefined
  }
  const success = store.get('success', key)
  const positive = stale?.prefersPositive === true && staleSeconds > 0 ? usable(success?.positive) : undefined
  if (positive !== undefined) return positive
  const denial = usable(store.get('denial', key))
  return denial === undefined || denial.answer.rcode === 'SERVFAIL' ? (usable(success) ?? denial) : denial
}
