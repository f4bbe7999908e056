import { isAbsolute, join } from 'node:path'
import type { SetupContext } from './setup.ts'

/**
 * The path of a file that a directive names: below the block's `root` where it is relative.
 *
 * May be asked in setup: `root` stands above all others.
 */
export function underRoot({ offers }: Pick<SetupContext, 'offers'>, path: string): string {
  return offers.root === undefined || isAbsolute(path) ? path : join(offers.root, path)
}
