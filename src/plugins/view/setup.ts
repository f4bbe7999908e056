import { oneArgument, onlyOccurrence, walkProperties } from '../../corefile/directive-reader.ts'
import { queryTypes } from '../../plugin/expression/environment.ts'
import type { Expression } from '../../plugin/expression/expression.ts'
import { readExpression } from '../../plugin/expression/read.ts'
import type { Setup } from '../../plugin/setup.ts'
import { link, view } from './view.ts'

/** `view NAME { expr EXPRESSION }`, with any number of expressions. */
export const setupView: Setup = (occurrences, { offers }) => {
  const directive = onlyOccurrence(occurrences)
  const name = oneArgument(directive).text
  const conditions: Expression[] = []
  walkProperties(directive, {
    expr: (property) => {
      conditions.push(readExpression(property, property.args, queryTypes))
    },
  })
  offers.metadata.set('view/name', () => name)
  return { handler: link, view: view(name, conditions, offers) }
}
