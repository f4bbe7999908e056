import { isUncompressed } from './dns2-name.ts'

/**
 * Where in the message each name, and each name's suffix, was first written.
 *
 * dns2 asks it before it writes a label and records what it writes. Names marked as uncompressed are neither found
 * nor kept, so they stand in full and nothing points at them.
 */
export class NameTable extends Map<string, number> {
  readonly #order: string[] = []

  override has(name: string): boolean {
    return !isUncompressed(name) && super.has(name)
  }

  override set(name: string, offset: number): this {
    if (isUncompressed(name)) return this
    this.#order.push(name)
    return super.set(name, offset)
  }

  /** Forgets names written at octet `length` or after it. */
  rollBack(length: number): void {
    for (let name = this.#order.at(-1); name !== undefined; name = this.#order.at(-1)) {
      if ((super.get(name) ?? 0) < length) return
      super.delete(name)
      this.#order.pop()
    }
  }
}
