/**
 * tcp: connections in, messages out of them, answers back.
 *
 * A stream is cut into messages by `framing.ts`; `connection.ts` is one client; `limits.ts` says how long and how much
 * each may take. Start here: this file opens the socket and keeps the connections.
 */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { formatAddress, type ListenAddress, ListenError, type Listener, type StreamHandler } from '../listener.ts'
import { Connection, type ConnectionContext } from './connection.ts'
import { type TcpCounters, zeroTcpCounters } from './counters.ts'
import { FrameBuffer } from './framing.ts'
import { defaultTcpLimits, never, type TcpLimits } from './limits.ts'

export interface TcpOptions {
  /** What differs from `defaultTcpLimits`. */
  readonly limits?: Partial<TcpLimits>
  /** Lets other sockets bind the same port, which the kernel then shares out between them (SO_REUSEPORT). */
  readonly reusePort?: boolean
}

export interface TcpListener extends Listener {
  readonly counters: Readonly<TcpCounters>
  /** Sets other limits, for connections that are open as well. */
  limit(limits: Partial<TcpLimits>): void
}

/**
 * Opens a TCP socket and answers each message (RFC 7766) with what `handler` makes of it.
 *
 * Addresses are as for UDP: `::` takes both families and shows IPv4 peers as `::ffff:a.b.c.d`. A message without
 * an answer ends its connection, after the answers that are still owed on it.
 *
 * @throws ListenError
 */
export async function openTcp(
  at: ListenAddress,
  handler: StreamHandler,
  options: TcpOptions = {},
): Promise<TcpListener> {
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
  return new TcpServer(server, handler, { ...defaultTcpLimits, ...options.limits })
}

class TcpServer implements TcpListener {
  readonly address: ListenAddress
  readonly counters = zeroTcpCounters()
  readonly #server: Server
  readonly #context: ConnectionContext
  readonly #connections = new Set<Connection>()
  /** One timer for all time limits. */
  #sweep: NodeJS.Timeout
  #closed: Promise<void> | undefined

  constructor(server: Server, handler: StreamHandler, limits: TcpLimits) {
    this.address = addressOf(server)
    this.#server = server
    this.#context = {
      handler,
      limits,
      counters: this.counters,
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
    const connection = new Connection(socket, this.#context)
    this.#connections.add(connection)
    socket.once('close', () => this.#connections.delete(connection))
  }

  /** Makes room at the limit by closing the connection that has been quiet longest; busy ones stay. */
  #hasRoom(): boolean {
    if (this.#connections.size < this.#context.limits.maxConnections) return true
    let quietest: Connection | undefined
    for (const connection of this.#connections) {
      if (connection.quietSince < (quietest?.quietSince ?? never)) quietest = connection
    }
    if (quietest === undefined) return false
    this.counters.evicted++
    this.#connections.delete(quietest)
    quietest.destroy()
    return true
  }

  readonly #closeOverdue = (): void => {
    const now = this.#context.now()
    for (const connection of this.#connections) {
      if (!connection.isOverdue(now)) continue
      this.counters.overdue++
      connection.destroy()
    }
  }

  /** Each limit is kept to a tenth of the shortest. */
  #sweepFor({ readTimeoutMs, writeTimeoutMs, idleTimeoutMs }: TcpLimits): NodeJS.Timeout {
    return setInterval(this.#closeOverdue, Math.min(readTimeoutMs, writeTimeoutMs, idleTimeoutMs) / 10)
  }

  async #drainAndClose(drainMs: number): Promise<void> {
    const closed = once(this.#server, 'close') // comes when the last connection is gone
    this.#server.close()
    for (const connection of this.#connections) connection.drain()
    const limit = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy()
    }, drainMs)
    await closed
    clearTimeout(limit)
    clearInterval(this.#sweep)
  }
}

function addressOf(server: Server): ListenAddress {
  const at = server.address()
  if (at === null || typeof at === 'string') throw new TypeError('server does not listen on an IP address')
  return { address: at.address, port: at.port }
}
