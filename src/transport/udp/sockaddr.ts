import { addressOf, familyOf, octetsOf } from '../../util/address.ts'
import type { ListenAddress, Peer } from '../listener.ts'

/** Address families of Linux (include/linux/socket.h). */
export const AF_INET = 2
export const AF_INET6 = 10

/** Octets of `sockaddr_in` and of `sockaddr_in6` (ip(7), ipv6(7)). */
export const sockaddrOctets = { [AF_INET]: 16, [AF_INET6]: 28 } as const
export type AddressFamily = keyof typeof sockaddrOctets

/** As x64 and arm64 are, the only machines that have batches (libc.ts). */
const isLittleEndian = true

const familyOffset = 0
const portOffset = 2
const address4Offset = 4
const address6Offset = 8
const scopeOffset = 24

export function addressFamilyOf({ address }: ListenAddress): AddressFamily {
  return familyOf(address) === 6 ? AF_INET6 : AF_INET
}

/** `sockaddr_in` or `sockaddr_in6`: the family in the machine's order of octets, port and address in the network's. */
export function encodeSockaddr(at: ListenAddress): Uint8Array {
  const family = addressFamilyOf(at)
  const octets = new Uint8Array(sockaddrOctets[family])
  const view = new DataView(octets.buffer)
  view.setUint16(familyOffset, family, isLittleEndian)
  view.setUint16(portOffset, at.port)
  octets.set(octetsOf(at.address), family === AF_INET6 ? address6Offset : address4Offset)
  return octets
}

/**
 * A peer as its address stands in memory, read only when somebody asks.
 *
 * IPv4 on a socket of IPv6 shows as `::ffff:a.b.c.d`; a link-local address with the number of its interface
 * (`fe80::1%2`, RFC 4007 section 11.2).
 */
export class SockaddrPeer implements Peer {
  readonly #octets: Uint8Array
  readonly #family: AddressFamily

  constructor(octets: Uint8Array, family: AddressFamily) {
    this.#octets = octets
    this.#family = family
  }

  get port(): number {
    return ((this.#octets[portOffset] ?? 0) << 8) | (this.#octets[portOffset + 1] ?? 0)
  }

  get addressFamily(): 4 | 6 {
    return this.#family === AF_INET || this.#isMapped ? 4 : 6
  }

  get address(): string {
    if (this.#family === AF_INET) return addressOf([...this.#octets.subarray(address4Offset, address4Offset + 4)])
    const octets = [...this.#octets.subarray(address6Offset, address6Offset + 16)]
    if (this.#isMapped) return `::ffff:${addressOf(octets.slice(12))}`
    const scope = this.#scope
    return scope === 0 ? addressOf(octets) : `${addressOf(octets)}%${scope}`
  }

  /** Of an address of IPv6: RFC 4291 section 2.5.5.2. */
  get #isMapped(): boolean {
    for (let at = address6Offset; at < address6Offset + 10; at++) if (this.#octets[at] !== 0) return false
    return this.#octets[address6Offset + 10] === 0xff && this.#octets[address6Offset + 11] === 0xff
  }

  get #scope(): number {
    const view = new DataView(this.#octets.buffer, this.#octets.byteOffset, this.#octets.byteLength)
    return view.getUint32(scopeOffset, isLittleEndian)
  }
}
