import { noArguments, onlyOccurrence } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import { formatServerKey } from '../../corefile/server-key.ts'
import type { Setup } from '../../plugin/setup.ts'

/** `shed`, without anything, in blocks of plain DNS: checked, without effect. */
export const setupShed: Setup = (occurrences, { serverBlock, log }) => {
  const directive = onlyOccurrence(occurrences)
  noArguments(directive)
  const [line] = directive.body ?? []
  if (line !== undefined) throw new CorefileError(line[0] ?? directive, 'shed takes no options')
  const key = serverBlock.keys.find(({ scheme }) => scheme !== 'dns')
  if (key !== undefined) {
    const port = 0 // of a key without one, were it plain DNS: it is not
    const found = `${JSON.stringify(formatServerKey(key, port))} uses transport ${JSON.stringify(key.scheme)}`
    throw new CorefileError(directive, `only plain DNS server blocks are supported; ${found}`)
  }
  log.info('plugin/shed: without effect: what comes faster than it can be answered waits, or is dropped, in the system')
  return {}
}
