import { readdirSync, readFileSync } from 'node:fs'

/** What reading a Corefile asks of the world. */
export interface CorefileIo {
  /** @throws anything, if there is no such file or it cannot be read */
  readText(path: string): string
  /** Names of the entries of a directory, in any order; none if it cannot be read. */
  list(directory: string): readonly string[]
  env(name: string): string | undefined
  /** Takes one line, without level and line end. */
  warn(line: string): void
}

/** The real file system and the environment of this process. */
export function fileIo(warn: (line: string) => void): CorefileIo {
  return {
    readText: (path) => readFileSync(path, 'utf8'),
    list: listDirectory,
    env: (name) => process.env[name],
    warn,
  }
}

/** Go's `filepath.Glob` passes over what it cannot read, and so does this. */
function listDirectory(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
