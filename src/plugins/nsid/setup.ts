import { noBlock, onlyOccurrence } from '../../corefile/directive-reader.ts'
import type { Setup } from '../../plugin/setup.ts'
import { nsid } from './nsid.ts'

/** `nsid [DATA…]`. */
export const setupNsid: Setup = (occurrences, { hostname }) => {
  const directive = onlyOccurrence(occurrences)
  noBlock(directive)
  const data = directive.args.length === 0 ? hostname : directive.args.map(({ text }) => text).join(' ')
  return { handler: nsid(Buffer.from(data)) }
}
