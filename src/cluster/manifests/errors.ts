import { ServerError } from '../../util/errors.ts'
import { standardInput } from './files.ts'

/** Where something stands in a manifest. Lines and columns count from 1; line 0 is the file as a whole. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One reason why manifests are refused: what was found, what is expected, where. */
export interface Problem extends Place {
  readonly message: string
}

/** Takes note of a problem; reading goes on, so that all of them are told at once. */
export type Report = (at: Place, message: string) => void

/** Manifests that an API server would refuse. */
export class ManifestError extends ServerError {
  /** In reading order; never empty. */
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super('MANIFEST_INVALID', problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}

/** `file:line:column: message`, or `file: message` for a file as a whole. */
export function formatProblem(problem: Problem): string {
  return `${formatPlace(problem)}: ${problem.message}`
}

/** `file:line:column`, or the file alone where line is 0; `-` is told by its name. */
export function formatPlace({ file, line, column }: Place): string {
  const name = file === standardInput ? 'standard input' : file
  return line === 0 ? name : `${name}:${line}:${column}`
}
