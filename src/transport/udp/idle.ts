/** Waits, at the end of a socket, until nothing is under way on it. */
export class IdleSignal {
  #tell: () => void = () => {}

  /** Nothing is under way any more. */
  tell(): void {
    this.#tell()
  }

  /** Resolves at the next `tell`, or when the time is over. */
  within(limitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const limit = setTimeout(resolve, limitMs)
    this.#tell = () => {
      clearTimeout(limit)
      resolve()
    }
    return promise
  }
}
