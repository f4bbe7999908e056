import { nearest } from '../util/nearest.ts'
import { expandEnvironment } from './environment.ts'
import { argumentError, CorefileError } from './errors.ts'
import type { Imports } from './imports.ts'
import type { CorefileIo } from './io.ts'
import type { RawToken } from './lexer.ts'
import type { Directive, Token } from './model.ts'
import type { TokenReader } from './token-reader.ts'

/** A directive with its words as CoreDNS counts them, for the configuration's hash. */
export interface RawDirective extends Directive {
  /** Its name as it is written, then all that follows with the environment resolved, braces as well. */
  readonly tokens: readonly Token[]
}

/** One parse: what its grammar rules share. */
export interface Parse {
  readonly reader: TokenReader
  readonly imports: Imports
  readonly io: CorefileIo
  /** The names that a directive may have; undefined: any. */
  readonly directiveNames?: readonly string[] | undefined
}

/**
 * Reads a directive whose name was just taken: to the end of its line, or to the brace that closes its block.
 *
 * Stricter than CoreDNS 1.14.7 in one thing: a `{` on a line of its own, or a word behind the closing brace, is an
 * error here, where CoreDNS hands them to the plugin as if they were directives. Milder in another: a block that is
 * closed on the line of its last property (`health { lameduck 5s }`) is read as it looks.
 */
export function readDirective(parse: Parse, first: RawToken): RawDirective {
  const { reader } = parse
  const name = expandEnvironment(first, parse.io.env)
  checkName(name, first, parse.directiveNames)
  const args = readArguments(parse)
  const opening = takeOpeningBrace(reader)
  const body = opening && readBody(parse)
  checkEnd(reader, name)

  const braced = opening === undefined || body === undefined ? [] : [opening, ...body.lines.flat(), body.closing]
  const directive = { name, file: first.file, line: first.line, args, tokens: [first, ...args, ...braced] }
  return body === undefined ? directive : { ...directive, body: body.lines }
}

/**
 * Takes the argument of an `import` that was just taken, and puts what it names in its place.
 *
 * No trace of the two is left: an error behind an empty import is reported at the token before, as CoreDNS does.
 */
export function spliceImport(parse: Parse): void {
  const { reader, imports } = parse
  const before = reader.beforeLast
  const argument = reader.takeArgument()
  if (argument === undefined) throw argumentError(reader.last)
  const pattern = expandToken(argument, parse)
  if (pattern.text === '') throw new CorefileError(pattern, 'Import requires a non-empty filepath')
  const more = reader.takeArgument()
  if (more !== undefined) throw new CorefileError(more, 'Import takes only one argument (glob pattern or file)')
  reader.insert(imports.tokensOf(pattern), before)
}

/** A token with its environment resolved. */
export function expandToken({ text, file, line }: Token, { io }: Parse): Token {
  return { text: expandEnvironment({ text, file, line }, io.env), file, line }
}

function checkName(name: string, at: Token, known: readonly string[] | undefined): void {
  if (known === undefined || known.includes(name)) return
  const meant = nearest(name, known)
  throw new CorefileError(at, `Unknown directive '${name}'${meant === undefined ? '' : `, did you mean '${meant}'?`}`)
}

function readArguments(parse: Parse): Token[] {
  const { reader } = parse
  const args: Token[] = []
  for (let next = reader.peek(); next !== undefined && !next.startsLine && next.text !== '{'; next = reader.peek()) {
    if (next.text === '}') throw unmatchedBrace(next)
    reader.take()
    args.push(expandToken(next, parse))
  }
  return args
}

function takeOpeningBrace(reader: TokenReader): Token | undefined {
  const next = reader.peek()
  return next?.text === '{' && !next.startsLine ? reader.take() : undefined
}

interface Body {
  readonly lines: readonly (readonly Token[])[]
  readonly closing: Token
}

/** The lines up to the closing brace, which is taken; the opening one was. */
function readBody(parse: Parse): Body {
  const { reader } = parse
  const lines: Token[][] = []
  let line: Token[] = []
  for (let depth = 1; ; ) {
    const token = reader.take()
    if (token === undefined) throw new CorefileError(reader.last, 'Unexpected EOF')
    if (token.text === 'import' && token.startsLine) {
      spliceImport(parse)
      continue
    }
    if (token.text === '{') depth++
    if (token.text === '}') depth--
    if (depth === 0) return { lines, closing: token }
    if (token.startsLine || lines.length === 0) {
      line = []
      lines.push(line)
    }
    line.push(expandToken(token, parse))
  }
}

function checkEnd(reader: TokenReader, name: string): void {
  const next = reader.peek()
  if (next === undefined) return
  if (!next.startsLine) throw next.text === '}' ? unmatchedBrace(next) : argumentError(reader.last)
  if (next.text !== '{') return
  throw new CorefileError(next, `Unexpected token '{', which must stand on the line of '${name}'`)
}

function unmatchedBrace(at: Token): CorefileError {
  return new CorefileError(at, "Unexpected '}' because no matching opening brace")
}
