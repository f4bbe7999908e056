import type { Name } from '../../dns/name.ts'

/** What the directive `autopath` says, checked. */
export interface AutopathConfig {
  /** Only names in these are looked for along a search path. */
  readonly zones: readonly Name[]
  readonly path: PathConfig
}

export type PathConfig =
  /** One for all clients. */
  | { readonly kind: 'fixed'; readonly search: readonly Name[] }
  /** Each client's own, as a plugin knows it, and behind that the same for all. */
  | { readonly kind: 'client'; readonly plugin: string; readonly further: readonly Name[] }
