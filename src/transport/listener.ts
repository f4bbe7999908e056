/**
 * transport: turns sockets into messages and back. Knows octets, not zones.
 *
 * udp/ and tcp/ are the listeners; both copy finished answers out, and hand all other messages to a handler. answer-cache.ts stands in front of
 * what makes answers. Start here.
 */
import { messageOf, ServerError } from '../util/errors.ts'
import type { MaybePromise } from '../util/maybe-promise.ts'

/** The other end of a message: both of node:dgram's RemoteInfo and of a TCP socket fit. */
export interface Peer {
  readonly address: string
  readonly port: number
  /** That of the address, IPv4 within IPv6 being IPv4, where it can be had for less than the address. */
  readonly addressFamily?: 4 | 6
  /** The address of ours that a connection came to; absent over UDP. */
  readonly localAddress?: string
}

/**
 * Answers one message: now, later, or (undefined) not at all.
 *
 * Never throws or rejects. It owns `message` only until it returns or resolves; the listener owns what it returns.
 */
export interface MessageHandler {
  (message: Uint8Array, peer: Peer): MaybePromise<Uint8Array | undefined>
  readonly finished?: FinishedAnswers
}

/** As MessageHandler, over a stream: one message may be answered by several. */
export interface StreamHandler {
  (message: Uint8Array, peer: Peer): MaybePromise<Uint8Array | Messages | undefined>
  readonly finished?: FinishedAnswers
}

/**
 * The hot path beside a handler: answers that are finished, and only have to be copied.
 *
 * Writes the one to `message` to the front of `out`, which has room for the longest message of the transport. It
 * keeps none of its arguments: the listener uses all of them again for the next message.
 *
 * @param length octets of the message, which `message` may go beyond
 * @param receivedMs performance.now() when the message was read, of a listener that reads many with one look at the clock
 * @returns octets of the answer; `noAnswer`: there is none, the handler has to be asked
 */
export type FinishedAnswers = (
  message: Uint8Array,
  length: number,
  peer: Peer,
  out: Uint8Array,
  receivedMs?: number,
) => number

export const noAnswer = -1

/**
 * The messages of one answer, in their order, each made when the client has taken the one before.
 *
 * The listener reads them to their end, or calls `return` where the client is gone.
 */
export type Messages = Generator<Uint8Array, void>

/** The messages of what a handler answered: none, one or several. */
export function messagesOf(answer: Uint8Array | Messages | undefined): Iterable<Uint8Array> {
  return answer instanceof Uint8Array ? [answer] : (answer ?? [])
}

export interface ListenAddress {
  /** An IPv4 or IPv6 address; `::` takes both families. */
  readonly address: string
  /** 0: any free one. */
  readonly port: number
}

/** A socket that is open. */
export interface Listener {
  /** Where it really listens: the port is never 0. */
  readonly address: ListenAddress
  /** Takes no new messages, lets those under way be answered, for at most `drainMs`, then closes. */
  close(drainMs: number): Promise<void>
}

/** A socket could not be opened: the port is in use, is privileged, or the address is not ours. */
export class ListenError extends ServerError {
  /** What was to be opened: `udp 127.0.0.1:53`, `http://:8080/health`. */
  readonly what: string

  constructor(what: string, cause: unknown) {
    super('LISTEN', `cannot listen on ${what}: ${reasonOf(cause)}`, { cause })
    this.what = what
  }

  /** Why not, by the system: `EADDRINUSE`; empty where it has no word for it. */
  get systemCode(): string {
    return codeOf(this.cause)
  }

  /** Another socket has the port: one that may be any other will do. */
  get isAddressInUse(): boolean {
    return codeOf(this.cause) === 'EADDRINUSE'
  }
}

/** `127.0.0.1:1053`, `[::1]:1053`. */
export function formatAddress({ address, port }: ListenAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'address not available on this machine',
  EAFNOSUPPORT: 'address family not supported on this machine',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
}

function reasonOf(cause: unknown): string {
  return reasons[codeOf(cause)] ?? messageOf(cause)
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}
