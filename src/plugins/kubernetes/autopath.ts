import { isIP } from 'node:net'
import { formatLabels, labelsBelow, labelsOf, longestZone, type Name, nameOf, tryParseName } from '../../dns/name.ts'
import type { SearchPathSource } from '../../plugin/search-path.ts'
import { canonicalAddress } from '../../util/address.ts'
import { podsAt, type View } from './view.ts'

/**
 * The search paths that a kubelet gives to Pods (dnsPolicy ClusterFirst), known by the address of the client: those of
 * the Pods of the cluster, and only with `pods verified` (CoreDNS autopath.go).
 */
export function searchPaths(view: View): SearchPathSource {
  const { pods, zones } = view.config
  return {
    concerns(name) {
      const zone = pods === 'verified' ? longestZone(name, zones) : undefined
      if (zone === undefined) return false
      const [subtree, namespace, below] = labelsBelow(name, zone).toReversed()
      return subtree === 'svc' && namespace !== undefined && below !== undefined
    },
    searchPathOf(address, name) {
      const zone = pods === 'verified' ? longestZone(name, zones) : undefined
      const namespace = zone === undefined ? undefined : namespaceAt(view, address)
      return zone === undefined || namespace === undefined ? undefined : searchPath(namespace, zone)
    },
  }
}

/** That of the Pod at the address; of the first, where Pods share their node's. */
function namespaceAt(view: View, address: string): string | undefined {
  const plain = address.replace(/%.*$/, '')
  return isIP(plain) === 0 ? undefined : podsAt(view, canonicalAddress(plain))[0]?.namespace
}

/** Undefined where a zone is so long that the names do not fit. */
function searchPath(namespace: string, zone: Name): readonly Name[] | undefined {
  const labels = labelsOf(zone)
  const own = tryParseName(formatLabels([namespace, 'svc', ...labels]))
  return own === undefined ? undefined : [own, nameOf(['svc', ...labels]), zone]
}
