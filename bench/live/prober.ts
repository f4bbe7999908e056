import type { Socket } from 'node:dgram'
import { setTimeout } from 'node:timers/promises'
import type { LiveCluster, Seen } from './cluster.ts'
import { openSocket } from './socket.ts'

/** An answer that is not here by then is asked for again: under load, one may be lost. */
const patienceMs = 100

/** How long a change may take to be seen. */
const deadlineMs = 60_000

/** Longest rest between two probes; each is a random part of it, so that they fall in with no rhythm of the server. */
const longestRestMs = 15

/**
 * Asks a server, from a socket of its own, until an answer tells of a change.
 *
 * The next question goes as soon as the answer to the one before is here: what is measured is true to one round trip.
 */
export class Prober {
  readonly #socket: Socket
  #id = 0

  static async open(host: string, port: number): Promise<Prober> {
    return new Prober(await openSocket({ host, port }))
  }

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  /**
   * Resolves with the answer that has the address.
   *
   * @throws Error it does not come to be seen
   */
  async until({ query, address }: Seen): Promise<void> {
    const until = performance.now() + deadlineMs
    while (performance.now() < until) {
      const answer = await this.#ask(query)
      if (answer?.includes(address)) return
    }
    throw new Error(`a change was not seen within ${deadlineMs / 1000} s: ${[...address].join('.')}`)
  }

  close(): void {
    this.#socket.close()
  }

  /** Undefined: no answer came in time. */
  #ask(query: Buffer): Promise<Buffer | undefined> {
    this.#id = (this.#id + 1) & 0xffff
    const id = this.#id
    query.writeUInt16BE(id)
    const { promise, resolve } = Promise.withResolvers<Buffer | undefined>()
    const take = (answer: Buffer) => {
      if (answer.length >= 12 && answer.readUInt16BE() === id) resolve(answer)
    }
    const timer = globalThis.setTimeout(resolve, patienceMs, undefined)
    this.#socket.on('message', take)
    this.#socket.send(query)
    return promise.finally(() => {
      clearTimeout(timer)
      this.#socket.off('message', take)
    })
  }
}

/**
 * Changes one object after the other, and waits until each is in an answer.
 *
 * @returns microseconds from just before an event is written to the watch's socket to the answer that tells of it
 */
export async function probe(cluster: LiveCluster, prober: Prober, seconds: number): Promise<number[]> {
  const until = performance.now() + seconds * 1000
  const latencies: number[] = []
  while (latencies.length === 0 || performance.now() < until) {
    const seen = cluster.changeProbe()
    // The event is made; node:http writes it as soon as this turn ends.
    const began = performance.now()
    await prober.until(seen)
    latencies.push((performance.now() - began) * 1000)
    await setTimeout(Math.random() * longestRestMs)
  }
  return latencies
}
