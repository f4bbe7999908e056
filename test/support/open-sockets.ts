const sockets: ReadonlySet<string> = new Set(['UDPWrap', 'TCPSocketWrap', 'TCPWrap', 'TLSWrap'])

/** How many sockets this process has open, but for those that listen for connections. Timers are those of a test's own. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => sockets.has(kind)).length
}
