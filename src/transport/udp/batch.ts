import { type AddressFamily, AF_INET, SockaddrPeer, sockaddrOctets } from './sockaddr.ts'
import { maximumDatagramOctets } from './socket.ts'

/**
 * Datagrams that one call to the kernel takes or gives.
 *
 * The first of a batch waits for the last, so the more there are, the longer is p99: docs/decisions/007 has figures.
 */
export const batchSize = 16

// Octets of what Linux wants to be given on 64 bits, and of its fields (include/linux/socket.h, uapi/linux/uio.h).
const mmsghdr = {
  octets: 64,
  name: 0,
  nameLength: 8,
  vector: 16,
  vectorLength: 24,
  control: 32,
  controlLength: 40,
  messageLength: 56,
}
const iovec = { octets: 16, base: 0, length: 8 }

/** Room for `sockaddr_in6`. */
const nameOctets = 32

/** Room for one control message: a `cmsghdr` of 16 octets and an `in6_pktinfo` of 20, rounded up to 8. */
const controlOctets = 40
const cmsghdrOctets = 16

/**
 * From the start of one datagram to that of the next: the longest one, and then some.
 *
 * Were it a power of two, the first octets of all datagrams, which are those that matter, would share a few lines of
 * the processor's cache.
 */
const datagramOctets = 0x10000 + 320

/** Offsets at which the things of a kind begin; there are `batchSize` of each. */
const layout = (() => {
  let octets = 0
  const take = (size: number): number => {
    const from = octets
    octets += batchSize * size
    return from
  }
  return {
    receiveHeaders: take(mmsghdr.octets),
    sendHeaders: take(mmsghdr.octets),
    receiveVectors: take(iovec.octets),
    sendVectors: take(iovec.octets),
    names: take(nameOctets),
    controls: take(controlOctets),
    questions: take(datagramOctets),
    answers: take(datagramOctets),
    octets,
  }
})()

/** Where an answer goes, and from which address of ours, in the kernel's words. */
export interface Envelope {
  readonly name: Uint8Array
  /** None where the socket has one address only. */
  readonly control: Uint8Array
}

/**
 * The memory of one socket that the kernel reads and writes: `batchSize` questions in, as many answers out.
 *
 * It is one ArrayBuffer, and every address in it points into itself. So nothing in it is collected before all of it
 * is, and nothing moves (see `Libc.addressOf`). Who has the kernel use it holds on to this object for the length of
 * the call; between calls, none of which waits, the kernel knows no address of it.
 *
 * Answers stand one behind the other without a gap, whatever questions they belong to. That of question 3 is often
 * answer 3: then the kernel reads the envelope where it wrote it, and nothing is copied.
 */
export class Batch {
  /** Datagrams as they came. Each has room for the longest: see `lengthOf`. */
  readonly questions: readonly Uint8Array[]
  /** Who sent each question. What they say is true until the next questions come. */
  readonly peers: readonly SockaddrPeer[]
  readonly #answers: readonly Uint8Array[]
  #answerCount = 0
  readonly #base: number
  readonly #octets: Uint8Array
  readonly #words: Uint32Array
  readonly #family: AddressFamily
  /** Octets of control message that go with each datagram; 0 if none do. */
  readonly #controlRoom: number

  /**
   * @param addressOf gives the address of memory; it is called once
   * @param withControl the kernel says which address was asked, and is told it again
   */
  constructor(addressOf: (memory: ArrayBuffer) => number, family: AddressFamily, withControl: boolean) {
    const memory = new ArrayBuffer(layout.octets)
    this.#base = addressOf(memory)
    this.#octets = new Uint8Array(memory)
    this.#words = new Uint32Array(memory)
    this.#family = family
    this.#controlRoom = withControl ? controlOctets : 0
    const datagram = (at: number) => new Uint8Array(memory, at, maximumDatagramOctets)
    this.questions = slots(layout.questions, datagramOctets, datagram)
    this.#answers = slots(layout.answers, datagramOctets, datagram)
    this.peers = slots(
      layout.names,
      nameOctets,
      (at) => new SockaddrPeer(new Uint8Array(memory, at, nameOctets), family),
    )
    for (let slot = 0; slot < batchSize; slot++) this.#link(new DataView(memory), slot)
    this.clear()
  }

  /** The address of the headers to receive with. */
  get receiveHeaders(): number {
    return this.#base + layout.receiveHeaders
  }

