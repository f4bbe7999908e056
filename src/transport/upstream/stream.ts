import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, type ConnectionOptions as TlsConnectionOptions } from 'node:tls'
import { headerOctets, uint16At } from '../../dns/wire/header.ts'
import type { TlsOptions, UpstreamError } from '../../plugin/upstream.ts'
import type { SocketAddress } from '../../util/address.ts'
import { encodeFrame, Framer } from '../tcp/framing.ts'
import { type Connection, type ConnectionOptions, type Waiting, withId } from './connection.ts'
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

/** Messages over TCP or TLS to one server and back. */
export class StreamConnection implements Connection {
  readonly createdMs: number
  readonly #options: StreamOptions
  readonly #framer = new Framer()
  #socket: Socket | undefined
  #from: SocketAddress | undefined
  #waiting: Waiting | undefined
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
    const socket = this.#socket
    if (socket === undefined || !this.#isOpen) return Promise.reject(closedByPeer())
    const { ids, timer } = this.#options
    return new Promise((resolve, reject) => {
      const id = ids.next()
      const callOff = timer.after(replyMs, () => this.#fail(exchangeError('read', this.#ends, timeout)))
      this.#waiting = { id, resolve, reject, callOff }
      socket.write(encodeFrame(withId(message, id)))
    })
  }

  close(): void {
    this.#isOpen = false
    this.#socket?.destroy()
    this.#fail(stopped())
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
      const waiting = this.#waiting
      if (waiting === undefined || reply.length < headerOctets || uint16At(reply, 0) !== waiting.id) continue
      this.#waiting = undefined
      waiting.callOff()
      waiting.resolve(reply)
    }
  }

  #closed(): void {
    this.#isOpen = false
    this.#socket?.destroy()
    this.#fail(this.#fault === undefined ? closedByPeer() : resetByPeer(exchangeError('read', this.#ends, this.#fault)))
  }

  #fail(error: UpstreamError): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    waiting.callOff()
    waiting.reject(error)
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
