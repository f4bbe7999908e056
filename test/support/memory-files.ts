import type { Files } from '../../src/plugin/setup.ts'
import { memoryIo } from '../corefile/memory-io.ts'

/**
 * Files of a record that a test may change: each has another time of change as soon as its text is another. A folder is there if a
 * file is in it; there are no links.
 */
export function memoryFiles(files: Record<string, string>): Files {
  const known = new Map<string, { text: string; modifiedMs: number }>()
  const isFolder = (path: string) => Object.keys(files).some((each) => each.startsWith(`${path}/`))
  return {
    readText: (path) => memoryIo(files).readText(path),
    stat(path) {
      if (isFolder(path)) return { modifiedMs: 0, size: 0, isDirectory: true }
      const text = Object.hasOwn(files, path) ? files[path] : undefined
      if (text === undefined) return undefined
      const last = known.get(path)
      const modifiedMs = last?.text === text ? last.modifiedMs : (last?.modifiedMs ?? 0) + 1000
      known.set(path, { text, modifiedMs })
      return { modifiedMs, size: Buffer.byteLength(text), isDirectory: false }
    },
    list(path) {
      if (!isFolder(path)) throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })
      const names = [...memoryIo(files).list(path)].sort()
      return names.map((name) => ({ name, isFolder: isFolder(`${path}/${name}`) }))
    },
    realPath: (path) => path,
    append(path, text) {
      files[path] = (files[path] ?? '') + text
    },
  }
}
