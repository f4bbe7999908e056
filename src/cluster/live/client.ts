import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { messageOf } from '../../util/errors.ts'
import type { Timer } from '../../util/timer.ts'
import type { Access, Credentials } from './access.ts'
import { ApiError, statusError } from './errors.ts'
import type { RequestGate } from './limits.ts'
import type { RequestMetrics } from './metrics.ts'

export interface ApiRequest {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** A list holds its place among the requests that are under way until it is in, a watch only until it begins. */
  readonly verb: 'list' | 'watch'
  readonly signal: AbortSignal
  /** A server that is not heard of for so long is given up: milliseconds, as they are at the moment. */
  readonly silence: () => number
  /** The server has agreed: the response begins. */
  readonly onOpen?: () => void
}

export interface ClientOptions {
  readonly access: Pick<Access, 'server' | 'credentials' | 'renew'>
  readonly gate: RequestGate
  readonly timer: Timer
  readonly userAgent: string
  readonly metrics: RequestMetrics
}

/** Whoever wants to be left alone for longer is asked again all the same. */
const longestRetryAfterMs = 5 * 60_000

/** Of the body of a refusal no more is read: it is for a line in the log. */
const maximumStatusOctets = 64 * 1024

/** Reads from the API server: GET requests, whose responses come in pieces. */
export class ApiClient {
  readonly #options: ClientOptions
  #agent: IdentityAgent | undefined

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /**
   * Hands over the body of a successful response, piece by piece as it comes.
   *
   * @param onData what it throws ends the request
   * @throws ApiError for a refusal, a connection that fails, ends in the middle or falls silent; what `onData` throws;
   * the signal's reason
   */
  async read(request: ApiRequest, onData: (octets: Buffer) => void): Promise<void> {
    const { access, gate, timer, metrics } = this.#options
    const { host } = access.server
    const cameMs = timer.now()
    await gate.enter(request.signal)
    metrics.waited(host, timer.now() - cameMs)
    let isIn = true
    const leave = () => {
      if (isIn) gate.leave()
      isIn = false
    }
    try {
      const credentials = await this.#credentials(request)
      request.signal.throwIfAborted()
      await this.#timed(request, credentials, (response) => {
        if (request.verb === 'watch') leave()
        if (response.statusCode !== 200) return collectStatus(response)
        const body = expectJson(response, onData)
        request.onOpen?.()
        return body
      })
    } catch (error) {
      if (isRefusal(error)) access.renew()
      throw error
    } finally {
      leave()
    }
  }

  /** Ends the connections that nobody uses. */
  close(): void {
    for (const sockets of Object.values(this.#agent?.agent.freeSockets ?? {})) {
      for (const socket of sockets ?? []) socket.destroy()
    }
    this.#agent = undefined
  }

  /** A plugin may wait for ever: for someone to log in, for instance. */
  async #credentials({ signal, silence }: ApiRequest): Promise<Credentials> {
    const { access, timer } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<Credentials>()
    const silenceMs = silence()
    const callOff = timer.after(silenceMs, () => reject(new Error(`none came within ${silenceMs / 1000} s`)))
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    access.credentials().then(resolve, reject)
    try {
      return await promise
    } catch (error) {
      signal.throwIfAborted()
      access.renew()
      throw new ApiError(`no credentials: ${messageOf(error)}`, { cause: error })
    } finally {
      callOff()
      signal.removeEventListener('abort', abort)
    }
  }

  /** An exchange that is counted. As in client-go a watch, which may last for hours, has no duration. */
  async #timed(
    request: ApiRequest,
    credentials: Credentials,
    take: (response: IncomingMessage) => Body,
  ): Promise<void> {
    const { access, timer, metrics } = this.#options
    const { host } = access.server
    const beganMs = timer.now()
    let status: number | undefined
    try {
      await this.#exchange(request, credentials, (response) => {
        status = response.statusCode
        metrics.responded(host, status)
        return take(response)
      })
    } finally {
      if (status === undefined) metrics.responded(host, undefined)
      if (request.verb === 'list') metrics.ended(host, timer.now() - beganMs)
    }
  }

  #exchange(request: ApiRequest, credentials: Credentials, take: (response: IncomingMessage) => Body): Promise<void> {
    const { timer } = this.#options
    const { signal, silence } = request
    const outgoing = this.#open(request, credentials)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const fail = (error: unknown) => {
      reject(error)
      outgoing.destroy()
    }
    const abort = () => fail(signal.reason)
    let callOff = () => {}
    const heard = () => {
      callOff()
      const silenceMs = silence()
      callOff = timer.after(silenceMs, () =>
        fail(new ApiError(`nothing was heard for ${silenceMs / 1000} s`, { isSilence: true })),
      )
    }
    outgoing.on('error', (error) => fail(connectionError(error)))
    outgoing.on('response', (response) => {
      heard()
      try {
        const body = take(response)
        response.on('data', (octets: Buffer) => {
          try {
            body.data(octets)
            heard() // afterwards: what was in it may change how long silence may last
          } catch (error) {
            fail(error)
          }
        })
        response.on('error', (error) =>
          fail(new ApiError('the response was cut off', { cause: error, isUnreachable: true })),
        )
        response.on('end', () => {
          try {
            body.end()
            resolve()
          } catch (error) {
            fail(error)
          }
        })
      } catch (error) {
        fail(error)
      }
    })
    signal.addEventListener('abort', abort)
    heard()
    outgoing.end()
    return promise.finally(() => {
      callOff()
      signal.removeEventListener('abort', abort)
    })
  }

  /** @throws ApiError a token that no header can hold, a certificate that is half written */
  #open(request: ApiRequest, credentials: Credentials): ClientRequest {
    const { access, userAgent } = this.#options
    const url = urlOf(access.server, request)
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest
    const { headers, ...rest } = credentials
    try {
      return send(url, {
        agent: this.#agentFor(url, credentials),
        ...rest,
        headers: { ...headers, accept: 'application/json', 'user-agent': userAgent },
      })
    } catch (error) {
      access.renew()
      throw new ApiError(`no request: ${messageOf(error)}`, { cause: error })
    }
  }

  /**
   * One agent for as long as the TLS files say the same: its connections are those of one identity.
   *
   * KubeConfig's own agent would keep to the files that it was made with.
   */
  #agentFor({ protocol }: URL, { ca, cert, key, servername, rejectUnauthorized }: Credentials): HttpAgent {
    const identity = [ca, cert, key, servername, rejectUnauthorized].join('\n')
    if (this.#agent?.identity !== identity) {
      this.close()
      const agent = protocol === 'http:' ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true })
      this.#agent = { identity, agent }
    }
    return this.#agent.agent
  }
}

