import type { ServerResponse } from 'node:http'

/** How the octets of a body come to the client. */
export type Shape =
  | { readonly kind: 'whole' }
  /** Pieces of so many octets, with a pause before each. */
  | { readonly kind: 'slow'; readonly octets: number; readonly delayMs: number }
  /** At odd places, and within every character of UTF-8 that has more than one octet. */
  | { readonly kind: 'split' }
  /** The connection is reset after so many octets; a fraction below 1 is that part of the first write. */
  | { readonly kind: 'cut'; readonly after: number }

/** Writes a body in the shape that a fault wants. Each write is a chunk of HTTP of its own. */
export class BodyWriter {
  readonly #response: ServerResponse
  readonly #shape: Shape
  readonly #queue: Buffer[] = []
  #timer: NodeJS.Timeout | undefined
  #ends = false
  #written = 0

  constructor(response: ServerResponse, shape: Shape) {
    this.#response = response
    this.#shape = shape
    response.once('close', () => clearTimeout(this.#timer))
  }

  write(octets: Buffer): void {
    switch (this.#shape.kind) {
      case 'whole':
        this.#response.write(octets)
        return
      case 'split':
        for (const piece of oddPieces(octets)) this.#response.write(piece)
        return
      case 'cut':
        this.#writeUpTo(
          this.#shape.after < 1 ? Math.floor(octets.length * this.#shape.after) : this.#shape.after,
          octets,
        )
        return
      case 'slow':
        for (let at = 0; at < octets.length; at += this.#shape.octets) {
          this.#queue.push(octets.subarray(at, at + this.#shape.octets))
        }
        this.#timer ??= setTimeout(() => this.#next(), this.#shape.delayMs)
        return
      default:
        this.#shape satisfies never
    }
  }

  /** Ends the body as it should end, once all of it is out. */
  end(): void {
    this.#ends = true
    if (this.#queue.length === 0) this.#response.end()
  }

  #writeUpTo(after: number, octets: Buffer): void {
    const left = after - this.#written
    this.#written += octets.length
    if (octets.length < left) {
      this.#response.write(octets)
      return
    }
    // Reset only once it has gone out, as otherwise nothing of it would arrive.
    this.#response.write(octets.subarray(0, Math.max(0, left)), () => this.#response.destroy())
  }

  #next(): void {
    const piece = this.#queue.shift()
    if (piece === undefined || this.#shape.kind !== 'slow') return
    this.#response.write(piece)
    this.#timer = this.#queue.length > 0 ? setTimeout(() => this.#next(), this.#shape.delayMs) : undefined
    if (this.#timer === undefined && this.#ends) this.#response.end()
  }
}

/** Lengths that share no period with anything, some of them of one octet. */
const lengths = [1, 7, 64, 3, 1021, 2, 509]

function* oddPieces(octets: Buffer): Generator<Buffer> {
  let from = 0
  for (let turn = 0; from < octets.length; turn++) {
    const to = Math.min(octets.length, from + (lengths[turn % lengths.length] ?? 1))
    // 10xxxxxx continues a character: RFC 3629 section 3.
    const within = octets.subarray(from + 1, to).findIndex((octet) => (octet & 0xc0) === 0x80)
    const end = within === -1 ? to : from + 1 + within
    yield octets.subarray(from, end)
    from = end
  }
}
