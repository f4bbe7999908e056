/**
 * A double of the Kubernetes API server: real HTTP and HTTPS on loopback, for tests, benchmarks and trying by hand.
 *
 * `ApiServer` is the whole of it as tests see it. A request goes through exchange.ts (faults, who asks, what for), and
 * ends in list.ts, watches.ts or changes.ts, which read and change an `ObjectStore`. Behaviours carry the place where
 * the real one has them; paths such as `storage/cacher/cacher.go` are those of kubernetes/kubernetes below
 * staging/src/k8s.io/apiserver/pkg, "API concepts" is kubernetes.io/docs/reference/using-api/api-concepts, and "API
 * conventions" is contributors/devel/sig-architecture/api-conventions.md of kubernetes/community.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Server as TlsServer } from 'node:tls'
import { Access, defaultUser } from './access.ts'
import { type Behaviour, Exchanges } from './exchange.ts'
import { Faults, type Match } from './faults.ts'
import type { StreamingLists } from './list-options.ts'
import { ObjectStore } from './object-store.ts'
import type { ApiObject, ObjectRef } from './objects.ts'
import { type RequestEntry, RequestLog } from './request-log.ts'
import type { ResourceName } from './resources.ts'
import type { Status } from './status.ts'
import type { FrozenEvents } from './watch.ts'
import { Watches } from './watches.ts'

export interface ApiServerOptions {
  /** 0, unless given: any that is free. */
  readonly port?: number
  /** Bearer tokens that are good. None, and no `clientCa`: whoever asks is let in. */
  readonly tokens?: Iterable<string>
  /** Whom the tokens are of. */
  readonly user?: string
  /** HTTPS in place of HTTP. */
  readonly certificate?: Certificate
  /** PEM; client certificates that it has signed are good. */
  readonly clientCa?: string
  readonly streamingLists?: StreamingLists
  /** How a watch is told that its version is too old: by an event of a stream (the default), or by its status. */
  readonly watchErrors?: 'event' | 'status'
  /** Whether ServiceImports are installed; they are, unless told otherwise. */
  readonly serviceImports?: boolean
  /** Milliseconds between bookmarks; none but those on demand, unless given. */
  readonly bookmarkIntervalMs?: number
  /** How many changes the server remembers. */
  readonly historyLimit?: number
  /** Answers requests outside of the API, and returns true for those. */
  readonly handle?: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export class ApiServer {
  readonly faults = new Faults()
  /** May be changed while it runs. */
  readonly behaviour: Behaviour
  readonly #access: Access
  readonly #log = new RequestLog()
  readonly #watches = new Watches()
  readonly #store: ObjectStore
  readonly #options: ApiServerOptions
  readonly #exchanges: Exchanges
  #certificate: Certificate | undefined
  #server: Server | undefined
  #port: number
  #timer: NodeJS.Timeout | undefined

  static async start(options: ApiServerOptions = {}): Promise<ApiServer> {
    const server = new ApiServer(options)
    await server.restart()
    return server
  }

  private constructor(options: ApiServerOptions) {
    const { tokens = [], user = defaultUser, clientCa } = options
    const anonymous = clientCa === undefined && [...tokens].length === 0
    this.#options = options
    this.#port = options.port ?? 0
    this.#certificate = options.certificate
    this.#access = new Access({ tokens, user, anonymous })
    this.#store = new ObjectStore(options.historyLimit ?? 10_000, (change) => this.#watches.deliver(change))
    this.behaviour = {
      streamingLists: options.streamingLists ?? 'served',
      watchErrors: options.watchErrors ?? 'event',
      serviceImports: options.serviceImports ?? true,
    }
    const { faults, behaviour } = this
    this.#exchanges = new Exchanges({
      store: this.#store,
      watches: this.#watches,
      log: this.#log,
      access: this.#access,
      faults,
      behaviour,
    })
  }

  /** `https://127.0.0.1:PORT`, the same after a restart. */
  get url(): string {
    return `${this.#certificate === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  /** The version of the last change. */
  get resourceVersion(): string {
    return String(this.#store.version)
  }

  /** The bearer tokens that are good from now on. */
  get tokens(): Set<string> {
    return this.#access.tokens
  }

  /** Creates an object, or puts it in the place of what it was; the server sets uid, version and time. */
  put(object: ApiObject): ApiObject {
    return this.#store.put(object).object
  }

  /** @returns false where there was none */
  remove(ref: ObjectRef): boolean {
    return this.#store.remove(ref) !== undefined
  }

  get(ref: ObjectRef): ApiObject | undefined {
    return this.#store.get(ref)?.object
  }

  /** The objects of a resource, in the order of lists. */
  objects(resource: ResourceName): readonly ApiObject[] {
    return this.#store.list(resource).map(({ object }) => object)
  }

  /** Many objects at once, before anything watches. */
  load(objects: Iterable<ApiObject>): void {
    if (this.openWatches() > 0) throw new Error('objects are loaded before anything watches; put them one by one')
    this.#store.load(objects)
  }

  /** Forgets all history: watches and continued lists of older versions are too old from now on. */
  compact(): void {
    this.#store.forget()
  }

  /** Refuses with 403 what matches; watches that are open stay open. */
  forbid(rule: Match): void {
    this.#access.forbid(rule)
  }

  /** Takes back what was forbidden in the same words; without a rule, all of it. */
  permit(rule?: Match): void {
    this.#access.permit(rule)
  }

  /** What was asked so far, the oldest first. */
  get requests(): readonly RequestEntry[] {
    return this.#log.entries
  }

  openWatches(resource?: ResourceName): number {
    return this.#watches.of(resource).length
  }

  /** Resolves once it holds, which is looked at after each request, answer, and beginning and end of a watch. */
  until(holds: (requests: readonly RequestEntry[]) => boolean, timeoutMs?: number): Promise<void> {
    return this.#log.until(holds, timeoutMs)
  }

  /** Resolves once so many watches of the resource are open, and have sent their first events. */
  watching(resource: ResourceName, count = 1): Promise<void> {
    return this.until(() => this.openWatches(resource) >= count)
  }

  /** Sends a bookmark to every watch that allows it. */
  bookmark(resource?: ResourceName): void {
    this.#watches.bookmark(this.#store.version, resource)
  }

  /** Ends watches as a timeout does. */
  endWatches(resource?: ResourceName): void {
    for (const watch of this.#watches.of(resource)) watch.end()
  }

  /** Cuts the connections of watches. */
  resetWatches(resource?: ResourceName): void {
    for (const watch of this.#watches.of(resource)) watch.reset()
  }

  /** Sends nothing any more on the watches that are open now, though their connections stay. */
  freezeWatches(events: FrozenEvents = 'lost', resource?: ResourceName): void {
    for (const watch of this.#watches.of(resource)) watch.freeze(events)
  }

  /** Goes on with frozen watches, first of all with the events that were queued. */
  thawWatches(resource?: ResourceName): void {
    for (const watch of this.#watches.of(resource)) watch.thaw()
  }

  /** Sends any line on watches, the line feed is added. */
  sendLine(text: string, resource?: ResourceName): void {
    for (const watch of this.#watches.of(resource)) watch.send(Buffer.from(`${text}\n`))
  }

  /** Sends an ERROR event on watches, and leaves them open. */
  sendError(status: Status, resource?: ResourceName): void {
    for (const watch of this.#watches.of(resource)) watch.error(status)
  }

  /** Closes the port and cuts all connections; what it has is kept for a restart. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    clearInterval(this.#timer)
    if (server === undefined) return
    const { promise, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve())
    server.closeAllConnections()
    await promise
  }

  /** Starts again on the same port, with the same objects. */
  async restart(): Promise<void> {
    await this.stop()
    const server = this.#create()
    // Nothing of what a client does may end the process: a reset in the middle of a handshake among others.
    server.on('clientError', (_error, socket) => socket.destroy())
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(this.#port, '127.0.0.1', resolve)
    await promise
    this.#server = server
    this.#port = (server.address() as AddressInfo).port // it listens on TCP
    const { bookmarkIntervalMs } = this.#options
    if (bookmarkIntervalMs !== undefined) this.#timer = setInterval(() => this.bookmark(), bookmarkIntervalMs)
  }

  /** New connections get this certificate; those there are are cut. */
  changeCertificate(certificate: Certificate): void {
    if (this.#certificate === undefined) throw new Error('the server was started without a certificate')
    this.#certificate = certificate
    const server = this.#server as (Server & TlsServer) | undefined // as #create makes it for a certificate
    server?.setSecureContext(this.#tls(certificate))
    server?.closeAllConnections()
  }

  #create(): Server {
    const { handle } = this.#options
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      if (handle?.(request, response) !== true) this.#exchanges.serve(request, response)
    }
    return this.#certificate === undefined
      ? createServer(listener)
      : createSecureServer(this.#tls(this.#certificate), listener)
  }

  /** As the real one, it asks for a client certificate, and leaves it to the authentication what to make of it. */
  #tls(certificate: Certificate) {
    const { clientCa: ca } = this.#options
    return { ...certificate, ...(ca !== undefined && { ca, requestCert: true, rejectUnauthorized: false }) }
  }
}