/** Connections of one identity. */
interface IdentityAgent {
  readonly identity: string
  readonly agent: HttpAgent
}

/** Takes a response's body; `end` throws where it is not what was asked for. */
interface Body {
  data(octets: Buffer): void
  end(): void
}

/** @throws ApiError something that stands between us and the API server has answered */
function expectJson(response: IncomingMessage, onData: (octets: Buffer) => void): Body {
  const type = response.headers['content-type'] ?? 'nothing'
  if (!type.startsWith('application/json')) {
    throw new ApiError(`found content of type ${type}, expected application/json: is this an API server?`)
  }
  return { data: onData, end() {} }
}

/** What the server says of a request that it refuses: a Status object, most often. */
function collectStatus({ statusCode, statusMessage, headers }: IncomingMessage): Body {
  const pieces: Buffer[] = []
  let octetsLeft = maximumStatusOctets
  const end = () => {
    const retryAfterMs = retryAfterOf(headers['retry-after'])
    throw statusError(parseStatus(Buffer.concat(pieces)) ?? { message: statusMessage }, {
      ...(statusCode !== undefined && { status: statusCode }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
  }
  return {
    data(octets) {
      pieces.push(octets)
      octetsLeft -= octets.length
      if (octetsLeft < 0) end()
    },
    end,
  }
}

function parseStatus(octets: Buffer): unknown {
  try {
    return JSON.parse(octets.toString('utf8'))
  } catch {
    return undefined
  }
}

/** In seconds; the API server knows no dates there. */
function retryAfterOf(text = ''): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text) * 1000, longestRetryAfterMs) : undefined
}

/** The server's path may be one of a proxy, which ours goes below. */
function urlOf(server: URL, { path, query }: ApiRequest): URL {
  const url = new URL(server)
  url.pathname = url.pathname.replace(/\/+$/, '') + path
  url.search = new URLSearchParams(query).toString()
  return url
}

/** Why there is no connection, or none any more: Node.js may try several addresses, and then says nothing itself. */
function connectionError(error: unknown): ApiError {
  const first = error instanceof AggregateError ? error.errors[0] : error
  return new ApiError(`unreachable: ${messageOf(first).replace(/^connect /, '')}`, {
    cause: error,
    isUnreachable: true,
  })
}

/** The server does not let us in as who we are, or we do not let it be who it says. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.status === 401 || isTlsError(error.cause)
}

/** Codes of OpenSSL's verification, as Node.js has them, and of TLS alerts: a certificate was changed on either side. */
export function isTlsError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /CERT|SIGNATURE|ISSUER|^ERR_SSL|^ERR_TLS|SELF_SIGNED|^EPROTO$/.test(code)
}
