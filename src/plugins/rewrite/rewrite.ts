import { tryParseName } from '../../dns/name.ts'
import { AnsweredError, serverFailure } from '../../plugin/chain.ts'
import { type Answer, askingFor, type Handler, type Next, type Query, unpack } from '../../plugin/handler.ts'
import type { Step } from '../../plugin/reason.ts'
import { ServerError } from '../../util/errors.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import { nameRewritten } from './reasons.ts'
import type { OrderedRule, ResponseRule, Rewritten } from './rule.ts'

/** A rule made something of a name that is none. */
class RewrittenNameError extends ServerError {
  constructor(text: string) {
    super('NAME_SYNTAX', `invalid name after rewrite: ${text}`)
  }
}

/** Applies the rules in their order to a query, and in the other order to its answer. */
export function rewrite(rules: readonly OrderedRule[]): Handler {
  return {
    name: 'rewrite',
    serve(query, next) {
      const { asked, responses, steps, dependsOnClient } = applyRules(rules, query)
      if (asked === query && responses.length === 0 && !dependsOnClient) return next(query)
      const finish = (answer: Answer): Answer => {
        const trace = steps.length === 0 ? {} : { trace: [...steps, ...(answer.trace ?? [])] }
        return { ...answer, ...trace, ...(dependsOnClient && { validity: { kind: 'once' } as const }) }
      }
      return mapMaybe(answerOf(asked, next, responses), finish)
    },
  }
}

interface Applied {
  readonly asked: Query
  /** In the order in which they are to be applied. */
  readonly responses: readonly ResponseRule[]
  readonly steps: readonly Step[]
  readonly dependsOnClient: boolean
}

/** @throws RewrittenNameError */
function applyRules(rules: readonly OrderedRule[], query: Query): Applied {
  let asked = query
  let dependsOnClient = false
  const responses: ResponseRule[] = []
  const steps: Step[] = []
  for (const { mode, rule } of rules) {
    if (rule.dependsOnClient === true) dependsOnClient = true
    const rewritten = rule.rewrite(asked)
    if (rewritten === undefined) continue
    asked = rewrittenQuery(asked, rewritten)
    if (rewritten.name !== undefined) steps.push(nameRewritten({ to: asked.qname }))
    if (rewritten.response !== undefined) responses.unshift(rewritten.response)
    if (mode === 'stop') break
  }
  return { asked, responses, steps, dependsOnClient }
}

function rewrittenQuery(query: Query, { name, changes = {} }: Rewritten): Query {
  if (name === undefined) return { ...query, ...changes }
  const qname = tryParseName(name)
  if (qname === undefined) throw new RewrittenNameError(name)
  return { ...askingFor(query, qname), ...changes }
}

function answerOf(asked: Query, next: Next, responses: readonly ResponseRule[]): MaybePromise<Answer> {
  if (responses.length === 0) return next(asked)
  const change = (answer: Answer) => (answer.isSilent === true ? answer : changed(answer, asked, responses))
  const fail = (error: unknown) => changedFailure(error, change)
  try {
    const answer = next(asked)
    return answer instanceof Promise ? answer.then(change, fail) : change(answer)
  } catch (error) {
    return fail(error)
  }
}

function changed(answer: Answer, asked: Query, responses: readonly ResponseRule[]): MaybePromise<Answer> {
  const apply = (before: MaybePromise<Answer>, response: ResponseRule) =>
    mapMaybe(before, (current) => response(current, asked))
  return responses.reduce<MaybePromise<Answer>>(apply, answer)
}

/**
 * What becomes of an error: a rule may have another rcode for it.
 *
 * @throws the error, with the answer if that is another one; a bug is never made an answer
 */
function changedFailure(error: unknown, change: (answer: Answer) => MaybePromise<Answer>): MaybePromise<never> {
  if (!(error instanceof ServerError)) throw error
  const failed = serverFailure(error)
  return mapMaybe(change(failed), (answer) => {
    if (answer.rcode === failed.rcode) throw error
    const { unwritten, ...written } = unpack(answer) // rewrite is the plugin that writes it
    throw new AnsweredError(error, written)
  })
}
