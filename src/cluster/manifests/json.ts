import type { Place } from './errors.ts'
import { maxDepth, type Value } from './value.ts'

/**
 * Reads a text that is one JSON object: the value that `parseYaml` gives, each part with the same place, in a fraction
 * of the time.
 *
 * Undefined for any other text, and for JSON that YAML refuses or might take for something else: a key given twice,
 * more than `maxDepth` levels, `<<`, a number of many digits. What is to be said of those, `parseYaml` says.
 */
export function parseJson(file: string, text: string): Value | undefined {
  return new JsonText(file, text).read()
}

const tab = 0x09
const lineFeed = 0x0a
const space = 0x20
const quotationMark = 0x22
const comma = 0x2c
const colon = 0x3a
const leftBracket = 0x5b
const rightBracket = 0x5d
const leftBrace = 0x7b
const rightBrace = 0x7d

/** RFC 8259 section 6, with so many digits that no two readers differ in what they make of it. */
const number = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?(?:[eE][-+]?\d{1,3})?$/

/** YAML looks for the end of a key no further than that (YAML 1.2 section 7.4.2). */
const longestKey = 1000

/** One walk through a text. What gives a value gives undefined where the text is not what it has to be. */
class JsonText {
  readonly #file: string
  readonly #text: string
  #offset = 0
  #line = 1
  #lineStart = 0
  /** A string as most are: nothing in it is escaped. */
  readonly #plainString = /"[^"\\\p{Cc}]*"/uy
  readonly #anyString = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/uy
  readonly #word = /[-+.\w]+/y

  constructor(file: string, text: string) {
    this.#file = file
    this.#text = text
  }

  read(): Value | undefined {
    if (this.#next() !== leftBrace) return undefined
    const value = this.#value(0)
    this.#next()
    return this.#offset === this.#text.length ? value : undefined
  }

  #value(depth: number): Value | undefined {
    if (depth > maxDepth) return undefined
    const at = { file: this.#file, line: this.#line, column: this.#offset - this.#lineStart + 1 }
    switch (this.#text.charCodeAt(this.#offset)) {
      case leftBrace:
        return this.#map(at, depth)
      case leftBracket:
        return this.#list(at, depth)
      case quotationMark: {
        const text = this.#string()
        return text === undefined ? undefined : { kind: 'string', at, text }
      }
      default:
        return this.#scalar(at)
    }
  }

  #map(at: Place, depth: number): Value | undefined {
    const entries = new Map<string, Value>()
    this.#offset++
    if (this.#next() === rightBrace) return this.#end({ kind: 'map', at, entries })
    for (;;) {
      const key = this.#key()
      if (key === undefined || entries.has(key)) return undefined
      this.#next()
      const value = this.#value(depth + 1)
      if (value === undefined) return undefined
      entries.set(key, value)
      const next = this.#next()
      if (next === rightBrace) return this.#end({ kind: 'map', at, entries })
      if (next !== comma) return undefined
      this.#offset++
      this.#next()
    }
  }

  /** A key with the colon after it, on one line. */
  #key(): string | undefined {
    const line = this.#line
    if (this.#text.charCodeAt(this.#offset) !== quotationMark) return undefined
    const key = this.#string()
    if (key === undefined || key === '<<' || key.length > longestKey) return undefined
    if (this.#next() !== colon || this.#line !== line) return undefined
    this.#offset++
    return key
  }

  #list(at: Place, depth: number): Value | undefined {
    const items: Value[] = []
    this.#offset++
    if (this.#next() === rightBracket) return this.#end({ kind: 'list', at, items })
    for (;;) {
      const value = this.#value(depth + 1)
      if (value === undefined) return undefined
      items.push(value)
      const next = this.#next()
      if (next === rightBracket) return this.#end({ kind: 'list', at, items })
      if (next !== comma) return undefined
      this.#offset++
      this.#next()
    }
  }

  /** Goes past the bracket that ends a value. */
  #end(value: Value): Value {
    this.#offset++
    return value
  }

  #string(): string | undefined {
    const plain = this.#match(this.#plainString)
    if (plain !== undefined) return plain.slice(1, -1)
    const escaped = this.#match(this.#anyString)
    return escaped === undefined ? undefined : JSON.parse(escaped)
  }

  #scalar(at: Place): Value | undefined {
    const source = this.#match(this.#word)
    if (source === undefined) return undefined
    if (source === 'null') return { kind: 'null', at }
    if (source === 'true' || source === 'false') return { kind: 'boolean', at, boolean: source === 'true', source }
    return number.test(source) ? { kind: 'number', at, number: Number(source), source } : undefined
  }

  /** @param pattern a sticky one */
  #match(pattern: RegExp): string | undefined {
    const start = this.#offset
    pattern.lastIndex = start
    if (!pattern.test(this.#text)) return undefined
    this.#offset = pattern.lastIndex
    return this.#text.slice(start, this.#offset)
  }

  /** Goes on to what is no white space, and gives its code: NaN at the end. A carriage return is left to YAML. */
  #next(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#offset)
      if (code !== space && code !== tab && code !== lineFeed) return code
      this.#offset++
      if (code === lineFeed) {
        this.#line++
        this.#lineStart = this.#offset
      }
    }
  }
}
