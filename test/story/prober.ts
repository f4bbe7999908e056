import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '../../src/dns/message.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeQuery } from '../support/serve.ts'

/** A question whose answer is known at every moment. */
export interface Probe {
  /** `web.example. A` */
  readonly question: string
  /**
   * What is wrong with an answer; undefined: nothing.
   *
   * @param askedMs performance.now() when it was asked: what was true between then and now is right
   */
  wrong(answer: Message, askedMs: number): string | undefined
}

export interface Tally {
  asked: number
  wrong: number
  lost: number
  late: number
  /** What was wrong, lost or late: the first of them. */
  readonly complaints: string[]
}

/** A client gives up for the first time after five seconds (resolv.conf(5), `timeout`). */
const lostMs = 5000
/** An answer that comes after this has kept somebody waiting. */
const lateMs = 1000
const mostComplaints = 20

/** Asks one question after the other over one socket, and holds every answer to what is known. */
export class Prober {
  readonly tally: Tally = { asked: 0, wrong: 0, lost: 0, late: 0, complaints: [] }
  readonly #socket: Socket
  readonly #pending = new Map<number, Pending>()
  #isAsking = true

  static async open(port: number): Promise<Prober> {
    const socket = createSocket('udp4')
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Prober(socket)
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (octets) => this.#take(octets))
    socket.on('error', (error) => this.#complain(`the socket: ${error.message}`))
  }

  /** Asks until `pause` or `close`, so many a second, in any order. */
  async ask(probes: () => readonly Probe[], perSecond: number): Promise<void> {
    while (this.#isAsking) {
      const all = probes()
      const probe = all[randomInt(all.length)]
      if (probe !== undefined) this.#send(probe)
      await sleep(1000 / perSecond)
    }
  }

  /** Asks one question until its answer is right, which does not count. */
  async until(probe: Probe): Promise<void> {
    let isRight = false
    while (!isRight) {
      const wrong = (answer: Message, askedMs: number) => {
        isRight ||= probe.wrong(answer, askedMs) === undefined
        return undefined
      }
      this.#send({ ...probe, wrong })
      await sleep(50)
    }
  }

  /** Asks no more, and waits for the answers that are due. */
  async close(): Promise<Tally> {
    this.#isAsking = false
    const end = performance.now() + lostMs
    while (this.#pending.size > 0 && performance.now() < end) await sleep(10)
    for (const { probe } of this.#pending.values()) this.#lose(probe)
    this.#socket.close()
    return this.tally
  }

  #send(probe: Probe): void {
    const nowMs = performance.now()
    for (const [id, { probe: old, askedMs }] of this.#pending) {
      if (nowMs - askedMs < lostMs) break
      this.#pending.delete(id)
      this.#lose(old)
    }
    let id = randomInt(0x10000)
    while (this.#pending.has(id)) id = randomInt(0x10000)
    this.#pending.set(id, { probe, askedMs: nowMs })
    this.tally.asked++
    this.#socket.send(encodeQuery(probe.question, { edns: {}, message: { id, rd: true } }))
  }

  #take(octets: Uint8Array): void {
    const answer = decodeMessage(octets)
    const pending = this.#pending.get(answer.id)
    if (pending === undefined) return // it was lost already
    this.#pending.delete(answer.id)
    const { probe, askedMs } = pending
    const tookMs = performance.now() - askedMs
    if (tookMs > lateMs) {
      this.tally.late++
      this.#complain(`late: ${probe.question} took ${Math.round(tookMs)} ms`)
    }
    const wrong = probe.wrong(answer, askedMs)
    if (wrong === undefined) return
    this.tally.wrong++
    this.#complain(`wrong: ${probe.question}: ${wrong}`)
  }

  #lose({ question }: Probe): void {
    this.tally.lost++
    this.#complain(`lost: ${question}`)
  }

  #complain(text: string): void {
    if (this.tally.complaints.length < mostComplaints) this.tally.complaints.push(text)
  }
}

interface Pending {
  readonly probe: Probe
  readonly askedMs: number
}
