import type { AdminServer } from '../admin/admin-server.ts'
import { ClusterStore } from '../cluster/store.ts'
import { CorefileError } from '../corefile/errors.ts'
import type { Corefile } from '../corefile/model.ts'
import type { Endpoint } from '../plugin/endpoint.ts'
import type { ServerAddress } from '../server/addresses.ts'
import { buildConfiguration, type Configuration } from '../server/build.ts'
import { endpointsOf, type Replacement, Server } from '../server/server.ts'
import type { OpenUdp } from '../transport/udp/socket.ts'
import { systemClock } from '../util/clock.ts'
import { messageOf } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import type { Metrics } from '../util/metrics.ts'
import { pause, systemTimer } from '../util/timer.ts'
import { kubernetesConfigs } from './configuration.ts'
import type { LiveOptions, ManifestOptions } from './options.ts'
import { chooseFeed, type Feed, feedKey } from './source.ts'
import { version } from './version.ts'

export interface RunningServerOptions {
  /** Where the cluster comes from, as far as the Corefile does not say it. */
  readonly feed: ManifestOptions & LiveOptions
  /** Where all keys of a scheme are served, whatever they say; those of a scheme that is not among them: where they say. */
  readonly listen: readonly ServerAddress[]
  readonly defaultPort: number
  /** Whether other processes may have the same address and port. */
  readonly reusePort: boolean
  /** Whether clients are told why they get no records (RFC 8914). */
  readonly extendedErrors: boolean
  readonly openUdp: OpenUdp
  readonly log: Logger
  readonly metrics: Metrics
  /** Ends the process: what is wrong is wrong for good. */
  readonly fatal: (message: string) => void
  /** Hears of each configuration before anything of it begins. */
  readonly onBuilt: (configuration: Configuration) => void
  /** Aborts when the process is asked to end: nothing is waited for any longer. */
  readonly stop: AbortSignal
}

/** A cluster that is followed, for as long as what is to be read of it stays the same. */
interface Followed {
  readonly store: ClusterStore
  readonly key: string
  readonly source: AbortController
}

/**
 * All that serves a Corefile, through its life: `start`, any number of `reload`, `leave`, `stop`.
 *
 * What is the same in two Corefiles is kept from one to the next: sockets at their addresses, and the cluster where as
 * much of it is needed. All else is made anew, and takes over in one turn of the event loop, or not at all.
 */
export class RunningServer {
  readonly #options: RunningServerOptions
  #cluster: Followed = newCluster('none')
  #configuration: Configuration = { groups: [], blocks: [] }
  #server: Server | undefined
  #admin: AdminServer | undefined
  /** What has been replaced, and is about to end. */
  #ending: Promise<void> = Promise.resolve()

  constructor(options: RunningServerOptions) {
    this.#options = options
  }

  get cluster(): ClusterStore {
    return this.#cluster.store
  }

  /** What is served where; nothing before the start. */
  get places(): Server['places'] {
    return this.#server?.places ?? []
  }

