import {
  noArguments,
  onlyOccurrence,
  type Property,
  readDuration,
  readRegex,
  someArguments,
  walkProperties,
  wrongArguments,
} from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Token } from '../../corefile/model.ts'
import type { Setup } from '../../plugin/setup.ts'
import { type LogLevel, logLevels } from '../../util/log.ts'
import type { ConsolidateRule } from './config.ts'
import { errors } from './errors.ts'

/** `errors [stdout] { stacktrace; consolidate DURATION REGEXP [LEVEL] [show_first] }`. */
export const setupErrors: Setup = (occurrences, { log, timer }) => {
  const directive = onlyOccurrence(occurrences)
  const [file] = someArguments(directive, { max: 1 })
  if (file !== undefined && file.text !== 'stdout') throw new CorefileError(file, `invalid log file: ${file.text}`)
  const rules: ConsolidateRule[] = []
  let stacktrace = false
  walkProperties(directive, {
    stacktrace: (property) => {
      noArguments(property)
      stacktrace = true
    },
    consolidate: (property) => rules.push(readRule(property)),
  })
  const handler = errors({ stacktrace, rules }, log, timer)
  return { handler, service: handler }
}

function readRule(property: Property): ConsolidateRule {
  const [duration, regex, ...options] = someArguments(property, { min: 2, max: 4 })
  if (duration === undefined || regex === undefined) throw wrongArguments(property)
  return { periodMs: readDuration(duration), pattern: readRegex(regex), ...readOptions(options) }
}

/** In CoreDNS's words: the level comes first. */
function readOptions(options: readonly Token[]): Pick<ConsolidateRule, 'level' | 'showFirst'> {
  let level: LogLevel | undefined
  let showFirst = false
  for (const option of options) {
    const found = logLevels.find((each) => each === option.text)
    if (found === undefined && option.text !== 'show_first') {
      throw new CorefileError(option, `unknown option in consolidate: ${option.text}`)
    }
    if (found !== undefined && level !== undefined) {
      throw new CorefileError(option, 'multiple log levels specified in consolidate')
    }
    if (found !== undefined && showFirst) {
      throw new CorefileError(option, 'log level must come before show_first in consolidate')
    }
    if (found === undefined) showFirst = true
    else level = found
  }
  return { level: level ?? 'error', showFirst }
}
