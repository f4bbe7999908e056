import { formatLabels, labelsBelow, labelsOf, longestZone, type Name, nameOf, tryParseName } from '../../dns/name.ts'
import type { SearchPathSource } from '../../plugin/search-path.ts'
import { clientPod } from './pods.ts'
import type { View } from './view.ts'

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
      const namespace = zone === undefined ? undefined : clientPod(view, address)?.namespace
      return zone === undefined || namespace === undefined ? undefined : searchPath(namespace, zone)
    },
  }
}

/** Undefined where a zone is so long that the names do not fit. */
function searchPath(namespace: string, zone: Name): readonly Name[] | undefined {
  const labels = labelsOf(zone)
  const own = tryParseName(formatLabels([namespace, 'svc', ...labels]))
  return own === undefined ? undefined : [own, nameOf(['svc', ...labels]), zone]
}
