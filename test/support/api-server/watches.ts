import type { ListOptions } from './list-options.ts'
import type { Change, ObjectStore } from './object-store.ts'
import type { Resource, ResourceName } from './resources.ts'
import { expired, type StatusError, tooLargeVersion } from './status.ts'
import type { Watch } from './watch.ts'

/** All watches that are open. */
export class Watches {
  readonly #open = new Set<Watch>()

  /** Of one resource, or all. */
  of(resource?: ResourceName): readonly Watch[] {
    return [...this.#open].filter((watch) => resource === undefined || watch.resource.name === resource)
  }

  add(watch: Watch): void {
    this.#open.add(watch)
  }

  delete(watch: Watch): void {
    this.#open.delete(watch)
  }

  deliver(change: Change): void {
    for (const watch of this.of(change.current.resource.name)) watch.deliver(change)
  }

  bookmark(version: number, resource?: ResourceName): void {
    for (const watch of this.of(resource)) if (watch.allowsBookmarks) watch.bookmark(version)
  }
}

/**
 * Why a watch cannot begin at its version, if it cannot.
 *
 * A version of the future is waited for in silence, but for a streaming list, which waits three seconds for it and
 * gives up: storage/cacher/cacher.go, waitUntilWatchCacheFreshAndForceAllEvents. The double does not wait at all.
 */
export function refusalOf(store: ObjectStore, options: ListOptions): StatusError | undefined {
  const { version = 0, sendInitialEvents } = options
  if (sendInitialEvents === true) {
    return version > store.version ? tooLargeVersion(version, store.version) : undefined
  }
  // storage/cacher/watch_cache.go, getAllEventsSinceLocked.
  const isTooOld = version > 0 && version < store.floor
  return isTooOld ? expired(`too old resource version: ${version} (${store.floor})`) : undefined
}

/**
 * The first events of a watch that can begin.
 *
 * API concepts, Semantics for watch: without a version, and with 0, the objects there are come first; with a version,
 * what has changed since. With `sendInitialEvents` the objects come first in any case, and a bookmark after them; it
 * is left out where bookmarks are not wanted.
 */
export function sendFirstEvents(store: ObjectStore, watch: Watch, resource: Resource, options: ListOptions): void {
  const { version = 0, sendInitialEvents } = options
  if (sendInitialEvents ?? version === 0) watch.begin(store.list(resource.name))
  else if (version > 0) for (const change of store.since(resource.name, version)) watch.deliver(change)
  if (sendInitialEvents === true && options.allowWatchBookmarks) watch.bookmark(store.version, true)
}
