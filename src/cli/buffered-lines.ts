/** Characters that are held at most: then they are written at once. */
const heldAtMost = 64 * 1024

/**
 * Lines that are written together, in one call for all of a turn of the event loop.
 *
 * A query log has a line for each query: written one by one, they take as long as the answers.
 */
export class BufferedLines {
  readonly #write: (text: string) => void
  #held = ''
  #turn: NodeJS.Immediate | undefined

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Adds one line, or several, without the last line end. */
  add(text: string): void {
    this.#held += `${text}\n`
    if (this.#held.length >= heldAtMost) this.flush()
    else this.#turn ??= setImmediate(() => this.flush())
  }

  /** Writes what is held: before something else that must come after it, and when the process ends. */
  flush(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    const text = this.#held
    this.#held = ''
    if (text !== '') this.#write(text)
  }
}
