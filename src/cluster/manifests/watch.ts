import { basename, resolve } from 'node:path'
import { watch } from 'chokidar'
import { isManifestFile, standardInput } from './files.ts'

export interface WatchListeners {
  /** Something was written, added, removed or renamed. May come many times for one change. */
  onChange(): void
  onError(error: unknown): void
}

export interface Watching {
  close(): Promise<void>
}

/**
 * Watches files and folders, and all below them; resolves as soon as no change can be missed.
 *
 * Unlink and add are told apart no longer than they happen (`atomic: false`): the listener waits for quiet itself.
 */
export async function watchPaths(paths: readonly string[], listeners: WatchListeners): Promise<Watching> {
  const watched = paths.filter((path) => path !== standardInput)
  const roots = new Set(watched.map((path) => resolve(path)))
  const watcher = watch(watched, {
    ignoreInitial: true,
    atomic: false,
    ignored: (path, stats) => !roots.has(resolve(path)) && isBeside(basename(path), stats?.isFile() === true),
  })
  watcher.on('all', () => listeners.onChange())
  watcher.on('error', (error) => listeners.onError(error))
  await new Promise<void>((ready) => watcher.once('ready', ready))
  return { close: () => watcher.close() }
}

/** Whether an entry of a folder is not worth watching. `..data`, which a mounted ConfigMap swaps to change, is. */
function isBeside(name: string, isFile: boolean): boolean {
  return /^\.[^.]/.test(name) || (isFile && !isManifestFile(name))
}
