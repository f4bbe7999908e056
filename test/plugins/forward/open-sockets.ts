/** Sockets and timers that this process has open, as Node.js counts them. */
export function openSockets(): number {
  const kinds = new Set(['UDPWrap', 'TCPSocketWrap', 'TCPWrap', 'TLSWrap', 'Timeout'])
  return process.getActiveResourcesInfo().filter((kind) => kinds.has(kind)).length
}
