import { noArguments, noBlock } from '../../corefile/directive-reader.ts'
import type { Setup } from '../../plugin/setup.ts'

/** `debug`, without anything. */
export const setupDebug: Setup = (occurrences) => {
  for (const directive of occurrences) {
    noArguments(directive)
    noBlock(directive)
  }
  return { settings: { debug: true } }
}
