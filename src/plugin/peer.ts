import { isIP } from 'node:net'
import { CorefileError } from '../corefile/errors.ts'
import type { Token } from '../corefile/model.ts'
import { canonicalAddress, formatAddressPart, type SocketAddress, withoutZoneId } from '../util/address.ts'

/** Where a server is reached whose port is not said (RFC 1035 section 4.2). */
const dnsPort = 53

/**
 * Another server that zones are exchanged with: `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
 *
 * @throws CorefileError in CoreDNS's words
 */
export function readPeer(token: Token): SocketAddress {
  const { text } = token
  if (isIP(text) !== 0) return { address: text, port: dnsPort }
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d*)$/.exec(text) ?? []
  const address = bracketed ?? plain ?? text
  if (isIP(address) === 0) throw new CorefileError(token, `must specify an IP address: \`${address}'`)
  if (Number(port) > 65_535) throw new CorefileError(token, `address ${port}: invalid port`)
  return { address, port: port === '' ? dnsPort : Number(port) }
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function formatPeer({ address, port }: SocketAddress): string {
  return `${formatAddressPart(address)}:${port}`
}

/** An address as peers are told apart by it: which interface a link-local one was reached through does not count. */
export function peerAddress(text: string): string {
  return canonicalAddress(withoutZoneId(text))
}
