import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { gzip } from 'node:zlib'
import { type FaultAnswer, faultBody } from './faults.ts'
import type { RequestLog } from './request-log.ts'
import { type Status, StatusError } from './status.ts'
import { BodyWriter, type Shape } from './writer.ts'

/** The answer of one request. */
export class Reply {
  readonly response: ServerResponse
  readonly #entry: { status: number | undefined }
  readonly #log: RequestLog
  readonly #shape: Shape

  constructor(response: ServerResponse, entry: { status: number | undefined }, log: RequestLog, shape: Shape) {
    this.response = response
    this.#entry = entry
    this.#log = log
    this.#shape = shape
  }

  send(code: number, body: Buffer | string, headers: Readonly<Record<string, string>> = {}): void {
    const octets = typeof body === 'string' ? Buffer.from(body) : body
    const { 'accept-encoding': accepted = '' } = this.response.req.headers
    // responsewriters/writers.go, defaultGzipThresholdBytes: short bodies are never compressed, watches neither.
    if (octets.length <= 128 * 1024 || !/\bgzip\b/.test(String(accepted))) {
      this.#sendBody(code, octets, headers)
      return
    }
    gzip(octets, { level: 1 }, (error, compressed) => {
      if (error === null && !this.response.destroyed) {
        this.#sendBody(code, compressed, { ...headers, 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' })
      }
    })
  }

  /** The head is sent at once, also if there is nothing yet to tell: endpoints/handlers/watch.go. */
  stream(): BodyWriter {
    this.#head(200, {})
    this.response.flushHeaders()
    return new BodyWriter(this.response, this.#shape)
  }

  #sendBody(code: number, octets: Buffer, headers: Readonly<Record<string, string>>): void {
    this.#head(code, headers)
    const writer = new BodyWriter(this.response, this.#shape)
    writer.write(octets)
    writer.end()
  }

  #head(code: number, headers: Readonly<Record<string, string>>): void {
    const usual = { 'Audit-Id': randomUUID(), 'Cache-Control': 'no-cache, private', 'Content-Type': 'application/json' }
    this.response.writeHead(code, { ...usual, ...headers })
    this.#entry.status = code
    this.#log.notify()
  }
}

/** What a fault has in place of an answer. */
export function answerFault(reply: Reply, answer: FaultAnswer): void {
  const { status, contentType, retryAfterSeconds } = answer
  reply.send(status, faultBody(answer), {
    ...(contentType !== undefined && { 'Content-Type': contentType }),
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
  })
}

/** What is no resource: a few paths that clients try, and else the page of a server that has no such path. */
export function answerElsewhere(reply: Reply, path: string, discovered: object | undefined): void {
  if (discovered !== undefined) reply.send(200, `${JSON.stringify(discovered)}\n`)
  else if (['/healthz', '/livez', '/readyz'].includes(path)) reply.send(200, 'ok', plain)
  else if (path === '/version') reply.send(200, JSON.stringify({ major: '1', minor: '34', gitVersion: 'v1.34.0' }))
  else reply.send(404, '404 page not found\n', plain)
}

const plain = { 'Content-Type': 'text/plain; charset=utf-8' }

/** The Status of what ended the request. */
export function answerError(reply: Reply, error: unknown): void {
  if (reply.response.headersSent) {
    reply.response.destroy()
    return
  }
  const status: Status | undefined = error instanceof StatusError ? error.status : undefined
  const { code = 500, details } = status ?? {}
  const body = status ?? { kind: 'Status', status: 'Failure', reason: 'InternalError', message: String(error), code }
  const { retryAfterSeconds } = details ?? {}
  // responsewriters/status.go and writers.go: seconds of a Status are told in the head too.
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }
  reply.send(code, `${JSON.stringify(body)}\n`, headers)
}
