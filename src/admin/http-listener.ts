import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ListenAddress } from '../transport/listener.ts'

/** What is answered to any request for one path, whatever its method is. */
export type Respond = () => HttpResponse

export interface HttpResponse {
  readonly status: number
  readonly body: string
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
  timeoutMs = defaultTimeoutMs,
): Promise<HttpListener> {
  const options = {
    requestTimeout: timeoutMs,
    keepAliveTimeout: timeoutMs,
    connectionsCheckingInterval: timeoutMs / 10,
  }
  const server = createServer(options, (request, response) => send(response, responseTo(request, routes)))
  const listening = once(server, 'listening')
  server.listen({ host: at.address, port: at.port, exclusive: true })
  await listening
  // accept(2) fails for want of file descriptors, as a rule; it goes on later.
  server.on('error', () => {})
  return { address: addressOf(server), close: () => close(server) }
}

function responseTo({ url = '' }: IncomingMessage, routes: ReadonlyMap<string, Respond>): HttpResponse {
  const [path = ''] = url.split('?', 1)
  return routes.get(path)?.() ?? { status: 404, body: '404 page not found\n' }
}

function send(response: ServerResponse, { status, body }: HttpResponse): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
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
