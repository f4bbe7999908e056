import { noArguments, noBlock } from '../../corefile/directive-reader.ts'
import type { Setup } from '../../plugin/setup.ts'
import { whoami } from './whoami.ts'

/** `whoami`, without anything. */
export const setupWhoami: Setup = (occurrences) => {
  for (const directive of occurrences) {
    noArguments(directive)
    noBlock(directive)
  }
  return { handler: whoami }
}
