import { queryEnvironment, queryTypes } from '../../plugin/expression/environment.ts'
import type { Environment } from '../../plugin/expression/expression.ts'
import type { Reading } from '../../plugin/expression/reading.ts'
import type { FunctionType, Types } from '../../plugin/expression/types.ts'
import type { ExpressionValue } from '../../plugin/expression/values.ts'
import { groupsByName, type Match } from './data.ts'

/** The functions of a query, and `group`, which is one of a match. */
export const environmentTypes: Types = {
  names: queryTypes.names,
  functions: new Map<string, FunctionType>([
    ...queryTypes.functions,
    ['group', { parameters: ['unknown'], result: 'string' }],
  ]),
}

/** @param names variables that have a value by now: a later one may be added */
export function environmentOf(
  reading: Reading,
  match: Pick<Match, 'pattern' | 'groups'>,
  names: ReadonlyMap<string, ExpressionValue>,
): Environment {
  const ofQuery = queryEnvironment(reading)
  return {
    names,
    call(name, args) {
      if (name !== 'group') return ofQuery.call(name, args)
      const [key] = args
      return typeof key === 'string' || typeof key === 'bigint' ? (groupsByName(match).get(String(key)) ?? '') : ''
    },
  }
}
