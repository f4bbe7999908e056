import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { ListenAddress } from '../../../src/transport/listener.ts'
import { until } from '../until.ts'

/** A peer that keeps every datagram it is sent, as text, in order of arrival. */
export interface UdpClient {
  readonly port: number
  readonly inbox: readonly string[]
  readonly senders: readonly RemoteInfo[]
  send(message: Uint8Array | string): void
  /** Sends, and waits for one datagram more than there are. */
  ask(message: Uint8Array | string): Promise<string>
  close(): void
}

/** @param to where the server listens; `from` is its loopback address if it listens on a wildcard */
export async function openClient(to: ListenAddress, from = to.address): Promise<UdpClient> {
  const socket: Socket = createSocket(isIPv6(from) ? 'udp6' : 'udp4')
  const inbox: string[] = []
  const senders: RemoteInfo[] = []
  socket.on('message', (message, sender) => {
    inbox.push(message.toString('latin1'))
    senders.push(sender)
  })
  socket.bind(0, from)
  await once(socket, 'listening')
  const send = (message: Uint8Array | string) => socket.send(message, to.port, from)
  return {
    port: socket.address().port,
    inbox,
    senders,
    send,
    async ask(message) {
      const before = inbox.length
      send(message)
      await until(() => inbox.length > before)
      return inbox[before] ?? ''
    },
    close: () => socket.close(),
  }
}
