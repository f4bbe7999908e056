import type { Name } from '../../dns/name.ts'
import { counted } from '../../util/counted.ts'
import { messageOf } from '../../util/errors.ts'
import type { Logger } from '../../util/log.ts'
import type { Timer } from '../../util/timer.ts'
import { fileProblem } from '../file-problem.ts'
import type { Step } from '../reason.ts'
import type { Files } from '../setup.ts'
import { readZone } from './read-zone.ts'
import { unread } from './reasons.ts'
import type { HeldZone } from './serve-zones.ts'
import type { Zone } from './zone.ts'

/** One zone, and the file that it is read from. */
export interface FileZone {
  readonly origin: Name
  readonly path: string
  /** Milliseconds between looks at the file; 0: it is read once. */
  readonly reloadMs: number
  /** Whether the file's time of change says that it has changed, and not the SOA's serial. */
  readonly byModificationTime: boolean
}

export interface ZoneSurroundings {
  /** The plugin that serves it, as its lines in the log begin. */
  readonly plugin: string
  readonly files: Files
  readonly log: Logger
  readonly timer: Timer
  /** Drops the answers made from these. */
  readonly invalidate: (tags: readonly string[]) => void
  /** Hears of each version but the first. */
  readonly onNewVersion: (origin: Name) => void
}

/** A zone of a file, which is read again when it has changed. What cannot be read leaves it as it is. */
export class ServedZone implements HeldZone {
  readonly tag: string
  readonly #config: FileZone
  #path: string
  readonly #surroundings: ZoneSurroundings
  #zone: Zone | undefined
  /** When the file had last changed as it was read; undefined: it was not there. */
  #modifiedMs: number | undefined
  #callOff: (() => void) | undefined

  constructor(config: FileZone, surroundings: ZoneSurroundings) {
    this.#config = config
    this.#path = config.path
    this.tag = `${surroundings.plugin}:${config.origin}`
    this.#surroundings = surroundings
  }

  get origin(): Name {
    return this.#config.origin
  }

  /** Undefined: it could not be read yet. */
  get zone(): Zone | undefined {
    return this.#zone
  }

  absence(): Step {
    return unread({ zone: this.origin, file: this.#path })
  }

  /** From the next look on, it is read from there. */
  moveTo(path: string): void {
    this.#path = path
  }

  /**
   * Reads the file for the first time.
   *
   * @param onMissing hears why it cannot be read
   * @throws ZoneContentError it is no zone file
   */
  load(onMissing: (problem: string) => void): void {
    const text = this.#read(onMissing)
    if (text === undefined) return
    this.#take(readZone(text, this.#file, { files: this.#surroundings.files, known: undefined }))
  }

  /** Begins to look at the file, time after time. */
  start(): void {
    const { reloadMs } = this.#config
    if (reloadMs === 0) return
    this.#callOff = this.#surroundings.timer.after(reloadMs, () => {
      this.look()
      this.start()
    })
  }

  stop(): void {
    this.#callOff?.()
    this.#callOff = undefined
  }

  /** Reads the file again, if it has changed. */
  look(): void {
    const { byModificationTime } = this.#config
    const { origin, path } = this.#file
    const { plugin, log, files } = this.#surroundings
    const where = `zone ${JSON.stringify(origin)} in ${JSON.stringify(path)}`
    if (byModificationTime && this.#isUntouched()) return
    const text = this.#read((problem) => log.error(`plugin/${plugin}: Failed to open ${where}: ${problem}`))
    if (text === undefined) return
    try {
      const known = byModificationTime ? undefined : this.#zone?.soa.rdata[0]
      const zone = readZone(text, this.#file, { files, known })
      if (zone === undefined) return
      this.#take(zone)
      const serial = zone.soa.rdata[0]?.serial
      log.info(`plugin/${plugin}: Successfully reloaded ${where} with ${serial} SOA serial`)
      this.#surroundings.onNewVersion(origin)
    } catch (error) {
      log.error(`plugin/${plugin}: Parsing zone ${JSON.stringify(origin)}: ${messageOf(error)}`)
    }
  }

  get #file() {
    return { origin: this.origin, path: this.#path }
  }

  /** Whether the file is there as it was when it was read. */
  #isUntouched(): boolean {
    const modifiedMs = this.#surroundings.files.stat(this.#path)?.modifiedMs
    return modifiedMs !== undefined && modifiedMs === this.#modifiedMs
  }

  #read(onMissing: (problem: string) => void): string | undefined {
    const path = this.#path
    const { files } = this.#surroundings
    try {
      this.#modifiedMs = files.stat(path)?.modifiedMs // before it is read: what changes meanwhile is read again
      return files.readText(path)
    } catch (error) {
      onMissing(fileProblem(error, path))
      return undefined
    }
  }

  #take(zone: Zone | undefined): void {
    if (zone === undefined) return
    this.#zone = zone
    this.#surroundings.invalidate([this.tag])
    const [first] = zone.outside
    if (first === undefined) return
    const { origin, path } = this.#file
    const found = `${counted(zone.outside.length, 'record')} outside of zone ${origin} left out, the first at ${first}`
    const { plugin, log } = this.#surroundings
    log.warning(`plugin/${plugin}: ${path}: ${found}`)
  }
}
