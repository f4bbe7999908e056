import type { ClusterStore } from '../cluster/store.ts'
import type { Endpoint } from '../plugin/endpoint.ts'
import type { Transport } from '../plugin/handler.ts'
import type { Service } from '../plugin/setup.ts'
import { AnswerCache } from '../transport/answer-cache.ts'
import type { ListenAddress, Listener } from '../transport/listener.ts'
import { openUdpAndTcp } from '../transport/open.ts'
import type { OpenUdp } from '../transport/udp/socket.ts'
import type { Clock } from '../util/clock.ts'
import { limitErrors } from '../util/line-limit.ts'
import type { Logger } from '../util/log.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { AnswerNote } from './observe.ts'
import { createResponder } from './responder.ts'
import type { RunningBlock, Zones } from './zones.ts'

/** Zones that are served together on the same addresses, behind one cache. */
export interface ServerGroup {
  readonly addresses: readonly ListenAddress[]
  readonly zones: Zones
  /** What else than the cluster changes answers. */
  readonly changes: ChangeFeed
}

/** What the blocks of all groups have told over HTTP: a block that is served in several places says it once. */
export function endpointsOf(groups: readonly ServerGroup[]): readonly Endpoint[] {
  return blocksOf(groups).flatMap(({ endpoints }) => endpoints)
}

/** What the blocks of all groups do beside the queries. */
export function servicesOf(groups: readonly ServerGroup[]): readonly Service[] {
  return blocksOf(groups).flatMap(({ services }) => services)
}

function blocksOf(groups: readonly ServerGroup[]): readonly RunningBlock[] {
  return [...new Set(groups.flatMap(({ zones }) => [...zones.values()]))]
}

export interface ServerOptions {
  readonly groups: readonly ServerGroup[]
  readonly cluster: ClusterStore
  readonly log: Logger
  readonly clock: Clock
  /** Whether clients are told why they get no records (RFC 8914). */
  readonly extendedErrors: boolean
  readonly openUdp: OpenUdp
}

/** How long queries under way may take to be answered once the server is told to stop. */
const drainMs = 5000

/** A server with its sockets: `start` opens them all or none, `stop` lets what is under way be answered. */
export class Server {
  readonly #options: ServerOptions
  #listeners: readonly Listener[] = []
  #unsubscribes: readonly (() => void)[] = []

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /** Where it really listens, UDP and TCP of an address one behind the other. */
  get listeners(): readonly Listener[] {
    return this.#listeners
  }

  /** @throws ListenError a socket cannot be opened; none stays open */
  async start(): Promise<void> {
    try {
      for (const group of this.#options.groups) await this.#startGroup(group)
      await this.#startServices()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    const listeners = this.#listeners
    this.#listeners = []
    await Promise.all(listeners.map((listener) => listener.close(drainMs)))
    for (const unsubscribe of this.#unsubscribes) unsubscribe()
    await Promise.all(servicesOf(this.#options.groups).map((service) => service.stop()))
  }

  async #startGroup({ addresses, zones, changes }: ServerGroup): Promise<void> {
    const { cluster, clock, extendedErrors, openUdp } = this.#options
    const log = limitErrors(this.#options.log, clock)
    const cache = new AnswerCache<AnswerNote>()
    this.#unsubscribes = [
      ...this.#unsubscribes,
      cluster.onChange(({ tags }) => cache.invalidate(tags)),
      changes.onChange((tags) => cache.invalidate(tags)),
    ]
    for (const address of addresses) {
      const handlerFor = <T extends Transport>(transport: T) =>
        createResponder({ zones, cache, log, transport, localAddress: address.address, extendedErrors })
      const opened = await openUdpAndTcp(address, { udp: handlerFor('udp'), tcp: handlerFor('tcp') }, { openUdp })
      this.#listeners = [...this.#listeners, opened]
    }
  }

  /** The work of all blocks begins: sockets are open by now. */
  async #startServices(): Promise<void> {
    const at = this.#listeners.map(({ address }) => address)
    for (const service of servicesOf(this.#options.groups)) await service.start?.(at)
  }
}
