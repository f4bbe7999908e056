import { type ListenAddress, type MessageHandler, noAnswer } from '../listener.ts'
import { Batch, batchSize, type Envelope } from './batch.ts'
import { IdleSignal } from './idle.ts'
import { ERRNO, type Libc, type SocketPoll } from './libc.ts'
import { type BoundSocket, isWildcard, openSocket } from './open-socket.ts'
import { addressFamilyOf } from './sockaddr.ts'
import { maximumDatagramOctets, type OpenUdp, type UdpListener, zeroUdpCounters } from './socket.ts'

/**
 * Batches that are taken before the event loop goes on to something else.
 *
 * So TCP, timers and changes of the cluster wait for 256 answers at most, however many datagrams come in: a fraction of
 * a millisecond for finished answers, a few milliseconds for such as have to be made.
 */
const batchesPerTurn = 16

/**
 * Makes what opens UDP sockets that read and write in batches: recvmmsg(2) and sendmmsg(2).
 *
 * On a wildcard address an answer leaves from the address that was asked, whichever routing would pick.
 */
export function openBatchedWith(libc: Libc): OpenUdp {
  return async (at, handler, options = {}) => {
    const socket = openSocket(libc, at, options)
    const batch = new Batch(libc.addressOf, addressFamilyOf(at), isWildcard(at))
    return new BatchedListener({ libc, socket, batch, handler })
  }
}

interface Parts {
  readonly libc: Libc
  readonly socket: BoundSocket
  readonly batch: Batch
  readonly handler: MessageHandler
}

/** An answer that was promised, and has come. */
interface LateAnswer {
  readonly answer: Uint8Array
  readonly envelope: Envelope
}

/**
 * Answers on a socket that is bound.
 *
 * What is here at once goes out with the batch that it came with. What is promised is gathered, and goes out when the
 * event loop has dealt with all that is ready. While the system takes no answers, no questions are read: they wait in the
 * socket's buffer, which may overflow.
 */
class BatchedListener implements UdpListener {
  readonly address: ListenAddress
  readonly counters = zeroUdpCounters()
  readonly #libc: Libc
  readonly #fd: number
  /** The kernel is given its addresses: it is held for as long as there is a listener. */
  readonly #batch: Batch
  readonly #handler: MessageHandler
  readonly #poll: SocketPoll
  /** Answers of the batch that the system has not taken, being busy, begin here. */
  #blockedAt: number | undefined
  /** Promises that have not come. */
  #promised = 0
  #late: LateAnswer[] = []
  #turn: NodeJS.Immediate | undefined
  readonly #idle = new IdleSignal()
  #state: 'open' | 'draining' | 'closed' = 'open'
  #closed: Promise<void> | undefined

  constructor({ libc, socket, batch, handler }: Parts) {
    this.address = socket.address
    this.#fd = socket.fd
    this.#libc = libc
    this.#batch = batch
    this.#handler = handler
    this.#poll = libc.poll(this.#fd)
    this.#poll.start('readable', this.#receive)
  }

  /** What the kernel holds unread at this moment is lost, as any datagram may be. */
  close(drainMs: number): Promise<void> {
    this.#closed ??= this.#drainAndClose(drainMs)
    return this.#closed
  }

