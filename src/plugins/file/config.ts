import type { Name } from '../../dns/name.ts'
import type { FileZone } from '../../plugin/zone/served-zone.ts'

/** One `file` of the Corefile. */
export interface FileConfig {
  readonly zones: readonly FileZone[]
  /** Where the next plugin is asked for names that no zone here has; undefined: not said. */
  readonly fallthrough: readonly Name[] | undefined
}

export const defaultReloadMs = 60_000
