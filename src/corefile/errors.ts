import { ServerError } from '../util/errors.ts'
import type { Position, Token } from './model.ts'

export interface CorefileErrorOptions extends ErrorOptions {
  /** What stands between the position and the message: CoreDNS has these two. */
  readonly kind?: 'Error during parsing' | 'Syntax error'
}

/** A Corefile that cannot be used: `FILE:LINE - Error during parsing: …`, as CoreDNS words it. */
export class CorefileError extends ServerError {
  readonly file: string
  readonly line: number

  constructor(at: Position, message: string, options: CorefileErrorOptions = {}) {
    const { kind = 'Error during parsing', ...rest } = options
    super('COREFILE_SYNTAX', `${at.file}:${at.line} - ${kind}: ${message}`, rest)
    this.file = at.file
    this.line = at.line
  }
}

/** A token where another must stand: `FILE:LINE - Syntax error: Unexpected token 'X', expecting '}'`. */
export function syntaxError(found: Token, expected: string): CorefileError {
  return new CorefileError(found, `Unexpected token '${found.text}', expecting '${expected}'`, { kind: 'Syntax error' })
}

/** Arguments are missing, or too many: `last` is the last word that was read. */
export function argumentError(last: Token): CorefileError {
  if (last.text === '{') return new CorefileError(last, "Unexpected token '{', expecting argument")
  return new CorefileError(last, `Wrong argument count or unexpected line ending after '${last.text}'`)
}

/**
 * A text that is no duration, integer or zone.
 *
 * Carries no position: who knows the token makes a CorefileError of it, by `withPosition`.
 */
export class ValueSyntaxError extends ServerError {
  constructor(message: string, options?: ErrorOptions) {
    super('COREFILE_SYNTAX', message, options)
  }
}

/**
 * What `read` returns.
 *
 * @param prefix what goes before the message of an error
 * @throws CorefileError at the position, in the words of a ValueSyntaxError that `read` threw
 */
export function withPosition<T>(at: Position, read: () => T, prefix = ''): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ValueSyntaxError) throw new CorefileError(at, `${prefix}${error.message}`, { cause: error })
    throw error
  }
}
