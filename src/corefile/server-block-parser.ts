import { expandToken, type Parse, type RawDirective, readDirective, spliceImport } from './directive-parser.ts'
import { CorefileError, syntaxError } from './errors.ts'
import type { RawToken } from './lexer.ts'
import type { Token } from './model.ts'
import type { TokenReader } from './token-reader.ts'

/** A server block whose keys are not understood yet. */
export interface RawServerBlock {
  readonly keys: readonly Token[]
  readonly directives: readonly RawDirective[]
}

/**
 * Reads all server blocks, and on the way defines snippets and follows imports.
 *
 * A block without keys is dropped, as in CoreDNS 1.14.7.
 */
export function readServerBlocks(parse: Parse): RawServerBlock[] {
  const blocks: RawServerBlock[] = []
  while (parse.reader.peek() !== undefined) {
    const keys = readKeys(parse)
    const snippet = snippetName(keys)
    if (snippet !== undefined) {
      defineSnippet(parse, snippet)
      continue
    }
    const directives = readDirectives(parse)
    if (keys.length > 0) blocks.push({ keys, directives })
  }
  return blocks
}

/**
 * Reads keys up to the `{` or the line's end, neither of which is taken.
 *
 * A comma at a key's end says that another follows, on the next line if need be. An empty key (`""`) does not count.
 */
function readKeys(parse: Parse): Token[] {
  const { reader } = parse
  const keys: Token[] = []
  let started = false
  let expectsAnother = false
  for (let next = reader.peek(); next !== undefined; next = reader.peek()) {
    if (started && next.startsLine && !expectsAnother) return keys
    const key = expandToken(next, parse)
    if (key.text === '{' && expectsAnother) {
      throw new CorefileError(key, "Expected another address but had '{' - check for extra comma")
    }
    if (key.text === '{') return keys

    reader.take()
    if (key.text === 'import' && next.startsLine) {
      spliceImport(parse)
      continue
    }
    started = true
    if (key.text === '') continue
    expectsAnother = key.text.endsWith(',')
    keys.push(expectsAnother ? { ...key, text: key.text.slice(0, -1) } : key)
  }
  if (expectsAnother) throw new CorefileError(reader.last, 'Unexpected EOF')
  return keys
}

/**
 * Reads directives between braces or, without these, to the end of the file.
 *
 * The brace that closes the block may be missing if the file ends with one that closes a directive: CoreDNS 1.14.7
 * looks only at the last token. Without braces, too, a `}` ends the block.
 */
function readDirectives(parse: Parse): RawDirective[] {
  const { reader } = parse
  const hasBraces = reader.peek()?.text === '{'
  if (hasBraces) reader.take()

  const directives: RawDirective[] = []
  for (let token = reader.take(); token !== undefined; token = reader.take()) {
    if (token.text === '}') return directives
    if (token.text === 'import') spliceImport(parse)
    else directives.push(readDirective(parse, token))
  }
  if (hasBraces && reader.last.text !== '}') throw syntaxError(reader.last, '}')
  return directives
}

/** The name of the snippet that is being defined: a block whose only key is `(name)` is one. */
function snippetName(keys: readonly Token[]): string | undefined {
  const [key] = keys
  return keys.length === 1 ? /^\((.*)\)$/s.exec(key?.text ?? '')?.[1] : undefined
}

function defineSnippet({ reader, imports }: Parse, name: string): void {
  const opening = reader.peek() ?? reader.last
  imports.checkUndefined(name, opening)
  if (opening.text !== '{') throw syntaxError(opening, '{')
  reader.take()
  imports.define(name, readSnippet(reader), reader.last)
}

/** The tokens up to a snippet's closing brace as they are written, so that an import can replay them. */
function readSnippet(reader: TokenReader): RawToken[] {
  const tokens: RawToken[] = []
  for (let depth = 1, token = reader.take(); token !== undefined; token = reader.take()) {
    if (token.text === '{') depth++
    if (token.text === '}') depth--
    if (depth === 0) return tokens
    // A word behind the opening brace is imported at the start of a line.
    tokens.push(tokens.length === 0 ? { ...token, startsLine: true } : token)
  }
  throw syntaxError(reader.last, '}')
}
