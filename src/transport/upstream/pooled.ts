import type { ExchangeOptions, Upstream, UpstreamOptions } from '../../plugin/upstream.ts'
import type { Timer } from '../../util/timer.ts'
import { ConnectTime } from './connect-time.ts'
import type { Connection } from './connection.ts'
import { ClosedByPeerError, stopped } from './errors.ts'
import { Pool } from './pool.ts'
import { RandomIds } from './random.ts'
import { StreamConnection, type TlsSessions } from './stream.ts'
import { UdpConnection } from './udp.ts'

type Protocol = 'udp' | 'tcp' | 'tcp-tls'

/** A server over UDP and TCP, or over TLS. */
export class PooledUpstream implements Upstream {
  readonly #options: UpstreamOptions
  readonly #timer: Timer
  readonly #ids = new RandomIds()
  readonly #connectTime = new ConnectTime()
  readonly #sessions: TlsSessions = {}
  readonly #pools: Readonly<Record<'udp' | 'stream', Pool>>
  /** Those that are used, or being opened. */
  readonly #busy = new Set<Connection>()
  #isClosed = false

  constructor(options: UpstreamOptions, timer: Timer) {
    const { idleMs = 0, maxAgeMs = 0, maxIdle = 0 } = options
    const pool = () => new Pool({ timer, idleMs, maxAgeMs, maxIdle })
    this.#options = options
    this.#timer = timer
    this.#pools = { udp: pool(), stream: pool() }
  }

  async exchange(message: Uint8Array, options: ExchangeOptions): Promise<Uint8Array> {
    const protocol = this.#options.secured === undefined ? options.transport : 'tcp-tls'
    for (;;) {
      if (this.#isClosed) throw stopped()
      const kept = options.isApart ? undefined : this.#poolOf(protocol).take()
      if (!options.isApart) this.#options.onSocket?.(protocol, kept !== undefined)
      try {
        return await this.#exchangeOver(kept ?? this.#connectionOf(protocol), message, options, kept === undefined)
      } catch (error) {
        // A server closes what has been idle for long without asking.
        if (kept === undefined || !(error instanceof ClosedByPeerError)) throw error
      }
    }
  }

  close(): void {
    this.#isClosed = true
    for (const pool of Object.values(this.#pools)) pool.close()
    for (const connection of this.#busy) connection.close()
  }

  async #exchangeOver(
    connection: Connection,
    message: Uint8Array,
    { transport, connectMs, replyMs, isApart = false }: ExchangeOptions,
    isNew: boolean,
  ): Promise<Uint8Array> {
    this.#busy.add(connection)
    try {
      if (isApart) await connection.open(connectMs)
      else if (isNew) await this.#open(connection, connectMs)
      const reply = await connection.exchange(message, replyMs)
      this.#busy.delete(connection)
      if (isApart || this.#isClosed) connection.close()
      else this.#poolOf(transport).give(connection)
      return reply
    } catch (error) {
      this.#busy.delete(connection)
      connection.close()
      throw error
    }
  }

  async #open(connection: Connection, connectMs: number): Promise<void> {
    const startMs = this.#timer.now()
    try {
      await connection.open(Math.min(connectMs, this.#connectTime.limitMs))
    } finally {
      this.#connectTime.observe(this.#timer.now() - startMs)
    }
  }

  #connectionOf(protocol: Protocol): Connection {
    const { at, sourceAddress, secured } = this.#options
    const common = { at, timer: this.#timer, ids: this.#ids, ...(sourceAddress !== undefined && { sourceAddress }) }
    if (protocol === 'udp') return new UdpConnection(common)
    return new StreamConnection({ ...common, ...(secured && { tls: secured.tls, sessions: this.#sessions }) })
  }

  #poolOf(protocol: Protocol): Pool {
    return protocol === 'udp' && this.#options.secured === undefined ? this.#pools.udp : this.#pools.stream
  }
}
