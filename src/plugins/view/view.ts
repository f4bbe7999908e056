/**
 * view: what a query must be like for a server block to answer it (CoreDNS plugin/view).
 *
 * The server asks before it asks the chain (server/zones.ts): in the chain itself there is nothing left to do.
 */
import type { ServerBlock } from '../../corefile/model.ts'
import { queryEnvironment } from '../../plugin/expression/environment.ts'
import { type Environment, type Expression, ExpressionError } from '../../plugin/expression/expression.ts'
import { Reading } from '../../plugin/expression/reading.ts'
import type { Handler } from '../../plugin/handler.ts'
import type { Offers } from '../../plugin/offers.ts'
import type { View } from '../../plugin/view.ts'

/** A link that passes everything on. As the last one it is named where nobody answers, as in CoreDNS. */
export const link: Handler = {
  name: 'view',
  serve: (query, next) => next(query),
}

/** @param conditions all of which must be true; without any every query is admitted */
export function view(
  name: string,
  conditions: readonly Expression[],
  offers: Pick<Offers, 'metadata' | 'metadataZones'>,
): View {
  return {
    name,
    admits(query) {
      const reading = new Reading(query, offers)
      const environment = queryEnvironment(reading)
      const isAdmitted = conditions.every((condition) => isTrue(condition, environment))
      return { isAdmitted, isPersonal: reading.isPersonal }
    },
  }
}

/** What has no value for this query is as good as false, and so is any value but true. */
function isTrue(condition: Expression, environment: Environment): boolean {
  try {
    return condition.evaluate(environment) === true
  } catch (error) {
    if (error instanceof ExpressionError) return false
    throw error
  }
}

/** The name of a server block's view, before any plugin of the block is set up; undefined: it has none. */
export function viewNameOf({ directives }: ServerBlock): string | undefined {
  const directive = directives.find(({ name }) => name === link.name)
  return directive && (directive.args[0]?.text ?? '')
}
