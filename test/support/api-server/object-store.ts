import { randomUUID } from 'node:crypto'
import { type ApiObject, keyOf, type ObjectRef, type StoredObject, storeObject } from './objects.ts'
import { type ResourceName, resourceOfKind } from './resources.ts'

/** A change, with both sides of it: a watcher with a selector needs to know what the object was before. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly version: number
  readonly previous: StoredObject | undefined
  /** What the object is now; when it is deleted, its last state with the version of the deletion. */
  readonly current: StoredObject
}

/**
 * The objects, and how they came to be what they are: what etcd and the watch cache are to the real server.
 *
 * One resourceVersion counts the changes of all resources, deletions too, as the revision of etcd does. The past is
 * kept up to a number of changes, and can be forgotten at once.
 */
export class ObjectStore {
  readonly #objects = new Map<ResourceName, Map<string, StoredObject>>()
  readonly #sorted = new Map<ResourceName, readonly StoredObject[]>()
  readonly #limit: number
  readonly #onChange: (change: Change) => void
  #history: Change[] = []
  #version = 1000
  #floor = 1000

  /** @param limit how many changes are remembered at most */
  constructor(limit: number, onChange: (change: Change) => void) {
    this.#limit = limit
    this.#onChange = onChange
  }

  /** The version of the last change. */
  get version(): number {
    return this.#version
  }

  /** The oldest version whose state, and what came after it, is still known. */
  get floor(): number {
    return this.#floor
  }

  get({ kind, metadata }: ObjectRef): StoredObject | undefined {
    return this.#of(resourceOfKind(kind).name).get(keyOf(metadata))
  }

  put(object: ApiObject): StoredObject {
    const previous = this.get(object)
    const current = this.#write(object, previous)
    this.#remember({ type: previous === undefined ? 'ADDED' : 'MODIFIED', version: current.version, previous, current })
    return current
  }

  /** @returns what it was, with the version of its deletion; undefined where there was none */
  remove(ref: ObjectRef): StoredObject | undefined {
    const previous = this.get(ref)
    if (previous === undefined) return undefined
    const { resource, object, key } = previous
    // etcd3's watcher gives the last state the revision of the deletion: storage/etcd3/watcher.go, transform.
    const current = storeObject(resource, object, ++this.#version)
    this.#of(resource.name).delete(key)
    this.#sorted.delete(resource.name)
    this.#remember({ type: 'DELETED', version: current.version, previous, current })
    return current
  }

  /** Many at once, of which no history is kept: whoever knows an older version has to list again. */
  load(objects: Iterable<ApiObject>): void {
    for (const object of objects) this.#write(object, this.get(object))
    this.forget()
  }

  /** Forgets the past: compaction of etcd, and a watch cache that has begun anew. */
  forget(): void {
    this.#history = []
    this.#floor = this.#version
  }

  /** The objects of a resource by their keys, as they are, or as they were at a version that is not below the floor. */
  list(resource: ResourceName, version = this.#version): readonly StoredObject[] {
    const later = this.since(resource, version)
    if (later.length === 0) return this.#list(resource)
    const objects = new Map(this.#of(resource))
    for (const { previous, current } of later.toReversed()) {
      if (previous === undefined) objects.delete(current.key)
      else objects.set(current.key, previous)
    }
    return sorted(objects)
  }

  /** The changes of a resource after a version that is not below the floor. */
  since(resource: ResourceName, version: number): readonly Change[] {
    if (version >= this.#version) return []
    return this.#history.filter((change) => change.version > version && change.current.resource.name === resource)
  }

  #list(resource: ResourceName): readonly StoredObject[] {
    const known = this.#sorted.get(resource) ?? sorted(this.#of(resource))
    this.#sorted.set(resource, known)
    return known
  }

  #of(resource: ResourceName): Map<string, StoredObject> {
    const objects = this.#objects.get(resource) ?? new Map<string, StoredObject>()
    this.#objects.set(resource, objects)
    return objects
  }

  /** Fields that the server sets, whatever is sent: API conventions, Metadata. */
  #write(object: ApiObject, previous: StoredObject | undefined): StoredObject {
    const resource = resourceOfKind(object.kind)
    const {
      uid = object.metadata.uid ?? randomUUID(),
      creationTimestamp = object.metadata.creationTimestamp ?? now(),
    } = previous?.object.metadata ?? {}
    const metadata = { ...object.metadata, uid, creationTimestamp }
    const current = storeObject(resource, { ...object, metadata }, ++this.#version)
    this.#of(resource.name).set(current.key, current)
    this.#sorted.delete(resource.name)
    return current
  }

  #remember(change: Change): void {
    this.#history.push(change)
    // In one go once in a while: taking the first of a long array away costs its length.
    if (this.#history.length > this.#limit * 1.25) {
      const forgotten = this.#history.splice(0, this.#history.length - this.#limit)
      this.#floor = forgotten.at(-1)?.version ?? this.#floor
    }
    this.#onChange(change)
  }
}

function sorted(objects: ReadonlyMap<string, StoredObject>): readonly StoredObject[] {
  return [...objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** RFC 3339 without a fraction: metav1.Time. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}
