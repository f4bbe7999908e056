import { type ListenAddress, ListenError, type Listener, type MessageHandler, type StreamHandler } from './listener.ts'
import { openTcp, type TcpListener, type TcpOptions } from './tcp/server.ts'
import { openDgram } from './udp/dgram.ts'
import type { OpenUdp, UdpListener, UdpOptions } from './udp/socket.ts'

export interface Handlers {
  readonly udp: MessageHandler
  readonly tcp: StreamHandler
}

export interface OpenOptions {
  readonly udp?: UdpOptions
  readonly tcp?: TcpOptions
  /** The filling of the UDP interface: see udp/choose.ts. */
  readonly openUdp?: OpenUdp
}

/** All that is open of one port. */
export interface PortListener extends Listener {
  readonly tcp: TcpListener
}

/** Both transports of one port, as one listener. */
export interface UdpAndTcpListener extends PortListener {
  readonly udp: UdpListener
}

/** How many free ports to try: one may be free for UDP and taken for TCP. */
const freePortAttempts = 16

/**
 * Opens TCP alone.
 *
 * @throws as `openTcp`
 */
export async function openTcpAlone(
  at: ListenAddress,
  handlers: Pick<Handlers, 'tcp'>,
  options: Pick<OpenOptions, 'tcp'> = {},
): Promise<PortListener> {
  const tcp = await openTcp(at, handlers.tcp, options.tcp)
  return { address: tcp.address, tcp, close: (drainMs) => tcp.close(drainMs) }
}

/**
 * Opens UDP and TCP on the same port, or neither. At port 0, one that is free for both.
 *
 * @throws ListenError
 */
export async function openUdpAndTcp(
  at: ListenAddress,
  handlers: Handlers,
  options: OpenOptions = {},
): Promise<UdpAndTcpListener> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openPair(at, handlers, options)
    } catch (error) {
      const mayRetry = at.port === 0 && error instanceof ListenError && error.isAddressInUse
      if (!mayRetry || attempt === freePortAttempts) throw error
    }
  }
}

async function openPair(at: ListenAddress, handlers: Handlers, options: OpenOptions): Promise<UdpAndTcpListener> {
  // TCP first, as in CoreDNS: where neither can be had, it is what the error is about.
  const tcp = await openTcp(at, handlers.tcp, options.tcp)
  try {
    const open = options.openUdp ?? openDgram
    return join(await open({ address: at.address, port: tcp.address.port }, handlers.udp, options.udp), tcp)
  } catch (error) {
    await tcp.close(0)
    throw error
  }
}

function join(udp: UdpListener, tcp: TcpListener): UdpAndTcpListener {
  return {
    address: udp.address,
    udp,
    tcp,
    async close(drainMs) {
      await Promise.all([udp.close(drainMs), tcp.close(drainMs)])
    },
  }
}
