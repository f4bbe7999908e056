/**
 * admin: what the process tells of itself over HTTP. It reads status and changes nothing.
 *
 * Plugins say where and what (plugin/endpoint.ts). admin-server.ts, which opens and closes, is the place to start;
 * readiness.ts knows who is not ready, http-listener.ts is one socket, self-check.ts asks whether we are quick enough.
 */
import { lookup } from 'node:dns/promises'
import { formatDuration } from '../corefile/duration.ts'
import type { HostPort } from '../corefile/host-port.ts'
import type { Endpoint } from '../plugin/endpoint.ts'
import { wildcardAddress } from '../server/addresses.ts'
import { formatAddress, type ListenAddress, ListenError } from '../transport/listener.ts'
import type { Clock } from '../util/clock.ts'
import { limitLines } from '../util/line-limit.ts'
import type { Logger } from '../util/log.ts'
import { pause, systemTimer } from '../util/timer.ts'
import { type HttpListener, openHttp, type Respond } from './http-listener.ts'
import { Readiness } from './readiness.ts'
import { defaultTimes, type SelfCheckTimes, startSelfCheck } from './self-check.ts'

export interface AdminOptions {
  readonly log: Logger
  readonly clock: Clock
  /** If not given, as CoreDNS has them. */
  readonly selfCheckTimes?: SelfCheckTimes
}

/** An endpoint that is told at a URL. */
export interface OpenEndpoint {
  readonly kind: Endpoint['kind']
  readonly url: string
}

/** Endpoints of one address. */
interface Place {
  readonly address: HostPort
  readonly kinds: Set<Endpoint['kind']>
}

interface OpenPlace {
  readonly kinds: ReadonlySet<Endpoint['kind']>
  readonly listener: HttpListener
}

/**
 * The endpoints of a server, through its life: `start`, `serving`, `leave`, `stop`.
 *
 * Readiness is the process's: each `/ready` speaks for every server block that has the directive `ready`.
 */
export class AdminServer {
  readonly #places: readonly Place[]
  readonly #readiness: Readiness
  readonly #lameduckMs: number
  readonly #log: Logger
  readonly #selfCheckTimes: SelfCheckTimes
  readonly #respond: Readonly<Record<Endpoint['kind'], Respond>>
  #phase: 'starting' | 'serving' | 'leaving' = 'starting'
  #open: readonly OpenPlace[] = []
  #endSelfChecks: readonly (() => void)[] = []
  readonly #stopped = new AbortController()

  constructor(endpoints: readonly Endpoint[], { log, clock, selfCheckTimes = defaultTimes }: AdminOptions) {
    this.#places = placesOf(endpoints)
    this.#readiness = new Readiness(endpoints.filter((endpoint) => endpoint.kind === 'ready'))
    this.#lameduckMs = Math.max(
      0,
      ...endpoints.map((endpoint) => (endpoint.kind === 'health' ? endpoint.lameduckMs : 0)),
    )
    this.#log = log
    this.#selfCheckTimes = selfCheckTimes
    const tellNotReady = limitLines((line) => log.info(line), clock)
    this.#respond = { health: () => ok, ready: () => this.#ready(tellNotReady) }
  }

  /** Where the endpoints really are. */
  get endpoints(): readonly OpenEndpoint[] {
    return this.#open.flatMap(({ kinds, listener }) =>
      [...kinds].map((kind) => ({ kind, url: `http://${formatAddress(listener.address)}${pathOf(kind)}` })),
    )
  }

  /**
   * Opens all endpoints. `/health` is good from now on, `/ready` not before `serving`.
   *
   * @throws ListenError an address cannot be opened; none stays open
   */
  async start(): Promise<void> {
    try {
      for (const place of this.#places) await this.#openPlace(place)
    } catch (error) {
      await this.stop()
      throw error
    }
    for (const { kind, url } of this.endpoints) this.#log.info(`plugin/${kind}: ${url}`)
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
    await Promise.all(onlyReady.map(({ listener }) => listener.close()))
    if (this.#lameduckMs === 0) return
    this.#log.info(`plugin/health: Going into lameduck mode for ${formatDuration(this.#lameduckMs)}`)
    await pause(systemTimer, this.#lameduckMs, this.#stopped.signal)
  }

  /** Closes what is still open, and ends the lameduck time. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    for (const end of this.#endSelfChecks) end()
    const open = this.#open
    this.#open = []
    await Promise.all(open.map(({ listener }) => listener.close()))
  }

  async #openPlace({ address, kinds }: Place): Promise<void> {
    const routes = new Map([...kinds].map((kind) => [pathOf(kind), this.#respond[kind]]))
    const listener = await openAt(address, routes)
    this.#open = [...this.#open, { kinds, listener }]
    if (kinds.has('health')) this.#checkSelf(selfCheckUrl(listener.address))
  }

  #checkSelf(url: string): void {
    const end = startSelfCheck(url, (line) => this.#log.warning(`plugin/health: ${line}`), this.#selfCheckTimes)
    this.#endSelfChecks = [...this.#endSelfChecks, end]
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

const ok = { status: 200, body: 'OK' }

function pathOf(kind: Endpoint['kind']): string {
  return `/${kind}`
}

/** What is told at one address, whatever number of blocks says so, is told through one socket. */
function placesOf(endpoints: readonly Endpoint[]): readonly Place[] {
  const places = new Map<string, Place>()
  for (const { kind, address } of endpoints) {
    const { host, port } = address
    // Any free port: one for each kind.
    const key = port === 0 ? `${kind} ${host}` : `${isWildcard(host) ? '' : host}:${port}`
    const place = places.get(key) ?? { address, kinds: new Set() }
    place.kinds.add(kind)
    places.set(key, place)
  }
  return [...places.values()]
}

/** @throws ListenError */
async function openAt({ host, port }: HostPort, routes: ReadonlyMap<string, Respond>): Promise<HttpListener> {
  try {
    const address = isWildcard(host) ? wildcardAddress() : await resolve(host)
    return await openHttp({ address, port }, routes)
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
