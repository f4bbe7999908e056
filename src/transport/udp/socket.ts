/**
 * udp: one socket, datagrams in, datagrams out.
 *
 * This file is the interface, with two fillings: `dgram.ts` everywhere, and on Linux `batched.ts`, which reads and writes
 * many datagrams with one call (docs/decisions/007-udp-in-batches.md). Both pass test/contract/udp-socket.ts. `choose.ts`
 * chooses one, once, at start.
 */
import type { ListenAddress, Listener, MessageHandler } from '../listener.ts'

/**
 * Opens a UDP socket and answers each datagram with what `handler` makes of it.
 *
 * An IPv6 address takes IPv4 as well only where it is `::`. An IPv4 peer of such a socket is shown to the handler
 * as `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2): who compares addresses has to take the prefix off.
 *
 * A handler that breaks its contract and throws costs its own datagram the answer, and nothing else.
 *
 * @throws ListenError
 */
export type OpenUdp = (at: ListenAddress, handler: MessageHandler, options?: UdpOptions) => Promise<UdpListener>

export interface UdpOptions {
  /** Asked of the system, which may give less, or refuse: it is no error. */
  readonly receiveBufferOctets?: number
  /** Lets other sockets bind the same port, which the kernel then shares out between them (SO_REUSEPORT). */
  readonly reusePort?: boolean
}

export interface UdpListener extends Listener {
  readonly counters: Readonly<UdpCounters>
}

/** Datagrams since the socket was opened. */
export interface UdpCounters {
  received: number
  /** Answers that the system took. */
  sent: number
  /** Answers that it refused: too long for a datagram, no way to the peer, a peer at port 0. */
  unsent: number
  /** Datagrams at which the handler threw or rejected. */
  failed: number
  /** Errors of the socket that belong to no answer, such as a port-unreachable report of an earlier peer. */
  socketErrors: number
}

export function zeroUdpCounters(): UdpCounters {
  return { received: 0, sent: 0, unsent: 0, failed: 0, socketErrors: 0 }
}

/** Holds some 5,000 queries: what comes in while the event loop is busy elsewhere for 10 ms. */
export const defaultReceiveBufferOctets = 4 * 1024 * 1024

/** The length field of UDP has 16 bits, and counts its own header of 8 octets (RFC 768). */
export const maximumDatagramOctets = 0xffff - 8
