import { formatProblem, type Place, type Problem } from '../errors.ts'
import type { WarningCode } from './find.ts'

/** Manifests that an API server takes, and that will surprise in DNS. */
export interface Warning extends Problem {
  /** Its section of docs/warnings.md. */
  readonly code: WarningCode
}

/** What a check has to say, always all three: the parts of a warning's message. */
export interface Finding {
  readonly at: Place
  /** What the manifests say. */
  readonly found: string
  /** What comes of it in DNS. */
  readonly effect: string
  /** What to change. */
  readonly remedy: string
}

export function toWarning(code: WarningCode, { at, found, effect, remedy }: Finding): Warning {
  const { file, line, column } = at
  return { file, line, column, code, message: `${found}: ${effect}; ${remedy}` }
}

/** `file:line:column: warning: message [code]`. */
export function formatWarning(warning: Warning): string {
  return `${formatProblem({ ...warning, message: `warning: ${warning.message}` })} [${warning.code}]`
}
