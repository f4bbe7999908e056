/** What the two-octet length field can say (RFC 1035 section 4.2.2). */
export const maxMessageOctets = 0xffff

const lengthOctets = 2

/**
 * Cuts a TCP stream into the messages that it carries (RFC 1035 section 4.2.2), however it was cut into segments.
 *
 * Feed it what arrives and take messages until there are none. Each octet is copied a bounded number of times, also
 * if octets arrive one by one. A message of any length is handed on, none too: whether it is DNS is not judged here.
 */
export class Framer {
  /** Octets from `#start` to `#end` are not yet taken; those before may still be in use by who took them. */
  #octets: Uint8Array = new Uint8Array(0)
  #start = 0
  #end = 0

  /** @param chunk kept, not copied, if nothing is left of earlier ones: do not change it afterwards */
  feed(chunk: Uint8Array): void {
    if (this.#start === this.#end) this.#replace(chunk, chunk.length)
    else this.#append(chunk)
  }

  /** The next message, if all of it is here. It is a view that stays as it is for as long as it is held. */
  take(): Uint8Array | undefined {
    const length = this.#nextLength()
    if (length === undefined) return undefined
    const from = this.#start + lengthOctets
    this.#start = from + length
    return this.#octets.subarray(from, from + length)
  }

  /** Whether `take` would give a message. */
  get hasMessage(): boolean {
    return this.#nextLength() !== undefined
  }

  /** Whether the last message fed has begun but is not all here. */
  get hasPart(): boolean {
    return this.#start < this.#end && !this.hasMessage
  }

  #nextLength(): number | undefined {
    const held = this.#end - this.#start
    if (held < lengthOctets) return undefined
    const length = ((this.#octets[this.#start] ?? 0) << 8) | (this.#octets[this.#start + 1] ?? 0)
    return held < lengthOctets + length ? undefined : length
  }

  #append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#octets.length) this.#grow(chunk.length)
    this.#octets.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** Moves to new memory, since views of the old may be held; twice what is needed, so that it is seldom done. */
  #grow(extra: number): void {
    const rest = this.#octets.subarray(this.#start, this.#end)
    const grown = new Uint8Array(2 * (rest.length + extra))
    grown.set(rest)
    this.#replace(grown, rest.length)
  }

  #replace(octets: Uint8Array, end: number): void {
    this.#octets = octets
    this.#start = 0
    this.#end = end
  }
}

/** The message with its length before it, in one piece: RFC 7766 section 8 wants both in one segment. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(lengthOctets + message.length)
  frame.writeUInt16BE(message.length)
  frame.set(message, lengthOctets)
  return frame
}

/**
 * Messages put one behind the other, each with its length before it, to be written as one piece.
 *
 * Where `hasRoom`, the next message is written to `room`, then counted by `add`. `take` gives all of them, and is
 * empty again.
 */
export class FrameBuffer {
  readonly #octets = new Uint8Array(2 * (lengthOctets + maxMessageOctets))
  #end = 0
  count = 0

  /** Whether the longest message fits. */
  get hasRoom(): boolean {
    return this.#octets.length - this.#end >= lengthOctets + maxMessageOctets
  }

  get room(): Uint8Array {
    return this.#octets.subarray(this.#end + lengthOctets)
  }

  add(length: number): void {
    this.#octets[this.#end] = length >>> 8
    this.#octets[this.#end + 1] = length
    this.#end += lengthOctets + length
    this.count++
  }

  /** A copy: the caller's own. */
  take(): Uint8Array {
    const octets = this.#octets.slice(0, this.#end)
    this.#end = 0
    this.count = 0
    return octets
  }
}
