import type { Socket } from 'node:net'
import { type Messages, noAnswer, type Peer, type StreamHandler } from '../listener.ts'
import type { TcpCounters } from './counters.ts'
import { encodeFrame, type FrameBuffer, Framer, maxMessageOctets } from './framing.ts'
import { isOverdue, never, type TcpLimits, type WaitingSince } from './limits.ts'

/** What all connections of a listener share. */
export interface ConnectionContext {
  readonly handler: StreamHandler
  /** They may change at any time, for all connections. */
  limits: TcpLimits
  readonly counters: TcpCounters
  /** Milliseconds of a clock that only goes up. */
  readonly now: () => number
  /** Where finished answers are put together before they are written; empty whenever no connection is at work. */
  readonly frames: FrameBuffer
}

/** A client, as the listener sees it, whatever has become of it so far. */
export interface Client {
  isOverdue(now: number): boolean
  /** Since when no answer has been owed on it; `never` while one is. */
  readonly quietSince: number
  /** Answers what is here, then closes; at once if nothing is owed. */
  drain(): void
  /** Closes it, and says so if that takes no time. */
  close(): void
  /** Closes it at once. */
  destroy(): void
}

/**
 * One client: takes its messages and sends each answer as soon as it is there (RFC 7766 section 6.2.1.1).
 *
 * Every event ends in `#pump`, which takes what messages it may and then decides what to wait for.
 */
export class Connection implements Client {
  readonly #socket: Socket
  readonly #context: ConnectionContext
  readonly #peer: Peer
  readonly #framer = new Framer()
  readonly #since: WaitingSince
  /** Messages whose answers are promised. */
  #unanswered = 0
  /** Messages of answers that the system has not taken yet. */
  #unsent = 0
  /** Messages taken so far. */
  #taken = 0
  /** Answers of several messages, of which the first is being sent. */
  readonly #streams: Messages[] = []
  #isNextDue = false
  /**
   * `open`: more messages may come. `ended`: none will, those that are here are answered. `refused`: a message got
   * no answer, which the client learns from the end of the connection, or was the last it may have; no more are taken.
   */
  #input: 'open' | 'ended' | 'refused' = 'open'

  #isClosing = false

