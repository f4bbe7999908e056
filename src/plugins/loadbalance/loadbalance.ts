import type { Handler } from '../../plugin/handler.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'

/**
 * Has the addresses of an answer given in turn.
 *
 * It only asks for it: the records change places as octets, in fresh answers and cached ones alike
 * (transport/answer-cache.ts).
 */
export const roundRobin: Handler = {
  name: 'loadbalance',
  serve(query, next) {
    return mapMaybe(next(query), (answer) => (answer.rcode === 'NOERROR' ? { ...answer, rotate: true } : answer))
  },
}
