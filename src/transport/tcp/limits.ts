/** What one client, and all of them together, may cost us. */
export interface TcpLimits {
  /** From connecting to the end of the first message, and from the start to the end of every later one. */
  readonly readTimeoutMs: number
  /** For the system to take an answer: a client that does not read makes it wait. */
  readonly writeTimeoutMs: number
  /** From the last answer to the next message (RFC 7766 section 6.2.3). */
  readonly idleTimeoutMs: number
  /** Of one listener. One more takes the place of the connection that is quiet longest, or is refused if none is. */
  readonly maxConnections: number
  /** Messages of one connection that wait for their answers; the next is not taken before one is answered. */
  readonly maxUnanswered: number
  /** Octets of answers that one client has not read; while there are more, no message of it is taken. */
  readonly maxUnsentOctets: number
  /** Messages that a connection may have; it ends behind the answer to the last. */
  readonly maxQueries: number
}

/** The times are those of CoreDNS. A thousand clients that read nothing hold 256 MB for `writeTimeoutMs`. */
export const defaultTcpLimits: TcpLimits = {
  readTimeoutMs: 3_000,
  writeTimeoutMs: 5_000,
  idleTimeoutMs: 10_000,
  maxConnections: 1_000,
  maxUnanswered: 256,
  maxUnsentOctets: 256 * 1024,
  maxQueries: Number.POSITIVE_INFINITY,
}

/**
 * Since when a connection has been waiting, and for what; `never` for what it does not wait for.
 *
 * In milliseconds of a clock that only goes up. The connection keeps it, the functions below judge it.
 */
export interface WaitingSince {
  /** For the rest of a message, or for the first one. Not while we ourselves take none. */
  message: number
  /** For the system to take an answer. */
  write: number
  /** For the next message, with nothing owed. */
  idle: number
  /** For the client to close its side, ours being closed. */
  close: number
}

export const never = Number.POSITIVE_INFINITY

/** Whether a limit has passed. Octets that trickle in do not move `message`: a slow client wins no time by them. */
export function isOverdue(since: WaitingSince, limits: TcpLimits, now: number): boolean {
  return (
    now - since.message >= limits.readTimeoutMs ||
    now - since.write >= limits.writeTimeoutMs ||
    now - since.idle >= limits.idleTimeoutMs ||
    now - since.close >= limits.readTimeoutMs
  )
}
