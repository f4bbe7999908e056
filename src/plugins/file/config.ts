import type { Name } from '../../dns/name.ts'

/** One zone, and the file that it is read from. */
export interface FileZone {
  readonly origin: Name
  readonly path: string
  /** Milliseconds between looks at the file; 0: it is read once. */
  readonly reloadMs: number
  /** Whether the file's time of change says that it has changed, and not the SOA's serial. */
  readonly byModificationTime: boolean
}

/** One `file` of the Corefile. */
export interface FileConfig {
  readonly zones: readonly FileZone[]
  /** Where the next plugin is asked for names that no zone here has; undefined: not said. */
  readonly fallthrough: readonly Name[] | undefined
}

export const defaultReloadMs = 60_000
