import { readFileSync, statSync } from 'node:fs'
import type { Files } from '../plugin/setup.ts'

/** Those of the machine. */
export const diskFiles: Files = {
  readText: (path) => readFileSync(path, 'utf8'),
  stat(path) {
    const found = statSync(path, { throwIfNoEntry: false })
    return found && { modifiedMs: found.mtimeMs, size: found.size, isDirectory: found.isDirectory() }
  },
}
