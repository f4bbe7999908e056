import { isIP } from 'node:net'
import { canonicalAddress, octetsOf } from './address.ts'

/** A range of addresses: all that begin with the same bits. */
export interface Prefix {
  /** Of its first address, 4 or 16. */
  readonly octets: readonly number[]
  /** Bits. */
  readonly length: number
}

/** Reads `10.0.0.0/8`; undefined: the text is none. */
export function parsePrefix(text: string): Prefix | undefined {
  const [, address = '', mask = ''] = /^([^/%]+)\/(\d{1,3})$/.exec(text) ?? []
  if (isIP(address) === 0) return undefined
  const octets = octetsOf(address)
  const length = Number(mask)
  return length > octets.length * 8 ? undefined : { octets, length }
}

/** @param address what net.isIP takes; an IPv4-mapped IPv6 address is the IPv4 one */
export function isWithin(address: string, { octets, length }: Prefix): boolean {
  const own = octetsOf(canonicalAddress(address))
  if (own.length !== octets.length) return false
  return octets.every((octet, index) => {
    const bits = Math.min(8, Math.max(0, length - index * 8))
    const mask = (0xff << (8 - bits)) & 0xff
    return ((own[index] ?? 0) & mask) === (octet & mask)
  })
}
