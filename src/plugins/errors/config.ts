import type { LogLevel } from '../../util/log.ts'
import type { Regex } from '../../util/regex.ts'

/** What the directive `errors` says, checked. */
export interface ErrorsConfig {
  /** Whether a bug is logged with where it was thrown. */
  readonly stacktrace: boolean
  /** In the order of the file: the first that fits an error decides. */
  readonly rules: readonly ConsolidateRule[]
}

/** Errors that are counted, and told together. */
export interface ConsolidateRule {
  readonly pattern: Regex
  /** From the first of them to the summary. */
  readonly periodMs: number
  readonly level: LogLevel
  /** The first one is logged at once, too. */
  readonly showFirst: boolean
}