  readonly #receive = (): void => {
    for (let batch = 0; batch < batchesPerTurn && this.#isReading; batch++) {
      this.#batch.clear()
      const count = this.#libc.recvmmsg(this.#fd, this.#batch.receiveHeaders, batchSize)
      if (count === ERRNO.EAGAIN) return
      if (count < 0) {
        if (count !== ERRNO.EINTR) this.counters.socketErrors++
        continue
      }
      this.#answer(count)
      if (count < batchSize) return // There is no more at the moment: if there is, the loop calls again.
    }
  }

  get #isReading(): boolean {
    return this.#state === 'open' && this.#blockedAt === undefined
  }

  #answer(count: number): void {
    this.counters.received += count
    const receivedMs = performance.now()
    for (let question = 0; question < count; question++) {
      try {
        this.#answerOne(question, receivedMs)
      } catch {
        this.counters.failed++
      }
    }
    this.#send(0)
  }

  /** The hot path ends at the first return. */
  #answerOne(question: number, receivedMs: number): void {
    const batch = this.#batch
    const message = batch.questions[question]
    const peer = batch.peers[question]
    const out = batch.nextAnswer
    if (message === undefined || peer === undefined || out === undefined) return // the types' doubt, not ours
    const length = batch.lengthOf(question)
    const size = this.#handler.finished?.(message, length, peer, out, receivedMs) ?? noAnswer
    if (size !== noAnswer) {
      batch.add(size, question)
      return
    }
    const { address, port } = peer
    const answer = this.#handler(message.slice(0, length), { address, port })
    if (answer instanceof Promise) this.#answerLater(answer, batch.envelopeOf(question))
    else if (answer !== undefined && this.#copy(answer, out)) batch.add(answer.length, question)
  }

  #copy(answer: Uint8Array, out: Uint8Array): boolean {
    if (answer.length > maximumDatagramOctets) {
      this.counters.unsent++
      return false
    }
    out.set(answer)
    return true
  }

  #answerLater(promised: Promise<Uint8Array | undefined>, envelope: Envelope): void {
    this.#promised++
    promised
      .then(
        (answer) => {
          if (answer !== undefined) this.#late.push({ answer, envelope })
        },
        () => {
          this.counters.failed++
        },
      )
      .finally(() => {
        this.#promised--
        this.#sendLateSoon()
      })
    this.#sendLateSoon()
  }

  /**
   * Has late answers sent in this turn of the event loop, all of them together.
   *
   * It is also what makes promises come: they are looked after when a callback of Node.js's own ends, and the poll's
   * is none.
   */
  #sendLateSoon(): void {
    this.#turn ??= setImmediate(this.#sendLate)
  }

  readonly #sendLate = (): void => {
    this.#turn = undefined
    while (this.#late.length > 0 && this.#blockedAt === undefined) {
      const answers = this.#late.splice(0, batchSize)
      if (this.#state === 'closed') {
        this.counters.unsent += answers.length
        continue
      }
      this.#batch.clear()
      for (const { answer, envelope } of answers) {
        const out = this.#batch.nextAnswer
        if (out !== undefined && this.#copy(answer, out)) this.#batch.addLate(answer.length, envelope)
      }
      this.#send(0)
    }
    this.#tellIfIdle()
  }

  /**
   * Sends the answers of the batch from one of them on.
   *
   * sendmmsg(2) ends at the first datagram that fails, and tells why only if that was the first of all: the next call
   * begins there, and costs that one its answer.
   */
  #send(first: number): void {
    const { answerCount } = this.#batch
    let next = first
    while (next < answerCount) {
      const sent = this.#libc.sendmmsg(this.#fd, this.#batch.sendHeaders(next), answerCount - next)
      if (sent > 0) {
        this.counters.sent += sent
        next += sent
      } else if (sent === ERRNO.EAGAIN) {
        this.#block(next)
        return
      } else if (sent !== ERRNO.EINTR) {
        this.counters.unsent++
        next++
      }
    }
  }

  #block(next: number): void {
    this.#blockedAt = next
    this.#poll.start('writable', this.#unblock)
  }

  readonly #unblock = (): void => {
    const first = this.#blockedAt ?? 0
    this.#blockedAt = undefined
    this.#send(first)
    if (this.#blockedAt !== undefined) return
    if (this.#state === 'open') this.#poll.start('readable', this.#receive)
    else this.#poll.stop()
    this.#sendLate()
  }

  get #isIdle(): boolean {
    return this.#promised === 0 && this.#late.length === 0 && this.#blockedAt === undefined
  }

  #tellIfIdle(): void {
    if (this.#isIdle) this.#idle.tell()
  }

  async #drainAndClose(drainMs: number): Promise<void> {
    this.#state = 'draining'
    if (this.#blockedAt === undefined) this.#poll.stop()
    if (!this.#isIdle) await this.#idle.within(drainMs)
    this.#state = 'closed'
    this.counters.unsent += this.#blockedAt === undefined ? 0 : this.#batch.answerCount - this.#blockedAt
    this.#blockedAt = undefined
    this.#poll.close()
    this.#libc.close(this.#fd)
  }
}
