import { appendFileSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import type { Files } from '../plugin/setup.ts'

/** Those of the machine. */
export const diskFiles: Files = {
  readText: (path) => readFileSync(path, 'utf8'),
  stat(path) {
    const found = statSync(path, { throwIfNoEntry: false })
    return found && { modifiedMs: found.mtimeMs, size: found.size, isDirectory: found.isDirectory() }
  },
  append: (path, text) => appendFileSync(path, text, { mode: 0o600 }),
  list(path) {
    const entries = readdirSync(path, { withFileTypes: true })
    return entries
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((left, right) => (left.name < right.name ? -1 : 1))
  },
  realPath: (path) => realpathSync(path),
}

/** The same, of which none is changed: for what starts nothing. */
export const unchangedFiles: Files = { ...diskFiles, append() {} }