  /** The address of the headers of the answers, from one of them on. */
  sendHeaders(from: number): number {
    return this.#base + layout.sendHeaders + from * mmsghdr.octets
  }

  get answerCount(): number {
    return this.#answerCount
  }

  /** Octets of a question. */
  lengthOf(question: number): number {
    return this.#words[(layout.receiveHeaders + question * mmsghdr.octets + mmsghdr.messageLength) >> 2] ?? 0
  }

  /** Forgets questions and answers. */
  clear(): void {
    this.#answerCount = 0
    if (this.#controlRoom === 0) return
    for (let slot = 0; slot < batchSize; slot++) this.#setWord(receiveControlLength(slot), controlOctets)
  }

  /** Where the next answer is to be written, if there is room for one. */
  get nextAnswer(): Uint8Array | undefined {
    return this.#answers[this.#answerCount]
  }

  /** Takes what stands in `nextAnswer` as the answer to a question. */
  add(length: number, question: number): void {
    const answer = this.#answerCount++
    if (answer !== question) {
      this.#move(layout.names, nameOctets, question, answer)
      this.#move(layout.controls, this.#controlRoom, question, answer)
    }
    this.#seal(answer, length, this.#controlLength(question))
  }

  /** What an answer has to know of its question if it comes later. */
  envelopeOf(question: number): Envelope {
    const control = layout.controls + question * controlOctets
    const name = layout.names + question * nameOctets
    return {
      name: this.#octets.slice(name, name + nameOctets),
      control: this.#octets.slice(control, control + this.#controlLength(question)),
    }
  }

  /** Takes what stands in `nextAnswer` as the answer to a question that is no longer here. */
  addLate(length: number, { name, control }: Envelope): void {
    const answer = this.#answerCount++
    this.#octets.set(name, layout.names + answer * nameOctets)
    this.#octets.set(control, layout.controls + answer * controlOctets)
    this.#seal(answer, length, control.length)
  }

  /** Writes what stays as it is for the life of the socket: the addresses. */
  #link(view: DataView, slot: number): void {
    const link = (at: number, to: number): void => view.setBigUint64(at, BigInt(this.#base + to), true)
    for (const [headers, vectors, datagrams] of [
      [layout.receiveHeaders, layout.receiveVectors, layout.questions],
      [layout.sendHeaders, layout.sendVectors, layout.answers],
    ] as const) {
      const header = headers + slot * mmsghdr.octets
      const vector = vectors + slot * iovec.octets
      link(header + mmsghdr.name, layout.names + slot * nameOctets)
      view.setUint32(header + mmsghdr.nameLength, sockaddrOctets[this.#family], true)
      link(header + mmsghdr.vector, vector)
      view.setUint32(header + mmsghdr.vectorLength, 1, true)
      link(header + mmsghdr.control, layout.controls + slot * controlOctets)
      link(vector + iovec.base, datagrams + slot * datagramOctets)
      view.setUint32(vector + iovec.length, maximumDatagramOctets, true)
    }
  }

  #seal(answer: number, length: number, controlLength: number): void {
    this.#setWord(layout.sendVectors + answer * iovec.octets + iovec.length, length)
    if (this.#controlRoom === 0) return
    this.#setWord(layout.sendHeaders + answer * mmsghdr.octets + mmsghdr.controlLength, controlLength)
    // The address is wanted, not the interface: routing decides which way the answer takes.
    const address = layout.controls + answer * controlOctets + cmsghdrOctets
    this.#setWord(this.#family === AF_INET ? address : address + 16, 0)
  }

  /** As the kernel left it. */
  #controlLength(question: number): number {
    return this.#controlRoom === 0 ? 0 : (this.#words[receiveControlLength(question) >> 2] ?? 0)
  }

  #move(from: number, size: number, question: number, answer: number): void {
    const source = from + question * size
    this.#octets.copyWithin(from + answer * size, source, source + size)
  }

  #setWord(at: number, value: number): void {
    this.#words[at >> 2] = value
  }
}

function receiveControlLength(slot: number): number {
  return layout.receiveHeaders + slot * mmsghdr.octets + mmsghdr.controlLength
}

function slots<T>(from: number, size: number, make: (at: number) => T): T[] {
  return Array.from({ length: batchSize }, (_, slot) => make(from + slot * size))
}
