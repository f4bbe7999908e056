import type { Handler } from '../../plugin/handler.ts'
import { isTransfer } from '../../plugin/transfer.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'
import { cnamesFirst } from './cnames-first.ts'

/**
 * Has the addresses of an answer given in turn, behind its CNAMEs.
 *
 * It only asks for the turns: the records change places as octets, in fresh answers and cached ones alike
 * (transport/answer-cache.ts).
 */
export const roundRobin: Handler = {
  name: 'loadbalance',
  serve(query, next) {
    return mapMaybe(next(query), (answer) =>
      answer.rcode === 'NOERROR' && !isTransfer(answer) ? { ...cnamesFirst(answer), rotate: true } : answer,
    )
  },
}
