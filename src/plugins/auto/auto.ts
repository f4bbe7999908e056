/**
 * auto: answers for the zones whose files stand in a folder, whichever they are by now.
 *
 * find-files.ts says what stands there and of which zones it is (origin.ts); what a zone is and what is answered from it is the same
 * for every plugin with such zones: plugin/zone/.
 */
import { type Name, parseName } from '../../dns/name.ts'
import type { SetupContext } from '../../plugin/setup.ts'
import { tellSecondaries } from '../../plugin/zone/notify.ts'
import { ServedZone, type ZoneSurroundings } from '../../plugin/zone/served-zone.ts'
import { messageOf, ServerError } from '../../util/errors.ts'
import type { AutoConfig } from './config.ts'
import { findZoneFiles } from './find-files.ts'

export type AutoContext = Pick<SetupContext, 'files' | 'log' | 'timer' | 'invalidate' | 'offers'>

/** Of every answer: a file that comes or goes may make it another. */
export const zonesTag = 'auto:zones'

/** The zones of a folder. */
export class AutoZones {
  readonly #config: AutoConfig
  readonly #context: AutoContext
  readonly #surroundings: ZoneSurroundings
  readonly #zones = new Map<Name, ServedZone>()
  /** What was wrong at the last look: it is told once, not each minute. */
  #problems: ReadonlySet<string> = new Set()
  #isStarted = false
  #callOff: (() => void) | undefined

  constructor(config: AutoConfig, context: AutoContext) {
    this.#config = config
    this.#context = context
    this.#surroundings = { plugin: 'auto', ...context, onNewVersion: (origin) => this.#tell(origin) }
    this.#walk()
  }

  /** By now; the map itself stays. */
  get zones(): ReadonlyMap<Name, ServedZone> {
    return this.#zones
  }

  /** Begins to look at the folder, time after time, and tells secondaries of what is there. */
  start(): void {
    this.#isStarted = true
    for (const origin of this.#zones.keys()) this.#tell(origin)
    this.#await()
  }

  stop(): void {
    this.#callOff?.()
    this.#callOff = undefined
  }

  #await(): void {
    const { reloadMs } = this.#config
    if (reloadMs === 0) return
    this.#callOff = this.#context.timer.after(reloadMs, () => {
      const known = [...this.#zones.values()]
      this.#walk()
      for (const served of known) if (this.#zones.has(served.origin)) served.look()
      this.#await()
    })
  }

  /** Takes in what has come, and lets go of what is no longer there. */
  #walk(): void {
    const found = findZoneFiles(this.#config, this.#context.files)
    const problems = [...found.problems]
    const there = new Set<Name>()
    for (const [text, path] of found.zones) {
      try {
        const origin = parseName(text)
        there.add(origin)
        const known = this.#zones.get(origin)
        if (known === undefined) this.#insert(origin, path, (problem) => problems.push(problem))
        else known.moveTo(path)
      } catch (error) {
        if (!(error instanceof ServerError)) throw error
        problems.push(`Parse zone \`${text}': ${messageOf(error)}`)
      }
    }
    for (const origin of this.#zones.keys()) if (!there.has(origin)) this.#delete(origin)
    for (const problem of problems) {
      if (!this.#problems.has(problem)) this.#context.log.warning(`plugin/auto: ${problem}`)
    }
    this.#problems = new Set(problems)
  }

  /** @throws ZoneContentError it is no zone file */
  #insert(origin: Name, path: string, onMissing: (problem: string) => void): void {
    const { log, offers, invalidate } = this.#context
    const { reloadMs } = this.#config
    const served = new ServedZone({ origin, path, reloadMs, byModificationTime: false }, this.#surroundings)
    served.load((problem) => onMissing(`Opening ${path} failed: ${problem}`))
    if (served.zone === undefined) return
    this.#zones.set(origin, served)
    offers.addedZones.add(origin)
    invalidate([zonesTag])
    log.info(`plugin/auto: Inserting zone \`${origin}' from: ${path}`)
    if (this.#isStarted) this.#tell(origin)
  }

  #delete(origin: Name): void {
    const { log, offers, invalidate } = this.#context
    this.#zones.delete(origin)
    offers.addedZones.delete(origin)
    invalidate([zonesTag])
    log.info(`plugin/auto: Deleting zone \`${origin}'`)
  }

  #tell(origin: Name): void {
    tellSecondaries(origin, { plugin: 'auto', ...this.#context })
  }
}
