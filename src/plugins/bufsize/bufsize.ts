import { type Answer, type Handler, type Query, requestOf } from '../../plugin/handler.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'

/**
 * Lets nobody be sent more than `size` octets over UDP, neither the client nor us by other servers (CoreDNS
 * plugin/bufsize).
 */
export function bufsize(size: number): Handler {
  const limit = (answer: Answer): Answer => ({ ...answer, payloadLimit: Math.min(answer.payloadLimit ?? size, size) })
  return {
    name: 'bufsize',
    serve: (query, next) => mapMaybe(next(lowered(query, size)), limit),
  }
}

function lowered(query: Query, payloadSize: number): Query {
  const { edns } = requestOf(query)
  if (edns === undefined || edns.payloadSize <= payloadSize) return query
  return { ...query, request: { ...requestOf(query), edns: { ...edns, payloadSize } } }
}
