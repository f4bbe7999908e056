import { noArguments, noBlock } from '../../corefile/directive-reader.ts'
import type { Setup } from '../../plugin/setup.ts'
import { any } from './any.ts'

/** `any`, without anything. */
export const setupAny: Setup = (occurrences) => {
  for (const directive of occurrences) {
    noArguments(directive)
    noBlock(directive)
  }
  return { handler: any }
}
