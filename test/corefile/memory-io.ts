import { basename, dirname } from 'node:path'
import type { CorefileIo } from '../../src/corefile/io.ts'

export interface MemoryIo extends CorefileIo {
  readonly warnings: readonly string[]
}

/** A file system and environment of plain objects; a directory is there if a file is in it. */
export function memoryIo(
  files: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, string>> = {},
): MemoryIo {
  const directories = entriesByDirectory(Object.keys(files))
  const warnings: string[] = []
  return {
    warnings,
    readText(path) {
      if (directories.has(path)) throw Object.assign(new Error('EISDIR: illegal operation'), { code: 'EISDIR' })
      const text = Object.hasOwn(files, path) ? files[path] : undefined
      if (text === undefined) throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })
      return text
    },
    list: (directory) => [...(directories.get(directory) ?? [])],
    env: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    warn: (line) => warnings.push(line),
  }
}

/** In the reverse of the lexical order, so that whoever needs that must sort. */
function entriesByDirectory(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const entries = new Map<string, Set<string>>()
  for (const path of [...paths].sort().reverse()) {
    for (let child = path; child !== dirname(child); child = dirname(child)) {
      const directory = dirname(child)
      entries.set(directory, (entries.get(directory) ?? new Set()).add(basename(child)))
    }
  }
  return entries
}
