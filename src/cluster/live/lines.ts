const lineFeed = 0x0a

/** Longer lines are none of a watch: an object has at most some 1.5 MiB (etcd's limit), 3 MiB while it is changed. */
const maximumLineOctets = 16 * 1024 * 1024

/** What is set aside for a line that comes in pieces; it grows with the longest one. */
const firstOctets = 64 * 1024

/**
 * Puts the lines of a stream together again, which comes in pieces of any size.
 *
 * Always in the same memory: a buffer for each line of 30 KB, thousands a second, is what a process of 128 MiB dies of.
 */
export class LineSplitter {
  readonly #onLine: (line: Buffer) => void
  /** Empty until a line comes in pieces. */
  #room = Buffer.alloc(0)
  /** How much of a line that has no end yet is in there. */
  #begunOctets = 0

  /** @param onLine gets each line, without its end; it is there only until `onLine` returns */
  constructor(onLine: (line: Buffer) => void) {
    this.#onLine = onLine
  }

  /** @throws RangeError a line has no end; what `onLine` throws */
  add(octets: Buffer): void {
    let start = 0
    for (let end = octets.indexOf(lineFeed); end >= 0; end = octets.indexOf(lineFeed, start)) {
      const rest = octets.subarray(start, end)
      start = end + 1
      this.#onLine(this.#begunOctets === 0 ? rest : this.#finish(rest))
    }
    if (start < octets.length) this.#hold(octets.subarray(start))
  }

  #finish(rest: Buffer): Buffer {
    this.#hold(rest)
    const line = this.#room.subarray(0, this.#begunOctets)
    this.#begunOctets = 0
    return line
  }

  #hold(piece: Buffer): void {
    const octets = this.#begunOctets + piece.length
    if (octets > maximumLineOctets) throw new RangeError(`found a line of more than ${maximumLineOctets} octets`)
    if (octets > this.#room.length) {
      const larger = Buffer.alloc(Math.max(firstOctets, 2 * octets))
      this.#room.copy(larger, 0, 0, this.#begunOctets)
      this.#room = larger
    }
    piece.copy(this.#room, this.#begunOctets)
    this.#begunOctets = octets
  }
}
