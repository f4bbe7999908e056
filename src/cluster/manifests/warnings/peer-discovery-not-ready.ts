import type { Finding } from './finding.ts'
import type { GovernedShape, Overview } from './overview.ts'
import { numbersPod, type PodShape } from './pod-shape.ts'
import { serviceNameIn } from './words.ts'

/** Headless Services that name the Pods of a StatefulSet only once those are ready: too late to find one another. */
export function peerDiscoveryNotReady(overview: Overview): Finding[] {
  return overview.services.flatMap((service) => {
    const { object, namespace, name, places } = service
    if (!object.headless || object.publishNotReadyAddresses) return []
    const selected = overview.selectedBy(service)
    const set = overview
      .governedBy(service)
      .find((candidate) => selected.includes(candidate) && hasPeers(candidate) && isProbed(candidate, selected))
    if (set === undefined) return []
    return [
      {
        at: places.publishNotReadyAddresses,
        found: `headless Service ${namespace}/${name} has no publishNotReadyAddresses, and the Pods of ${set.title} have a readiness probe`,
        effect: `a Pod has no name under ${serviceNameIn(overview.naming, service)} before it is ready, so Pods that get ready only together never find each other`,
        remedy: 'set publishNotReadyAddresses: true',
      },
    ]
  })
}

/** One that is to stay alone has nobody to find. */
function hasPeers({ workload }: GovernedShape): boolean {
  return (workload.ordinals?.count ?? Number.POSITIVE_INFINITY) > 1
}

/** Whether its template has a probe, or a Pod of it that is written. */
function isProbed(set: GovernedShape, selected: readonly PodShape[]): boolean {
  if (set.hasReadinessProbe) return true
  return selected.some((shape) => shape.hasReadinessProbe && numbersPod(set.workload, shape.name))
}
