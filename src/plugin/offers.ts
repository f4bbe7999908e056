/**
 * What plugins of one server block offer each other, by contracts that stand here and never by import.
 *
 * Plugins are set up in the order of the chain, so whoever makes an offer may come after whoever takes it: an offer is
 * read when a query comes, not in setup.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the first plugin that offers something
export interface Offers {}

export function noOffers(): Offers {
  return {}
}
