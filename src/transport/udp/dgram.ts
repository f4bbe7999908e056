import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import {
  formatAddress,
  type ListenAddress,
  ListenError,
  type MessageHandler,
  noAnswer,
  type Peer,
} from '../listener.ts'
import { IdleSignal } from './idle.ts'
import {
  defaultReceiveBufferOctets,
  maximumDatagramOctets,
  type OpenUdp,
  type UdpListener,
  zeroUdpCounters,
} from './socket.ts'

/**
 * Opens a UDP socket through node:dgram.
 *
 * An answer leaves from the address that the kernel's routing picks: on a machine with several, listen on each rather
 * than on a wildcard, or the peer may get its answer from another address than it asked.
 */
export const openDgram: OpenUdp = async (at, handler, options = {}) => {
  const socket = createSocket({
    type: isIPv6(at.address) ? 'udp6' : 'udp4',
    reusePort: options.reusePort ?? false,
    lookup: takeAsItIs,
  })
  try {
    const listening = once(socket, 'listening')
    socket.bind({ address: at.address, port: at.port, exclusive: true })
    await listening
  } catch (cause) {
    socket.close()
    throw new ListenError(`udp ${formatAddress(at)}`, cause)
  }
  askForReceiveBuffer(socket, options.receiveBufferOctets ?? defaultReceiveBufferOctets)
  return new DgramListener(socket, handler)
}

/** Answers on a socket that is bound. Open one with `openDgram`. */
export class DgramListener implements UdpListener {
  readonly address: ListenAddress
  readonly counters = zeroUdpCounters()
  readonly #socket: Socket
  readonly #handler: MessageHandler
  readonly #finished = new Uint8Array(maximumDatagramOctets)
  /** Datagrams whose answer is promised, and answers that the system has not yet taken. */
  #underWay = 0
  readonly #idle = new IdleSignal()
  #closed: Promise<void> | undefined

  constructor(socket: Socket, handler: MessageHandler) {
    const { address, port } = socket.address()
    this.address = { address, port }
    this.#socket = socket
    this.#handler = handler
    socket.on('message', this.#receive)
    socket.on('error', () => {
      this.counters.socketErrors++
    })
  }

  /** What the kernel holds unread at this moment is lost, as any datagram may be. */
  close(drainMs: number): Promise<void> {
    this.#closed ??= this.#drainAndClose(drainMs)
    return this.#closed
  }

  /** The hot path: an answer that is here now goes out with no closure and no promise made. */
  readonly #receive = (message: Uint8Array, peer: RemoteInfo): void => {
    this.counters.received++
    try {
      const size = this.#handler.finished?.(message, message.length, peer, this.#finished) ?? noAnswer
      // A copy: the system may take it later than the next datagram is answered.
      const answer = size === noAnswer ? this.#handler(message, peer) : this.#finished.slice(0, size)
      if (answer === undefined) return
      if (answer instanceof Promise) this.#answerLater(answer, peer)
      else this.#send(answer, peer)
    } catch {
      this.counters.failed++
    }
  }

  #answerLater(promised: Promise<Uint8Array | undefined>, peer: Peer): void {
    this.#underWay++
    promised
      .then(
        (answer) => {
          if (answer !== undefined) this.#send(answer, peer)
        },
        () => {
          this.counters.failed++
        },
      )
      .finally(this.#finishOne)
  }

  /** Throws nothing: a peer at port 0 and a socket closed meanwhile make `send` throw, the rest comes to `#sent`. */
  #send(answer: Uint8Array, peer: Peer): void {
    try {
      this.#socket.send(answer, peer.port, peer.address, this.#sent)
      this.#underWay++
    } catch {
      this.counters.unsent++
    }
  }

  readonly #sent = (error: Error | null): void => {
    if (error === null) this.counters.sent++
    else this.counters.unsent++
    this.#finishOne()
  }

  readonly #finishOne = (): void => {
    this.#underWay--
    if (this.#underWay === 0) this.#idle.tell()
  }

  async #drainAndClose(drainMs: number): Promise<void> {
    this.#socket.off('message', this.#receive)
    if (this.#underWay > 0) await this.#idle.within(drainMs)
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }
}

/** Every address is already one: dgram's own look-up would put each answer off to the next tick. */
const takeAsItIs: NonNullable<SocketOptions['lookup']> = (address, _options, done) => {
  done(null, address, isIPv6(address) ? 6 : 4)
}

function askForReceiveBuffer(socket: Socket, octets: number): void {
  try {
    socket.setRecvBufferSize(octets)
  } catch {
    // Linux cuts the wish down to net.core.rmem_max; other systems refuse what is above theirs.
  }
}
