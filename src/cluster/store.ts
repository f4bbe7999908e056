import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../util/clock.ts'
import { Collection } from './collection.ts'
import {
  type Address,
  type ClusterObject,
  type EndpointSlice,
  type Kind,
  keyOf,
  type Namespace,
  type ObjectKey,
  type ObjectOf,
  type Pod,
  type Service,
  type ServiceImport,
} from './model.ts'
import type { ClusterSink } from './source.ts'
import { anyTag, type Tag, tagsOfChange } from './tags.ts'

/** One atomic change of the store, after it happened. */
export interface ChangeEvent {
  readonly generation: number
  /** All that an answer may have been made from and that is different now. */
  readonly tags: ReadonlySet<Tag>
}

export type ChangeListener = (event: ChangeEvent) => void

/**
 * The cluster as it is now, with an index for each look-up that an answer needs.
 *
 * A source writes it through ClusterSink; everybody else only reads. Each write is applied whole before listeners
 * hear of it, in one turn of the event loop, so that no answer is made from half a change.
 */
export class ClusterStore implements ClusterSink {
  readonly #clock: Clock
  readonly #collections: { readonly [K in Kind]: Collection<ObjectOf<K>> } = {
    Namespace: new Collection<Namespace>(),
    Service: new Collection<Service>(),
    EndpointSlice: new Collection<EndpointSlice>(),
    Pod: new Collection<Pod>(),
    ServiceImport: new Collection<ServiceImport>(),
  }
  readonly #slicesByService = this.#collections.EndpointSlice.index((slice) =>
    slice.serviceName === undefined ? [] : [`${slice.namespace}/${slice.serviceName}`],
  )
  readonly #slicesByImport = this.#collections.EndpointSlice.index((slice) =>
    slice.importName === undefined ? [] : [`${slice.namespace}/${slice.importName}`],
  )
  readonly #slicesByAddress = this.#collections.EndpointSlice.index((slice) =>
    slice.endpoints.flatMap((endpoint) => endpoint.addresses),
  )
  readonly #servicesByAddress = this.#collections.Service.index((service) => service.clusterIPs)
  readonly #servicesByExternal = this.#collections.Service.index((service) => service.externalIPs)
  readonly #podsByAddress = this.#collections.Pod.index((pod) => pod.podIPs)
  readonly #serviceNames = new Map<string, Set<string>>()
  readonly #listeners = new Set<ChangeListener>()
  #generation = 0
  #serial = 0
  #isSynced = true
  #describeSync: () => string = () => ''

  constructor(clock: Clock) {
    this.#clock = clock
  }

  namespace(name: string): Namespace | undefined {
    return this.#collections.Namespace.get(name)
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#collections.Service.get(`${namespace}/${name}`)
  }

  /** The slices that carry the Service's label, whether or not there is such a Service; ordered by name. */
  slicesOf(namespace: string, service: string): readonly EndpointSlice[] {
    return this.#slicesByService.get(`${namespace}/${service}`)
  }

  /** The names of a Namespace's Services, in any order. */
  serviceNames(namespace: string): ReadonlySet<string> {
    return this.#serviceNames.get(namespace) ?? new Set()
  }

  serviceImport(namespace: string, name: string): ServiceImport | undefined {
    return this.#collections.ServiceImport.get(`${namespace}/${name}`)
  }

  /** The slices that carry the ServiceImport's label, of every cluster, whether or not there is such; ordered by name. */
  slicesOfImport(namespace: string, serviceImport: string): readonly EndpointSlice[] {
    return this.#slicesByImport.get(`${namespace}/${serviceImport}`)
  }

  servicesAt(address: Address): readonly Service[] {
    return this.#servicesByAddress.get(address)
  }

  /** The Services that are reached at this address from outside of the cluster. */
  servicesAtExternal(address: Address): readonly Service[] {
    return this.#servicesByExternal.get(address)
  }

  /** The slices that have an endpoint with this address, ready or not. */
  slicesAt(address: Address): readonly EndpointSlice[] {
    return this.#slicesByAddress.get(address)
  }

  /** Each address that a Service or an endpoint has, perhaps twice, in no order; names too, where a slice holds names. */
  *addresses(): Generator<Address, void> {
    yield* this.#servicesByAddress.terms()
    yield* this.#slicesByAddress.terms()
  }

  podsAt(address: Address): readonly Pod[] {
    return this.#podsByAddress.get(address)
  }

  /** Every object of a kind, ordered by key. */
  list<K extends Kind>(kind: K): readonly ObjectOf<K>[] {
    return this.#collections[kind].list()
  }

  /** Raised by one with each change. */
  get generation(): number {
    return this.#generation
  }

  /** Unix time of the last change in seconds, 0 before the first: the serial of the cluster's zones. */
  get serial(): number {
    return this.#isSynced ? this.#serial : 0
  }

  /** Whether all that there is has been read: only then does the absence of an object mean anything. */
  get isSynced(): boolean {
    return this.#isSynced
  }

  /** How far the reading is while it is not done, in a few words for people; empty where nobody says. */
  get syncDetail(): string {
    return this.#describeSync()
  }

  /** @returns what ends the subscription */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  expectSync(describe: () => string = () => ''): void {
    this.#isSynced = false
    this.#describeSync = describe
  }

  synced(): void {
    this.#isSynced = true
  }

  replace(kinds: readonly Kind[], objects: readonly ClusterObject[]): void {
    const touched = new Set<Tag>()
    const kept = new Map<Kind, Set<string>>(kinds.map((kind) => [kind, new Set()]))
    for (const object of objects) {
      const key = keyOf(object)
      kept.get(object.kind)?.add(key)
      this.#set(object.kind, key, object, touched)
    }
    for (const [kind, keys] of kept) {
      if (this.#collections[kind].size === keys.size) continue
      const gone = [...this.#collections[kind].keys()].filter((key) => !keys.has(key))
      for (const key of gone) this.#set(kind, key, undefined, touched)
    }
    this.#publish(touched)
  }

  put(object: ClusterObject): void {
    const touched = new Set<Tag>()
    this.#set(object.kind, keyOf(object), object, touched)
    this.#publish(touched)
  }

  remove(key: ObjectKey): void {
    const touched = new Set<Tag>()
    this.#set(key.kind, keyOf(key), undefined, touched)
    this.#publish(touched)
  }

  #set(kind: Kind, key: string, object: ClusterObject | undefined, touched: Set<Tag>): void {
    // Each kind has the collection of its own objects, which the compiler cannot follow through a union.
    const collection = this.#collections[kind] as Collection<ClusterObject>
    const previous = collection.get(key)
    if (previous === object || isDeepStrictEqual(previous, object)) return
    collection.set(key, object)
    const isNewOrGone = previous === undefined || object === undefined
    if (kind === 'Service' && isNewOrGone) this.#nameService(key, object !== undefined)
    // `any` also where no look-up finds the object, as a Pod that has no address yet.
    touched.add(anyTag)
    for (const tag of tagsOfChange(previous, object)) touched.add(tag)
  }

  #nameService(key: string, exists: boolean): void {
    const [namespace = '', name = ''] = key.split('/')
    const names = this.#serviceNames.get(namespace) ?? new Set()
    if (exists) names.add(name)
    else names.delete(name)
    this.#serviceNames.set(namespace, names)
  }

  #publish(touched: Set<Tag>): void {
    if (touched.size === 0) return
    this.#generation++
    this.#serial = Math.floor(this.#clock.now() / 1000)
    for (const listener of this.#listeners) listener({ generation: this.#generation, tags: touched })
  }
}
