import { shareEndpoints } from '../endpoints.ts'
import { type ClusterObject, keyOf } from '../model.ts'
import { type Json, recordOf, stringOf } from './json.ts'
import type { WatchedResource } from './resources.ts'
import { type Keep, trims } from './trim.ts'

/** An object as it was trimmed, with the version of it. */
interface Known {
  readonly version: string
  readonly object: ClusterObject
}

/**
 * What the API server has said of one resource: each object with its resourceVersion.
 *
 * An object whose version has not changed is not trimmed again: it is the one that there was, so that to compare the
 * two costs nothing.
 */
export class KnownObjects {
  readonly #resource: WatchedResource
  readonly #keep: Keep
  readonly #byKey = new Map<string, Known>()

  constructor(resource: WatchedResource, keep: Keep) {
    this.#resource = resource
    this.#keep = keep
  }

  get size(): number {
    return this.#byKey.size
  }

  /** An empty one, which a list fills beside this one: what is the same object there is the same here. */
  next(): KnownObjects {
    return new KnownObjects(this.#resource, this.#keep)
  }

  objects(): ClusterObject[] {
    return Array.from(this.#byKey.values(), ({ object }) => object)
  }

  /**
   * Takes an object in.
   *
   * @param before where it may be known from
   * @returns what is new; undefined where the version is the one that is known, or the object has no name
   */
  add(raw: Json, before: KnownObjects = this): ClusterObject | undefined {
    const metadata = recordOf(raw.metadata)
    const version = stringOf(metadata.resourceVersion) ?? ''
    const key = this.#keyOf(metadata)
    const known = before.#byKey.get(key)
    if (known !== undefined && version !== '' && known.version === version) {
      this.#byKey.set(key, known)
      return undefined
    }
    const trimmed: ClusterObject | undefined = trims[this.#resource.kind](raw, this.#keep, known?.object)
    if (trimmed === undefined) return undefined
    const isSlice = trimmed.kind === 'EndpointSlice' && known?.object.kind === 'EndpointSlice'
    const object = isSlice ? shareEndpoints(known.object, trimmed) : trimmed
    this.#byKey.set(key, { version, object })
    return object
  }

  clear(): void {
    this.#byKey.clear()
  }

  /** @returns the object that was there */
  remove(raw: Json): ClusterObject | undefined {
    const key = this.#keyOf(recordOf(raw.metadata))
    const known = this.#byKey.get(key)
    this.#byKey.delete(key)
    return known?.object
  }

  #keyOf({ namespace, name }: Json): string {
    const { kind } = this.#resource
    const inNamespace = kind === 'Namespace' ? {} : { namespace: stringOf(namespace) ?? '' }
    return keyOf({ kind, name: stringOf(name) ?? '', ...inNamespace })
  }
}
