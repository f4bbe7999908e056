import { RCODE, typeName } from '../../dns/iana.ts'
import { serverFailure } from '../../plugin/chain.ts'
import type { Answer, Handler } from '../../plugin/handler.ts'
import { messageOf } from '../../util/errors.ts'

/** Logs what the plugins below throw, in the line that CoreDNS's users search for, and answers SERVFAIL, or as it says. */
export function errors(write: (line: string) => void): Handler {
  return {
    name: 'errors',
    serve(query, next) {
      const fail = (error: unknown): Answer => {
        const answer = serverFailure(error)
        write(`plugin/errors: ${RCODE[answer.rcode]} ${query.qname} ${typeName(query.qtype)}: ${messageOf(error)}`)
        return answer
      }
      try {
        const answer = next(query)
        return answer instanceof Promise ? answer.catch(fail) : answer
      } catch (error) {
        return fail(error)
      }
    },
  }
}
