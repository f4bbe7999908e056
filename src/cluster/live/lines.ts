const lineFeed = 0x0a

/** Longer lines are none of a watch: an object has at most some 1.5 MiB (etcd's limit), 3 MiB while it is changed. */
const maximumLineOctets = 16 * 1024 * 1024

/** Puts the lines of a stream together again, which comes in pieces of any size. */
export class LineSplitter {
  readonly #onLine: (line: Buffer) => void
  #begun: Buffer[] = []
  #begunOctets = 0

  /** @param onLine gets each line, without its end; it may keep it only for as long as it takes to read it */
  constructor(onLine: (line: Buffer) => void) {
    this.#onLine = onLine
  }

  /** @throws RangeError a line has no end; what `onLine` throws */
  add(octets: Buffer): void {
    let start = 0
    for (let end = octets.indexOf(lineFeed); end >= 0; end = octets.indexOf(lineFeed, start)) {
      const rest = octets.subarray(start, end)
      start = end + 1
      this.#onLine(this.#begun.length === 0 ? rest : this.#finish(rest))
    }
    if (start === octets.length) return
    this.#begun.push(octets.subarray(start))
    this.#begunOctets += octets.length - start
    if (this.#begunOctets > maximumLineOctets) {
      throw new RangeError(`found a line of more than ${maximumLineOctets} octets`)
    }
  }

  #finish(rest: Buffer): Buffer {
    const line = Buffer.concat([...this.#begun, rest])
    this.#begun = []
    this.#begunOctets = 0
    return line
  }
}
