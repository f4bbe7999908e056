import type { SocketAddress } from '../../util/address.ts'
import type { Timer } from '../../util/timer.ts'
import type { RandomIds } from './random.ts'

/** A socket to a server, for one exchange at a time. */
export interface Connection {
  /** Of the timer, when it was made. */
  readonly createdMs: number
  /** Whether another exchange may follow. */
  readonly isUsable: boolean
  /** @throws UpstreamError the server cannot be reached, or the time is over */
  open(connectMs: number): Promise<void>
  /** @throws UpstreamError there was no reply; ClosedByPeerError the server had closed the connection, as it may when idle */
  exchange(message: Uint8Array, replyMs: number): Promise<Uint8Array>
  /** Whoever waits for a reply waits no longer. */
  close(): void
}

export interface ConnectionOptions {
  readonly at: SocketAddress
  readonly sourceAddress?: string
  readonly timer: Timer
  readonly ids: RandomIds
}

/** What waits for a reply. */
export interface Waiting {
  readonly id: number
  readonly resolve: (reply: Uint8Array) => void
  readonly reject: (error: unknown) => void
  readonly callOff: () => void
}

/** A copy of a message with another id. */
export function withId(message: Uint8Array, id: number): Uint8Array {
  const copy = Uint8Array.from(message)
  copy[0] = id >>> 8
  copy[1] = id
  return copy
}
