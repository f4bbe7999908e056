import type { Name } from '../../dns/name.ts'
import type { Seconds } from '../../dns/record.ts'

/** What the directive `hosts` says, checked. */
export interface HostsConfig {
  /** Path of the file. */
  readonly file: string
  /** Only names in these count. */
  readonly zones: readonly Name[]
  /** Lines as in a file, which come behind those of the file. */
  readonly inline: readonly string[]
  readonly ttl: Seconds
  /** Whether addresses have names as well. */
  readonly hasReverse: boolean
  /** How often the file is looked at; 0: never again. */
  readonly reloadMs: number
  /** Names in these that are not known are passed on. */
  readonly fallthrough: readonly Name[]
  /** So are questions for types that no host has. */
  readonly passesOtherTypes: boolean
}
