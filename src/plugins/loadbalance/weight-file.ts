import { fileProblem } from '../../plugin/file-problem.ts'
import type { Files, Service } from '../../plugin/setup.ts'
import { messageOf } from '../../util/errors.ts'
import type { Logger } from '../../util/log.ts'
import type { Timer } from '../../util/timer.ts'
import { parseWeights, WeightFileError, type Weights } from './weights.ts'

export interface WeightFileOptions {
  readonly file: string
  /** How often it is read; 0: once. */
  readonly reloadMs: number
  readonly files: Files
  readonly timer: Timer
  readonly log: Logger
}

/** It cannot be read, and may be later. */
export class WeightFileOpenError extends WeightFileError {
  constructor() {
    super('weight file open error')
  }
}

/** Weights as the file has them; what cannot be read leaves those that were read before. */
export class WeightFile implements Service {
  readonly #options: WeightFileOptions
  #weights: Weights = new Map()
  #text: string | undefined
  #callOff: (() => void) | undefined

  constructor(options: WeightFileOptions) {
    this.#options = options
  }

  get weights(): Weights {
    return this.#weights
  }

  /** @throws WeightFileError */
  read(): void {
    const { file, log } = this.#options
    const text = this.#readText()
    if (text === this.#text) return
    this.#text = text // also of what is wrong: it is told once
    this.#weights = parseWeights(text, file)
    log.info(`plugin/loadbalance: Successfully reloaded weight file ${file}`)
  }

  start(): void {
    const { reloadMs, timer, log } = this.#options
    if (reloadMs === 0) return
    this.#callOff = timer.after(reloadMs, () => {
      this.start()
      try {
        this.read()
      } catch (error) {
        log.error(`plugin/loadbalance: ${messageOf(error)}`)
      }
    })
  }

  stop(): void {
    this.#callOff?.()
  }

  #readText(): string {
    const { file, files } = this.#options
    try {
      return files.readText(file)
    } catch (error) {
      const isFolder = error instanceof Error && 'code' in error && error.code === 'EISDIR'
      throw isFolder ? new WeightFileError(fileProblem(error, file)) : new WeightFileOpenError()
    }
  }
}
