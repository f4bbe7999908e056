import { once } from 'node:events'
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import type { Certificate } from './api-server/api-server.ts'
import { replyTo } from './upstream-double.ts'

/** A request as it came. */
export interface HttpsRequest {
  readonly method: string
  readonly path: string
  readonly type: string | undefined
  readonly accept: string | undefined
  readonly id: number
  /** The connection it came over, counted from 1. */
  readonly connection: number
}

/** A server of DNS over HTTPS (RFC 8484), which replies with one A record, or as a test says. */
export class HttpsUpstream {
  readonly requests: HttpsRequest[] = []
  /** Status and octets of what is replied; undefined: nothing is. */
  reply: (good: Uint8Array) => { readonly status: number; readonly octets: Uint8Array } | undefined = (octets) => ({
    status: 200,
    octets,
  })
  readonly #server: Http2SecureServer
  readonly #sessions = new Set<ServerHttp2Session>()
  #connections = 0

  static async start(certificate: Certificate): Promise<HttpsUpstream> {
    const upstream = new HttpsUpstream(certificate)
    upstream.#server.listen(0, '127.0.0.1')
    await once(upstream.#server, 'listening')
    return upstream
  }

  private constructor(certificate: Certificate) {
    this.#server = createSecureServer(certificate)
    this.#server.on('session', (session) => {
      this.#connections++
      this.#sessions.add(session)
      session.on('close', () => this.#sessions.delete(session))
      const connection = this.#connections
      session.on('stream', (stream, headers) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('error', () => {})
        stream.on('end', () => {
          const { ':method': method = '', ':path': path = '', 'content-type': type, accept } = headers
          const text = new URL(path, 'https://a.test').searchParams.get('dns')
          const octets = text === null ? Buffer.concat(chunks) : Buffer.from(text, 'base64url')
          const message = decodeMessage(octets)
          this.requests.push({ method, path: path.split('?')[0] ?? '', type, accept, id: message.id, connection })
          const good = replyTo({ message, octets, transport: 'tcp', port: 0, address: '' })
          const reply = this.reply(good)
          if (reply === undefined) return
          stream.respond({ ':status': reply.status, 'content-type': 'application/dns-message' })
          stream.end(reply.octets)
        })
      })
    })
  }

  get at(): string {
    const address = this.#server.address()
    return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  }

  get openConnections(): number {
    return this.#sessions.size
  }

  closeConnections(): void {
    for (const session of this.#sessions) session.close()
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const session of this.#sessions) session.destroy()
    await closed
  }
}
