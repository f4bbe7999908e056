/** What happened since the listener was opened. */
export interface TcpCounters {
  /** Connections taken. */
  accepted: number
  /** Connections refused, every other one being busy. */
  refused: number
  /** Quiet connections closed to make room for new ones. */
  evicted: number
  /** Connections closed because a time limit passed. */
  overdue: number
  /** Messages. */
  received: number
  /** Answers that the system took. */
  sent: number
  /** Messages at which the handler threw or rejected. */
  failed: number
  /** Clients over TLS with whom no keys were agreed, or who lack the certificate that they need. */
  unsecured: number
  /** Errors of sockets: resets by clients, for the most part. */
  socketErrors: number
}

export function zeroTcpCounters(): TcpCounters {
  return {
    accepted: 0,
    refused: 0,
    evicted: 0,
    overdue: 0,
    received: 0,
    sent: 0,
    failed: 0,
    unsecured: 0,
    socketErrors: 0,
  }
}
