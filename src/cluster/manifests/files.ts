import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { text } from 'node:stream/consumers'

/** The files that manifests are read from: the disk, or, for tests, something like it. */
export interface ManifestFiles {
  /** The manifests a path stands for: a file itself, or those below a folder, sorted; rejects where nothing is there. */
  list(path: string): Promise<readonly string[]>
  read(file: string): Promise<string>
  /**
   * What is different as soon as the content may be; undefined where that is not certain. To be asked before the file
   * is read. Without it, every file is read each time.
   */
  stamp?(file: string): Promise<string | undefined>
}

/** The path of standard input. */
export const standardInput = '-'

const extensions: readonly string[] = ['.yaml', '.yml', '.json']

/** Whether a file of this name, found in a folder, is read. */
export function isManifestFile(name: string): boolean {
  return !isHidden(name) && extensions.includes(extname(name).toLowerCase())
}

/**
 * Whether a folder's entry is passed over: dot files, and what a mounted ConfigMap keeps beside its files
 * (`..data`, `..2026_…`), which holds each file a second time.
 */
export function isHidden(name: string): boolean {
  return name.startsWith('.')
}

/**
 * The disk, and standard input for `-`, which is read once and remembered.
 *
 * @param input read to its end when `-` is asked for
 */
export function diskFiles(input: NodeJS.ReadableStream = process.stdin): ManifestFiles {
  let remembered: Promise<string> | undefined
  return {
    async list(path) {
      if (path === standardInput) return [path]
      return (await stat(path)).isDirectory() ? listFolder(path, new Set()) : [path]
    },
    async read(file) {
      if (file !== standardInput) return readFile(file, 'utf8')
      remembered ??= text(input)
      return remembered
    },
    async stamp(file) {
      return file === standardInput ? standardInput : stampOf(file)
    },
  }
}

/** How coarse the times of a file may be: what has changed since then may change again, and look the same. */
const coarsestMs = 2000

async function stampOf(file: string): Promise<string | undefined> {
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(file, { bigint: true })
  const isSettled = Math.abs(Date.now() - Number(ctimeMs)) > coarsestMs
  return isSettled ? [dev, ino, size, mtimeNs, ctimeNs].join(' ') : undefined
}

/** @param above real paths of the folders it lies in: a link back to one of them is not followed */
async function listFolder(folder: string, above: ReadonlySet<string>): Promise<string[]> {
  const real = await realpath(folder)
  if (above.has(real)) return []
  const names = (await readdir(folder)).filter((name) => !isHidden(name)).sort()
  const found = await Promise.all(names.map((name) => listEntry(join(folder, name), new Set([...above, real]))))
  return found.flat()
}

async function listEntry(path: string, above: ReadonlySet<string>): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined) // Gone since it was listed, or a link to nowhere.
  if (stats === undefined) return []
  if (stats.isDirectory()) return listFolder(path, above)
  return stats.isFile() && isManifestFile(basename(path)) ? [path] : []
}
