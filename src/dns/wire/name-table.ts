import { isUncompressed } from './dns2-name.ts'

/**
 * Where in the message each name, and each name's suffix, was first written.
 *
 * dns2 asks it before it writes a label and records what it writes. Names marked as uncompressed are neither found
 * nor kept, so they stand in full and nothing points at them.
 */
export class NameTable extends Map<string, number> {
  readonly #order: string[] = []
  /** The name that most others point to. */
  #first = ''
  #firstAt = 0

  /**
   * Records the name that stands first, in lower case, with all its suffixes.
   *
   * Its text is as long as its octets are: a dot stands for each length octet but the first. So where a suffix stands
   * is seen from where it begins in the text, and nothing has to be kept of each.
   */
  begin(name: string, offset: number): void {
    this.#first = name
    this.#firstAt = offset
  }

  override has(name: string): boolean {
    return !isUncompressed(name) && (this.#inFirst(name) !== undefined || super.has(name))
  }

  override get(name: string): number | undefined {
    return this.#inFirst(name) ?? super.get(name)
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

  #inFirst(name: string): number | undefined {
    const at = this.#first.length - name.length
    const isSuffix = name !== '' && this.#first.endsWith(name) && (at === 0 || this.#first[at - 1] === '.')
    return isSuffix ? this.#firstAt + at : undefined
  }
}
