/**
 * tcp: connections in, messages out of them, answers back.
 *
 * A stream is cut into messages by `framing.ts`; `connection.ts` is one client; `limits.ts` says how long and how much
 * each may take; `tls.ts` stands in front where clients are spoken to in secret. Start here: this file opens the socket
 * and keeps the connections.
 */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { ServerTls } from '../../plugin/settings.ts'
import { formatAddress, type ListenAddress, ListenError, type Listener, type StreamHandler } from '../listener.ts'
import { type Client, Connection, type ConnectionContext } from './connection.ts'
import { type TcpCounters, zeroTcpCounters } from './counters.ts'
import { FrameBuffer } from './framing.ts'
import { defaultTcpLimits, never, type TcpLimits } from './limits.ts'
import { Handshake, TlsAcceptor } from './tls.ts'

export interface TcpOptions {
  /** What differs from `defaultTcpLimits`. */
  readonly limits?: Partial<TcpLimits>
  /** Lets other sockets bind the same port, which the kernel then shares out between them (SO_REUSEPORT). */
  readonly reusePort?: boolean
  /** DNS over TLS (RFC 7858); if not given, in plain text. */
  readonly tls?: ServerTls
}

export interface TcpListener extends Listener {
  readonly counters: Readonly<TcpCounters>
  /** Sets other limits, for connections that are open as well. */
  limit(limits: Partial<TcpLimits>): void
  /**
   * Speaks TLS with other certificates, or none at all, with those who connect from now on; others stay as they are.
   *
   * @throws Error as `openTcp`
   */
  secure(tls: ServerTls | undefined): void
}

/**
 * Opens a TCP socket and answers each message (RFC 7766) with what `handler` makes of it.
 *
 * Addresses are as for UDP: `::` takes both families and shows IPv4 peers as `::ffff:a.b.c.d`. A message without
 * an answer ends its connection, after the answers that are still owed on it.
 *
 * @throws ListenError
 * @throws Error OpenSSL does not take the certificate, its key or the authorities
 */
export async function openTcp(
  at: ListenAddress,
  handler: StreamHandler,
  options: TcpOptions = {},
): Promise<TcpListener> {
  const counters = zeroTcpCounters()
  const acceptor = acceptorFor(options.tls, counters)
  const server = createServer({ allowHalfOpen: true, noDelay: true })
  try {
    const listening = once(server, 'listening')
    server.listen({
      host: at.address,
      port: at.port,
      backlog: 1024,
      exclusive: true,
      reusePort: options.reusePort ?? false,
    })
    await listening
  } catch (cause) {
    throw new ListenError(`tcp ${formatAddress(at)}`, cause)
  }
  const limits = { ...defaultTcpLimits, ...options.limits }
  return new TcpServer(server, { handler, limits, counters, acceptor })
}

interface TcpServerOptions {
  readonly handler: StreamHandler
  readonly limits: TcpLimits
  readonly counters: TcpCounters
  /** Where TLS is spoken. */
  readonly acceptor: TlsAcceptor | undefined
}

class TcpServer implements TcpListener {
  readonly address: ListenAddress
  readonly counters: TcpCounters
  readonly #server: Server
  readonly #context: ConnectionContext
  readonly #clients = new Set<Client>()
  #acceptor: TlsAcceptor | undefined
  /** One timer for all time limits. */
  #sweep: NodeJS.Timeout
  #closed: Promise<void> | undefined

  constructor(server: Server, { handler, limits, counters, acceptor }: TcpServerOptions) {
    this.address = addressOf(server)
    this.counters = counters
    this.#acceptor = acceptor
    this.#server = server
    this.#context = {
      handler,
      limits,
      counters,
      now: () => performance.now(),
      frames: new FrameBuffer(),
    }
    this.#sweep = this.#sweepFor(limits)
    server.on('connection', this.#accept)
    server.on('error', () => {
      this.counters.socketErrors++ // accept(2) failed, for want of file descriptors as a rule; it goes on later
    })
  }

  limit(limits: Partial<TcpLimits>): void {
    if (this.#closed !== undefined) return
    this.#context.limits = { ...defaultTcpLimits, ...limits }
    clearInterval(this.#sweep)
    this.#sweep = this.#sweepFor(this.#context.limits)
  }

  secure(tls: ServerTls | undefined): void {
    this.#acceptor = acceptorFor(tls, this.counters)
  }

  close(drainMs: number): Promise<void> {
    this.#closed ??= this.#drainAndClose(drainMs)
    return this.#closed
  }

  readonly #accept = (socket: Socket): void => {
    if (!this.#hasRoom()) {
      this.counters.refused++
      socket.destroy()
      return
    }
    this.counters.accepted++
    if (this.#acceptor === undefined) this.#keep(new Connection(socket, this.#context), socket)
    else this.#secure(socket, this.#acceptor)
  }

  #secure(socket: Socket, acceptor: TlsAcceptor): void {
    const handshake = new Handshake(socket, this.#context.now(), () => this.#context.limits.readTimeoutMs)
    this.#keep(handshake, socket)
    acceptor.accept(socket, (secured) => {
      this.#clients.delete(handshake)
      this.#keep(new Connection(secured, this.#context, handshake.quietSince), secured)
    })
  }

  #keep(client: Client, socket: Socket): void {
    this.#clients.add(client)
    socket.once('close', () => this.#clients.delete(client))
  }

  /** Makes room at the limit by closing the connection that has been quiet longest; busy ones stay. */
  #hasRoom(): boolean {
    if (this.#clients.size < this.#context.limits.maxConnections) return true
    let quietest: Client | undefined
    for (const client of this.#clients) {
      if (client.quietSince < (quietest?.quietSince ?? never)) quietest = client
    }
    if (quietest === undefined) return false
    this.counters.evicted++
    this.#clients.delete(quietest)
    quietest.destroy()
    return true
  }

  readonly #closeOverdue = (): void => {
    const now = this.#context.now()
    for (const client of this.#clients) {
      if (!client.isOverdue(now)) continue
      this.counters.overdue++
      client.close()
    }
  }

  /** Each limit is kept to a tenth of the shortest. */
  #sweepFor({ readTimeoutMs, writeTimeoutMs, idleTimeoutMs }: TcpLimits): NodeJS.Timeout {
    return setInterval(this.#closeOverdue, Math.min(readTimeoutMs, writeTimeoutMs, idleTimeoutMs) / 10)
  }

  async #drainAndClose(drainMs: number): Promise<void> {
    const closed = once(this.#server, 'close') // comes when the last connection is gone
    this.#server.close()
    for (const client of this.#clients) client.drain()
    const limit = setTimeout(() => {
      for (const client of this.#clients) client.destroy()
    }, drainMs)
    await closed
    clearTimeout(limit)
    clearInterval(this.#sweep)
  }
}

function acceptorFor(tls: ServerTls | undefined, counters: TcpCounters): TlsAcceptor | undefined {
  if (tls === undefined) return undefined
  const onFailed = () => {
    counters.unsecured++
  }
  return new TlsAcceptor({ ...tls, onFailed })
}

function addressOf(server: Server): ListenAddress {
  const at = server.address()
  if (at === null || typeof at === 'string') throw new TypeError('server does not listen on an IP address')
  return { address: at.address, port: at.port }
}