  /**
   * Probes are answered from the first moment on, then the cluster is read, then queries are answered.
   *
   * Asked to end meanwhile, it resolves without having served. Whatever becomes of it, `stop` has to be called.
   *
   * @throws CorefileError, PluginSetupError, ManifestError, ClusterAccessError, ListenError
   */
  async start(corefile: Corefile): Promise<Configuration> {
    const { log, extendedErrors, openUdp, reusePort } = this.#options
    this.#cluster = newCluster(this.#keyOf(corefile))
    const cluster = this.#cluster.store
    const configuration = this.#build(corefile, cluster)
    const endpoints = endpointsOf(configuration.groups)
    if (endpoints.length > 0) this.#admin = await this.#newAdmin(endpoints)
    await this.#admin?.start()
    await this.#follow(this.#cluster, corefile)
    if (this.#options.stop.aborted) return configuration
    const { groups } = configuration
    const server = new Server({ groups, cluster, log, clock: systemClock, extendedErrors, openUdp, reusePort })
    await server.start()
    this.#server = server
    this.#admin?.serving()
    this.#configuration = configuration
    return configuration
  }

  /**
   * Serves another Corefile.
   *
   * @returns as soon as it is in force: what was asked before may still be answered by the old one
   * @throws as `start`, and where the process is asked to end meanwhile: everything is as it was
   */
  async reload(corefile: Corefile): Promise<Configuration> {
    const key = this.#keyOf(corefile)
    const before = this.#cluster
    const cluster = key === before.key ? before : newCluster(key)
    try {
      const configuration = this.#build(corefile, cluster.store)
      if (cluster !== before) await this.#follow(cluster, corefile)
      this.#options.stop.throwIfAborted()
      const replacements = await this.#replacements(configuration, cluster)
      this.#ending = this.#endOf([this.#ending, ...replacements.map((each) => each.commit())])
      this.#cluster = cluster
      this.#configuration = configuration
      if (cluster !== before) before.source.abort()
      return configuration
    } catch (error) {
      if (cluster !== before) cluster.source.abort()
      this.#options.onBuilt(this.#configuration)
      throw error
    }
  }

  /** Is ready no longer, and resolves when the time that this has to get about is over; queries are answered all the time. */
  async leave(): Promise<void> {
    await this.#admin?.leave()
  }

  /** Lets what is under way be answered, for at most 5 seconds, and closes everything. */
  async stop(): Promise<void> {
    await this.#admin?.stop()
    await this.#server?.stop()
    await this.#ending
    this.#cluster.source.abort()
  }

  /** What tells the cluster that it needs from others. A directive that is wrong says so itself, when it is set up. */
  #keyOf(corefile: Corefile): string {
    try {
      return feedKey(this.#options.feed, kubernetesConfigs(corefile))
    } catch (error) {
      if (error instanceof CorefileError) return 'none'
      throw error
    }
  }

  #build(corefile: Corefile, cluster: ClusterStore): Configuration {
    const { log, metrics, fatal, listen, defaultPort, onBuilt } = this.#options
    const configuration = buildConfiguration(corefile, {
      ...{ cluster, log, metrics, fatal, listen, defaultPort },
      clock: systemClock,
    })
    onBuilt(configuration)
    return configuration
  }

  /** HTTP is loaded only where a Corefile asks for it. */
  async #newAdmin(endpoints: readonly Endpoint[]): Promise<AdminServer> {
    const { AdminServer: Admin } = await import('../admin/admin-server.ts')
    const { log, metrics } = this.#options
    return new Admin(endpoints, { log, clock: systemClock, metrics, version: version() })
  }

  /** Both are there, or neither. */
  async #replacements({ groups }: Configuration, { store }: Followed): Promise<readonly Replacement[]> {
    const endpoints = endpointsOf(groups)
    if (endpoints.length > 0 && this.#admin === undefined) {
      this.#admin = await this.#newAdmin([])
      this.#admin.serving()
    }
    const told = await this.#admin?.replace(endpoints)
    try {
      const answered = await this.#server?.replace({ groups, cluster: store })
      return [answered, told].flatMap((each) => each ?? [])
    } catch (error) {
      await told?.abandon()
      throw error
    }
  }

  async #endOf(ending: readonly Promise<void>[]): Promise<void> {
    for (const { reason } of (await Promise.allSettled(ending)).filter((each) => each.status === 'rejected')) {
      this.#options.log.error(messageOf(reason))
    }
  }

  /** Waits for the cluster as long as the Corefile says; from then on there are answers of what there is. */
  async #follow({ store, source }: Followed, corefile: Corefile): Promise<void> {
    const { log, metrics, feed: options, stop } = this.#options
    const feed = await chooseFeed(options, { configs: kubernetesConfigs(corefile), cluster: store, log, metrics })
    if (feed !== undefined) await startFeed(feed, { store, log, signal: source.signal, stopped: aborted(stop) })
  }
}

function newCluster(key: string): Followed {
  return { store: new ClusterStore(systemClock), key, source: new AbortController() }
}

interface FeedStart {
  readonly store: ClusterStore
  readonly log: Logger
  readonly signal: AbortSignal
  readonly stopped: Promise<void>
}

/** How often a start that waits says so: as CoreDNS has it. */
const waitingNoteMs = 500

async function startFeed({ source, patienceMs }: Feed, { store, log, signal, stopped }: FeedStart): Promise<void> {
  const started = source.start(store, signal)
  if (patienceMs === Number.POSITIVE_INFINITY) return Promise.race([started, stopped])
  const note = setInterval(
    () => log.info('plugin/kubernetes: waiting for Kubernetes API before starting server'),
    waitingNoteMs,
  )
  const patience = new AbortController()
  try {
    const late = pause(systemTimer, patienceMs, patience.signal).then(() => !patience.signal.aborted)
    if ((await Promise.race([started, stopped, late])) !== true) return
    log.warning(`plugin/kubernetes: starting server with unsynced Kubernetes API: ${store.syncDetail}`)
  } finally {
    clearInterval(note)
    patience.abort()
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
