import { RdataSyntaxError } from '../errors.ts'
import type { Name } from '../name.ts'

/** Reads the words of one record's rdata, first to last. */
export class WordReader {
  /** Whose rdata they are, for errors. */
  readonly type: string
  readonly origin: Name
  readonly #words: readonly string[]
  #at = 0

  constructor(type: string, words: readonly string[], origin: Name) {
    this.type = type
    this.origin = origin
    this.#words = words
  }

  /** @throws RdataSyntaxError there is none left */
  next(expected: string): string {
    const word = this.#words[this.#at++]
    if (word === undefined) throw this.error(expected)
    return word
  }

  rest(): readonly string[] {
    const words = this.#words.slice(this.#at)
    this.#at = this.#words.length
    return words
  }

  error(expected: string): RdataSyntaxError {
    return new RdataSyntaxError(this.type, this.#words.join(' '), expected)
  }
}
