import { TYPE } from '../../dns/iana.ts'
import { parseName } from '../../dns/name.ts'
import { encodeRequest } from '../../dns/request.ts'
import { decodeMessage } from '../../dns/wire/decode.ts'
import { type Upstream, UpstreamError, type Upstreams } from '../../plugin/upstream.ts'
import { formatAddressPart } from '../../util/address.ts'
import { messageOf } from '../../util/errors.ts'
import type { AddressDestination, Destination, ForwardConfig, HostDestination } from './config.ts'

/** How long each look-up of a host may take. */
const lookupMs = 2000

/**
 * The addresses that hosts stand for, in their places, and none twice.
 *
 * @throws UpstreamError a host has none
 */
export async function resolveDestinations(
  { to, resolvers }: ForwardConfig,
  upstreams: Upstreams,
): Promise<readonly AddressDestination[]> {
  const found: AddressDestination[] = []
  for (const destination of to) {
    found.push(...(destination.kind === 'address' ? [destination] : await resolve(destination, resolvers, upstreams)))
  }
  return withoutDuplicates(found)
}

/** The first one of each address and port counts, whatever is spoken there. */
export function withoutDuplicates<D extends Destination>(destinations: readonly D[]): D[] {
  const places = new Map(destinations.toReversed().map((destination) => [placeOf(destination), destination]))
  return destinations.filter((destination) => places.get(placeOf(destination)) === destination)
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`, `dns.example.com:53`. */
export function placeOf(destination: Destination): string {
  if (destination.kind === 'host') return `${destination.host}:${destination.port}`
  return `${formatAddressPart(destination.at.address)}:${destination.at.port}`
}

async function resolve(
  { host, port, scheme, serverName }: HostDestination,
  resolvers: ForwardConfig['resolvers'],
  upstreams: Upstreams,
): Promise<AddressDestination[]> {
  try {
    const addresses = resolvers.length === 0 ? await upstreams.lookup(host) : await ask(host, resolvers, upstreams)
    const named = serverName !== undefined && { serverName }
    return addresses.map((address) => ({ kind: 'address', scheme, at: { address, port }, ...named }))
  } catch (error) {
    throw new UpstreamError(`failed to resolve ${JSON.stringify(host)}: ${messageOf(error)}`, undefined, {
      cause: error,
    })
  }
}

/** Of the first resolver that knows any. */
async function ask(host: string, resolvers: ForwardConfig['resolvers'], upstreams: Upstreams): Promise<string[]> {
  let last = ''
  for (const at of resolvers) {
    const upstream = upstreams.open({ at })
    try {
      const addresses = await addressesOf(host, upstream)
      if (addresses.length > 0) return addresses
    } catch (error) {
      last = `: ${messageOf(error)}`
    } finally {
      upstream.close()
    }
  }
  throw new UpstreamError(`no addresses found for ${JSON.stringify(host)}${last}`)
}

/** @throws UpstreamError, WireFormatError as long as there is no address at all */
async function addressesOf(host: string, upstream: Upstream): Promise<string[]> {
  const addresses = await addressesOfType(host, TYPE.A, upstream)
  try {
    return [...addresses, ...(await addressesOfType(host, TYPE.AAAA, upstream))]
  } catch (error) {
    if (addresses.length === 0) throw error
    return addresses
  }
}

async function addressesOfType(host: string, qtype: number, upstream: Upstream): Promise<string[]> {
  const message = lookupMessage(host, qtype)
  const how = { transport: 'udp', replyMs: lookupMs, connectMs: lookupMs, isApart: true } as const
  const { answer } = decodeMessage(await upstream.exchange(message, how))
  return answer.flatMap((rrset) =>
    rrset.type === 'A' || rrset.type === 'AAAA' ? rrset.rdata.map(({ address }) => address) : [],
  )
}

function lookupMessage(host: string, qtype: number): Uint8Array {
  return encodeRequest({ qname: parseName(host), spelling: host, qtype }, { rd: true })
}
