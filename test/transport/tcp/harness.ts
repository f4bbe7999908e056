import type { ListenAddress, MessageHandler, StreamHandler } from '../../../src/transport/listener.ts'
import { openTcp, type TcpListener, type TcpOptions } from '../../../src/transport/tcp/server.ts'
import { openClient, type TcpClient } from './client.ts'

export const loopback: ListenAddress = { address: '127.0.0.1', port: 0 }

/** The message itself: what comes back shows what arrived. */
export const echo: MessageHandler = (message) => Uint8Array.from(message)

/** Opens servers and clients, and closes at the end of each test whatever it opened. */
export function tcpHarness() {
  const toClose: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close()
  })
  return {
    async open(handler: StreamHandler, limits: TcpOptions['limits'] = {}, at = loopback): Promise<TcpListener> {
      const listener = await openTcp(at, handler, { limits })
      toClose.push(() => listener.close(0))
      return listener
    },
    async client(to: TcpListener, host?: string): Promise<TcpClient> {
      const opened = await openClient(to.address, host)
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
