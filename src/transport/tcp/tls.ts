import type { Socket } from 'node:net'
import { createSecureContext, createServer, type Server, type TLSSocket } from 'node:tls'
import type { ClientAuth, ServerTls } from '../../plugin/settings.ts'
import { messageOf } from '../../util/errors.ts'
import type { Client } from './connection.ts'

/** Node.js's own limit, as far away as it goes: the listener keeps one that may change. */
const handshakeTimeout = 2 ** 31 - 1

export interface TlsAcceptorOptions extends ServerTls {
  /** No keys were agreed with a client, or it may not come in; its socket is closed. */
  readonly onFailed: () => void
}

/** Agrees on keys with clients that have connected (RFC 7858 section 3.2). It opens no socket itself. */
export class TlsAcceptor {
  readonly #server: Server
  readonly #options: TlsAcceptorOptions
  /** What waits for a socket that is secured, by its two ends: of the one that connected Node.js tells no more. */
  readonly #waiting = new Map<string, (secured: TLSSocket) => void>()

  /** @throws Error OpenSSL does not take the certificate, its key or the authorities */
  constructor(options: TlsAcceptorOptions) {
    const { cert, key, ca, clientAuth, onSecrets, onFailed } = options
    this.#options = options
    this.#server = createServer({
      ...{ cert, key, handshakeTimeout },
      ...(ca !== undefined && { ca }),
      minVersion: 'TLSv1.2',
      requestCert: clientAuth !== 'nocert',
      rejectUnauthorized: clientAuth === 'require_and_verify',
    })
    this.#server.on('secureConnection', this.#take)
    this.#server.on('tlsClientError', onFailed)
    if (onSecrets !== undefined) this.#server.on('keylog', (line) => onSecrets(line.toString('latin1')))
  }

  /** @param onSecured gets what takes the socket's place; called at most once */
  accept(socket: Socket, onSecured: (secured: TLSSocket) => void): void {
    if (socket.remoteAddress === undefined) {
      this.#options.onFailed() // it has gone already
      socket.destroy()
      return
    }
    const ends = endsOf(socket)
    this.#waiting.set(ends, onSecured)
    socket.once('close', () => {
      if (this.#waiting.get(ends) === onSecured) this.#waiting.delete(ends)
    })
    socket.allowHalfOpen = false // who ends its side now will not get any further
    this.#server.emit('connection', socket)
  }

  readonly #take = (secured: TLSSocket): void => {
    const ends = endsOf(secured)
    const onSecured = this.#waiting.get(ends)
    this.#waiting.delete(ends)
    if (onSecured !== undefined && isAdmitted(secured, this.#options.clientAuth)) {
      secured.allowHalfOpen = true
      onSecured(secured)
    } else {
      this.#options.onFailed()
      secured.destroy()
    }
  }
}

/** Why OpenSSL does not take a certificate, its key or the authorities, for all that they can be read: a key that is too short. */
export function tlsProblem({ cert, key, ca }: ServerTls): string | undefined {
  try {
    createSecureContext({ cert, key, ...(ca !== undefined && { ca }) })
    return undefined
  } catch (error) {
    return error instanceof Error && 'reason' in error ? String(error.reason) : messageOf(error)
  }
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}

/** A certificate that is asked for has to be there, or to be good, or both. */
function isAdmitted(secured: TLSSocket, clientAuth: ClientAuth): boolean {
  if (clientAuth === 'nocert' || clientAuth === 'request') return true
  if (secured.getPeerX509Certificate() === undefined) return clientAuth === 'verify_if_given'
  return clientAuth === 'require' || secured.authorized
}

/** A client with whom no keys are agreed yet: nothing has been asked, and nothing is owed. */
export class Handshake implements Client {
  readonly #socket: Socket
  readonly #timeoutMs: () => number
  readonly quietSince: number

  /** @param timeoutMs how long it may take; may change meanwhile */
  constructor(socket: Socket, connectedMs: number, timeoutMs: () => number) {
    this.#socket = socket
    this.quietSince = connectedMs
    this.#timeoutMs = timeoutMs
  }

  isOverdue(now: number): boolean {
    return now - this.quietSince >= this.#timeoutMs()
  }

  drain(): void {
    this.destroy()
  }

  close(): void {
    this.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
