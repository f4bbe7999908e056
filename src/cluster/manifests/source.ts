import { counted } from '../../util/counted.ts'
import { messageOf } from '../../util/errors.ts'
import type { Logger } from '../../util/log.ts'
import { inTurns } from '../../util/steps.ts'
import { systemTimer, type Timer } from '../../util/timer.ts'
import { type Kind, kinds } from '../model.ts'
import type { ClusterSink, ClusterSource } from '../source.ts'
import { formatProblem, ManifestError } from './errors.ts'
import { diskFiles, standardInput } from './files.ts'
import { Pace } from './pace.ts'
import { type ManifestSet, type ReadOptions, readManifests, warningsOf } from './read.ts'
import type { ReadingMemory } from './reading.ts'
import { type Watching, watchPaths } from './watch.ts'

export interface ManifestSourceOptions extends ReadOptions {
  readonly logger: Logger
  /** False: what is read at the start stays. */
  readonly watch?: boolean
  /** By which it waits for quiet: the system's, unless another is given. */
  readonly timer?: Timer
}

/**
 * The cluster that manifests describe; see `readManifests` for `paths`.
 *
 * `start` rejects with ManifestError where the manifests are bad. Later a good change goes to the sink in one call;
 * a bad one is reported whole, and what the sink has stays until the manifests are good again.
 */
export function manifestSource(paths: readonly string[], options: ManifestSourceOptions): ClusterSource {
  return {
    name: `manifests ${paths.join(', ')}`,
    start: (sink, signal) => new ManifestFeed(paths, options, sink).start(signal),
  }
}

/** How long nothing must have changed before warnings are looked for: that is in no hurry, and answers are. */
const restMs = 1000

/** One run of the source, from start to abort. */
class ManifestFeed {
  readonly #paths: readonly string[]
  readonly #options: ManifestSourceOptions
  readonly #sink: ClusterSink
  readonly #logger: Logger
  readonly #toldKinds = new Set<string>()
  readonly #timer: Timer
  readonly #pace: Pace
  /** What the files said when they were last read. */
  readonly #memory: ReadingMemory = new Map()
  #watching: Watching | undefined
  /** What was bad was read while something changed, and has not been told: it may have been half of a save. */
  #isInDoubt = false
  /** What was last reported wrong; empty while the manifests are good. */
  #wrong = ''
  /** How many warnings were last told of. */
  #warnings = 0
  #callOffWarnings: () => void = () => {}

  constructor(paths: readonly string[], options: ManifestSourceOptions, sink: ClusterSink) {
    this.#paths = paths
    this.#options = { files: diskFiles(), ...options, memory: this.#memory, warn: false }
    this.#sink = sink
    this.#logger = options.logger
    this.#timer = options.timer ?? systemTimer
    this.#pace = new Pace(() => this.#reload(), this.#timer)
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#sink.expectSync()
    const isWatched = this.#options.watch !== false && this.#paths.some((path) => path !== standardInput)
    // Watching first, reading second: no change falls between the two.
    if (isWatched) this.#watching = await this.#watch()
    try {
      const set = await readManifests(this.#paths, this.#options)
      if (set.problems.length > 0) throw new ManifestError(set.problems)
      if (signal.aborted) return await this.#stop()
      this.#feed(set, 'read')
      this.#sink.synced()
    } catch (error) {
      await this.#stop()
      throw error
    }
    const stop = () => {
      this.#stop().catch((error: unknown) => this.#logger.warning(`manifests: ${messageOf(error)}`))
    }
    signal.addEventListener('abort', stop, { once: true })
    this.#pace.begin()
  }

  #watch(): Promise<Watching> {
    return watchPaths(this.#paths, {
      onChange: () => this.#pace.change(),
      onError: (error) => this.#logger.warning(`manifests: changes may go unseen: ${messageOf(error)}`),
    })
  }

  async #reload(): Promise<void> {
    try {
      const set = await readManifests(this.#paths, this.#options)
      if (this.#watching === undefined) return
      if (set.problems.length === 0) this.#feed(set, this.#wrong === '' ? 'changed' : 'good again')
      else if (!this.#pace.isBehind || this.#isInDoubt) this.#refuse(set)
      this.#isInDoubt = set.problems.length > 0 && this.#pace.isBehind
    } catch (error) {
      this.#logger.error(`manifests: ${messageOf(error)}`)
    }
  }

  #feed(set: ManifestSet, event: string): void {
    this.#sink.replace(kinds, set.objects)
    this.#wrong = ''
    this.#logger.info(`manifests: ${event}: ${summaryOf(set)}`)
    this.#tellWarningsLater()
    this.#tellOtherKinds(set)
    if (set.files.length === 0) {
      this.#logger.warning(`manifests: no .yaml, .yml or .json file in ${this.#paths.join(', ')}`)
    }
  }

  /** Says the same thing once, however often the files are touched. */
  #refuse({ problems }: ManifestSet): void {
    this.#callOffWarnings()
    const lines = problems.map(formatProblem)
    const wrong = lines.join('\n')
    if (wrong === this.#wrong) return
    this.#wrong = wrong
    for (const line of lines) this.#logger.error(line)
    this.#logger.error(`manifests: ${counted(lines.length, 'problem')}: the last good state stays`)
  }

  #tellWarningsLater(): void {
    this.#callOffWarnings()
    this.#callOffWarnings = this.#timer.after(restMs, () => {
      this.#tellWarnings().catch((error: unknown) => this.#logger.error(`manifests: ${messageOf(error)}`))
    })
  }

  /** How many there are; what they say is for `check`: they would bury the log of a server that runs well. */
  async #tellWarnings(): Promise<void> {
    const { length } = await inTurns(warningsOf([...this.#memory.values()], this.#options))
    // Nothing is read again.
    if (this.#watching === undefined) this.#memory.clear()
    if (length === this.#warnings) return
    this.#warnings = length
    if (length === 0) return
    this.#logger.info(`manifests: ${counted(length, 'warning')}: 'cluster-dns check' tells them`)
  }

  #tellOtherKinds({ otherKinds }: ManifestSet): void {
    for (const [kind, count] of otherKinds) {
      if (this.#toldKinds.has(kind)) continue
      this.#toldKinds.add(kind)
      this.#logger.debug(`manifests: passed over ${counted(count, 'object')} of kind ${kind}`)
    }
  }

  async #stop(): Promise<void> {
    this.#pace.stop()
    this.#callOffWarnings()
    const watching = this.#watching
    this.#watching = undefined
    await watching?.close()
  }
}

/** Every kind with its count; ServiceImports only where there are any, for most clusters know none. */
function summaryOf({ files, objects }: ManifestSet): string {
  const counts = new Map<Kind, number>(kinds.map((kind) => [kind, 0]))
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const told = [...counts].filter(([kind, count]) => kind !== 'ServiceImport' || count > 0)
  return `${told.map(([kind, count]) => counted(count, kind)).join(', ')} from ${counted(files.length, 'file')}`
}
