import type { ClusterStore } from '../cluster/store.ts'
import type { Transport } from '../plugin/handler.ts'
import { QueryMetrics } from '../plugin/query-metrics.ts'
import { AnswerCache } from '../transport/answer-cache.ts'
import { type FinishedAnswers, noAnswer, type StreamHandler } from '../transport/listener.ts'
import type { Handlers } from '../transport/open.ts'
import { IdleSignal } from '../transport/udp/idle.ts'
import type { Logger } from '../util/log.ts'
import type { MaybePromise } from '../util/maybe-promise.ts'
import type { Metrics } from '../util/metrics.ts'
import type { ServerAddress } from './addresses.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { AnswerNote } from './observe.ts'
import { createResponder } from './responder.ts'
import { serverLabel } from './server-label.ts'
import type { Zones } from './zones.ts'

export interface ServedOptions {
  readonly zones: Zones
  /** What else than the cluster changes answers. */
  readonly changes: ChangeFeed
  readonly cluster: ClusterStore
  readonly log: Logger
  readonly extendedErrors: boolean
  /** Where queries are counted. */
  readonly metrics: Metrics
}

/** Zones with a cache of their own, from when they are served until others take their place. */
export class Served {
  readonly #options: ServedOptions
  readonly #cache = new AnswerCache<AnswerNote>()
  readonly #queryMetrics: QueryMetrics
  readonly #unsubscribes: readonly (() => void)[]
  /** Queries whose answers are promised. */
  #underWay = 0
  readonly #idle = new IdleSignal()

  constructor(options: ServedOptions) {
    this.#options = options
    this.#queryMetrics = new QueryMetrics(options.metrics)
    this.#unsubscribes = [
      options.cluster.onChange(({ tags }) => this.#cache.invalidate(tags)),
      options.changes.onChange((tags) => this.#cache.invalidate(tags)),
    ]
  }

  /**
   * What answers at one address.
   *
   * @param localPort that of its sockets: it is another one than was asked for where that was 0
   */
  respondersAt(at: ServerAddress, localPort: number): Handlers {
    return { udp: this.#responder('udp', at, localPort), tcp: this.#responder('tcp', at, localPort) }
  }

  /** Takes note of an answer that is promised: `retire` waits for it. */
  watch<T>(answer: MaybePromise<T>): MaybePromise<T> {
    if (!(answer instanceof Promise)) return answer
    this.#underWay++
    void answer.then(this.#finishOne, this.#finishOne)
    return answer
  }

  /** Ends: nobody asks any more. Resolves when what is under way is answered, or the time is over. */
  async retire(limitMs: number): Promise<void> {
    for (const unsubscribe of this.#unsubscribes) unsubscribe()
    if (this.#underWay > 0) await this.#idle.within(limitMs)
  }

  #responder<T extends Transport>(transport: T, at: ServerAddress, localPort: number): Handlers[T] {
    const { zones, log, extendedErrors } = this.#options
    const server = serverLabel(at)
    const shared = { zones, cache: this.#cache, log, extendedErrors, server, queryMetrics: this.#queryMetrics }
    return createResponder({ ...shared, transport, localAddress: at.address, localPort })
  }

  readonly #finishOne = (): void => {
    this.#underWay--
    if (this.#underWay === 0) this.#idle.tell()
  }
}

/**
 * Who answers at one address by now.
 *
 * The sockets keep its `handlers` for as long as they are open, while others take the place of what is served.
 */
export class Place {
  readonly #at: ServerAddress
  #localPort: number
  #served: Served
  #responders: Handlers
  readonly handlers: Handlers

  constructor(at: ServerAddress, served: Served) {
    this.#at = at
    this.#localPort = at.port
    this.#served = served
    this.#responders = served.respondersAt(at, at.port)
    this.handlers = { udp: this.#answering('udp'), tcp: this.#answering('tcp') }
  }

  /** From the next message on. What has been asked before is answered by whom it was asked of. */
  serve(served: Served): void {
    this.#served = served
    this.#responders = served.respondersAt(this.#at, this.#localPort)
  }

  /** The port of its sockets, which are open now. */
  openedAt(localPort: number): void {
    this.#localPort = localPort
    this.serve(this.#served)
  }

  #answering<T extends Transport>(transport: T): Handlers[T] {
    const respond: StreamHandler = (message, peer) => this.#served.watch(this.#responders[transport](message, peer))
    const finished: FinishedAnswers = (message, length, peer, out, receivedMs) =>
      this.#responders[transport].finished?.(message, length, peer, out, receivedMs) ?? noAnswer
    return Object.assign(respond, { finished }) as Handlers[T] // it answers as the responder of its transport does
  }
}
