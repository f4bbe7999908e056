import { CorefileError } from '../../corefile/errors.ts'
import type { Position, Token } from '../../corefile/model.ts'
import { messageOf } from '../../util/errors.ts'
import { compileExpression, type Expression, ExpressionSyntaxError } from './expression.ts'
import type { Types } from './types.ts'

/**
 * The expression that the words of a line are, with a blank between each two.
 *
 * @param prefix what goes before the message
 * @throws CorefileError what is wrong, and where, as expr-lang tells it
 */
export function readExpression(at: Position, tokens: readonly Token[], types: Types, prefix = ''): Expression {
  try {
    return compileExpression(tokens.map(({ text }) => text).join(' '), types)
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error
    throw new CorefileError(tokens[0] ?? at, prefix + messageOf(error), { cause: error })
  }
}
