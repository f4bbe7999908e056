/**
 * forward: passes queries on to other servers, and their replies back, octet for octet.
 *
 * setup.ts reads the directives, each of which is a stanza (stanza.ts) with its servers (server.ts); the sockets are
 * behind plugin/upstream.ts. Start here.
 */
import type { Answer, Handler, Next, Query } from '../../plugin/handler.ts'
import type { MaybePromise } from '../../util/maybe-promise.ts'
import type { Stanza } from './stanza.ts'

/** @param stanzas in the order of the file: the first one that has the name among its own takes the query */
export function forward(stanzas: readonly Stanza[]): Handler {
  const serveFrom = (index: number, query: Query, next: Next): MaybePromise<Answer> => {
    const stanza = stanzas[index]
    if (stanza === undefined) return next(query)
    const following: Next = (passed) => serveFrom(index + 1, passed, next)
    if (!stanza.takes(query.qname)) return following(query)
    // Only another stanza may do better: what stands below has no reply to compare with.
    return stanza.serve(query, index + 1 < stanzas.length ? following : undefined)
  }
  return { name: 'forward', serve: (query, next) => serveFrom(0, query, next) }
}
