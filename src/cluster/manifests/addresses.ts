import { isIP } from 'node:net'
import { addressOf, canonicalAddress, isIPv4Mapped, octetsOf } from '../../util/address.ts'
import type { Address } from '../model.ts'

export type Family = 'IPv4' | 'IPv6'
export const families = ['IPv4', 'IPv6'] as const satisfies readonly Family[]

/** A CIDR block that addresses are given out from. */
export interface AddressRange {
  readonly family: Family
  /** As written, for messages. */
  readonly text: string
  /** The network address as a number. */
  readonly network: bigint
  /** How many addresses there are to give out, network and broadcast address counted; at most 2^32. */
  readonly size: number
}

/**
 * An address in canonical form (RFC 5952), or undefined.
 *
 * Refused as an API server refuses them: leading zeros in IPv4, zone ids, IPv4-mapped IPv6 (IsValidIP).
 */
export function parseAddress(text: string): Address | undefined {
  const version = isIP(text)
  if (version === 4) return text
  if (version === 0 || text.includes('%') || isIPv4Mapped(text)) return undefined
  return canonicalAddress(text)
}

/** @param address canonical */
export function familyOf(address: Address): Family {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}

/**
 * What makes an address useless for others to connect to, if anything does (ValidateNonSpecialIP).
 *
 * @param address canonical
 */
export function specialUse(address: Address): string | undefined {
  if (address === '0.0.0.0' || address === '::') return 'the unspecified address'
  if (/^127\./.test(address) || address === '::1') return 'a loopback address'
  if (/^169\.254\.|^fe[89ab][0-9a-f]:/.test(address)) return 'a link-local address'
  if (/^224\.0\.0\.|^ff[0-9a-f]2:/.test(address)) return 'a link-local multicast address'
  return undefined
}

/** Reads `10.96.0.0/12`; bits after the prefix do not count. Undefined where it is no CIDR block. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = '', prefix = '', more] = text.split('/')
  const canonical = parseAddress(address)
  if (canonical === undefined || more !== undefined || !/^(0|[1-9]\d{0,2})$/.test(prefix)) return undefined

  const family = familyOf(canonical)
  const hostBits = (family === 'IPv4' ? 32 : 128) - Number(prefix)
  if (hostBits < 0) return undefined
  const network = (toNumber(canonical) >> BigInt(hostBits)) << BigInt(hostBits)
  return { family, text, network, size: 2 ** Math.min(hostBits, 32) }
}

/** The address `offset` places after the network address of `range`. */
export function addressAt(range: AddressRange, offset: number): Address {
  const octets = range.family === 'IPv4' ? 4 : 16
  const hex = (range.network + BigInt(offset)).toString(16).padStart(octets * 2, '0')
  return addressOf([...Buffer.from(hex, 'hex')])
}

function toNumber(address: Address): bigint {
  return BigInt(`0x${Buffer.from(octetsOf(address)).toString('hex')}`)
}
