import { Backoff } from '../../util/backoff.ts'
import { counted } from '../../util/counted.ts'
import { messageOf } from '../../util/errors.ts'
import type { Logger } from '../../util/log.ts'
import { pause, type Timer } from '../../util/timer.ts'
import type { ClusterSink } from '../source.ts'
import { type ApiClient, isTlsError } from './client.ts'
import { ApiError } from './errors.ts'
import type { Json } from './json.ts'
import { KnownObjects } from './known.ts'
import { listPages } from './list.ts'
import type { ProgrammingDurations } from './programming-duration.ts'
import type { ResourceProgress } from './progress.ts'
import type { Keep } from './trim.ts'
import { type WatchEvents, watch } from './watch.ts'

export interface ReflectorOptions {
  readonly client: ApiClient
  readonly progress: ResourceProgress
  readonly sink: ClusterSink
  readonly keep: Keep
  readonly log: Logger
  readonly timer: Timer
  readonly random: () => number
  readonly durations: ProgrammingDurations
  /** All of the resource has been read for the first time. */
  readonly onSynced: () => void
}

/** As client-go's reflector has it, but for a quicker first attempt: in a cluster of one node the API server restarts in seconds. */
const retryDelays = { firstMs: 200, capMs: 30_000 }

/** A watch that ended sooner than this, without having said anything, is as good as one that failed (client-go). */
const shortestWatchMs = 1000

/**
 * After so many answers in a row that were of no use, what is known is not built upon any more: all is listed anew.
 *
 * A server that is away does not count: when it is back, it most often goes on from where we are, and lists are dear.
 */
const failuresBeforeList = 5

/**
 * Keeps the sink in step with one resource of the API: lists it, and then watches it, for as long as it is let.
 *
 * A list replaces what there was in one go. Whatever fails is tried again, and what was read stays until then. It lists
 * anew only where the watch cannot go on from where it was: after 410 Gone, after a change of the server's certificate
 * (it may be another cluster by now), and when nothing else has helped.
 */
export class Reflector {
  readonly #options: ReflectorOptions
  /** It is over with an event: that a list was read, or a watch began, is no sign that watching works. */
  readonly #backoff: Backoff
  #known: KnownObjects
  /** Answers in a row that were of no use. */
  #failures = 0
  /** From where to watch; undefined: a list is due. */
  #version: string | undefined
  /** The server does not stream lists: they are read page by page. */
  #isPaged = false

  constructor(options: ReflectorOptions) {
    this.#options = options
    this.#backoff = new Backoff({ ...retryDelays, random: options.random })
    this.#known = new KnownObjects(options.progress.resource, options.keep)
  }

