/**
 * What plugins of one server block offer each other, by contracts that stand here and never by import.
 *
 * Plugins are set up in the order of the chain, so whoever makes an offer may come after whoever takes it: an offer is
 * read when a query comes, not in setup.
 */
import type { ReadinessProbe } from './endpoint.ts'
import type { ExternalSource } from './external.ts'
import type { SearchPathSource } from './search-path.ts'
import type { TransferSource } from './transfer.ts'

export interface Offers {
  /** Where relative paths of the block's directives start, for `underRoot`; absent: where the process runs. */
  root?: string
  /** Zones that can be had whole, in the order of the chain. */
  readonly transfers: TransferSource[]
  /** What can be reached from outside of the cluster. */
  external?: ExternalSource
  /** By the name of the plugin that knows them. */
  readonly searchPaths: Map<string, SearchPathSource>
  /** Of the plugins that cannot always answer. */
  readonly probes: ReadinessProbe[]
}

export function noOffers(): Offers {
  return { transfers: [], searchPaths: new Map(), probes: [] }
}
