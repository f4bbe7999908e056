import { isIP } from 'node:net'
import { octetsOf } from './address.ts'

/** A range of addresses of one family. */
export interface Network {
  /** Its first address. */
  readonly octets: readonly number[]
  /** Bits that all of its addresses share. */
  readonly prefixLength: number
}

/** Reads `10.0.0.0/8`; undefined: the text is none. What stands behind the prefix is of no account. */
export function networkOf(text: string): Network | undefined {
  const [, address = '', mask = ''] = /^([^/%]+)\/([0-9]{1,3})$/.exec(text) ?? []
  if (isIP(address) === 0) return undefined
  const octets = octetsOf(address)
  const prefixLength = Number(mask)
  return prefixLength > octets.length * 8 ? undefined : { octets, prefixLength }
}

/** @param address without a zone id */
export function networkContains({ octets, prefixLength }: Network, address: string): boolean {
  const other = octetsOf(address)
  if (other.length !== octets.length) return false
  const whole = prefixLength >> 3
  for (let index = 0; index < whole; index++) if (octets[index] !== other[index]) return false
  const rest = 0xff00 >> (prefixLength & 7)
  return (((octets[whole] ?? 0) ^ (other[whole] ?? 0)) & rest & 0xff) === 0
}
