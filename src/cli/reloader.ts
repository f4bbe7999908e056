import type { ReloadSettings } from '../plugin/settings.ts'
import { messageOf } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import type { Metrics } from '../util/metrics.ts'
import type { Timer } from '../util/timer.ts'

/** The configuration that is watched. */
export interface Reloadable {
  /** @throws anything: it cannot be read now */
  readText(): string
  /** What tells configurations apart; @throws CorefileError it is none */
  hash(text: string): string
  /**
   * Has everything go by this text.
   *
   * @returns whether, and how often, to look again
   * @throws anything: everything goes on as it was
   */
  apply(text: string): Promise<ReloadSettings | undefined>
}

export interface ReloaderOptions {
  readonly configuration: Reloadable
  readonly log: Logger
  readonly metrics: Metrics
  readonly timer: Timer
  /** From 0 to below 1. */
  readonly random: () => number
  /** The text of what keeps a text from being applied. */
  readonly describe: (error: unknown) => string
  /** Aborts when the process is asked to end. */
  readonly stop: AbortSignal
}

/**
 * Looks again and again whether the configuration has changed, and has it applied if so.
 *
 * What is logged, and in which order, is CoreDNS's. What failed once is not tried again before it changes.
 */
export class Reloader {
  readonly #options: ReloaderOptions
  readonly #failures: { value: number }
  /** Of what was applied last, or tried in vain; empty where nobody has looked. */
  #hash = ''
  #callOff: () => void = () => {}
  #underWay: Promise<void> = Promise.resolve()

  constructor(options: ReloaderOptions) {
    this.#options = options
    const name = 'coredns_reload_failed_total'
    this.#failures = options.metrics.counter({ name, help: 'Counter of the number of failed reload attempts.' }).of()
  }

  /** Tells what runs by now, and begins to look: `text` was applied. */
  begin(text: string, settings: ReloadSettings | undefined): void {
    this.#tell(text, settings)
    this.#wait(settings)
  }

  /** Applies what is there now, whether or not it has changed (SIGUSR1). Never rejects. */
  force(): Promise<void> {
    return this.#oneByOne(() => this.#force())
  }

  /** To be called once `stop` has aborted: looks no more. Resolves when nothing is being applied. */
  async end(): Promise<void> {
    this.#callOff()
    await this.#underWay
  }

  get #hasEnded(): boolean {
    return this.#options.stop.aborted
  }

  #oneByOne(act: () => Promise<void>): Promise<void> {
    this.#underWay = this.#underWay.then(() => (this.#hasEnded ? undefined : act()))
    return this.#underWay
  }

  async #force(): Promise<void> {
    const { configuration, log } = this.#options
    let text: string
    try {
      text = configuration.readText()
    } catch (error) {
      return log.error(`SIGUSR1: loading updated Caddyfile: ${messageOf(error)}`)
    }
    const failure = await this.#restart(text)
    if (failure !== undefined) log.error(`SIGUSR1: ${failure}`)
  }

  /** Draws the time anew. */
  #wait(settings: ReloadSettings | undefined): void {
    this.#callOff()
    if (settings === undefined || this.#hasEnded) return
    const { timer, random } = this.#options
    const periodMs = settings.intervalMs + (random() - 0.5) * settings.jitterMs
    const look = () => {
      this.#callOff = timer.after(periodMs, look)
      void this.#oneByOne(() => this.#check())
    }
    this.#callOff = timer.after(periodMs, look)
  }

  async #check(): Promise<void> {
    const text = this.#readIfPossible()
    const hash = text === undefined ? undefined : this.#hashIfPossible(text)
    if (text === undefined || hash === undefined || hash === this.#hash) return
    this.#hash = hash
    const failure = await this.#restart(text)
    if (failure !== undefined) {
      this.#options.log.error(`plugin/reload: Corefile changed but reload failed: ${failure}`)
      this.#failures.value++
    }
    this.#count(hash)
  }

  /** A ConfigMap that is being exchanged is not there for a moment: CoreDNS says nothing of it. */
  #readIfPossible(): string | undefined {
    try {
      return this.#options.configuration.readText()
    } catch {
      return undefined
    }
  }

  #hashIfPossible(text: string): string | undefined {
    const { configuration, log } = this.#options
    try {
      return configuration.hash(text)
    } catch (error) {
      log.warning(`plugin/reload: Corefile parse failed: ${messageOf(error)}`)
      return undefined
    }
  }

  /** @returns what went wrong: then everything goes on as it was */
  async #restart(text: string): Promise<string | undefined> {
    const { configuration, log } = this.#options
    log.info('Reloading')
    try {
      const settings = await configuration.apply(text)
      this.#tell(text, settings)
      log.info('Reloading complete')
      this.#wait(settings)
      return undefined
    } catch (error) {
      if (this.#hasEnded) return undefined // what is given up because the process ends has not failed
      const message = this.#options.describe(error)
      log.error(`Restart failed: ${message}`)
      return `starting with listener file descriptors: ${message}`
    }
  }

  /** Nobody asks for the hash where nobody looks again. */
  #tell(text: string, settings: ReloadSettings | undefined): void {
    const hash = settings === undefined ? undefined : this.#hashIfPossible(text)
    if (hash === undefined) return
    this.#hash = hash
    this.#options.log.info(`plugin/reload: Running configuration SHA512 = ${hash}`)
  }

  /** The one that was tried last; none before the first time, as in CoreDNS. */
  #count(hash: string): void {
    const versions = this.#options.metrics.gauge({
      name: 'coredns_reload_version_info',
      help: "A metric with a constant '1' value labeled by hash, and value which type of hash generated.",
      labels: ['hash', 'value'],
    })
    versions.clear()
    versions.of('sha512', hash).value = 1
  }
}
