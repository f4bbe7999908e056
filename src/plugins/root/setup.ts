import { oneArgument, walkProperties } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Setup } from '../../plugin/setup.ts'
import { messageOf } from '../../util/errors.ts'

/** `root PATH`; of several in a block the last counts. What it names may come later. */
export const setupRoot: Setup = (occurrences, { offers, requirePath, log }) => {
  for (const directive of occurrences) {
    walkProperties(directive, {})
    offers.root = oneArgument(directive).text
  }
  const { root = '' } = offers
  try {
    requirePath(root)
  } catch (error) {
    if (!isMissing(error)) {
      const [directive] = occurrences.slice(-1)
      if (directive === undefined) throw error
      throw new CorefileError(directive, `unable to access root path '${root}': ${messageOf(error)}`, { cause: error })
    }
    log.warning(`plugin/root: Root path does not exist: ${root}`)
  }
  return {}
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
