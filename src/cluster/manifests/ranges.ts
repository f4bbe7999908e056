import { type AddressRange, type Family, families, parseRange } from './addresses.ts'
import type { Ranges } from './fill-addresses.ts'

export interface RangeOptions {
  /** Where Services without clusterIP get theirs, one range for a family; 10.96.0.0/12 and fd00:10:96::/112. */
  readonly serviceRanges?: readonly AddressRange[]
  /** Where Pods without an address get theirs, likewise; 10.244.0.0/16 and fd00:10:244::/64. */
  readonly podRanges?: readonly AddressRange[]
}

/** Those of kubeadm and of its most common network plugin, and like ones of IPv6. */
const defaults = {
  service: { IPv4: '10.96.0.0/12', IPv6: 'fd00:10:96::/112' },
  pod: { IPv4: '10.244.0.0/16', IPv6: 'fd00:10:244::/64' },
} as const

/** The ranges that are given, and the default for each that is not. */
export function rangesOf({ serviceRanges = [], podRanges = [] }: RangeOptions): Ranges {
  return { service: completed(serviceRanges, defaults.service), pod: completed(podRanges, defaults.pod) }
}

function completed(
  given: readonly AddressRange[],
  fallback: Readonly<Record<Family, string>>,
): Record<Family, AddressRange> {
  const [ipv4, ipv6] = families.map(
    (family) => given.find((range) => range.family === family) ?? parseRange(fallback[family]),
  )
  if (ipv4 === undefined || ipv6 === undefined) throw new Error('a default range is no CIDR block')
  return { IPv4: ipv4, IPv6: ipv6 }
}
