import type { Name } from '../../dns/name.ts'
import type { TlsOptions } from '../../plugin/upstream.ts'
import type { SocketAddress } from '../../util/address.ts'
import type { Policy } from './policy.ts'

/** What one directive `forward` says, checked. */
export interface ForwardConfig {
  /** Names in this zone are forwarded, */
  readonly from: Name
  /** but for those in these. */
  readonly except: readonly Name[]
  /** In the order of the file, without duplicates among those that are addresses. */
  readonly to: readonly Destination[]
  readonly policy: Policy
  /** Over TCP whatever the client uses; this goes before `preferUdp`. */
  readonly forceTcp: boolean
  /** Over UDP whatever the client uses, and over TCP where the reply is truncated. */
  readonly preferUdp: boolean
  /** How long sockets may be idle, and used; 0 is no limit of the latter. */
  readonly expireMs: number
  readonly maxAgeMs: number
  /** 0: no limit. */
  readonly maxIdle: number
  readonly readTimeoutMs: number
  readonly healthCheck: HealthCheck
  /** Failed checks in a row that an upstream may have and still be asked; 0: it is asked always, and not checked. */
  readonly maxFails: number
  /** Failed exchanges for one query; 0: no limit but the time; undefined: twice as many as there are upstreams. */
  readonly maxConnectAttempts: number | undefined
  readonly maxConcurrent: Limit | undefined
  readonly failsFast: boolean
  /** Codes of replies at which another upstream is asked. */
  readonly failover: readonly number[]
  /** Codes of replies at which the next directive is asked. */
  readonly next: readonly number[]
  /** Whether it is at a reply without answer, too. */
  readonly nextOnNodata: boolean
  readonly tls: TlsOptions
  readonly dohMethod: 'GET' | 'POST'
  readonly sourceAddress: string | undefined
  /** Who is asked for the addresses of hosts; none: the system. */
  readonly resolvers: readonly SocketAddress[]
}

/** How an upstream is found out to be well. */
export interface HealthCheck {
  readonly intervalMs: number
  readonly recursionDesired: boolean
  /** Whose NS records it is asked for. */
  readonly domain: Name
}

export interface Limit {
  readonly count: number
  /** As it was written. */
  readonly text: string
}

export type DestinationScheme = 'dns' | 'tls' | 'https'

interface DestinationHead {
  readonly scheme: DestinationScheme
  /** The name that its certificate has to have, where this one has a name of its own. */
  readonly serverName?: string
}

/** Where queries go. */
export type Destination = AddressDestination | HostDestination

export interface AddressDestination extends DestinationHead {
  readonly kind: 'address'
  readonly at: SocketAddress
}

/** It stands for all its addresses, which are looked up once. */
export interface HostDestination extends DestinationHead {
  readonly kind: 'host'
  readonly host: string
  readonly port: number
}
