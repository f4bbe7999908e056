import type { NameTable } from './name-table.ts'

/**
 * Collects the octets of a message; takes the place of dns2's own writer, which keeps an array of bits.
 *
 * dns2 counts in bits and writes fields of one to 32 of them; each call here costs no more than its octets do.
 */
export class OctetWriter {
  /** Where dns2 looks for names written earlier (RFC 1035 section 4.1.4). */
  readonly names: NameTable
  /** Shared with whoever called `toBuffer`, until the writer has to grow. */
  buffer: Buffer = Buffer.allocUnsafe(1024)
  #length = 0
  #pending = 0
  #pendingBits = 0

  constructor(names: NameTable) {
    this.names = names
  }

  /** Appends the low `bits` (1-32) of `value`, the highest first. */
  write(value: number, bits: number): void {
    if (this.#length + 4 > this.buffer.length) this.#grow(4)
    if (this.#pendingBits === 0 && bits % 8 === 0) this.#writeOctets(value, bits)
    else for (let bit = bits - 1; bit >= 0; bit--) this.#writeBit((value >>> bit) & 1)
  }

  /** Appends what another writer holds. */
  writeBuffer(other: { toBuffer(): Uint8Array }): void {
    this.writeOctets(other.toBuffer())
  }

  /** Appends whole octets. */
  writeOctets(octets: Uint8Array): void {
    this.#grow(octets.length)
    this.buffer.set(octets, this.#length)
    this.#length += octets.length
  }

  /** Appends text of one character for each octet. */
  writeText(text: string): void {
    this.#grow(text.length)
    this.#length += this.buffer.write(text, this.#length, 'latin1')
  }

  /** Appends a character-string (RFC 1035 section 3.3) of at most 255 octets, one character for each. */
  writeString(text: string): void {
    this.write(text.length, 8)
    this.writeText(text)
  }

  /** Appends a run of octets that stands in the message already. */
  repeat(start: number, length: number): void {
    this.#grow(length)
    this.buffer.copyWithin(this.#length, start, start + length)
    this.#length += length
  }

  bitLength(): number {
    return this.#length * 8 + this.#pendingBits
  }

  byteLength(): number {
    return this.#length
  }

  /** Overwrites whole octets that were written before: both arguments counted in bits, as dns2 does. */
  patch(bitOffset: number, value: number, bits: number): void {
    const end = (bitOffset + bits) / 8
    for (let at = end - 1, rest = value; at >= bitOffset / 8; at--, rest >>>= 8) this.buffer[at] = rest & 0xff
  }

  /** Forgets everything from octet `length` on, names included. */
  rollBack(length: number): void {
    this.#length = length
    this.names.rollBack(length)
  }

  /** A view, not a copy: dns2 asks for one after every record and drops it. */
  toBuffer(): Buffer {
    return this.buffer.subarray(0, this.#length)
  }

  #writeOctets(value: number, bits: number): void {
    for (let shift = bits - 8; shift >= 0; shift -= 8) this.buffer[this.#length++] = (value >>> shift) & 0xff
  }

  #writeBit(bit: number): void {
    this.#pending = (this.#pending << 1) | bit
    if (++this.#pendingBits < 8) return
    this.buffer[this.#length++] = this.#pending
    this.#pending = 0
    this.#pendingBits = 0
  }

  /** Doubles, so that a message of n octets costs O(n). */
  #grow(room: number): void {
    if (this.#length + room <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.#length + room))
    larger.set(this.buffer.subarray(0, this.#length))
    this.buffer = larger
  }
}
