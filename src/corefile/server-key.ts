import { withPosition } from './errors.ts'
import { type Scheme, type ServerKey, schemes, type Token } from './model.ts'
import { parseZonesAndPort } from './reverse-zones.ts'

const schemePorts: Readonly<Record<Exclude<Scheme, 'dns'>, number>> = {
  tls: 853,
  quic: 853,
  grpc: 443,
  https: 443,
  https3: 443,
}

/**
 * What a key `[scheme://]zone[:port]` stands for: one ServerKey, or several if it is a CIDR that is split.
 *
 * A scheme is known by its exact lower-case name; any other is part of the zone, as in CoreDNS 1.14.7.
 *
 * @throws CorefileError in the words of CoreDNS
 */
export function parseServerKey(token: Token): ServerKey[] {
  const scheme = schemes.find((name) => token.text.startsWith(`${name}://`))
  const authority = scheme === undefined ? token.text : token.text.slice(scheme.length + '://'.length)
  const { zones, port } = withPosition(token, () => parseZonesAndPort(authority))
  const key = { ...token, scheme: scheme ?? 'dns', ...(port === undefined ? {} : { port }) }
  return zones.map((zone) => ({ ...key, zone }))
}

/** The port a key is served on: its own, or the one its scheme has by default. */
export function portOf({ scheme, port }: ServerKey, defaultPort: number): number {
  return port ?? (scheme === 'dns' ? defaultPort : schemePorts[scheme])
}

/** A key in full, as CoreDNS prints it in errors: `dns://cluster.local.:53`. */
export function formatServerKey(key: ServerKey, defaultPort: number): string {
  return `${key.scheme}://${key.zone}:${portOf(key, defaultPort)}`
}
