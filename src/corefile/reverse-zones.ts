import ipaddr from 'ipaddr.js'
import { type Label, type Name, nameOf, tryParseName } from '../dns/name.ts'
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
export function reverseZones(bytes: readonly number[], prefixLength: number): Name[] {
  const isIPv4 = bytes.length === 4
  const bits = isIPv4 ? 8 : 4
  const units = isIPv4 ? bytes : bytes.flatMap((byte) => [byte >> 4, byte & 0xf])
  const suffix = [isIPv4 ? 'in-addr' : 'ip6', 'arpa']
  const zone = (path: readonly number[]) => nameOf([...path.map(unitLabel(isIPv4)).reverse(), ...suffix])

  const whole = Math.floor(prefixLength / bits)
  const path = units.slice(0, whole)
  const free = bits - (prefixLength % bits)
  if (free === bits) return [zone(path)]
  const first = ((units[whole] ?? 0) >> free) << free
  return Array.from({ length: 1 << free }, (_, offset) => zone([...path, first + offset]))
}

function unitLabel(isIPv4: boolean): (unit: number) => Label {
  return (unit) => unit.toString(isIPv4 ? 10 : 16)
}

function zonesOf(text: string): Name[] {
  const name = zoneName(text)
  const range = parseCidr(text)
  if (range === undefined) return [name]
  // CoreDNS cannot handle these: `::/96`, `0::1/128`.
  if (/^(:|0.*:)/.test(text)) throw new ValueSyntaxError(`invalid CIDR ${text}`)
  return reverseZones(range.bytes, range.prefixLength)
}

function zoneName(text: string): Name {
  // A name is octets: of other alphabets, those of UTF-8.
  const octets = Buffer.from(text, 'utf8').toString('latin1')
  const qualified = octets.endsWith('.') ? octets : `${octets}.`
  if (octets.length > 255) throw new ValueSyntaxError(`specified zone is too long: ${octets.length} > 255`)
  const name = octets === '' ? undefined : tryParseName(octets)
  if (name === undefined) throw new ValueSyntaxError(`zone is not a valid domain name: ${text}`)
  if (qualified.length > 255) throw new ValueSyntaxError(`specified zone is too long: ${qualified.length} > 255`)
  return name
}

/** As strict as Go's `net.ParseCIDR`: four decimal octets without leading zeros, or IPv6 without a zone id. */
function parseCidr(text: string): { bytes: number[]; prefixLength: number } | undefined {
  const [, address = '', mask = ''] = /^([^/%]+)\/(\d+)$/.exec(text) ?? []
  const prefixLength = Number(mask)
  const isIPv4 = ipaddr.IPv4.isValidFourPartDecimal(address)
  if (!isIPv4 && !(address.includes(':') && ipaddr.IPv6.isValid(address))) return undefined
  return prefixLength > (isIPv4 ? 32 : 128) ? undefined : { bytes: ipaddr.parse(address).toByteArray(), prefixLength }
}
