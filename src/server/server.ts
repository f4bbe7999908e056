import type { ClusterStore } from '../cluster/store.ts'
import type { Endpoint } from '../plugin/endpoint.ts'
import type { ServerTls, TcpSettings } from '../plugin/settings.ts'
import type { Service } from '../plugin/setup.ts'
import { openTcpAlone, openUdpAndTcp, type PortListener } from '../transport/open.ts'
import type { OpenUdp } from '../transport/udp/socket.ts'
import type { Clock } from '../util/clock.ts'
import { limitErrors } from '../util/line-limit.ts'
import type { Logger } from '../util/log.ts'
import type { Metrics } from '../util/metrics.ts'
import type { ServerAddress } from './addresses.ts'
import type { ChangeFeed } from './change-feed.ts'
import { tellEnabledPlugins } from './enabled-plugins.ts'
import { Place, Served } from './served.ts'
import { blocksIn, type RunningBlock, type Zones } from './zones.ts'

/** Zones that are served together on the same addresses, behind one cache. */
export interface ServerGroup {
  /** All of one scheme. */
  readonly addresses: readonly ServerAddress[]
  readonly zones: Zones
  /** What else than the cluster changes answers. */
  readonly changes: ChangeFeed
  /** Where queries are counted. */
  readonly metrics: Metrics
  /** The one address that its blocks are bound to (plugin bind). */
  readonly boundTo?: string
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
  return [...new Set(groups.flatMap(({ zones }) => blocksIn(zones)))]
}

/** What a server answers with: all of it is replaced at once. */
export interface ServerContent {
  readonly groups: readonly ServerGroup[]
  readonly cluster: ClusterStore
}

export interface ServerOptions extends ServerContent {
  readonly log: Logger
  readonly clock: Clock
  /** Whether clients are told why they get no records (RFC 8914). */
  readonly extendedErrors: boolean
  readonly openUdp: OpenUdp
  /** Lets other sockets have the same address and port, as CoreDNS does (SO_REUSEPORT); where the system can. */
  readonly reusePort?: boolean
}

/** What is there to take the place of what runs. Either method ends it. */
export interface Replacement {
  /**
   * From this moment on the new is in force.
   *
   * @returns resolves when the old has ended: what was under way is answered, sockets that are gone are closed, and its
   *   plugins have ended their work; rejects then, where a plugin of the new could not begin its own
   */
  commit(): Promise<void>
  /** Nothing has happened: what was opened for it is closed. */
  abandon(): Promise<void>
}

/** How long queries under way may take to be answered once others take over, or the server is told to stop. */
const drainMs = 5000

/** A group at one of its addresses. */
interface Wanted {
  readonly group: ServerGroup
  /** As it was asked for: the port may be 0. */
  readonly address: ServerAddress
  readonly served: Served
}

interface Open extends Wanted {
  readonly place: Place
  readonly listener: PortListener
}

/**
 * A server with its sockets: `start` opens them all or none, `replace` keeps those that are still wanted, `stop` lets what
 * is under way be answered.
 */
