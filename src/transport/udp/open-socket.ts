import { getSystemErrorName } from 'node:util'
import { formatAddress, type ListenAddress, ListenError } from '../listener.ts'
import { type Libc, NoBatchedUdpError } from './libc.ts'
import { AF_INET, AF_INET6, addressFamilyOf, encodeSockaddr, SockaddrPeer, sockaddrOctets } from './sockaddr.ts'
import { defaultReceiveBufferOctets, type UdpOptions } from './socket.ts'

// Numbers of Linux, the same on x64 and arm64 (include/linux/net.h, uapi/asm-generic/socket.h, uapi/linux/in.h, in6.h).
const SOCK_DGRAM = 2
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_RCVBUF = 8
const SO_REUSEPORT = 15
const IPPROTO_IP = 0
const IP_PKTINFO = 8
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26
const IPV6_RECVPKTINFO = 49

/** It never waits, and no child process inherits it. */
const socketType = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC

/** A socket that is bound. */
export interface BoundSocket {
  readonly fd: number
  readonly address: ListenAddress
}

/** All addresses of the machine: a datagram may have been sent to any of them. */
export function isWildcard({ address }: ListenAddress): boolean {
  return address === '0.0.0.0' || address === '::'
}

/**
 * Opens a UDP socket that never waits and that no child process inherits.
 *
 * On a wildcard address it tells of each datagram which address it was sent to (ip(7), IP_PKTINFO; RFC 3542 section 6).
 *
 * @throws ListenError
 */
export function openSocket(libc: Libc, at: ListenAddress, options: UdpOptions): BoundSocket {
  const family = addressFamilyOf(at)
  const succeed = (result: number): number => {
    if (result < 0) throw new ListenError(`udp ${formatAddress(at)}`, systemError(result))
    return result
  }
  const fd = succeed(libc.socket(family, socketType, 0))
  try {
    if (options.reusePort) succeed(libc.setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, 1))
    if (family === AF_INET6) succeed(libc.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, isWildcard(at) ? 0 : 1))
    if (isWildcard(at)) succeed(askForDestinations(libc, fd, family))
    // A wish: Linux cuts it down to net.core.rmem_max.
    libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, options.receiveBufferOctets ?? defaultReceiveBufferOctets)
    succeed(libc.bind(fd, encodeSockaddr(at)))
    const bound = new Uint8Array(sockaddrOctets[family])
    succeed(libc.getsockname(fd, bound))
    const { address, port } = new SockaddrPeer(bound, family)
    return { fd, address: { address, port } }
  } catch (error) {
    libc.close(fd)
    throw error
  }
}

/**
 * Tries whether the kernel lets us have batches: a sandbox may refuse what it does not know.
 *
 * @throws NoBatchedUdpError
 */
export function requireBatches(libc: Libc): void {
  const fd = libc.socket(AF_INET, socketType, 0)
  if (fd < 0) throw new NoBatchedUdpError(`the system refuses a socket: ${getSystemErrorName(fd)}`)
  try {
    for (const call of ['recvmmsg', 'sendmmsg'] as const) {
      const result = libc[call](fd, 0, 0) // of no datagrams
      if (result < 0) throw new NoBatchedUdpError(`the system refuses ${call}: ${getSystemErrorName(result)}`)
    }
  } finally {
    libc.close(fd)
  }
}

/** On a socket of both families, IPv4 destinations come as IPv4-mapped IPv6 ones: one option does for all. */
function askForDestinations(libc: Libc, fd: number, family: typeof AF_INET | typeof AF_INET6): number {
  return family === AF_INET
    ? libc.setsockopt(fd, IPPROTO_IP, IP_PKTINFO, 1)
    : libc.setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
}

/** @param result a negated errno */
function systemError(result: number): Error {
  const code = getSystemErrorName(result)
  return Object.assign(new Error(code), { code })
}
