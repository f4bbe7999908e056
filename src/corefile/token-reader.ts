import type { RawToken } from './lexer.ts'

/** Walks the tokens of one file, and of what is imported into it on the way. */
export class TokenReader {
  /** The token that was taken last: where an error is, if the text ends too early. */
  last: RawToken

  beforeLast: RawToken

  /** What is still to be read, the innermost import last. */
  readonly #sources: Source[]

  constructor(tokens: readonly RawToken[], file: string) {
    this.last = { text: '', file, line: 1, startsLine: true }
    this.beforeLast = this.last
    this.#sources = [{ tokens, at: 0 }]
  }

  peek(): RawToken | undefined {
    for (let source = this.#sources.at(-1); source !== undefined; source = this.#sources.at(-1)) {
      const token = source.tokens[source.at]
      if (token !== undefined) return token
      this.#sources.pop()
    }
    return undefined
  }

  take(): RawToken | undefined {
    const token = this.peek()
    const source = this.#sources.at(-1)
    if (token === undefined || source === undefined) return undefined
    source.at++
    this.beforeLast = this.last
    this.last = token
    return token
  }

  /** The next token, if it stands on the line of the last one. */
  takeArgument(): RawToken | undefined {
    const token = this.peek()
    return token === undefined || token.startsLine ? undefined : this.take()
  }

  /** Puts `tokens` before what is still to be read, and makes `last` the last token again. */
  insert(tokens: readonly RawToken[], last: RawToken): void {
    this.#sources.push({ tokens, at: 0 })
    this.last = last
  }
}

interface Source {
  readonly tokens: readonly RawToken[]
  at: number
}
