/**
 * admin: what the process tells of itself over HTTP. It reads status and changes nothing.
 *
 * Plugins say where and what (plugin/endpoint.ts). admin-server.ts, which opens and closes, is the place to start;
 * readiness.ts knows who is not ready, http-listener.ts is one socket, self-check.ts asks whether we are quick enough,
 * exposition.ts writes down all that is counted.
 */
import { lookup } from 'node:dns/promises'
import { formatDuration } from '../corefile/duration.ts'
import type { HostPort } from '../corefile/host-port.ts'
import type { Endpoint } from '../plugin/endpoint.ts'
import { healthMetrics } from '../plugins/health/metrics.ts'
import { wildcardAddress } from '../server/addresses.ts'
import type { Replacement } from '../server/server.ts'
import { formatAddress, type ListenAddress, ListenError } from '../transport/listener.ts'
import type { Clock } from '../util/clock.ts'
import { messageOf } from '../util/errors.ts'
import { limitLines } from '../util/line-limit.ts'
import type { Logger } from '../util/log.ts'
import { Metrics } from '../util/metrics.ts'
import { pause, systemTimer } from '../util/timer.ts'
import { type Certificate, type HttpListener, openHttp, type Respond } from './http-listener.ts'
import { Readiness } from './readiness.ts'
import { defaultTimes, type SelfCheckTimes, startSelfCheck } from './self-check.ts'

export interface AdminOptions {
  readonly log: Logger
  readonly clock: Clock
  /** If not given, as CoreDNS has them. */
  readonly selfCheckTimes?: SelfCheckTimes
  /** What `/metrics` tells, and where the self-check counts. */
  readonly metrics?: Metrics
  /** Of this server, as metrics tell it. */
  readonly version?: string
}

/** An endpoint that is told at a URL. */
export interface OpenEndpoint {
  readonly kind: Endpoint['kind']
  readonly url: string
}

/** Endpoints of one address. */
interface Place {
  /** Equal for addresses that are served by one socket. */
  readonly key: string
  readonly address: HostPort
  readonly kinds: ReadonlySet<Endpoint['kind']>
  /** As `MetricsEndpoint` has it. */
  readonly webConfig?: string | undefined
}

interface OpenPlace extends Place {
  readonly scheme: 'http' | 'https'
  readonly listener: HttpListener
  /** What is answered there by now. */
  readonly routes: Map<string, Respond>
  readonly endSelfCheck: () => void
}

/**
 * The endpoints of a server, through its life: `start`, `serving`, `replace`, `leave`, `stop`.
 *
 * Readiness is the process's: each `/ready` speaks for every server block that has the directive `ready`.
 */
export class AdminServer {
  readonly #endpoints: readonly Endpoint[]
  readonly #log: Logger
  readonly #selfCheckTimes: SelfCheckTimes
  readonly #respond: Readonly<Record<Endpoint['kind'], Respond>>
  readonly #metrics: Metrics
  readonly #version: string
  #exposition: Promise<Respond> | undefined
  #readiness = new Readiness([])
  #lameduckMs = 0
  #phase: 'starting' | 'serving' | 'leaving' = 'starting'
  #open: readonly OpenPlace[] = []
  readonly #stopped = new AbortController()

  constructor(endpoints: readonly Endpoint[], options: AdminOptions) {
    const { log, clock, selfCheckTimes = defaultTimes, metrics = new Metrics(), version = '' } = options
    this.#endpoints = endpoints
    this.#log = log
    this.#selfCheckTimes = selfCheckTimes
    this.#metrics = metrics
    this.#version = version
    const tellNotReady = limitLines((line) => log.info(line), clock)
    this.#respond = {
      health: () => ok,
      ready: () => this.#ready(tellNotReady),
      metrics: async (headers) => (await this.#loadExposition())(headers),
    }
  }

  /** Where the endpoints really are. */
  get endpoints(): readonly OpenEndpoint[] {
    return this.#open.flatMap(endpointsAt)
  }

