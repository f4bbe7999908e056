/** Tells of tags whose answers are no longer what they were, beside the changes of the cluster. */
export class ChangeFeed {
  readonly #listeners = new Set<(tags: readonly string[]) => void>()

  tell(tags: readonly string[]): void {
    for (const listener of this.#listeners) listener(tags)
  }

  /** @returns what ends it */
  onChange(listener: (tags: readonly string[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
