/**
 * cache: keeps what other servers answer for as long as its TTL says, by CoreDNS's rules (plugin/cache).
 *
 * What an answer's validity says decides. `expires`: it is stored here (store.ts), and a hit is leased to the answer
 * cache in front of the chain, which gives it from then on and asks the lease each time. `until-changed`: its plugin
 * tells when it changes, so it is not stored; it only gets the TTLs and bits that CoreDNS would give it. `once`: it
 * goes through. How long, as what, and whether at all is told by verdict.ts.
 */
import { isSubdomain } from '../../dns/name.ts'
import type { Answer, Handler, Query } from '../../plugin/handler.ts'
import type { Plugin } from '../../plugin/setup.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import type { CacheConfig } from './config.ts'
import { hit } from './hit.ts'
import { find } from './lookup.ts'
import { countsOf } from './metrics.ts'
import { type Asked, below, type CacheContext, type Scope } from './scope.ts'
import { serveStale } from './stale.ts'
import { Store } from './store.ts'
import { take } from './take.ts'

export function cache(config: CacheConfig, context: CacheContext): Required<Pick<Plugin, 'handler' | 'service'>> {
  const store = new Store(config.kinds)
  const { metrics, serverLabel: server, viewLabel: view } = context
  const counts = countsOf(metrics, { server, zones: config.zones.join(','), view })
  const scope = { ...context, config, store, counts }
  let unfollow: (() => void) | undefined
  const handler: Handler = {
    name: 'cache',
    serve(query, next) {
      if (!config.zones.some((zone) => isSubdomain(query.qname, zone))) return next(query)
      unfollow ??= context.onChange((tags) => store.invalidate(tags)) // not before: a block may be built and never run
      return serve(scope, { query, next, key: keyOf(query) })
    },
  }
  return { handler, service: { stop: () => unfollow?.() } }
}

function keyOf({ qname, qtype, qclass, request }: Query): string {
  const dnssecOk = request?.edns?.dnssecOk === true
  return `${qtype} ${qclass} ${dnssecOk ? 'DO' : ''} ${request?.cd === true ? 'CD' : ''} ${qname}`
}

function serve(scope: Scope, asked: Asked): MaybePromise<Answer> {
  const { store, config, counts, timer } = scope
  const nowMs = timer.now()
  counts.request()
  const entry = find(store, asked.key, nowMs, config)
  if (entry === undefined) {
    counts.miss()
    const begun = store.epoch
    return mapMaybe(asked.next(below(asked.query)), (answer) => take(scope, asked, answer, begun).answer)
  }
  counts.hit[entry.kind]()
  if (entry.ttlAt(nowMs) > 0 || config.stale === undefined) return hit(scope, asked, entry)
  return serveStale(scope, asked, entry, config.stale)
}