  /**
   * Opens all endpoints. `/health` is good from now on, `/ready` not before `serving`.
   *
   * @throws ListenError an address cannot be opened; none stays open
   */
  async start(): Promise<void> {
    const replacement = await this.replace(this.#endpoints)
    await replacement.commit()
  }

  /**
   * Prepares to tell of something else: sockets of addresses that stay are kept, those of new ones are open by then.
   *
   * @throws ListenError an address cannot be opened: everything is as it was
   */
  async replace(endpoints: readonly Endpoint[]): Promise<Replacement> {
    const places = placesOf(endpoints)
    const opened: OpenPlace[] = []
    const abandon = async (): Promise<void> => {
      await Promise.all(opened.map(closePlace))
    }
    try {
      for (const place of places) if (this.#openAt(place) === undefined) opened.push(...(await this.#tryOpen(place)))
    } catch (error) {
      await abandon()
      throw error
    }
    return { abandon, commit: () => this.#commit({ endpoints, places, opened }) }
  }

  /** Queries are answered by now: whether the server is ready is up to the plugins. */
  serving(): void {
    this.#phase = 'serving'
  }

  /**
   * Is ready no longer, and resolves when the time that this has to get about (`lameduck`) is over.
   *
   * `/ready` is closed, as far as no other endpoint has the same address; `/health` stays good.
   */
  async leave(): Promise<void> {
    this.#phase = 'leaving'
    const onlyReady = this.#open.filter(({ kinds }) => [...kinds].every((kind) => kind === 'ready'))
    this.#open = this.#open.filter((place) => !onlyReady.includes(place))
    await Promise.all(onlyReady.map(closePlace))
    if (this.#lameduckMs === 0) return
    this.#log.info(`plugin/health: Going into lameduck mode for ${formatDuration(this.#lameduckMs)}`)
    await pause(systemTimer, this.#lameduckMs, this.#stopped.signal)
  }

  /** Closes what is still open, and ends the lameduck time. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    const open = this.#open
    this.#open = []
    await Promise.all(open.map(closePlace))
  }

  /** All of it changes in one turn of the event loop; closing may take its time. */
  async #commit({ endpoints, places, opened }: Change): Promise<void> {
    this.#readiness = new Readiness(endpoints.filter((endpoint) => endpoint.kind === 'ready'))
    this.#lameduckMs = Math.max(
      0,
      ...endpoints.map((endpoint) => (endpoint.kind === 'health' ? endpoint.lameduckMs : 0)),
    )
    const gone = this.#open.filter(({ key }) => !places.some((place) => place.key === key))
    const kept = places.flatMap((place) => {
      const open = this.#openAt(place)
      return open === undefined ? [] : [this.#retell(open, place)]
    })
    this.#open = [...kept, ...opened]
    for (const { kind, url } of opened.flatMap(endpointsAt)) this.#log.info(`plugin/${pluginOf(kind)}: ${url}`)
    await Promise.all(gone.map(closePlace))
  }

  #openAt({ key }: Place): OpenPlace | undefined {
    return this.#open.find((open) => open.key === key)
  }

  /** Metrics alone are not worth more than a line in the log, as in CoreDNS. */
  async #tryOpen(place: Place): Promise<readonly OpenPlace[]> {
    try {
      return [await this.#openPlace(place)]
    } catch (error) {
      if ([...place.kinds].some((kind) => kind !== 'metrics')) throw error
      this.#log.error(`Failed to start metrics handler: ${messageOf(error)}`)
      return []
    }
  }

  async #openPlace(place: Place): Promise<OpenPlace> {
    const routes = this.#routesOf(place)
    if (place.kinds.has('metrics')) await this.#loadExposition()
    const certificate = await certificateOf(place)
    const listener = await openAt(place.address, routes, certificate)
    const scheme = certificate === undefined ? 'http' : 'https'
    return { ...place, scheme, listener, routes, endSelfCheck: this.#checkSelf(place, listener) }
  }

  /** It brings prom-client along, and so is loaded only where there are metrics to tell. */
  #loadExposition(): Promise<Respond> {
    this.#exposition ??= import('./exposition.ts').then(({ exposeMetrics }) =>
      exposeMetrics(this.#metrics, this.#version),
    )
    return this.#exposition
  }

  /** Has a socket tell what is to be told at its address by now. */
  #retell(open: OpenPlace, place: Place): OpenPlace {
    open.endSelfCheck()
    open.routes.clear()
    for (const [path, respond] of this.#routesOf(place)) open.routes.set(path, respond)
    return { ...open, ...place, endSelfCheck: this.#checkSelf(place, open.listener) }
  }

  #routesOf({ kinds }: Place): Map<string, Respond> {
    return new Map([...kinds].map((kind) => [pathOf(kind), this.#respond[kind]]))
  }

  /** @returns what ends it */
  #checkSelf({ kinds }: Place, { address }: HttpListener): () => void {
    if (!kinds.has('health')) return () => {}
    const tell = (line: string) => this.#log.warning(`plugin/health: ${line}`)
    return startSelfCheck(selfCheckUrl(address), { tell, metrics: healthMetrics(this.#metrics) }, this.#selfCheckTimes)
  }

  #ready(tell: (line: string) => void): ReturnType<Respond> {
    if (this.#phase === 'leaving') return { status: 503, body: 'Shutting down' }
    const names = this.#readiness.notReady().join(',')
    if (names !== '') {
      tell(`plugin/ready: Plugins not ready: ${JSON.stringify(names)}`)
      return { status: 503, body: names }
    }
    return this.#phase === 'serving' ? ok : { status: 503, body: 'Starting' }
  }
}

interface Change {
  readonly endpoints: readonly Endpoint[]
  /** All that are wanted. */
  readonly places: readonly Place[]
  /** Those of them that were not open. */
  readonly opened: readonly OpenPlace[]
}

function endpointsAt({ kinds, scheme, listener }: OpenPlace): readonly OpenEndpoint[] {
  return [...kinds].map((kind) => ({ kind, url: `${scheme}://${formatAddress(listener.address)}${pathOf(kind)}` }))
}

async function closePlace({ listener, endSelfCheck }: OpenPlace): Promise<void> {
  endSelfCheck()
  await listener.close()
}

const ok = { status: 200, body: 'OK' }

function pluginOf(kind: Endpoint['kind']): string {
  return kind === 'metrics' ? 'prometheus' : kind
}

function pathOf(kind: Endpoint['kind']): string {
  return `/${kind}`
}

/** What is told at one address, whatever number of blocks says so, is told through one socket. */
function placesOf(endpoints: readonly Endpoint[]): readonly Place[] {
  const places = new Map<string, Place & { readonly kinds: Set<Endpoint['kind']> }>()
  for (const endpoint of endpoints) {
    const { kind, address } = endpoint
    const { host, port } = address
    const webConfig = endpoint.kind === 'metrics' ? endpoint.webConfig : undefined
    // Any free port: one for each kind.
    const at = port === 0 ? `${kind} ${host}` : `${isWildcard(host) ? '' : host}:${port}`
    const key = webConfig === undefined ? at : `${at} ${webConfig}`
    const place = places.get(key) ?? { key, address, kinds: new Set(), webConfig }
    place.kinds.add(kind)
    places.set(key, place)
  }
  return [...places.values()]
}

/** @throws ServerError, or what node:fs or yaml do: it cannot be read, or asks for what is not supported */
async function certificateOf({ webConfig }: Place): Promise<Certificate | undefined> {
  if (webConfig === undefined) return undefined
  const { readWebConfig } = await import('./web-config.ts')
  return readWebConfig(webConfig)
}

/** @throws ListenError */
async function openAt(
  { host, port }: HostPort,
  routes: ReadonlyMap<string, Respond>,
  certificate: Certificate | undefined,
): Promise<HttpListener> {
  try {
    const address = isWildcard(host) ? wildcardAddress() : await resolve(host)
    return await openHttp({ address, port }, routes, certificate && { certificate })
  } catch (cause) {
    const urls = [...routes.keys()].map((path) => `http://${formatAddress({ address: host, port })}${path}`)
    throw new ListenError(urls.join(', '), cause)
  }
}

/** As in Go, any of these stands for every address of both families. */
function isWildcard(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::'
}

/** Of several addresses an IPv4 one, as in Go. An address stands for itself. */
async function resolve(host: string): Promise<string> {
  const { address } = await lookup(host, { order: 'ipv4first' })
  return address
}

function selfCheckUrl({ address, port }: ListenAddress): string {
  return `http://${formatAddress({ address: isWildcard(address) ? 'localhost' : address, port })}${pathOf('health')}`
}
