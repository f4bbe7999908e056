import type { Name } from '../../dns/name.ts'
import type { FileStat, Files, Service } from '../../plugin/setup.ts'
import type { Timer } from '../../util/timer.ts'
import type { HostsConfig } from './config.ts'
import { addressesOf, type HostMap, readHosts } from './host-map.ts'

export interface HostsFileOptions {
  readonly config: HostsConfig
  readonly files: Files
  readonly timer: Timer
  /** Hears of each reading, the first one as well. */
  readonly onRead: (stat: FileStat, entries: number) => void
  /** Hears of each reading but the first. */
  readonly onChange: () => void
}

/** The hosts of a file and of the Corefile. The file is read anew when its time or size is another. */
export class HostsFile implements Service {
  readonly #options: HostsFileOptions
  readonly #inline: HostMap
  #file: HostMap
  #stat: FileStat | undefined
  #callOff: (() => void) | undefined

  constructor(options: HostsFileOptions) {
    this.#options = options
    this.#inline = readHosts(options.config.inline.join('\n'), options.config)
    this.#file = readHosts('', options.config)
    this.#read()
  }

  /** Those of the file first; one may be there twice. */
  addressesOf(family: 4 | 6, name: Name): readonly string[] {
    return [...addressesOf(this.#file, family, name), ...addressesOf(this.#inline, family, name)]
  }

  namesOf(address: string): readonly Name[] {
    return [...(this.#file.names.get(address) ?? []), ...(this.#inline.names.get(address) ?? [])]
  }

  start(): void {
    const { config, timer } = this.#options
    if (config.reloadMs === 0) return
    this.#callOff = timer.after(config.reloadMs, () => {
      this.start()
      if (this.#read()) this.#options.onChange()
    })
  }

  stop(): void {
    this.#callOff?.()
  }

  /** Whether there was something new; a file that is gone or cannot be read leaves what was read before. */
  #read(): boolean {
    const { config, files, onRead } = this.#options
    try {
      const stat = files.stat(config.file)
      if (stat === undefined || isSame(stat, this.#stat)) return false
      this.#file = readHosts(files.readText(config.file), config)
      this.#stat = stat
      onRead(stat, this.#inline.size + this.#file.size)
      return true
    } catch {
      return false
    }
  }
}

function isSame(left: FileStat, right: FileStat | undefined): boolean {
  return left.modifiedMs === right?.modifiedMs && left.size === right.size
}
