import { RCODE, typeName } from '../../dns/iana.ts'
import { serverFailure } from '../../plugin/chain.ts'
import type { Answer, Handler, Query } from '../../plugin/handler.ts'
import { loggedName } from '../../plugin/logged-name.ts'
import { messageOf, ServerError, stackOf } from '../../util/errors.ts'
import type { Logger, LogLevel } from '../../util/log.ts'
import type { Timer } from '../../util/timer.ts'
import type { ErrorsConfig } from './config.ts'
import { Consolidation } from './consolidation.ts'

export interface ErrorsHandler extends Handler {
  /** Tells what was counted so far; from then on every error is logged by itself. */
  stop(): void
}

/** Logs what the plugins below throw, in the line that CoreDNS's users search for, and answers SERVFAIL, or as it says. */
export function errors({ rules, stacktrace }: ErrorsConfig, log: Logger, timer: Timer): ErrorsHandler {
  let consolidations = rules.map((rule) => new Consolidation(rule, log, timer))

  /** Undefined: the error is counted, and not logged. */
  function levelOf(message: string): LogLevel | undefined {
    const fitting = consolidations.find(({ rule }) => rule.pattern.test(message))
    if (fitting === undefined) return 'error'
    return fitting.count() ? fitting.rule.level : undefined
  }

  function fail(query: Query, error: unknown): Answer {
    const answer = serverFailure(error)
    const message = messageOf(error)
    const level = levelOf(message)
    if (level !== undefined) {
      const text = stacktrace && !(error instanceof ServerError) ? stackOf(error) : message
      log[level](`plugin/errors: ${RCODE[answer.rcode]} ${loggedName(query.qname)} ${typeName(query.qtype)}: ${text}`)
    }
    return answer
  }

  return {
    name: 'errors',
    serve(query, next) {
      try {
        const answer = next(query)
        return answer instanceof Promise ? answer.catch((error) => fail(query, error)) : answer
      } catch (error) {
        return fail(query, error)
      }
    },
    stop() {
      const pending = consolidations
      consolidations = []
      for (const consolidation of pending) consolidation.flush()
    },
  }
}
