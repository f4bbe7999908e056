import ipaddr from 'ipaddr.js'

/**
 * The one text of an address: dotted quad, or RFC 5952 for IPv6; an IPv4-mapped IPv6 address is the IPv4 one.
 *
 * @param text what net.isIP takes
 */
export function canonicalAddress(text: string): string {
  return textOf(ipaddr.process(text))
}

/** Whether an IPv6 address only carries an IPv4 one: `::ffff:10.1.2.3`. */
export function isIPv4Mapped(text: string): boolean {
  const address = ipaddr.parse(text)
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
}

/** The 4 or 16 octets of an address. */
export function octetsOf(address: string): readonly number[] {
  return ipaddr.parse(address).toByteArray()
}

/** The address of 4 or 16 octets. */
export function addressOf(octets: readonly number[]): string {
  return textOf(ipaddr.fromByteArray([...octets]))
}

/** 4 or 6. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}

/** 4 or 6, of who speaks to us: IPv4 that comes in through a socket of IPv6, `::ffff:10.1.2.3`, is IPv4. */
export function familyOfClient(address: string): 4 | 6 {
  return familyOf(withoutMapping(address))
}

/** An address as it stands before a port: IPv6 in brackets. */
export function formatAddressPart(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

function textOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
}

/** One end of a connection. */
export interface SocketAddress {
  /** IPv4 or IPv6, without brackets. */
  readonly address: string
  readonly port: number
}

/** As it is written by whoever has it: an IPv4 address without the prefix that it gets on a socket of IPv6 (RFC 4291 section 2.5.5.2). */
export function withoutMapping(address: string): string {
  return address.startsWith(mappedPrefix) && address.includes('.') ? address.slice(mappedPrefix.length) : address
}

/** The address alone, for whom it is of no account which interface a link-local one is reached through (RFC 4007 section 11). */
export function withoutZoneId(address: string): string {
  return address.replace(/%.*$/, '')
}

const mappedPrefix = '::ffff:'