  /**
   * @param socket half-open allowed: a client that ends its side first still gets its answers
   * @param connectedMs when it connected: over TLS it is here only when keys are agreed
   */
  constructor(socket: Socket, context: ConnectionContext, connectedMs = context.now()) {
    this.#socket = socket
    this.#context = context
    const { remoteAddress: address = '', remotePort: port = 0, localAddress } = socket
    this.#peer = { address, port, ...(localAddress !== undefined && { localAddress }) }
    this.#since = { message: connectedMs, write: never, idle: never, close: never }
    socket.on('data', this.#receive)
    socket.on('end', () => this.#endInput())
    socket.on('error', () => {
      context.counters.socketErrors++
    })
    socket.on('close', () => {
      for (const stream of this.#streams.splice(0)) stream.return()
    })
  }

  isOverdue(now: number): boolean {
    return isOverdue(this.#since, this.#context.limits, now)
  }

  get quietSince(): number {
    if (this.#isOwing) return never
    return Math.min(this.#since.message, this.#since.idle, this.#since.close)
  }

  drain(): void {
    if (!this.#isOwing && !this.#framer.hasMessage) this.close()
    else this.#endInput()
  }

  /** Over TLS the client is told that nothing has been cut off (RFC 8446 section 6.1): nothing may stand in the way of that. */
  close(): void {
    if (this.#isClosing || this.#isOwing || this.#socket.writableEnded) {
      this.destroy()
      return
    }
    this.#isClosing = true
    this.#input = 'refused'
    Object.assign(this.#since, { message: never, idle: never, close: this.#context.now() })
    this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  get #isOwing(): boolean {
    return this.#unanswered > 0 || this.#unsent > 0 || this.#streams.length > 0
  }

  /** After the end of input, what comes is thrown away: a socket closed over unread octets resets the answers away. */
  readonly #receive = (chunk: Uint8Array): void => {
    if (this.#input !== 'open') return
    this.#framer.feed(chunk)
    this.#pump()
  }

  #endInput(): void {
    if (this.#input === 'open') this.#input = 'ended'
    this.#pump()
  }

  #pump(): void {
    if (this.#socket.destroyed) return
    const tookMessages = this.#takeMessages()
    this.#sendNextSoon()
    if (this.#isDone) this.#end()
    else this.#wait(tookMessages)
  }

  /** Corked, so that the answers to a segment full of messages leave in one write. */
  #takeMessages(): boolean {
    let tookMessages = false
    this.#socket.cork()
    while (this.#input !== 'refused' && !this.#isFull) {
      const message = this.#framer.take()
      if (message === undefined) break
      tookMessages = true
      if (++this.#taken >= this.#context.limits.maxQueries) this.#input = 'refused'
      if (!this.#answerAtOnce(message)) this.#answerNowOrLater(message)
    }
    this.#sendFrames()
    this.#socket.uncork()
    return tookMessages
  }

  /** The hot path: finished answers of one segment are written as one piece. */
  #answerAtOnce(message: Uint8Array): boolean {
    const { handler, frames, counters } = this.#context
    if (handler.finished === undefined) return false
    if (!frames.hasRoom) this.#sendFrames()
    try {
      const size = handler.finished(message, message.length, this.#peer, frames.room)
      if (size === noAnswer) return false
      frames.add(size)
    } catch {
      counters.failed++
      this.#input = 'refused'
    }
    counters.received++
    return true
  }

  #sendFrames(): void {
    const { frames } = this.#context
    const { count } = frames
    if (count > 0) this.#write(frames.take(), count)
  }

  /** Back-pressure: towards who does not read its answers, and who asks faster or for more than can be had. */
  get #isFull(): boolean {
    const { maxUnanswered, maxUnsentOctets } = this.#context.limits
    if (this.#streams.length > 0) return true
    return this.#unanswered >= maxUnanswered || this.#socket.writableLength > maxUnsentOctets
  }

  get #isDone(): boolean {
    if (this.#unanswered > 0 || this.#streams.length > 0) return false
    return this.#input === 'refused' || (this.#input === 'ended' && !this.#framer.hasMessage)
  }

  #answerNowOrLater(message: Uint8Array): void {
    this.#context.counters.received++
    const answer = this.#ask(message)
    if (answer instanceof Promise) {
      this.#unanswered++
      answer.then(this.#answerLater, this.#failLater)
    } else {
      this.#answer(answer)
    }
  }

  #ask(message: Uint8Array): ReturnType<StreamHandler> {
    try {
      return this.#context.handler(message, this.#peer)
    } catch {
      this.#context.counters.failed++
      return undefined
    }
  }

  readonly #answerLater = (answer: Awaited<ReturnType<StreamHandler>>): void => {
    this.#unanswered--
    this.#answer(answer)
    this.#pump()
  }

  readonly #failLater = (): void => {
    this.#context.counters.failed++
    this.#answerLater(undefined)
  }

  #answer(answer: Awaited<ReturnType<StreamHandler>>): void {
    if (answer === undefined || answer instanceof Uint8Array) this.#send(answer)
    else if (this.#socket.destroyed) answer.return()
    else this.#streams.push(answer)
  }

  #send(answer: Uint8Array | undefined): void {
    if (this.#socket.destroyed) return
    if (answer === undefined || answer.length > maxMessageOctets) {
      this.#input = 'refused'
      return
    }
    this.#sendFrames()
    this.#write(encodeFrame(answer), 1)
  }

  /** @param count messages that the octets are */
  #write(octets: Uint8Array, count: number): void {
    if (this.#unsent === 0) this.#since.write = this.#context.now()
    this.#unsent += count
    this.#socket.write(octets, (error) => this.#wrote(count, error))
  }

  #wrote(count: number, error?: Error | null): void {
    this.#unsent -= count
    if (error) return
    this.#context.counters.sent += count
    this.#since.write = this.#unsent === 0 ? never : this.#context.now()
    if (this.#unsent === 0) this.#pump()
  }

  /** Each message waits until the system has the one before; then others have their turn of the event loop first. */
  #sendNextSoon(): void {
    if (this.#isNextDue || this.#streams.length === 0 || this.#unsent > 0) return
    this.#isNextDue = true
    setImmediate(this.#sendNext)
  }

  readonly #sendNext = (): void => {
    this.#isNextDue = false
    const [stream] = this.#streams
    if (stream === undefined) return
    const next = this.#nextOf(stream)
    if (next === 'end') this.#streams.shift()
    else this.#send(next)
    this.#pump()
  }

  /** What fails has no more messages, and ends the connection: the client is to see that some are missing. */
  #nextOf(stream: Messages): Uint8Array | 'end' {
    try {
      const { done, value } = stream.next()
      return done ? 'end' : value
    } catch {
      this.#context.counters.failed++
      this.#input = 'refused'
      return 'end'
    }
  }

  #wait(tookMessages: boolean): void {
    const isFull = this.#input === 'open' && this.#isFull
    if (isFull) this.#socket.pause()
    else this.#socket.resume()

    const since = this.#since
    const now = this.#context.now()
    if (isFull || this.#input !== 'open' || !this.#framer.hasPart) since.message = never
    else if (tookMessages || since.message === never) since.message = now

    const isIdle = !this.#isOwing && since.message === never
    since.idle = isIdle ? now : never
  }

  #end(): void {
    if (this.#socket.writableEnded) return
    this.#since.message = never
    this.#since.idle = never
    this.#socket.resume()
    this.#socket.end(() => {
      this.#since.close = this.#context.now()
    })
  }
}
