import { networkInterfaces } from 'node:os'
import type { Scheme } from '../corefile/model.ts'
import type { ListenAddress } from '../transport/listener.ts'
import { familyOf } from '../util/address.ts'

/** The schemes of keys that are served: DNS over UDP and TCP, and DNS over TLS (RFC 7858), which is over TCP alone. */
export type ServedScheme = Extract<Scheme, 'dns' | 'tls'>

/** Where keys of one scheme are served. */
export interface ServerAddress extends ListenAddress {
  readonly scheme: ServedScheme
}

export function isServed(scheme: Scheme): scheme is ServedScheme {
  return scheme === 'dns' || scheme === 'tls'
}

/**
 * The addresses that clients reach these sockets at, each once.
 *
 * A wildcard stands for the addresses of the machine's interfaces, without loopback if there are others.
 */
export function reachableAddresses(listen: readonly ListenAddress[]): readonly string[] {
  return [...new Set(listen.flatMap(({ address }) => expandWildcard(address)))]
}

/** The addresses that an interface has at this moment; undefined: there is none of this name. */
export function interfaceAddresses(name: string): readonly string[] | undefined {
  return networkInterfaces()[name]?.map(({ address }) => address)
}

/** All interfaces: of both families, if the machine speaks both. */
export function wildcardAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? [])
  return all.some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0'
}

function expandWildcard(address: string): readonly string[] {
  if (address !== '::' && address !== '0.0.0.0') return [address]
  const all = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? [])
  // `::` takes both families; a link-local address means nothing without its interface.
  const usable = all.filter(
    ({ address: each }) => !each.startsWith('fe80:') && (address === '::' || familyOf(each) === 4),
  )
  const outside = usable.filter(({ internal }) => !internal)
  return (outside.length > 0 ? outside : usable).map(({ address: each }) => each)
}
