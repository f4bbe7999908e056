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
  #isPaused = false
  #ends = false
  #written = 0
  #isCut = false

  constructor(response: ServerResponse, shape: Shape) {
    this.#response = response
    this.#shape = shape
  }

  write(octets: Buffer): void {
    switch (this.#shape.kind) {
      case 'whole':
        this.#response.write(octets)
        return
      case 'split':
        this.#enqueue(oddPieces(octets))
        return
      case 'slow':
        this.#enqueue(evenPieces(octets, this.#shape.octets))
        return
      case 'cut':
        this.#writeUpTo(
          this.#shape.after < 1 ? Math.floor(octets.length * this.#shape.after) : this.#shape.after,
          octets,
        )
        return
      default:
        this.#shape satisfies never
    }
  }

  /** Ends the body as it should end, once all of it is out. */
  end(): void {
    this.#ends = true
    if (!this.#isPaused && !this.#isCut) this.#response.end()
  }

  #writeUpTo(after: number, octets: Buffer): void {
    if (this.#isCut) return
    const left = after - this.#written
    this.#written += octets.length
    if (octets.length < left) {
      this.#response.write(octets)
      return
    }
    this.#isCut = true
    // Reset only once it has gone out, as otherwise nothing of it would arrive.
    this.#response.write(octets.subarray(0, Math.max(0, left)), () => this.#response.destroy())
  }

  #enqueue(pieces: Iterable<Buffer>): void {
    for (const piece of pieces) this.#queue.push(piece)
    if (!this.#isPaused) this.#pause()
  }

  /** Pieces that are written in one go may arrive in one go: there is a pause before each. */
  #pause(): void {
    this.#isPaused = true
    const next = () => this.#next()
    if (this.#shape.kind === 'slow') setTimeout(next, this.#shape.delayMs)
    else setImmediate(next)
  }

  #next(): void {
    this.#isPaused = false
    const piece = this.#queue.shift()
    if (piece === undefined || this.#response.destroyed) return
    this.#response.write(piece)
    if (this.#queue.length > 0) this.#pause()
    else if (this.#ends) this.#response.end()
  }
}

function* evenPieces(octets: Buffer, length: number): Generator<Buffer> {
  for (let from = 0; from < octets.length; from += length) yield octets.subarray(from, from + length)
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
