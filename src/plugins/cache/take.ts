import type { Answer, Validity } from '../../plugin/handler.ts'
import { isTransfer } from '../../plugin/transfer.ts'
import { Entry } from './entry.ts'
import type { Asked, Scope } from './scope.ts'
import { shownWith, storable } from './shown.ts'
import { isKept, type Verdict, verdictOn } from './verdict.ts'

/** What came of asking the plugins below. */
export interface Taken {
  readonly answer: Answer
  /** Where it was stored. */
  readonly entry?: Entry | undefined
}

/**
 * Stores an answer if it may be kept, and makes of it what the client gets.
 *
 * @param begun the epoch of the store when the plugins were asked
 */
export function take(
  scope: Scope,
  asked: Asked,
  answer: Answer,
  begun: number,
  verdict = judge(scope, asked, answer),
): Taken {
  if (isTransfer(answer)) return { answer }
  const { validity } = answer
  const shown = shownWith(answer, asked.query, verdict.ttl)
  if (validity.kind === 'once') return { answer: shown }
  if (validity.kind === 'until-changed') return { answer: coherent(scope, asked, shown, verdict) }
  const { tags } = validity
  const expires: Validity = { kind: 'expires', tags } // the front does not keep it: a hit has other bits
  return {
    answer: { ...shown, validity: expires },
    entry: keep(scope, asked, storable(answer, expires), verdict, begun),
  }
}

export function judge({ config, clock }: Scope, { query }: Asked, answer: Answer): Verdict {
  return verdictOn(answer, query, config, clock.now())
}

/**
 * An answer that is never stale: its plugin tells when it changes. It looks as CoreDNS's would from its cache, but its
 * TTL does not run down; it is counted so, too.
 */
function coherent(scope: Scope, { query, key }: Asked, answer: Answer, { kind, type }: Verdict): Answer {
  const { counts, store, config } = scope
  const counted = kind !== undefined && isKept(kind, query.qname, config) ? counts.hit[kind] : counts.miss
  const onReuse = () => {
    counts.request()
    counted()
    answer.onReuse?.()
  }
  if (kind === undefined) return { ...answer, onReuse }
  store.delete('success', key)
  store.delete('denial', key)
  return { ...answer, authoritative: answer.authoritative || type !== 'delegation', onReuse }
}

function keep(scope: Scope, { query, key }: Asked, answer: Answer, verdict: Verdict, begun: number): Entry | undefined {
  const { store, config, counts, timer } = scope
  const { kind, ttl, isPositive } = verdict
  if (kind === undefined) return undefined
  if (verdict.isMismatch) {
    counts.drop()
    return undefined
  }
  const prefersPositive = config.stale?.prefersPositive === true
  const lastPositive = prefersPositive && !isPositive ? store.get('success', key)?.positive : undefined
  const tags = [...new Set([...tagsOf(answer), ...(lastPositive?.tags ?? [])])]
  const isOutdated = tags.length > 0 && begun !== store.epoch
  if (isOutdated || !isKept(kind, query.qname, config)) return undefined

  const entry = new Entry({ kind, key, answer, ttl, tags, isPositive, lastPositive, storedMs: timer.now() })
  if (store.put(entry)) counts.eviction[kind]()
  if (kind === 'success' && (isPositive || !prefersPositive)) store.delete('denial', key)
  counts.entries({ success: store.sizeOf('success'), denial: store.sizeOf('denial') })
  return entry
}

function tagsOf({ validity }: Answer): readonly string[] {
  return validity.kind === 'once' ? [] : validity.tags
}
