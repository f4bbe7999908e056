import { EXTENDED_ERROR, type Rcode } from '../dns/iana.ts'
import { ServerError } from '../util/errors.ts'
import type { Handler, Next, RecordsAnswer, Validity } from './handler.ts'
import { defineReason } from './reason.ts'

/** A query was passed on, and nobody is left: SERVFAIL, as in CoreDNS. */
export class NoNextPluginError extends ServerError {
  /** The last of the chain. */
  readonly plugin: string

  constructor(plugin: string) {
    super('NO_NEXT_PLUGIN', `plugin/${plugin}: no next plugin found`)
    this.plugin = plugin
  }
}

/** We serve no such name, or do not do what was asked. */
export const refused: RecordsAnswer = failure('REFUSED', { kind: 'until-changed', tags: [] })

/** No response at all. */
export const silence: RecordsAnswer = { ...failure('NOERROR', { kind: 'once' }), isSilent: true }

/** A plugin failed, and this is the answer all the same: plugin `errors` logs the cause, the client gets the answer. */
export class AnsweredError extends ServerError {
  readonly answer: RecordsAnswer

  constructor(cause: ServerError, answer: RecordsAnswer) {
    super(cause.code, cause.message, { cause })
    this.answer = answer
  }
}

const pluginFailed = defineReason('plugin-failed', EXTENDED_ERROR.Other, ({ message }: { message: string }) => message)
const blockIsEmpty = defineReason('no-plugin', EXTENDED_ERROR['Not Supported'], () => 'the server block has no plugin')

/**
 * Something went wrong for this query; the next may fare better.
 *
 * What was not thrown on purpose is a bug, of which a client learns no more than that.
 */
export function serverFailure(error: unknown): RecordsAnswer {
  if (error instanceof AnsweredError) return error.answer
  const isBug = !(error instanceof ServerError)
  const trace = [pluginFailed({ message: isBug ? 'internal error' : error.message })]
  return { ...failure('SERVFAIL', { kind: 'once' }), unwritten: isBug ? 'panic' : 'code', trace }
}

/**
 * Joins handlers, first one outermost, once at start-up.
 *
 * What the last one passes on ends in NoNextPluginError; a chain without links answers REFUSED.
 *
 * @param last the name of the last link, which may be an observer
 */
export function chain(handlers: readonly Handler[], last = handlers.at(-1)?.name): Next {
  if (last === undefined) return () => ({ ...refused, trace: [blockIsEmpty({})] })
  const end: Next = () => {
    throw new NoNextPluginError(last)
  }
  return handlers.reduceRight<Next>((next, handler) => (query) => handler.serve(query, next), end)
}

function failure(rcode: Rcode, validity: Validity): RecordsAnswer {
  return { rcode, authoritative: false, answer: [], authority: [], additional: [], validity, unwritten: 'code' }
}
