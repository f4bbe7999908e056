import type { ConnectionOptions } from 'node:tls'
import type { ServerTls } from '../../../src/plugin/settings.ts'
import type { ListenAddress, MessageHandler, StreamHandler } from '../../../src/transport/listener.ts'
import { openTcp, type TcpListener, type TcpOptions } from '../../../src/transport/tcp/server.ts'
import { testAuthority } from '../../support/api-server/certificates.ts'
import { openClient, type TcpClient } from './client.ts'

export const loopback: ListenAddress = { address: '127.0.0.1', port: 0 }

/** The message itself: what comes back shows what arrived. */
export const echo: MessageHandler = (message) => Uint8Array.from(message)

/** What both sides of a listener over TLS need. */
export interface Secrets {
  readonly server: ServerTls
  readonly client: ConnectionOptions
}

/** A server's certificate, and a client that trusts it. */
export function makeSecrets(): Secrets {
  const { cert, issueServer } = testAuthority()
  return { server: { ...issueServer(), clientAuth: 'nocert' }, client: { ca: cert } }
}

export type TcpHarness = ReturnType<typeof tcpHarness>

/** The same tests for each listener over a stream: in plain text, and over TLS. */
export function describeStreams(title: string, test: (harness: TcpHarness) => void): void {
  describe(`TCP ${title}`, () => test(tcpHarness()))
  describe(`TLS ${title}`, () => {
    let secrets: Secrets | undefined
    before(() => {
      secrets = makeSecrets()
    })
    test(tcpHarness(() => secrets))
  })
}

/** Opens servers and clients, and closes at the end of each test whatever it opened. */
export function tcpHarness(secrets?: () => Secrets | undefined) {
  const toClose: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close()
  })
  return {
    /** So short that a test need not wait, beside limits that will not pass while it runs; there is time to agree on keys. */
    shortMs: secrets === undefined ? 50 : 250,
    async open(handler: StreamHandler, limits: TcpOptions['limits'] = {}, at = loopback): Promise<TcpListener> {
      const tls = secrets?.()?.server
      const listener = await openTcp(at, handler, { limits, ...(tls && { tls }) })
      toClose.push(() => listener.close(0))
      return listener
    },
    async client(to: TcpListener, host?: string): Promise<TcpClient> {
      const opened = await openClient(to.address, host, secrets?.()?.client)
      toClose.push(() => opened.socket.destroy())
      return opened
    },
  }
}

/** A handler whose answers are held back by message, until the test lets them go. */
export function holdBack() {
  const held = new Map<string, (answer?: Uint8Array) => void>()
  const handler: MessageHandler = (message) => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>()
    held.set(Buffer.from(message).toString('latin1'), resolve)
    return promise
  }
  return {
    handler,
    held,
    /** Answers with the message itself. */
    release: (message: string) => held.get(message)?.(Buffer.from(message, 'latin1')),
  }
}
