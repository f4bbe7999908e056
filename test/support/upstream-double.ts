import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { maximumMessageOctets } from '../../src/dns/edns.ts'
import type { Message } from '../../src/dns/message.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import type { Transport } from '../../src/plugin/handler.ts'
import { encodeFrame, Framer } from '../../src/transport/tcp/framing.ts'
import type { MaybePromise } from '../../src/util/maybe-promise.ts'
import { records } from '../dns/messages.ts'
import type { Certificate } from './api-server/api-server.ts'

/** A query as it came to the double. */
export interface Received {
  readonly message: Message
  readonly octets: Uint8Array
  readonly transport: Transport
  /** The socket that it came from. */
  readonly port: number
  readonly address: string
}

/** What the double sends, in this order: octets, or octets over UDP from a port of which nobody has asked. */
export type Replies = readonly (Uint8Array | { readonly fromElsewhere: Uint8Array })[]

export type Reply = (received: Received) => MaybePromise<Replies>

const freePortAttempts = 16

/**
 * Another DNS server, on real sockets of this process, UDP and TCP on one port, that replies as a test says.
 *
 * It can be stopped and started again on its port; what it has received stays.
 */
export class UpstreamDouble {
  readonly received: Received[] = []
  /** Connections there have been. */
  connections = 0
  reply: Reply = (received) => [replyTo(received)]
  readonly #tls: Certificate | undefined
  #port = 0
  #udp: UdpSocket | undefined
  #elsewhere: UdpSocket | undefined
  #tcp: Server | undefined
  readonly #open = new Set<Socket>()

  /** @param tls over TLS instead of UDP and TCP */
  static async start(tls?: Certificate): Promise<UpstreamDouble> {
    for (let attempt = 1; ; attempt++) {
      const double = new UpstreamDouble(tls)
      try {
        await double.start()
        return double
      } catch (error) {
        await double.stop()
        // The port that was free for TCP may be taken for UDP.
        const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
        if (!isTaken || attempt === freePortAttempts) throw error
      }
    }
  }

  private constructor(tls: Certificate | undefined) {
    this.#tls = tls
  }

  get port(): number {
    return this.#port
  }

  /** `127.0.0.1:5353`. */
  get at(): string {
    return `127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const tcp = this.#tls === undefined ? createServer() : createTlsServer(this.#tls)
    tcp.on(this.#tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => this.#accept(socket))
    tcp.on('tlsClientError', () => {})
    tcp.listen(this.#port, '127.0.0.1')
    await once(tcp, 'listening')
    this.#tcp = tcp
    const address = tcp.address()
    this.#port = typeof address === 'object' && address !== null ? address.port : 0
    this.#elsewhere = await bound(0)
    const udp = await bound(this.#port)
    udp.on('message', (octets, { address, port }) => void this.#receive(octets, 'udp', { address, port }))
    this.#udp = udp
  }

  async stop(): Promise<void> {
    if (this.#udp === undefined) return
    const closed = [this.#udp, this.#elsewhere, this.#tcp].map((each) => each && once(each, 'close'))
    this.#udp?.close()
    this.#elsewhere?.close()
    this.#tcp?.close()
    this.closeConnections()
    await Promise.all(closed)
    this.#udp = undefined
  }

  closeConnections(): void {
    for (const socket of this.#open) socket.destroy()
  }

  /** How many connections are open. */
  get openConnections(): number {
    return this.#open.size
  }

  /** Sends a datagram to where a query came from, asked or not. */
  sendTo({ port, address }: Pick<Received, 'port' | 'address'>, octets: Uint8Array): void {
    this.#udp?.send(octets, port, address)
  }

  /** Sends a message over the connection that a query came over. */
  sendOver({ port }: Pick<Received, 'port'>, octets: Uint8Array): void {
    for (const socket of this.#open) if (socket.remotePort === port) socket.write(encodeFrame(octets))
  }

  #accept(socket: Socket): void {
    const framer = new Framer()
    const [port, address] = [socket.remotePort ?? 0, socket.remoteAddress ?? '']
    this.connections++
    this.#open.add(socket)
    socket.on('close', () => this.#open.delete(socket))
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      framer.feed(chunk)
      for (let octets = framer.take(); octets !== undefined; octets = framer.take()) {
        void this.#receive(octets, 'tcp', { port, address, socket })
      }
    })
  }

  async #receive(octets: Uint8Array, transport: Transport, from: From): Promise<void> {
    const { port, address, socket } = from
    const received = { message: decodeMessage(octets), octets, transport, port, address }
    this.received.push(received)
    for (const reply of await this.reply(received)) {
      const [sender, sent] = reply instanceof Uint8Array ? [this.#udp, reply] : [this.#elsewhere, reply.fromElsewhere]
      if (socket !== undefined) socket.write(encodeFrame(sent))
      else if (this.#udp !== undefined) sender?.send(sent, port, address)
    }
  }
}

interface From {
  readonly port: number
  readonly address: string
  readonly socket?: Socket
}

async function bound(port: number): Promise<UdpSocket> {
  const socket = createSocket('udp4')
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

/** The reply to a query: one A record, unless a test says otherwise. */
export function replyTo({ message }: Received, changes: Partial<Message> = {}): Uint8Array {
  const { question } = message
  const answer = question?.qtype === 1 ? records(`${question.qname} 300 IN A 192.0.2.80`) : []
  const reply = { ...message, qr: true, ra: true, answer, authority: [], additional: [], ...changes }
  return encodeMessage(reply, maximumMessageOctets).octets
}

/** A record of any type and class, owned by the name that was asked for. */
export interface OddRecord {
  readonly type: number
  readonly rrclass?: number
  readonly ttl?: number
  readonly rdata: Uint8Array
}

/** The reply with these records in its answer, octet for octet. */
export function oddReplyTo({ message }: Received, odd: readonly OddRecord[]): Uint8Array {
  const { edns: _, ...plain } = message
  const bare = Buffer.from(
    encodeMessage({ ...plain, qr: true, ra: true, authority: [], additional: [] }, maximumMessageOctets).octets,
  )
  bare.writeUInt16BE(odd.length, 6)
  return Buffer.concat([bare, ...odd.map(encodeOdd)])
}

const pointerToQuestion = 0xc00c

function encodeOdd({ type, rrclass = 1, ttl = 300, rdata }: OddRecord): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(pointerToQuestion, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(rrclass, 4)
  head.writeUInt32BE(ttl, 6)
  head.writeUInt16BE(rdata.length, 10)
  return Buffer.concat([head, rdata])
}
