import type { ClusterObject, Kind, ObjectKey } from './model.ts'

/** Where cluster objects come from: manifests on disk, simulated controllers, an API server. */
export interface ClusterSource {
  /** For the log: what is read and where from. */
  readonly name: string
  /**
   * Feeds `sink` until `signal` aborts. Resolves once the first full state is in; rejects only when no retry can
   * help. What goes wrong later is the source's own affair: it reports, and the last good state stays.
   */
  start(sink: ClusterSink, signal: AbortSignal): Promise<void>
}

/** How a source that answers are given from before all is read, or without which they may grow old, is doing. */
export interface SourceStatus {
  /** All kinds have been read once: it stays so, whatever happens afterwards. */
  readonly isReady: boolean
  /** In a few words, for people. */
  readonly detail: string
  readonly kinds: readonly KindStatus[]
}

export interface KindStatus {
  readonly kind: Kind
  readonly isSynced: boolean
  /** Why nothing comes at the moment; absent while all is well. */
  readonly problem?: string
  /** Since the source was last heard of, be it that nothing has changed; absent before the first time. */
  readonly heardAgeMs?: number
  /** Since an object last changed; absent before the first time. */
  readonly eventAgeMs?: number
}

/** The store's writing side. Each call is one atomic change: no look-up ever sees half of it. */
export interface ClusterSink {
  /**
   * The source has begun: what is missing is not yet known to be. Queries may come before all is read.
   *
   * @param describe says, whenever it is asked, what hinders or how far it is
   */
  expectSync(describe?: () => string): void
  /** All kinds are in for the first time since `expectSync`. */
  synced(): void
  /** Makes `objects` all there is of `kinds`; of what stays equal nothing is invalidated. The same object costs least. */
  replace(kinds: readonly Kind[], objects: readonly ClusterObject[]): void
  put(object: ClusterObject): void
  remove(key: ObjectKey): void
}
