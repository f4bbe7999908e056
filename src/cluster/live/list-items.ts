const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Depth of what stands directly in the list object, and of what stands directly in its `items`. */
const inList = 1
const inItems = 2

/** Of all but the items no more is held: it is metadata, of some hundred octets. */
const maximumFrameOctets = 1024 * 1024

/**
 * Takes the JSON of a list apart as it comes: each item by itself, and then the list without its items.
 *
 * So no list is ever one string, nor one tree of objects, however long it is. What it reads has to be JSON; what is not
 * shows when the parts are parsed.
 */
export class ListItems {
  readonly #onItem: (octets: Buffer) => void
  /** The list without its items, so far. */
  readonly #frame: Buffer[] = []
  #frameOctets = 0
  #depth = 0
  #isString = false
  #isEscaped = false
  /** The last string at depth 1, which is a key if a colon follows: where the frame held its first octet, or none. */
  #isItemsNext = false
  #isInItems = false
  /** Pieces of an item that began in an earlier piece of the stream. */
  #item: Buffer[] = []
  #isItem = false
  /** What of a key at depth 1 has been read. */
  #key = ''
  #isKey = false

  /** @param onItem gets the JSON of each item; it may keep it only for as long as it takes to read it */
  constructor(onItem: (octets: Buffer) => void) {
    this.#onItem = onItem
  }

  /** @throws what `onItem` throws; RangeError where what should be a list has no end without any items */
  add(octets: Buffer): void {
    let start = 0
    for (let at = 0; at < octets.length; at++) {
      const octet = octets[at]
      if (this.#isString) {
        this.#inString(octet)
        continue
      }
      switch (octet) {
        case QUOTE:
          this.#isString = true
          this.#isKey = this.#depth === inList
          this.#key = ''
          break
        case COLON:
          if (this.#depth === inList) this.#isItemsNext = this.#key === 'items'
          break
        case OPEN_BRACE:
        case OPEN_BRACKET:
          if (this.#depth === inList && this.#isItemsNext && octet === OPEN_BRACKET) {
            this.#keep(octets.subarray(start, at + 1))
            start = at + 1
            this.#isInItems = true
          } else if (this.#depth === inItems && this.#isInItems) {
            this.#isItem = true
            start = at
          }
          this.#depth++
          break
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          this.#depth--
          if (this.#isItem && this.#depth === inItems) {
            this.#finish(octets.subarray(start, at + 1))
            start = at + 1
          } else if (this.#isInItems && this.#depth === inList) {
            this.#isInItems = false
            this.#isItemsNext = false
            start = at
          }
          break
        case COMMA:
          if (this.#depth === inList) this.#isItemsNext = false
          break
      }
    }
    this.#hold(octets.subarray(start))
  }

  /** The list without its items: its JSON once the stream has ended. */
  frame(): string {
    return Buffer.concat(this.#frame).toString('utf8')
  }

  #inString(octet: number | undefined): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (octet === BACKSLASH) this.#isEscaped = true
    else if (octet === QUOTE) {
      this.#isString = false
      this.#isKey = false
    } else if (this.#isKey && this.#key.length < 'items '.length) this.#key += String.fromCharCode(octet ?? 0)
  }

  /** What the piece ends with. */
  #hold(rest: Buffer): void {
    if (this.#isItem) this.#item.push(rest)
    // Between items there are commas and blanks.
    else if (!this.#isInItems) this.#keep(rest)
  }

  #keep(part: Buffer): void {
    this.#frame.push(Buffer.from(part))
    this.#frameOctets += part.length
    if (this.#frameOctets > maximumFrameOctets) throw new RangeError('found no list of objects')
  }

  #finish(last: Buffer): void {
    const whole = this.#item.length === 0 ? last : Buffer.concat([...this.#item, last])
    this.#item = []
    this.#isItem = false
    this.#onItem(whole)
  }
}
