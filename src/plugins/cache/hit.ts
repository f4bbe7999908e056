import type { Seconds } from '../../dns/record.ts'
import { type Answer, type Lease, leaseOver, type Validity } from '../../plugin/handler.ts'
import type { Entry } from './entry.ts'
import { fetchBehind } from './refresh.ts'
import type { Asked, Scope } from './scope.ts'
import { shownWith } from './shown.ts'

/** What is stored, leased to the answer cache in front. */
export function hit(scope: Scope, asked: Asked, entry: Entry): Answer {
  const validity: Validity = { kind: 'leased', lease: leaseOf(scope, asked, entry), tags: entry.tags }
  return { ...shownWith(entry.answer, asked.query, use(scope, asked, entry, scope.timer.now())), validity }
}

function leaseOf(scope: Scope, asked: Asked, entry: Entry): Lease {
  const { counts, timer } = scope
  const { leases } = entry
  return {
    renew() {
      const nowMs = timer.now()
      if (entry.leases !== leases || entry.ttlAt(nowMs) <= 0) return leaseOver
      counts.request()
      counts.hit[entry.kind]()
      return use(scope, asked, entry, nowMs)
    },
  }
}

/** @returns the TTL to show */
function use(scope: Scope, asked: Asked, entry: Entry, nowMs: number): Seconds {
  const { prefetch, keepsTtl } = scope.config
  const ttl = entry.ttlAt(nowMs)
  if (prefetch !== undefined && prefetch.amount > 0) {
    const hits = entry.countHit(nowMs, prefetch.gapMs)
    const isDue = ttl <= Math.ceil((prefetch.percentage / 100) * entry.ttl)
    if (hits >= prefetch.amount && isDue) fetchBehind(scope, asked, entry)
  }
  return keepsTtl ? entry.ttl : ttl
}
