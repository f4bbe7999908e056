import { counted } from '../../util/counted.ts'
import type { Timer } from '../../util/timer.ts'
import type { KindStatus, SourceStatus } from '../source.ts'
import type { WatchedResource } from './resources.ts'

/** How far the watching of one resource is. */
export class ResourceProgress {
  readonly resource: WatchedResource
  readonly #timer: Timer
  /** A whole state has come; it stays so, whatever happens afterwards. */
  isSynced = false
  /** Why nothing comes at the moment; undefined while all is well. */
  problem: string | undefined
  /** Objects of the list that is under way. */
  listed = 0
  #heardMs: number | undefined
  #eventMs: number | undefined

  constructor(resource: WatchedResource, timer: Timer) {
    this.resource = resource
    this.#timer = timer
  }

  /** The server has said something, be it that nothing has changed. */
  heard(): void {
    this.#heardMs = this.#timer.now()
  }

  /** An object has changed. */
  event(): void {
    this.#eventMs = this.#timer.now()
  }

  status(): KindStatus {
    const now = this.#timer.now()
    const ageOf = (ms: number | undefined) => (ms === undefined ? undefined : now - ms)
    const [heardAgeMs, eventAgeMs] = [ageOf(this.#heardMs), ageOf(this.#eventMs)]
    return {
      kind: this.resource.kind,
      isSynced: this.isSynced,
      ...(this.problem !== undefined && { problem: this.problem }),
      ...(heardAgeMs !== undefined && { heardAgeMs }),
      ...(eventAgeMs !== undefined && { eventAgeMs }),
    }
  }
}

/** How far the watching of a cluster is. */
export class Progress {
  readonly resources: readonly ResourceProgress[]

  constructor(resources: readonly WatchedResource[], timer: Timer) {
    this.resources = resources.map((resource) => new ResourceProgress(resource, timer))
  }

  get isSynced(): boolean {
    return this.resources.every(({ isSynced }) => isSynced)
  }

  status(): SourceStatus {
    return { isReady: this.isSynced, detail: this.describe(), kinds: this.resources.map((each) => each.status()) }
  }

  /**
   * Why answers are lacking, in few words: what hinders first, and how far it is.
   *
   * With what stands before it, it mostly fits the 120 octets of an Extended DNS Error; else the end of it is lost.
   */
  describe(): string {
    const { length: all } = this.resources
    const synced = this.resources.filter(({ isSynced }) => isSynced).length
    const hindered = this.resources.find(({ isSynced, problem }) => !isSynced && problem !== undefined)
    if (hindered !== undefined) return `${hindered.problem}; ${synced} of ${all} synced`
    const count = `${synced} of ${counted(all, 'kind')} synced`
    const listing = this.resources.find(({ isSynced, listed }) => !isSynced && listed > 0)
    return listing === undefined ? count : `${count}, ${listing.listed} ${listing.resource.name} so far`
  }
}