  /** Ends when `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#advance(signal)
      } catch (error) {
        if (signal.aborted) return
        await this.#recover(error, signal)
      }
    }
  }

  async #advance(signal: AbortSignal): Promise<void> {
    if (this.#version === undefined && this.#isPaged) await this.#list(signal)
    if (this.#version === undefined) await this.#watchWithList(signal)
    else await this.#watchFrom(this.#version, signal)
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, progress } = this.#options
    const next = this.#known.next()
    this.#version = await listPages(client, progress.resource, {
      signal,
      onBegin: () => {
        next.clear()
      },
      onItem: (item) => {
        next.add(item, this.#known)
        this.#listing(next)
      },
    })
    this.#replace(next)
  }

  /** A watch that begins with all there is (KEP-3157); one that the server does not know is tried no more. */
  async #watchWithList(signal: AbortSignal): Promise<void> {
    const next = this.#known.next()
    let isWhole = false
    const events = this.#events()
    try {
      await this.#watch(undefined, signal, {
        ...events,
        onHeard: () => (isWhole ? events.onHeard() : this.#options.progress.heard()),
        onChange: (type, object) => {
          if (isWhole) return events.onChange(type, object)
          next.add(object, this.#known)
          this.#listing(next)
        },
        onInitialEnd: (version) => {
          isWhole = true
          this.#version = version
          this.#replace(next)
        },
      })
    } catch (error) {
      if (isWhole || !isStreamingRefused(error)) throw error
      this.#options.log.debug(`kubernetes: ${this.#name}: lists are read page by page: ${messageOf(error)}`)
      this.#isPaged = true
    }
  }

  #watchFrom(version: string, signal: AbortSignal): Promise<void> {
    return this.#watch(version, signal, this.#events())
  }

  async #watch(from: string | undefined, signal: AbortSignal, events: WatchEvents): Promise<void> {
    const { client, progress, timer, random } = this.#options
    const began = timer.now()
    const before = this.#version
    await watch(client, progress.resource, { from, signal, random, events })
    if (timer.now() - began >= shortestWatchMs || this.#version !== before) return this.#succeeded()
    throw new ApiError('the watch ended as soon as it began')
  }

  #events(): WatchEvents {
    const { progress } = this.#options
    return {
      onOpen: () => {
        progress.heard()
        this.#tellRecovery()
      },
      onHeard: () => {
        progress.heard()
        this.#succeeded()
      },
      onChange: (type, object) => {
        progress.event()
        if (type === 'DELETED') this.#remove(object)
        else this.#put(object)
      },
      onVersion: (version) => {
        this.#version = version
      },
      onInitialEnd: () => {},
    }
  }

  #put(raw: Json): void {
    const { sink, durations } = this.#options
    const object = this.#known.add(raw)
    if (object === undefined) return
    sink.put(object)
    durations.observe(raw, object)
  }

  #remove(raw: Json): void {
    const { sink, durations } = this.#options
    const object = this.#known.remove(raw)
    if (object === undefined) return
    sink.remove(object)
    durations.observe(raw, object)
  }

  #listing(next: KnownObjects): void {
    this.#options.progress.heard()
    this.#options.progress.listed = next.size
  }

  #replace(next: KnownObjects): void {
    const { sink, progress, log, onSynced } = this.#options
    this.#known = next
    sink.replace([progress.resource.kind], next.objects())
    progress.listed = 0
    progress.event()
    this.#tellRecovery()
    log.debug(`kubernetes: ${this.#name}: ${counted(next.size, 'object')} listed`)
    if (progress.isSynced) return
    progress.isSynced = true
    onSynced()
  }

  #succeeded(): void {
    this.#backoff.reset()
    this.#failures = 0
  }

  #tellRecovery(): void {
    const { progress, log } = this.#options
    if (progress.problem === undefined) return
    progress.problem = undefined
    log.info(`kubernetes: ${this.#name}: the API server is heard again`)
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { timer } = this.#options
    const isFirst = this.#backoff.attempts === 0
    const delayMs = this.#backoff.nextMs()
    // The server only remembers no longer: nothing is wrong with it, unless it says so time and again.
    const isForgotten = error instanceof ApiError && error.isExpired && isFirst
    if (!isForgotten) this.#tell(error)
    if (!(error instanceof ApiError && error.isUnreachable)) this.#failures++
    if (mustListAnew(error) || this.#failures > failuresBeforeList) this.#version = undefined
    if (isForgotten) return
    const { retryAfterMs = 0 } = error instanceof ApiError ? error : {}
    await pause(timer, Math.max(delayMs, retryAfterMs), signal)
  }

  /** Once for as long as it is the same. */
  #tell(error: unknown): void {
    const { progress, log } = this.#options
    const { name, group } = progress.resource
    const verb = this.#version === undefined ? 'list' : 'watch'
    const status = error instanceof ApiError ? error.status : undefined
    const problem = `cannot ${verb} ${name}: ${shortly(error)}`
    if (problem === progress.problem) return
    progress.problem = problem
    const qualified = group === '' ? name : `${name}.${group}`
    const hint =
      status === 403
        ? `: expected a ClusterRole that lets us list and watch ${qualified}`
        : status === 404
          ? `: expected the API server to know ${qualified}`
          : ''
    const since = progress.isSynced ? ': answers are given from what was last read' : ''
    log.error(`kubernetes: cannot ${verb} ${name}: ${messageOf(error)}${hint}${since}`)
  }

  get #name(): string {
    return this.#options.progress.resource.name
  }
}

/**
 * 410, a version that the server has yet to reach (it was set back, or is another one), or a new certificate; and silence,
 * for a watch from a version that the server has yet to reach is not refused: it waits.
 */
function mustListAnew(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.isExpired || error.isOfFuture || error.isSilence || isTlsError(error.cause)
}

/** How a server without streaming lists answers: it refuses the parameters (422), or it is silent where the end should be. */
function isStreamingRefused(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 422 || error.isSilence)
}

/** For a line of 120 octets: the code says enough, the server's message is in the log. */
function shortly(error: unknown): string {
  if (!(error instanceof ApiError) || error.status === undefined) return messageOf(error)
  return `${error.status} ${error.reason}`.trimEnd()
}
