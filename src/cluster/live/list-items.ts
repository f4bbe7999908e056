const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** What makes a brace of a bracket. */
const braceBit = 0x20

/** Depth of what stands directly in the list object, and of what stands directly in its `items`. */
const inList = 1
const inItems = 2

/** Of all but the items no more is held: it is metadata, of some hundred octets. */
const maximumFrameOctets = 1024 * 1024

/** Larger objects there are none: etcd takes some 1.5 MiB. */
const maximumItemOctets = 16 * 1024 * 1024

/**
 * Takes the JSON of a list apart as it comes: each item by itself, and then the list without its items.
 *
 * So no list is ever one string, nor one tree of objects, however long it is. What it reads has to be JSON; what is not
 * shows when the parts are parsed. Pieces of the stream are held for as long as an item in them is not whole.
 */
export class ListItems {
  readonly #onItem: (octets: Buffer) => void
  /** Directly in the list object, in a value of it, between its items, or in one of them. */
  #place: 'list' | 'value' | 'items' | 'item' = 'list'
  #depth = 0
  #isString = false
  #isEscaped = false
  /** The list without its items, so far. */
  readonly #frame: Buffer[] = []
  #frameOctets = 0
  /** The last string directly in the list, so far: a key if a colon follows. */
  #word = ''
  /** What comes next is the value of the key `items`. */
  #isItemsNext = false
  /** Pieces of an item that began in an earlier piece of the stream. */
  #begun: Buffer[] = []
  #begunOctets = 0

  /** @param onItem gets the JSON of each item; it may keep it only for as long as it takes to read it */
  constructor(onItem: (octets: Buffer) => void) {
    this.#onItem = onItem
  }

  /** @throws what `onItem` throws; RangeError where what should be a list has no end without any items, or an item none */
  add(octets: Buffer): void {
    for (let at = 0; at < octets.length; ) at = this.#read(octets, at)
  }

  /** The list without its items: its JSON once the stream has ended. */
  frame(): string {
    return Buffer.concat(this.#frame).toString('utf8')
  }

  /** Reads on for as long as the place is the same. */
  #read(octets: Buffer, start: number): number {
    switch (this.#place) {
      case 'list':
        return this.#readList(octets, start)
      case 'value':
        return this.#readValue(octets, start)
      case 'items':
        return this.#readItems(octets, start)
      case 'item':
        return this.#readItem(octets, start)
      default:
        return this.#place satisfies never
    }
  }

  #readList(octets: Buffer, start: number): number {
    let at = start
    while (at < octets.length && this.#place === 'list') {
      if (this.#takeOfList(octets[at])) at++
    }
    this.#keep(octets.subarray(start, at))
    return at
  }

  /** @returns false for the beginning of a value, which is left where it is */
  #takeOfList(octet: number | undefined): boolean {
    if (this.#isString) {
      this.#takeOfWord(octet)
      return true
    }
    switch (octet) {
      case QUOTE:
        this.#isString = true
        this.#word = ''
        break
      case COLON:
        this.#isItemsNext = this.#word === 'items'
        break
      case COMMA:
        this.#isItemsNext = false
        break
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (this.#depth === inList) return this.#enter(octet)
        this.#depth++
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#depth--
        break
    }
    return true
  }

  #enter(octet: number): boolean {
    if (!this.#isItemsNext || octet !== OPEN_BRACKET) {
      this.#place = 'value'
      return false
    }
    this.#place = 'items'
    this.#depth = inItems
    return true
  }

  /** Of a long word no more is kept than tells it from `items`; with its backslashes, one with escapes is another. */
  #takeOfWord(octet = 0): void {
    if (octet === QUOTE && !this.#isEscaped) this.#isString = false
    else if (this.#word.length <= 'items'.length) this.#word += String.fromCharCode(octet)
    this.#isEscaped = octet === BACKSLASH && !this.#isEscaped
  }

  #readValue(octets: Buffer, start: number): number {
    const end = this.#skip(octets, start, inList)
    this.#keep(octets.subarray(start, end))
    if (this.#depth === inList) this.#place = 'list'
    return end
  }

  /** Between items there are commas and blanks; what is no object nor list is passed over. */
  #readItems(octets: Buffer, start: number): number {
    let at = this.#isString ? this.#skipString(octets, start) : start
    for (; at < octets.length; at++) {
      const octet = octets[at]
      if (octet === QUOTE) at = this.#skipString(octets, at + 1) - 1
      else if (octet === CLOSE_BRACKET) this.#place = 'list'
      else if (octet === OPEN_BRACE || octet === OPEN_BRACKET) this.#place = 'item'
      if (this.#place !== 'items') return at
    }
    return octets.length
  }

  #readItem(octets: Buffer, start: number): number {
    const end = this.#skip(octets, start, inItems)
    const part = octets.subarray(start, end)
    if (this.#depth === inItems) this.#finish(part)
    else this.#hold(part)
    return end
  }

  /**
   * Goes through values until the depth is `floor` again, or the piece has ended.
   *
   * Nearly all that a cluster sends goes through here, octet by octet: hence the local variables.
   */
  #skip(octets: Buffer, start: number, floor: number): number {
    let at = this.#isString ? this.#skipString(octets, start) : start
    let depth = this.#depth
    while (at < octets.length) {
      const octet = octets[at++]
      if (octet === QUOTE) {
        at = this.#skipString(octets, at)
      } else if (octet !== undefined && octet >= OPEN_BRACKET) {
        const brace = octet | braceBit
        if (brace === OPEN_BRACE) depth++
        else if (brace === CLOSE_BRACE && --depth === floor) break
      }
    }
    this.#depth = depth
    return at
  }

  /** Goes behind the quotation mark that ends a string, or to the end of the piece. */
  #skipString(octets: Buffer, start: number): number {
    const end = octets.length
    let at = this.#isEscaped ? start + 1 : start
    this.#isEscaped = false
    this.#isString = false
    while (at < end) {
      const octet = octets[at++]
      if (octet === QUOTE) return at
      if (octet === BACKSLASH) at++
    }
    this.#isString = true
    this.#isEscaped = at > end
    return end
  }

  #keep(part: Buffer): void {
    this.#frame.push(Buffer.from(part))
    this.#frameOctets += part.length
    if (this.#frameOctets > maximumFrameOctets) throw new RangeError('found no list of objects')
  }

  #hold(part: Buffer): void {
    this.#begun.push(part)
    this.#begunOctets += part.length
    if (this.#begunOctets > maximumItemOctets) {
      throw new RangeError(`found an object of more than ${maximumItemOctets} octets`)
    }
  }

  #finish(last: Buffer): void {
    const whole = this.#begun.length === 0 ? last : Buffer.concat([...this.#begun, last])
    this.#begun = []
    this.#begunOctets = 0
    this.#place = 'items'
    this.#onItem(whole)
  }
}
