import type { Name } from '../../dns/name.ts'
import { compileRegex, type Regex } from '../../util/regex.ts'

/** The one `auto` of a server block. */
export interface AutoConfig {
  /** The names that it may answer for, whatever zones there are. */
  readonly within: readonly Name[]
  readonly folder: string
  /** Which files are zones, by their names. */
  readonly pattern: Regex
  /** What zone such a file is of: `{1}.example`, where a number stands for a group. */
  readonly template: string
  /** Milliseconds between looks at the folder; 0: it is read once. */
  readonly reloadMs: number
}

export const autoDefaults: Pick<AutoConfig, 'pattern' | 'template' | 'reloadMs'> = {
  pattern: compileRegex('db\\.(.*)'),
  template: '{1}',
  reloadMs: 60_000,
}
