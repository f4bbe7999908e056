import { refused, serverFailure } from '../plugin/chain.ts'
import type { Answer, Query } from '../plugin/handler.ts'
import { ServerError, stackOf } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import { type MaybePromise, mapMaybe } from '../util/maybe-promise.ts'
import { notOurZone, noView } from './reasons.ts'
import { chooseBlock, type RunningBlock, type Zones, zonesOfName } from './zones.ts'

export interface AskOptions {
  readonly log: Logger
  /** How log and metrics name the server that is asked (server-label.ts). */
  readonly server: string
}

/** Asks the chain of the block that serves the query, or says that none does. */
export function ask(zones: Zones, query: Query, options: AskOptions): MaybePromise<Answer> {
  return askZones(zones, query, options).answer
}

/** Who answers, and what. */
export type Asked =
  | { readonly block: RunningBlock; readonly answer: MaybePromise<Answer> }
  /** The server itself. */
  | { readonly block: undefined; readonly answer: Answer }

/** What a view or a chain throws becomes SERVFAIL. */
export function askZones(zones: Zones, query: Query, { log, server }: AskOptions): Asked {
  const fail = (error: unknown): Answer => {
    // What is thrown on purpose is for the plugin `errors` to tell; anything else is a bug of ours.
    if (!(error instanceof ServerError)) log.error(`Recovered from panic in server: "${server}" ${stackOf(error)}`)
    return serverFailure(error)
  }
  const choice = attempt(
    () => chooseBlock(zones, query),
    (error) => ({ failure: fail(error) }),
  )
  if ('failure' in choice) return { block: undefined, answer: choice.failure }
  const { block, isPersonal } = choice
  const once = (answer: Answer): Answer => ({ ...answer, validity: { kind: 'once' } })
  if (block === undefined) {
    const answer = outside(zones, query)
    return { block, answer: isPersonal ? once(answer) : answer }
  }
  const answer = attempt(() => block.chain(query), fail)
  const safe = answer instanceof Promise ? answer.catch(fail) : answer
  return { block, answer: isPersonal ? mapMaybe(safe, once) : safe }
}

export function attempt<T, F>(run: () => T, fail: (error: unknown) => F): T | F {
  try {
    return run()
  } catch (error) {
    return fail(error)
  }
}

/** None of the zones has the name, or none of their views takes the query. */
function outside(zones: Zones, { qname }: Query): Answer {
  const enclosing = zonesOfName(zones, qname)
  const reason = enclosing.length === 0 ? notOurZone({ zones: [...zones.keys()] }) : noView({ zones: enclosing })
  return { ...refused, trace: [reason] }
}
