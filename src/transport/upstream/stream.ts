import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, type ConnectionOptions as TlsConnectionOptions } from 'node:tls'
import { headerOctets, uint16At } from '../../dns/wire/header.ts'
import { type TlsOptions, UpstreamError } from '../../plugin/upstream.ts'
import type { SocketAddress } from '../../util/address.ts'
import { encodeFrame, Framer } from '../tcp/framing.ts'
import { type Connection, type ConnectionOptions, withId } from './connection.ts'
import { ClosedByPeerError, connectError, type Ends, exchangeError, stopped, timeout } from './errors.ts'

export interface StreamOptions extends ConnectionOptions {
  /** RFC 7858; if not given, plain TCP. */
  readonly tls?: TlsOptions
  readonly sessions?: TlsSessions
}

/** What the server has given us to make the next handshake shorter. */
export interface TlsSessions {
  last?: Buffer
}

/** Who waits for what comes next. */
interface Receiving {
  readonly id: number
  /** Whether another message is to come. */
  readonly take: (reply: Uint8Array) => boolean
  readonly done: () => void
  readonly reject: (error: unknown) => void
  /** How long each message may take. */
  readonly limitMs: number
  readonly callOff: () => void
  /** Nothing else was asked on this connection: what has another id is wrong, and not just late. */
  readonly isAlone: boolean
}

/** Messages over TCP or TLS to one server and back. */
export class StreamConnection implements Connection {
  readonly createdMs: number
  readonly #options: StreamOptions
  readonly #framer = new Framer()
  #socket: Socket | undefined
  #from: SocketAddress | undefined
  #receiving: Receiving | undefined
  #isOpen = false
  /** What the system said before the socket was closed. */
  #fault: Error | undefined

  constructor(options: StreamOptions) {
    this.#options = options
    this.createdMs = options.timer.now()
  }

  get isUsable(): boolean {
    return this.#isOpen
  }

  open(connectMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const { timer, tls } = this.#options
      const socket = this.#tryConnect()
      this.#socket = socket
      socket.on('error', () => {}) // whoever waits hears of the first one; none may end the process
      const give = (error: unknown) => {
        callOff()
        socket.destroy()
        reject(error)
      }
      const failed = (error: Error) => give(connectError(this.#ends, error))
      const closed = () => give(stopped())
      const callOff = timer.after(connectMs, () => give(connectError(this.#ends, timeout)))
      socket.once('error', failed)
      socket.once('close', closed)
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        callOff()
        socket.off('error', failed)
        socket.off('close', closed)
        this.#begin(socket)
        resolve()
      })
    })
  }

  exchange(message: Uint8Array, replyMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const take = (reply: Uint8Array) => {
        resolve(reply)
        return false
      }
      this.#send(message, { take, done: () => {}, reject, limitMs: replyMs, isAlone: false })
    })
  }

  /** As `exchange`, of a reply of several messages: `take` says whether another is to come, and what it throws ends it. */
  receive(message: Uint8Array, pauseMs: number, take: (reply: Uint8Array) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#send(message, { take, done: resolve, reject, limitMs: pauseMs, isAlone: true })
    })
  }

  close(): void {
    this.#isOpen = false
    this.#socket?.destroy()
    this.#fail(stopped())
  }

  #send(message: Uint8Array, options: Omit<Receiving, 'id' | 'callOff'>): void {
    const socket = this.#socket
    const id = this.#options.ids.next()
    this.#receiving = { ...options, id, callOff: this.#limit(options.limitMs) }
    if (socket === undefined || !this.#isOpen) this.#fail(closedByPeer())
    else socket.write(encodeFrame(withId(message, id)))
  }

  /** @returns what calls off the end of the waiting */
  #limit(ms: number): () => void {
    return this.#options.timer.after(ms, () => this.#fail(exchangeError('read', this.#ends, timeout)))
  }

  /** @throws UpstreamError there is something in the certificates that OpenSSL does not take */
  #tryConnect(): Socket {
    try {
      return this.#connect()
    } catch (error) {
      throw connectError(this.#ends, error)
    }
  }

  #connect(): Socket {
    const { at, sourceAddress, tls, sessions } = this.#options
    const to = { host: at.address, port: at.port, ...(sourceAddress !== undefined && { localAddress: sourceAddress }) }
    if (tls === undefined) return connectTcp({ ...to, noDelay: true })
    const socket = connectTls({ ...to, ...tlsOptions(tls), ...(sessions?.last && { session: sessions.last }) })
    socket.setNoDelay(true)
    socket.on('session', (session) => {
      if (sessions !== undefined) sessions.last = session
    })
    return socket
  }

  #begin(socket: Socket): void {
    const { localAddress: address, localPort: port } = socket
    if (address !== undefined && port !== undefined) this.#from = { address, port }
    this.#isOpen = true
    socket.on('data', this.#receive)
    socket.on('error', (error) => {
      this.#fault = error
    })
    socket.on('end', () => this.#closed())
    socket.on('close', () => this.#closed())
  }

  get #ends(): Ends {
    const { at, sourceAddress } = this.#options
    const source = sourceAddress === undefined ? undefined : { address: sourceAddress, port: 0 }
    return { network: 'tcp', from: this.#from ?? source, to: at }
  }

  readonly #receive = (chunk: Uint8Array): void => {
    this.#framer.feed(chunk)
    for (let reply = this.#framer.take(); reply !== undefined; reply = this.#framer.take()) {
      const receiving = this.#receiving
      if (receiving === undefined) continue
      const isReply = reply.length >= headerOctets && uint16At(reply, 0) === receiving.id
      if (isReply) this.#take(reply, receiving)
      else if (receiving.isAlone) this.#fail(new UpstreamError('dns: id mismatch'))
    }
  }

  #take(reply: Uint8Array, receiving: Receiving): void {
    receiving.callOff()
    try {
      const isMoreToCome = receiving.take(reply)
      this.#receiving = isMoreToCome ? { ...receiving, callOff: this.#limit(receiving.limitMs) } : undefined
      if (!isMoreToCome) receiving.done()
    } catch (error) {
      this.#fail(error)
    }
  }

  #closed(): void {
    this.#isOpen = false
    this.#socket?.destroy()
    this.#fail(this.#fault === undefined ? closedByPeer() : resetByPeer(exchangeError('read', this.#ends, this.#fault)))
  }

  #fail(error: unknown): void {
    const receiving = this.#receiving
    if (receiving === undefined) return
    this.#receiving = undefined
    receiving.callOff()
    receiving.reject(error)
  }
}

/** What Node.js wants to know; an address is no name that a server could be asked for (RFC 6066 section 3). */
export function tlsOptions({ serverName, ca, cert, key }: TlsOptions): TlsConnectionOptions {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && {
      ...(isIP(serverName) === 0 && { servername: serverName }),
      checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
    }),
  }
}

function closedByPeer(): ClosedByPeerError {
  return new ClosedByPeerError('EOF')
}

function resetByPeer({ message, reason, cause }: UpstreamError): ClosedByPeerError {
  return new ClosedByPeerError(message, reason, { cause })
}
