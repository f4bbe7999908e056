import type { SocketAddress } from '../util/address.ts'
import { ServerError } from '../util/errors.ts'
import type { Transport } from './handler.ts'

/**
 * How a plugin exchanges messages with another DNS server.
 *
 * The plugin makes the messages and judges the replies; sockets, ids and time-outs are the affair of what fills this
 * (transport/upstream).
 */
export interface Upstreams {
  /** Opens no socket yet. */
  open(options: UpstreamOptions): Upstream
  /**
   * The addresses of a host, as the system finds them.
   *
   * @throws UpstreamError there is none
   */
  lookup(host: string): Promise<readonly string[]>
  /**
   * Sends a message over a TCP connection of its own, and receives the many that are the reply to it (RFC 5936 section 2.2).
   *
   * The id is drawn as for `Upstream.exchange`; a message with another one ends it.
   *
   * @throws UpstreamError the server cannot be reached, sends what is no reply, closes the connection or pauses for too long; what `take` throws
   */
  receive(message: Uint8Array, options: ReceiveOptions): Promise<void>
}

export interface ReceiveOptions {
  readonly at: SocketAddress
  readonly connectMs: number
  /** How long each of the messages may take. */
  readonly pauseMs: number
  /** Ends it before its time. */
  readonly signal: AbortSignal
  /**
   * Is handed each message, of at least a header; what else is in it has not been looked at.
   *
   * @returns whether another is to come
   */
  take(message: Uint8Array): boolean
}

export interface UpstreamOptions {
  readonly at: SocketAddress
  /** How it is spoken to, if not over UDP and TCP. */
  readonly secured?: Secured
  /** Where our messages come from; if not given, the system chooses. */
  readonly sourceAddress?: string
  /** How long a socket is kept for the next message; if not given, not at all. */
  readonly idleMs?: number
  /** How long a socket is used; 0 or not given: as long as it is not idle. */
  readonly maxAgeMs?: number
  /** How many sockets are kept for each protocol; 0 or not given: all of them. */
  readonly maxIdle?: number
  /** Hears of each message whether a socket was at hand for it, or has to be opened. */
  readonly onSocket?: (protocol: UpstreamProtocol, isKept: boolean) => void
}

export type UpstreamProtocol = Transport | 'tcp-tls' | 'https'

export interface Secured {
  /** RFC 7858, or RFC 8484 with its requests. */
  readonly by: 'tls' | { readonly method: 'GET' | 'POST' }
  readonly tls: TlsOptions
}

/** All in PEM. */
export interface TlsOptions {
  /** The name that the server's certificate has to have; if not given, its address. */
  readonly serverName?: string
  /** Who may have signed it; if not given, whom Node.js trusts. */
  readonly ca?: string
  /** What we show of ourselves. */
  readonly cert?: string
  readonly key?: string
}

export interface ExchangeOptions {
  /** Of no account where the server is spoken to in one way only. */
  readonly transport: Transport
  /** How long the reply may take. */
  readonly replyMs: number
  /** How long a connection may take to be there; it may be given up before that, by what earlier ones took. */
  readonly connectMs: number
  /** Opens a socket for this message alone, which nobody hears of. */
  readonly isApart?: boolean
}

/** One server. */
export interface Upstream {
  /**
   * Sends a message, and waits for the reply to it.
   *
   * Another id than the message has is sent, one that nobody can guess; over UDP, from such a port too. What comes from elsewhere
   * or has another id is no reply. Neither id is the caller's affair: that of the reply is to be passed over.
   *
   * @returns the reply, of at least a header; what else is in it has not been looked at
   * @throws UpstreamError there was none
   */
  exchange(message: Uint8Array, options: ExchangeOptions): Promise<Uint8Array>
  /** Closes all sockets; whoever waits for a reply waits no longer. */
  close(): void
}

export interface ExchangeOnceOptions extends ExchangeOptions {
  readonly at: SocketAddress
  /** Ends it without a reply. */
  readonly signal: AbortSignal
}

/**
 * Sends one message to a server that is asked nothing else.
 *
 * @returns as `Upstream.exchange`
 * @throws UpstreamError there was no reply
 */
export async function exchangeOnce(
  upstreams: Pick<Upstreams, 'open'>,
  message: Uint8Array,
  { at, signal, ...options }: ExchangeOnceOptions,
): Promise<Uint8Array> {
  const upstream = upstreams.open({ at })
  const close = () => upstream.close()
  signal.addEventListener('abort', close)
  try {
    return await upstream.exchange(message, options)
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

/** Another server could not be asked, or did not answer. The message is that of CoreDNS. */
export class UpstreamError extends ServerError {
  /** The message without our own address and port, which clients need not know. */
  readonly reason: string

  constructor(message: string, reason = message, options?: ErrorOptions) {
    super('UPSTREAM', message, options)
    this.reason = reason
  }
}
