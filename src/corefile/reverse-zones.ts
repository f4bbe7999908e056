import { isIP, isIPv4 } from 'node:net'
import { labelsOf, type Name, nameOf, tryParseName } from '../dns/name.ts'
import { reverseName } from '../dns/reverse.ts'
import { canonicalAddress } from '../util/address.ts'
import { ValueSyntaxError } from './errors.ts'
import { tryParseInteger } from './integer.ts'
import { schemes } from './model.ts'

/**
 * The zones that an argument of a plugin names: one, or the reverse zones of a CIDR.
 *
 * A scheme and a port are cut off, as a server block's key may be repeated here.
 *
 * @throws ValueSyntaxError in the words of CoreDNS, without a position
 */
export function parseZones(text: string): Name[] {
  const scheme = schemes.find((name) => text.startsWith(`${name}://`))
  return parseZonesAndPort(scheme === undefined ? text : text.slice(scheme.length + '://'.length)).zones
}

/**
 * Reads `zone[:port]`, in which a CIDR stands for its reverse zones.
 *
 * What stands behind the last colon is a port only if it is a number, so a CIDR's mask goes before the port.
 *
 * @throws ValueSyntaxError as `parseZones`
 */
export function parseZonesAndPort(text: string): { zones: Name[]; port?: number } {
  const colon = text.lastIndexOf(':')
  // True of the empty text as well, as in CoreDNS.
  if (colon === text.length - 1) throw new ValueSyntaxError(`expecting data after last colon: ${JSON.stringify(text)}`)
  const port = colon < 0 ? undefined : tryParseInteger(text.slice(colon + 1))
  if (port === undefined) return { zones: zonesOf(text) }
  if (port < 0 || port > 65535) throw new ValueSyntaxError(`address ${port}: invalid port`)
  return { zones: zonesOf(text.slice(0, colon)), port }
}

/**
 * The reverse zones that together are an address range (RFC 1035 section 3.5, RFC 3596 section 2.5).
 *
 * One if the mask ends where a label does (8 bits for IPv4, 4 for IPv6), or else all that differ in the label the
 * mask cuts, in rising order: at most 128. Bits behind the mask are ignored.
 */
export function reverseZones(address: string, prefixLength: number): Name[] {
  const { bits, radix, count } = isIPv4(address) ? ipv4Labels : ipv6Labels
  const labels = labelsOf(reverseName(canonicalAddress(address)))

  const cut = count - Math.floor(prefixLength / bits) - 1
  const parent = labels.slice(cut + 1)
  const free = bits - (prefixLength % bits)
  if (free === bits) return [nameOf(parent)]
  const first = (Number.parseInt(labels[cut] ?? '', radix) >> free) << free
  return Array.from({ length: 1 << free }, (_, offset) => nameOf([(first + offset).toString(radix), ...parent]))
}

/** The labels of a reverse name that spell an address: what each holds, and how many there are. */
const ipv4Labels = { bits: 8, radix: 10, count: 4 }
const ipv6Labels = { bits: 4, radix: 16, count: 32 }

function zonesOf(text: string): Name[] {
  const name = zoneName(text)
  const range = parseCidr(text)
  if (range === undefined) return [name]
  // CoreDNS refuses these of the IPv6 ranges: `::/96`, `0::1/128`.
  if (/^(:|0.*:)/.test(text)) throw new ValueSyntaxError(`invalid CIDR ${text}`)
  return reverseZones(range.address, range.prefixLength)
}

/** Lengths are those of the text, as in CoreDNS, and count the last dot, which may be left out. */
function zoneName(text: string): Name {
  const octets = Buffer.from(text, 'utf8').toString('latin1')
  const { length } = octets.length > 255 || octets.endsWith('.') ? octets : `${octets}.`
  if (length > 255) throw new ValueSyntaxError(`specified zone is too long: ${length} > 255`)
  const name = text === '' ? undefined : tryParseName(escapeNonAscii(octets))
  if (name === undefined) throw new ValueSyntaxError(`zone is not a valid domain name: ${text}`)
  return name
}

/** CoreDNS takes letters of other alphabets for the octets of their UTF-8. */
function escapeNonAscii(octets: string): string {
  return octets.replace(/[^\0-\x7f]/g, (octet) => `\\${octet.charCodeAt(0)}`)
}

/** As strict as Go's `net.ParseCIDR`: four decimal octets without leading zeros, or IPv6 without a zone id. */
function parseCidr(text: string): { address: string; prefixLength: number } | undefined {
  const [, address = '', mask = ''] = /^([^/%]+)\/([0-9]+)$/.exec(text) ?? []
  if (isIP(address) === 0 || Number(mask) > (isIPv4(address) ? 32 : 128)) return undefined
  return { address, prefixLength: Number(mask) }
}
