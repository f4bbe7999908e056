import { ServerError } from '../util/errors.ts'
import type { Answer, Handler, Next } from './handler.ts'

/** A query was passed on, and nobody is left: SERVFAIL, as in CoreDNS. */
export class NoNextPluginError extends ServerError {
  constructor(plugin: string) {
    super('NO_NEXT_PLUGIN', `plugin/${plugin}: no next plugin found`)
  }
}

/** We serve no such name, or do not do what was asked. */
export const refused: Answer = failure('REFUSED', { kind: 'until-changed', tags: [] })

/** Something went wrong for this query; the next may fare better. */
export const serverFailure: Answer = failure('SERVFAIL', { kind: 'once' })

/**
 * Joins handlers, first one outermost, once at start-up.
 *
 * What the last one passes on ends in NoNextPluginError; a chain without handlers answers REFUSED.
 */
export function chain(handlers: readonly Handler[]): Next {
  const last = handlers.at(-1)
  if (last === undefined) return () => refused
  const end: Next = () => {
    throw new NoNextPluginError(last.name)
  }
  return handlers.reduceRight<Next>((next, handler) => (query) => handler.serve(query, next), end)
}

function failure(rcode: Answer['rcode'], validity: Answer['validity']): Answer {
  return { rcode, authoritative: false, answer: [], authority: [], additional: [], validity }
}
