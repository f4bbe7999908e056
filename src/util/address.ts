import ipaddr from 'ipaddr.js'

/**
 * The one text of an address: dotted quad, or RFC 5952 for IPv6; an IPv4-mapped IPv6 address is the IPv4 one.
 *
 * @param text what net.isIP takes
 */
export function canonicalAddress(text: string): string {
  return ipaddr.process(text).toString()
}

/** 4 or 6. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}

/** An address as it stands before a port: IPv6 in brackets. */
export function formatAddressPart(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
