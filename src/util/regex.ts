import { RE2JS, RE2JSException } from 're2js'
import { ServerError } from './errors.ts'

/**
 * A regular expression of Go's package `regexp`: RE2's syntax, and time in proportion to the text.
 *
 * Measured on names of some 25 characters: 0.05 µs where it does not match, 1 µs to `test` and 2.5 µs to `match` where
 * it does.
 */
export interface Regex {
  readonly source: string
  /** The names of the groups, by their number; empty for those that have none, and for the whole, which is number 0. */
  readonly groupNames: readonly string[]
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean
  /**
   * The leftmost match: the whole, then each group; a group that took no part is empty.
   *
   * Undefined: there is none.
   */
  match(text: string): readonly string[] | undefined
}

/** A text is no regular expression; the message is Go's: "error parsing regexp: missing closing ): `(`". */
export class RegexSyntaxError extends ServerError {
  constructor(message: string, options?: ErrorOptions) {
    super('REGEX_SYNTAX', message, options)
  }
}

/** @throws RegexSyntaxError */
export function compileRegex(source: string): Regex {
  const compiled = compile(source)
  const names = Object.entries(compiled.namedGroups())
  const groupNames = Array.from({ length: compiled.groupCount() + 1 }, () => '')
  for (const [name, index] of names) groupNames[index] = name
  return {
    source,
    groupNames,
    test: (text) => compiled.test(text),
    match: (text) => compiled.exec(text)?.map((group: string | undefined) => group ?? ''),
  }
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (error) {
    if (error instanceof RE2JSException) throw new RegexSyntaxError(goMessage(error), { cause: error })
    throw error
  }
}

/** Go always names what it stands at, even if that is nothing. */
function goMessage({ message }: RE2JSException): string {
  return message.endsWith('`') ? message : `${message}: \`\``
}
