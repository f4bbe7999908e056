import { addressOf, octetsOf } from '../../util/address.ts'
import type { Network } from '../../util/network.ts'

/** Octet of an IPv6 address that no part of an IPv4 one goes into: bits 64 to 71 are zero (RFC 6052 section 2.2). */
const reservedOctet = 8
const addressOctets = 16

/**
 * The IPv6 address that stands for an IPv4 one (RFC 6052 section 2.2).
 *
 * @param prefix its length is a multiple of 8 from 32 to 96
 * @param address dotted quad
 */
export function embed({ octets, prefixLength }: Network, address: string): string {
  const embedded = octets.slice(0, prefixLength / 8)
  for (const octet of octetsOf(address)) {
    if (embedded.length === reservedOctet) embedded.push(0)
    embedded.push(octet)
  }
  return addressOf([...embedded, ...Array<number>(addressOctets - embedded.length).fill(0)])
}
