/**
 * The Corefile of a server that is given none; docs/corefile.md shows it.
 *
 * @param zone where the cluster's names live, `cluster.local` in most
 */
export function defaultCorefile(zone: string): string {
  return `${zone} in-addr.arpa ip6.arpa {
    errors
    kubernetes
    loadbalance
}
`
}
