import type { ListOptions } from './list-options.ts'
import type { Change } from './object-store.ts'
import { headOf, type StoredObject, storeObject } from './objects.ts'
import type { Resource } from './resources.ts'
import type { Status } from './status.ts'
import type { BodyWriter } from './writer.ts'

/** What becomes of the events of a frozen watch. */
export type FrozenEvents = 'lost' | 'queued'

/**
 * One watch that is open: events as lines of JSON, for those objects that its selectors choose.
 *
 * API concepts, Efficient detection of changes.
 */
export class Watch {
  readonly resource: Resource
  readonly allowsBookmarks: boolean
  readonly #options: ListOptions
  readonly #writer: BodyWriter
  readonly #destroy: () => void
  #frozen: FrozenEvents | undefined
  #queue: Buffer[] = []
  #ends = false

  constructor(resource: Resource, options: ListOptions, body: { writer: BodyWriter; destroy: () => void }) {
    this.resource = resource
    this.allowsBookmarks = options.allowWatchBookmarks
    this.#options = options
    this.#writer = body.writer
    this.#destroy = body.destroy
  }

  /** Sends the objects there are as if they were made just now. */
  begin(objects: readonly StoredObject[]): void {
    const chosen = objects.filter(({ object }) => this.#options.selects(object))
    if (chosen.length > 0) this.send(Buffer.concat(chosen.map((each) => frame('ADDED', each.octets))))
  }

  deliver(change: Change): void {
    // A watch from the future waits for it: storage/cacher/cache_watcher.go, processInterval.
    if (change.version <= (this.#options.version ?? 0)) return
    const { selects } = this.#options
    const { current, previous } = change
    const was = previous !== undefined && selects(previous.object)
    const is = change.type !== 'DELETED' && selects(current.object)
    // What begins to match is new to the watcher, what matches no more is gone: cache_watcher.go, convertToWatchEvent.
    if (is) this.send(frame(was ? 'MODIFIED' : 'ADDED', current.octets))
    else if (was) this.send(frame('DELETED', departed(change).octets))
  }

  /** @param ends whether it is the one that ends the initial events: KEP-3157 */
  bookmark(version: number, ends = false): void {
    const { resource } = this
    const annotations = { 'k8s.io/initial-events-end': 'true' }
    const metadata = { resourceVersion: String(version), creationTimestamp: null, ...(ends && { annotations }) }
    this.send(frame('BOOKMARK', Buffer.from(JSON.stringify({ ...headOf(resource), metadata, ...resource.blank }))))
  }

  error(status: Status): void {
    this.send(frame('ERROR', Buffer.from(JSON.stringify(status))))
  }

  /** Any octets; each event is a line. */
  send(octets: Buffer): void {
    if (this.#ends) return
    if (this.#frozen === undefined) this.#writer.write(octets)
    else if (this.#frozen === 'queued') this.#queue.push(octets)
  }

  /** Ends it as the server does at its timeout; a frozen one only when it thaws. */
  end(): void {
    this.#ends = true
    if (this.#frozen === undefined) this.#writer.end()
  }

  reset(): void {
    this.#destroy()
  }

  /** Sends nothing any more, though the connection stays: the other side is no longer there, and nobody says so. */
  freeze(events: FrozenEvents): void {
    this.#frozen = events
  }

  thaw(): void {
    this.#frozen = undefined
    for (const octets of this.#queue.splice(0)) this.#writer.write(octets)
    if (this.#ends) this.#writer.end()
  }
}

/** Compact, and ended by a line feed, as encoding/json of Go writes it: endpoints/handlers/watch.go. */
function frame(type: string, octets: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), octets, end])
}

const end = Buffer.from('}\n')

/** The last state that the watcher knew of, with the version of the change that took it away. */
function departed({ type, previous, current, version }: Change): StoredObject {
  if (type === 'DELETED' || previous === undefined) return current
  return storeObject(current.resource, previous.object, version)
}
