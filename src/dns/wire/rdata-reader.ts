import { WireFormatError } from '../errors.ts'
import { type Name, nameOf } from '../name.ts'
import { uint16At } from './header.ts'
import { readName, type WireName } from './name.ts'

/** Reads the rdata of one record from its first octet to its last; every read throws WireFormatError past the end. */
export class RdataReader {
  readonly #octets: Uint8Array
  readonly #end: number
  #at: number

  /**
   * @param octets the whole message, which names point into
   * @param start offset of the rdata
   */
  constructor(octets: Uint8Array, start: number, end: number) {
    this.#octets = octets
    this.#at = start
    this.#end = end
  }

  uint8(): number {
    return this.#octets[this.#pass(1)] ?? 0
  }

  uint16(): number {
    return uint16At(this.#octets, this.#pass(2))
  }

  /** A character-string (RFC 1035 section 3.3), one character for each octet. */
  string(): string {
    return this.text(this.uint8())
  }

  /** One character for each octet. */
  text(length: number): string {
    const at = this.#pass(length)
    return Buffer.from(this.#octets.buffer, this.#octets.byteOffset + at, length).toString('latin1')
  }

  name(): Name {
    return nameOf(this.wireName().labels)
  }

  /** With its letter case. */
  wireName(): WireName {
    const name = readName(this.#octets, this.#at)
    this.#pass(name.end - this.#at)
    return name
  }

  /** A copy. */
  octets(length = this.#end - this.#at): Uint8Array {
    const at = this.#pass(length)
    return this.#octets.slice(at, at + length)
  }

  /** How many octets are left. */
  get left(): number {
    return this.#end - this.#at
  }

  /** @throws WireFormatError octets are left */
  finish(): void {
    if (this.left > 0) throw new WireFormatError(this.#at, `rdata goes on for ${this.left} after its end`)
  }

  /** @returns where the octets begin that it passes */
  #pass(length: number): number {
    const at = this.#at
    if (length > this.left)
      throw new WireFormatError(at, `rdata ends early: ${this.left} of ${length} octets are there`)
    this.#at += length
    return at
  }
}
