import { type Next, type Query, requestOf } from '../../plugin/handler.ts'
import type { SetupContext } from '../../plugin/setup.ts'
import type { CacheConfig } from './config.ts'
import type { Counts } from './metrics.ts'
import type { Store } from './store.ts'

export type CacheContext = Pick<
  SetupContext,
  'clock' | 'timer' | 'log' | 'metrics' | 'serverLabel' | 'viewLabel' | 'onChange'
>

/** The cache of one server block. */
export interface Scope extends CacheContext {
  readonly config: CacheConfig
  readonly store: Store
  readonly counts: Counts
}

/** A query, and whom to ask it of. */
export interface Asked {
  readonly query: Query
  readonly next: Next
  readonly key: string
}

/** Others are asked to tell what they have validated, for whoever may want to know later (RFC 6840 section 5.7). */
export function below(query: Query): Query {
  return { ...query, request: { ...requestOf(query), ad: true } }
}
