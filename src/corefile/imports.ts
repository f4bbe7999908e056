import { basename, dirname, resolve } from 'node:path'
import { messageOf } from '../util/errors.ts'
import { expandEnvironment } from './environment.ts'
import { CorefileError, withPosition } from './errors.ts'
import { expandGlob, hasWildcard } from './glob.ts'
import type { CorefileIo } from './io.ts'
import { type RawToken, tokenize } from './lexer.ts'
import type { Position, Token } from './model.ts'

/** What ends imports in a circle. The message for files quotes the limit of snippets, as CoreDNS 1.14.7's does. */
const maxSnippetImports = 10_000
const maxFileImports = 100_000

/**
 * The snippets and files that one parse may import, counted.
 *
 * An `import` at the start of a snippet's line is always followed. CoreDNS 1.14.7 compares line numbers, and takes the
 * word for a key or an argument where the token before it stands further down in the same file.
 */
export class Imports {
  readonly #io: CorefileIo
  readonly #snippets = new Map<string, readonly RawToken[]>()
  readonly #files = new Map<string, readonly RawToken[]>()
  #snippetImports = 0
  #fileImports = 0

  constructor(io: CorefileIo) {
    this.#io = io
  }

  /** @throws CorefileError there is a snippet of this name */
  checkUndefined(name: string, at: Position): void {
    if (!this.#snippets.has(name)) return
    throw new CorefileError(at, `redeclaration of previously declared snippet ${name}`)
  }

  /**
   * Makes a snippet known, to the files that are imported later as well.
   *
   * @param end where its block ended
   * @throws CorefileError at its end: it imports itself
   */
  define(name: string, tokens: readonly RawToken[], end: Position): void {
    const importsItself = tokens.some((token, index) => {
      const argument = tokens[index + 1]
      if (token.text !== 'import' || !token.startsLine || argument === undefined) return false
      return expandEnvironment(argument, this.#io.env) === name
    })
    if (importsItself) throw tooDeep(end, 'snippet')
    this.#snippets.set(name, tokens)
  }

  /**
   * The tokens that an `import` is replaced by; a file is read once in a parse.
   *
   * A snippet's name goes before a file's. A relative path is relative to the directory of the file in which
   * `pattern` is written.
   *
   * @throws CorefileError at the pattern
   */
  tokensOf(pattern: Token): readonly RawToken[] {
    const snippet = this.#snippets.get(pattern.text)
    if (snippet !== undefined) {
      if (++this.#snippetImports > maxSnippetImports) throw tooDeep(pattern, 'snippet')
      return snippet
    }
    if (++this.#fileImports > maxFileImports) throw tooDeep(pattern, 'file')
    const path = resolve(dirname(resolve(pattern.file)), pattern.text)
    return hasWildcard(path) ? this.#filesLike(path, pattern) : this.#file(path, pattern)
  }

  #filesLike(path: string, pattern: Token): readonly RawToken[] {
    if (path.includes('[') && !path.includes(']')) {
      throw new CorefileError(pattern, `Failed to use import pattern ${pattern.text}: syntax error in pattern`)
    }
    const paths = withPosition(pattern, () => expandGlob(path, this.#io))
    if (paths.length === 0) this.#io.warn(`No files matching import glob pattern: ${pattern.text}`)
    return paths.flatMap((match) => this.#file(match, pattern))
  }

  #file(path: string, pattern: Token): readonly RawToken[] {
    const known = this.#files.get(path)
    if (known !== undefined) return known
    const tokens = tokenize(this.#read(path, pattern), path)
    this.#files.set(path, tokens)
    return tokens
  }

  #read(path: string, pattern: Token): string {
    try {
      return this.#io.readText(path)
    } catch (error) {
      const exists = this.#io.list(dirname(path)).includes(basename(path))
      if (!exists) throw new CorefileError(pattern, `File to import not found: ${pattern.text}`, { cause: error })
      const reason = isDirectoryError(error) ? 'is a directory' : messageOf(error)
      throw new CorefileError(pattern, `Could not import ${path}: ${reason}`, { cause: error })
    }
  }
}

function tooDeep(at: Position, kind: 'snippet' | 'file'): CorefileError {
  return new CorefileError(at, `maximum ${kind} import depth (${maxSnippetImports}) exceeded`)
}

function isDirectoryError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EISDIR'
}
