import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { ListenAddress } from '../../../src/transport/listener.ts'
import { until } from '../until.ts'

/** A client that keeps what it reads, and is quiet about resets: `isClosed` says that it is over. */
export interface TcpClient {
  readonly socket: Socket
  /** Segments as they came. */
  readonly segments: readonly Buffer[]
  /** Whole messages read so far, as text. */
  inbox(): string[]
  /** Sends each with its length, all in one write. */
  send(...messages: readonly string[]): void
  /** Sends one message, and waits for one more than there are. */
  ask(message: string): Promise<string>
  isClosed(): boolean
  /** Resets the connection. */
  reset(): void
}

/** @param tls how to speak TLS; if not given, it is plain TCP */
export async function openClient(to: ListenAddress, host = to.address, tls?: ConnectionOptions): Promise<TcpClient> {
  const wire = connect({ host, port: to.port, allowHalfOpen: true })
  const socket = tls === undefined ? wire : connectTls({ ...tls, socket: wire })
  const segments: Buffer[] = []
  socket.on('data', (segment: Buffer) => segments.push(segment))
  await once(socket, tls === undefined ? 'connect' : 'secureConnect')
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  const inbox = () => unframe(Buffer.concat(segments))
  return {
    socket,
    segments,
    inbox,
    send: (...messages) => socket.write(frames(...messages)),
    async ask(message) {
      const before = inbox().length
      socket.write(frames(message))
      await until(() => inbox().length > before)
      return inbox()[before] ?? ''
    },
    isClosed: () => socket.destroyed,
    reset: () => wire.resetAndDestroy(),
  }
}

/** Messages with their lengths, written without the code under test. */
export function frames(...messages: readonly string[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const octets = Buffer.from(message, 'latin1')
      return [Buffer.of(octets.length >> 8, octets.length & 0xff), octets]
    }),
  )
}

function unframe(stream: Buffer): string[] {
  const messages: string[] = []
  for (let at = 0; at + 2 <= stream.length; ) {
    const end = at + 2 + stream.readUInt16BE(at)
    if (end > stream.length) break
    messages.push(stream.toString('latin1', at + 2, end))
    at = end
  }
  return messages
}