export class Server {
  readonly #options: ServerOptions
  #open: readonly Open[] = []
  #groups: readonly ServerGroup[] = []

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /** Each group at each of its addresses, with where it really listens. */
  get places(): readonly { readonly group: ServerGroup; readonly address: ServerAddress }[] {
    return this.#open.map(({ group, address: { scheme }, listener }) => ({
      group,
      address: { scheme, ...listener.address },
    }))
  }

  /** @throws ListenError a socket cannot be opened; what a plugin throws that begins its work. None stays open */
  async start(): Promise<void> {
    const replacement = await this.replace(this.#options)
    try {
      await replacement.commit()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /**
   * Prepares to answer with something else.
   *
   * Sockets at an address that stays are neither closed nor bound anew, so that no query is lost. Those at a new one are
   * open when this resolves, and answer.
   *
   * @throws ListenError a socket cannot be opened: everything is as it was
   */
  async replace(content: ServerContent): Promise<Replacement> {
    const left = [...this.#open]
    const matched = this.#wanted(content).map((wanted) => ({ ...wanted, kept: takeAt(left, wanted.address) }))
    const opened: Open[] = []
    const abandon = async (): Promise<void> => {
      for (const { served } of matched) void served.retire(0)
      await Promise.all(opened.map(({ listener }) => listener.close(0)))
    }
    try {
      for (const { kept, ...wanted } of matched) if (kept === undefined) opened.push(await this.#openAt(wanted))
    } catch (error) {
      await abandon()
      throw error
    }
    const kept = matched.flatMap(({ kept, ...wanted }) => (kept === undefined ? [] : { ...kept, ...wanted }))
    return { abandon, commit: () => this.#commit({ kept, opened, gone: left, groups: content.groups }) }
  }

  /** Lets what is under way be answered, for at most 5 seconds, and closes all sockets. */
  async stop(): Promise<void> {
    await this.#commit({ kept: [], opened: [], gone: this.#open, groups: [] })
  }

  #wanted({ groups, cluster }: ServerContent): Wanted[] {
    const { clock, extendedErrors } = this.#options
    const log = limitErrors(this.#options.log, clock)
    return groups.flatMap((group) => {
      const { zones, changes, metrics } = group
      const served = new Served({ zones, changes, metrics, cluster, log, extendedErrors })
      return group.addresses.map((address) => ({ group, address, served }))
    })
  }

  async #openAt(wanted: Wanted): Promise<Open> {
    const { openUdp } = this.#options
    // Of a port that the system chooses nobody else knows; shared, it could be given to a client as well: a dig that then asks itself.
    const reusePort = this.#options.reusePort === true && wanted.address.port !== 0
    const place = new Place(wanted.address, wanted.served)
    const tls = tlsOf(wanted.group)
    const tcp = { reusePort, limits: tcpLimitsOf(wanted.group), ...(tls && { tls }) }
    const listener = await (wanted.address.scheme === 'tls'
      ? openTcpAlone(wanted.address, place.handlers, { tcp })
      : openUdpAndTcp(wanted.address, place.handlers, { openUdp, udp: { reusePort }, tcp }))
    place.openedAt(listener.address.port)
    return { ...wanted, place, listener }
  }

  /** What is kept changes in one turn of the event loop; what ends may take its time. */
  async #commit({ kept, opened, gone, groups }: Change): Promise<void> {
    const retired = new Set(this.#open.map(({ served }) => served))
    const ended = servicesOf(this.#groups)
    this.#open = [...kept, ...opened]
    this.#groups = groups
    tellEnabledPlugins(groups)
    for (const { place, served, listener, group } of kept) {
      place.serve(served)
      listener.tcp.limit(tcpLimitsOf(group))
      listener.tcp.secure(tlsOf(group))
    }
    try {
      await this.#startServices()
    } finally {
      await Promise.all([
        ...gone.map(({ listener }) => listener.close(drainMs)),
        ...[...retired].map((served) => served.retire(drainMs)),
      ])
      await Promise.all(ended.map((service) => service.stop()))
    }
  }

  /** The work of all blocks begins: sockets are open by now. */
  async #startServices(): Promise<void> {
    for (const block of blocksOf(this.#groups)) {
      const places = this.places.filter(
        ({ group, address }) => address.scheme === 'dns' && blocksIn(group.zones).includes(block),
      )
      for (const service of block.services) await service.start?.(places.map(({ address }) => address))
    }
  }
}

interface Change {
  /** Open already, with what is to be served there. */
  readonly kept: readonly Open[]
  readonly opened: readonly Open[]
  readonly gone: readonly Open[]
  /** All that is served from then on. */
  readonly groups: readonly ServerGroup[]
}

/** Takes what is open at an address out of the list. */
function takeAt(open: Open[], { scheme, address, port }: ServerAddress): Open | undefined {
  const index = open.findIndex(
    ({ address: each }) => each.scheme === scheme && each.address === address && each.port === port,
  )
  return index < 0 ? undefined : open.splice(index, 1)[0]
}

/** Of several blocks that set the same, the last one counts, as in CoreDNS. */
function tcpLimitsOf({ zones }: ServerGroup): TcpSettings {
  return Object.assign({}, ...blocksIn(zones).map(({ settings }) => settings?.tcp))
}

/**
 * What clients of the scheme `tls` are shown; of several blocks the last counts, as by chance in CoreDNS.
 *
 * @returns undefined where the scheme is another, or no block has the plugin: then all is in plain text, as in CoreDNS
 */
export function tlsOf({ addresses, zones }: ServerGroup): ServerTls | undefined {
  if (addresses[0]?.scheme !== 'tls') return undefined
  return blocksIn(zones).findLast(({ settings }) => settings?.tls !== undefined)?.settings?.tls
}
