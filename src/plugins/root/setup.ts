import { noBlock, oneArgument } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Token } from '../../corefile/model.ts'
import type { Files, Setup } from '../../plugin/setup.ts'
import { messageOf } from '../../util/errors.ts'

/** `root PATH`; of several in a block the last counts. What it names may come later. */
export const setupRoot: Setup = (occurrences, { offers, files, log }) => {
  const roots = occurrences.map((directive) => {
    noBlock(directive)
    return oneArgument(directive)
  })
  const root = roots.at(-1)
  if (root === undefined) return {}
  if (!exists(root, files)) log.warning(`plugin/root: Root path does not exist: ${root.text}`)
  offers.root = root.text
  return {}
}

function exists(root: Token, files: Files): boolean {
  try {
    return files.stat(root.text) !== undefined
  } catch (error) {
    throw new CorefileError(root, `unable to access root path '${root.text}': ${messageOf(error)}`, { cause: error })
  }
}
