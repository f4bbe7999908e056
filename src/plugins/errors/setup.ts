import { notSupportedYet, onlyOccurrence, someArguments, walkProperties } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Setup } from '../../plugin/setup.ts'
import { errors } from './errors.ts'

/** `errors [stdout]`. */
export const setupErrors: Setup = (occurrences, { log }) => {
  const directive = onlyOccurrence(occurrences)
  const [file] = someArguments(directive, { max: 1 })
  if (file !== undefined && file.text !== 'stdout') throw new CorefileError(file, `invalid log file: ${file.text}`)
  walkProperties(directive, { stacktrace: notSupportedYet, consolidate: notSupportedYet })
  return { handler: errors((line) => log.error(line)) }
}
