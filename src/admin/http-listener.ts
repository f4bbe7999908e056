import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { ListenAddress } from '../transport/listener.ts'
import { messageOf } from '../util/errors.ts'
import type { MaybePromise } from '../util/maybe-promise.ts'

/** What is answered to any request for one path, whatever its method is. */
export type Respond = (headers: IncomingHttpHeaders) => MaybePromise<HttpResponse>

export interface HttpResponse {
  readonly status: number
  readonly body: string | Buffer
  /** Beside the type of the content, which is plain text unless it stands here. */
  readonly headers?: OutgoingHttpHeaders
}

/** What HTTPS takes, in PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface HttpOptions {
  /** Present: over HTTPS. */
  readonly certificate?: Certificate
  readonly timeoutMs?: number
}

export interface HttpListener {
  /** Where it really listens: the port is never 0. */
  readonly address: ListenAddress
  /** Takes no new connections, and ends those that there are: what was asked has been answered. */
  close(): Promise<void>
}

/** How long a request may take to come, and a connection may be silent, as in CoreDNS. */
const defaultTimeoutMs = 5000

/**
 * Opens a socket and answers at these paths; any other is 404.
 *
 * @throws as node:net does, where it cannot be opened
 */
export async function openHttp(
  at: ListenAddress,
  routes: ReadonlyMap<string, Respond>,
  { certificate, timeoutMs = defaultTimeoutMs }: HttpOptions = {},
): Promise<HttpListener> {
  const options = {
    requestTimeout: timeoutMs,
    keepAliveTimeout: timeoutMs,
    connectionsCheckingInterval: timeoutMs / 10,
  }
  const answer = (request: IncomingMessage, response: ServerResponse) => void respond(request, response, routes)
  const server =
    certificate === undefined ? createServer(options, answer) : createTlsServer({ ...options, ...certificate }, answer)
  const listening = once(server, 'listening')
  server.listen({ host: at.address, port: at.port, exclusive: true })
  await listening
  // accept(2) fails for want of file descriptors, as a rule; it goes on later.
  server.on('error', () => {})
  return { address: addressOf(server), close: () => close(server) }
}

async function respond(
  { url = '', headers }: IncomingMessage,
  response: ServerResponse,
  routes: ReadonlyMap<string, Respond>,
): Promise<void> {
  const [path = ''] = url.split('?', 1)
  try {
    send(response, (await routes.get(path)?.(headers)) ?? { status: 404, body: '404 page not found\n' })
  } catch (error) {
    send(response, { status: 500, body: `${messageOf(error)}\n` })
  }
}

function send(response: ServerResponse, { status, body, headers }: HttpResponse): void {
  const length = Buffer.byteLength(body)
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': length, ...headers })
  response.end(body)
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

function addressOf(server: Server): ListenAddress {
  const at = server.address()
  if (at === null || typeof at === 'string') throw new TypeError('server does not listen on an IP address')
  return { address: at.address, port: at.port }
}
