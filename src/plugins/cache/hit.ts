import type { Seconds } from '../../dns/record.ts'
import { type Answer, type Lease, leaseOver, type Validity } from '../../plugin/handler.ts'
import type { Entry } from './entry.ts'
import { fetchBehind } from './refresh.ts'
import type { Asked, Scope } from './scope.ts'
import { shownWith } from './shown.ts'

/** What is stored, leased to the answer cache in front. */
export function hit(scope: Scope, asked: Asked, entry: Entry): Answer {
  const validity: Validity = { kind: 'leased', lease: leaseOf(scope, asked, entry), tags: entry.tags }
  return { ...shownWith(entry.answer, asked.query, use(scope, asked, entry)), validity }
}

function leaseOf(scope: Scope, asked: Asked, entry: Entry): Lease {
  const { counts, timer } = scope
  const { leases } = entry
  return {
    renew() {
      if (entry.leases !== leases || entry.ttlAt(timer.now()) <= 0) return leaseOver
      counts.request()
      counts.hit[entry.kind]()
      return use(scope, asked, entry)
    },
  }
}

/** @returns the TTL to show */
function use(scope: Scope, asked: Asked, entry: Entry): Seconds {
  const { config, timer } = scope
  const { prefetch, keepsTtl } = config
  const nowMs = timer.now()
  const ttl = entry.ttlAt(nowMs)
  if (prefetch !== undefined && prefetch.amount > 0) {
    const hits = entry.countHit(nowMs, prefetch.gapMs)
    const isDue = ttl <= Math.ceil((prefetch.percentage / 100) * entry.ttl)
    if (hits >= prefetch.amount && isDue) fetchBehind(scope, asked, entry)
  }
  return keepsTtl ? entry.ttl : ttl
}
