import { someArguments, walkProperties } from '../../corefile/directive-reader.ts'
import { parseDuration } from '../../corefile/duration.ts'
import { CorefileError, ValueSyntaxError } from '../../corefile/errors.ts'
import type { Token } from '../../corefile/model.ts'
import type { Setup } from '../../plugin/setup.ts'

/** `cancel [TIMEOUT]`: read and checked, without effect. */
export const setupCancel: Setup = (occurrences, { log }) => {
  for (const directive of occurrences) {
    walkProperties(directive, {})
    const [timeout] = someArguments(directive, { max: 1 })
    if (timeout !== undefined) checkTimeout(timeout)
  }
  log.info('plugin/cancel: without effect: every plugin that waits has a limit of its own')
  return {}
}

function checkTimeout(token: Token): void {
  if (parseTimeout(token) <= 0)
    throw new CorefileError(token, `invalid negative duration: ${JSON.stringify(token.text)}`)
}

function parseTimeout(token: Token): number {
  try {
    return parseDuration(token.text)
  } catch (error) {
    if (!(error instanceof ValueSyntaxError)) throw error
    throw new CorefileError(token, `invalid duration: ${JSON.stringify(token.text)}`, { cause: error })
  }
}
