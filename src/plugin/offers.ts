/**
 * What plugins of one server block offer each other, by contracts that stand here and never by import.
 *
 * Plugins are set up in the order of the chain, so whoever makes an offer may come after whoever takes it: an offer is
 * read when a query comes, not in setup.
 */
import { isSubdomain, type Name } from '../dns/name.ts'
import type { ReadinessProbe } from './endpoint.ts'
import type { ExternalSource } from './external.ts'
import type { Query } from './handler.ts'
import type { SearchPathSource } from './search-path.ts'
import type { NotifySecondaries, TransferSource } from './transfer.ts'

export interface Offers {
  /** Where relative paths of the block's directives start, for `underRoot`; absent: where the process runs. */
  root?: string
  /** Zones that came up while the server runs: beside those of the block's keys, queries are counted in them (plugin prometheus). */
  readonly addedZones: Set<Name>
  /** Zones that can be had whole, in the order of the chain. */
  readonly transfers: TransferSource[]
  /** For the plugins that have zones; absent: there is no plugin `transfer`. */
  notifySecondaries?: NotifySecondaries
  /** What can be reached from outside of the cluster. */
  external?: ExternalSource
  /** By the name of the plugin that knows them. */
  readonly searchPaths: Map<string, SearchPathSource>
  /** Of the plugins that cannot always answer. */
  readonly probes: ReadinessProbe[]
  /**
   * What can be said of a query beside its question, by its label, `kubernetes/client-namespace`, or by what a whole
   * family of labels begins with, `kubernetes/client-label/`.
   */
  readonly metadata: Map<string, MetadataOf>
  /** The zones whose queries have metadata; none unless the plugin `metadata` is there. */
  metadataZones: readonly Name[]
  /** The names of the chain's links and observers, in its order; complete once all plugins are set up. */
  links: readonly string[]
}

/** Undefined: there is nothing to say of this one. It is called only where somebody wants to know. */
export type MetadataOf = (query: Query, label: string) => string | undefined

/**
 * What a label stands for at a query (plugin metadata).
 *
 * As in CoreDNS it is said of the name that came to the chain, whatever name is asked for below.
 */
export function metadataOf(
  { metadata, metadataZones }: Pick<Offers, 'metadata' | 'metadataZones'>,
  below: Query,
  label: string,
): string | undefined {
  const query = below.asked === undefined ? below : { ...below, qname: below.asked }
  const isCollected = metadataZones.some((zone) => isSubdomain(query.qname, zone))
  return isCollected ? (metadata.get(label) ?? familyOf(label, metadata))?.(query, label) : undefined
}

function familyOf(label: string, metadata: ReadonlyMap<string, MetadataOf>): MetadataOf | undefined {
  for (const [start, each] of metadata) if (start.endsWith('/') && label.startsWith(start)) return each
  return undefined
}

export function noOffers(): Offers {
  return {
    addedZones: new Set(),
    transfers: [],
    searchPaths: new Map(),
    probes: [],
    metadata: new Map(),
    metadataZones: [],
    links: [],
  }
}
