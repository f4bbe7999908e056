import { join, normalize } from 'node:path'
import type { Files } from '../../plugin/setup.ts'
import { messageOf } from '../../util/errors.ts'
import type { AutoConfig } from './config.ts'
import { originOf } from './origin.ts'

/** What stands in a folder, and in those below it. */
export interface FoundFiles {
  /** Paths by the zones that they are of, as text. */
  readonly zones: ReadonlyMap<string, string>
  /** What cannot be read, or is there twice, in CoreDNS's words. */
  readonly problems: readonly string[]
}

/**
 * Looks for zone files, in the order of their paths: the first one of a zone has it.
 *
 * As in CoreDNS the folder itself may be a symbolic link, links to folders below it are not followed, and those to files
 * are. Where several paths lead to one file, as in a volume of a ConfigMap, there is nothing wrong.
 */
export function findZoneFiles(config: AutoConfig, files: Files): FoundFiles {
  const zones = new Map<string, string>()
  const problems: string[] = []
  const { paths, unreadable } = filesBelow(tryRealPath(config.folder, files) ?? config.folder, files)
  problems.push(...unreadable)
  for (const { path, name } of paths) {
    const text = originOf(name, config)
    if (text === undefined) continue
    const origin = text.endsWith('.') ? text.toLowerCase() : `${text.toLowerCase()}.`
    const known = zones.get(origin)
    if (known === undefined) zones.set(origin, path)
    else if (!isSameFile(known, path, files)) problems.push(duplicate(origin, known, path))
  }
  return { zones, problems }
}

interface FoundPaths {
  readonly paths: readonly { readonly path: string; readonly name: string }[]
  readonly unreadable: readonly string[]
}

function filesBelow(folder: string, files: Files): FoundPaths {
  const paths: { path: string; name: string }[] = []
  const unreadable: string[] = []
  const walk = (path: string): void => {
    try {
      for (const { name, isFolder } of files.list(path)) {
        const below = normalize(join(path, name))
        if (isFolder) walk(below)
        else paths.push({ path: below, name })
      }
    } catch (error) {
      unreadable.push(`error reading ${path}: ${listProblem(error, path)}`)
    }
  }
  walk(folder)
  return { paths, unreadable }
}

/** In Go's words, where it has some. */
function listProblem(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return `lstat ${path}: no such file or directory`
  if (code === 'EACCES') return `open ${path}: permission denied`
  return messageOf(error)
}

function isSameFile(left: string, right: string, files: Files): boolean {
  const leftReal = tryRealPath(left, files)
  return leftReal !== undefined && leftReal === tryRealPath(right, files)
}

function tryRealPath(path: string, files: Files): string | undefined {
  try {
    return files.realPath(path)
  } catch {
    return undefined // whoever reads it will say why
  }
}

function duplicate(origin: string, used: string, other: string): string {
  const quoted = [origin, used, other].map((each) => JSON.stringify(each))
  return `Multiple zone files match origin ${quoted[0]}: using ${quoted[1]} instead of ${quoted[2]}`
}
