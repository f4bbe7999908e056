import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { headerOctets } from '../../dns/wire/header.ts'
import { type ExchangeOptions, type TlsOptions, type Upstream, UpstreamError } from '../../plugin/upstream.ts'
import type { SocketAddress } from '../../util/address.ts'
import { messageOf } from '../../util/errors.ts'
import type { Timer } from '../../util/timer.ts'
import { formatAddress } from '../listener.ts'
import { maxMessageOctets } from '../tcp/framing.ts'
import { withId } from './connection.ts'
import { connectError, stopped, timeout } from './errors.ts'
import { tlsOptions } from './stream.ts'

/** RFC 8484 section 4.1: the path that everybody has, and the type of a message. */
const path = '/dns-query'
const messageType = 'application/dns-message'

/** The connection tells requests apart, and a cache of HTTP shares replies by their id (RFC 8484 section 4.1). */
const idOfAll = 0

export interface HttpsOptions {
  readonly at: SocketAddress
  readonly tls: TlsOptions
  readonly method: 'GET' | 'POST'
  readonly sourceAddress?: string
  readonly idleMs?: number
}

/** A server over HTTPS, that is over HTTP/2: all requests share one connection. */
export class HttpsUpstream implements Upstream {
  readonly #options: HttpsOptions
  readonly #timer: Timer
  readonly #sessions = new Set<ClientHttp2Session>()
  #shared: ClientHttp2Session | undefined
  #underWay = 0
  #callOffIdle: (() => void) | undefined
  #isClosed = false

  constructor(options: HttpsOptions, timer: Timer) {
    this.#options = options
    this.#timer = timer
  }

  async exchange(message: Uint8Array, { replyMs, isApart }: ExchangeOptions): Promise<Uint8Array> {
    if (this.#isClosed) throw stopped()
    if (isApart) {
      const session = this.#tryConnect()
      try {
        return await this.#ask(session, message, replyMs)
      } finally {
        session.destroy()
      }
    }
    this.#callOffIdle?.()
    this.#callOffIdle = undefined
    this.#underWay++
    try {
      return await this.#ask(this.#sharedSession(), message, replyMs)
    } finally {
      this.#underWay--
      if (this.#underWay === 0) this.#waitIdle()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#callOffIdle?.()
    for (const session of this.#sessions) session.destroy()
  }

  #sharedSession(): ClientHttp2Session {
    if (this.#shared === undefined || this.#shared.closed || this.#shared.destroyed) this.#shared = this.#tryConnect()
    return this.#shared
  }

  /** @throws UpstreamError there is something in the certificates that OpenSSL does not take */
  #tryConnect(): ClientHttp2Session {
    try {
      return this.#connect()
    } catch (error) {
      throw this.#errorOf(error)
    }
  }

  #connect(): ClientHttp2Session {
    const { at, tls, sourceAddress } = this.#options
    const session = connect(`https://${this.#authority}`, {
      host: at.address,
      port: at.port,
      ...tlsOptions(tls),
      ...(sourceAddress !== undefined && { localAddress: sourceAddress }),
    })
    this.#sessions.add(session)
    session.on('close', () => this.#sessions.delete(session))
    session.on('goaway', () => session.close())
    session.on('error', () => {}) // each request hears of it
    return session
  }

  #ask(session: ClientHttp2Session, message: Uint8Array, replyMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        callOff()
        reject(this.#errorOf(error))
      }
      const stream = this.#request(session, withId(message, idOfAll))
      const callOff = this.#timer.after(replyMs, () => {
        stream.close(constants.NGHTTP2_CANCEL)
        this.#giveUp(session)
        fail(timeout)
      })
      const chunks: Buffer[] = []
      let octets = 0
      let status = 0
      stream.on('response', (headers) => {
        status = Number(headers[constants.HTTP2_HEADER_STATUS])
      })
      stream.on('data', (chunk: Buffer) => {
        octets += chunk.length
        if (octets > maxMessageOctets) stream.close(constants.NGHTTP2_CANCEL)
        else chunks.push(chunk)
      })
      stream.on('error', fail)
      stream.on('close', () => {
        const reply = Buffer.concat(chunks)
        if (status !== constants.HTTP_STATUS_OK) return fail(`unexpected status ${status}`)
        if (octets < headerOctets) return fail('unexpected EOF')
        if (octets > maxMessageOctets) return fail('http: request body too large')
        callOff()
        resolve(reply)
      })
    })
  }

  /** Nobody may be at the other end any more: what comes next is asked over another connection. */
  #giveUp(session: ClientHttp2Session): void {
    if (this.#shared === session) this.#shared = undefined
    if (session.connecting) session.destroy()
    else session.close()
  }

  #request(session: ClientHttp2Session, message: Uint8Array): ClientHttp2Stream {
    const { method } = this.#options
    const isGet = method === 'GET'
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: method,
      [constants.HTTP2_HEADER_PATH]: isGet ? `${path}?dns=${Buffer.from(message).toString('base64url')}` : path,
      [constants.HTTP2_HEADER_ACCEPT]: messageType,
      ...(!isGet && { [constants.HTTP2_HEADER_CONTENT_TYPE]: messageType }),
    })
    if (isGet) stream.end()
    else stream.end(message)
    return stream
  }

  #waitIdle(): void {
    const { idleMs = 0 } = this.#options
    const close = () => {
      this.#callOffIdle = undefined
      this.#shared?.close()
    }
    if (idleMs === 0 || this.#isClosed) close()
    else this.#callOffIdle = this.#timer.after(idleMs, close)
  }

  /** As Go's HTTP client words it. */
  #errorOf(thrown: unknown): UpstreamError {
    if (this.#isClosed) return stopped()
    // A request whose connection has failed says why only at second hand.
    const error = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
    const { at, method } = this.#options
    const cause = connectError({ network: 'tcp', from: undefined, to: at }, error)
    const isOfSystem = error instanceof Error && 'syscall' in error
    const reason = isOfSystem || cause.message.startsWith('tls:') ? cause.message : messageOf(error)
    const name = method === 'GET' ? 'Get' : 'Post'
    return new UpstreamError(
      `${name} "https://${this.#authority}${path}": ${reason}`,
      `${formatAddress(at)}: ${reason}`,
      error instanceof Error ? { cause: error } : {},
    )
  }

  get #authority(): string {
    const { at, tls } = this.#options
    return formatAddress({ address: tls.serverName ?? at.address, port: at.port })
  }
}
