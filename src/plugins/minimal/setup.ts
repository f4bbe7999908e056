import { noArguments, noBlock } from '../../corefile/directive-reader.ts'
import type { Setup } from '../../plugin/setup.ts'
import { minimal } from './minimal.ts'

/** `minimal`, without anything. */
export const setupMinimal: Setup = (occurrences) => {
  for (const directive of occurrences) {
    noArguments(directive)
    noBlock(directive)
  }
  return { handler: minimal }
}
