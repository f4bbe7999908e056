import { noArguments, walkProperties } from '../../corefile/directive-reader.ts'
import type { Setup } from '../../plugin/setup.ts'
import { whoami } from './whoami.ts'

/** `whoami`, without anything. */
export const setupWhoami: Setup = (occurrences) => {
  for (const directive of occurrences) {
    noArguments(directive)
    walkProperties(directive, {})
  }
  return { handler: whoami }
}
