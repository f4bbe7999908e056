import type { Name } from '../dns/name.ts'

/** Who knows the search paths of clients: a plugin offers it to the one that walks them on the clients' behalf. */
export interface SearchPathSource {
  /**
   * Whether the name may be one that some client's resolver made, by putting the first element of its search path behind
   * another name. If not, the answer is the same for all clients.
   */
  concerns(name: Name): boolean
  /**
   * The search path of the client at an address, as far as the cluster sets it; undefined if it is not known.
   *
   * @param name what was asked, by which the zone is chosen
   */
  searchPathOf(address: string, name: Name): readonly Name[] | undefined
}
