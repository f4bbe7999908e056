import { type Network, networkOf } from '../util/network.ts'
import { ValueSyntaxError } from './errors.ts'

/**
 * Reads a range of addresses as Go's `net.ParseCIDR` does: four decimal octets without leading zeros, or IPv6 without
 * a zone id, and the length of the prefix. What stands behind the prefix is of no account.
 *
 * @throws ValueSyntaxError in Go's words
 */
export function parseNetwork(text: string): Network {
  const network = networkOf(text)
  if (network === undefined) throw new ValueSyntaxError(`invalid CIDR address: ${text}`)
  return network
}

/** A single address as the range that holds it alone. */
export function asNetwork(text: string): string {
  return text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`
}
