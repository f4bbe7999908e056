import type { Finding } from './finding.ts'
import type { Overview } from './overview.ts'
import { hostnameUnder, numbersPod, type PodShape, unmatched } from './pod-shape.ts'
import { labelOf, listed, pairsOf, serviceNameIn } from './words.ts'

/** Pods with a hostname and a subdomain that is no headless Service of theirs: they asked for a name and get none. */
export function podSubdomainMissingService(overview: Overview): Finding[] {
  return overview.shapes.flatMap((shape) => {
    const { subdomain, namespace } = shape
    const hostname = subdomain === undefined ? undefined : hostnameUnder(shape, subdomain)
    // What a StatefulSet says of itself is told there.
    if (subdomain === undefined || hostname === undefined || isOfStatefulSet(overview, shape)) return []
    const fault = faultOf(overview, shape, subdomain)
    if (fault === undefined) return []
    const found = `${shape.title} has hostname '${hostname}' and subdomain '${subdomain}', ${fault.found}`
    const name = serviceNameIn(overview.naming, { namespace, name: subdomain }, hostname)
    return [{ at: shape.subdomainAt, found, effect: `${name} ${fault.effect}`, remedy: fault.remedy }]
  })
}

function isOfStatefulSet({ governedBy }: Overview, { namespace, name, subdomain, workload }: PodShape): boolean {
  if (workload !== undefined) return workload.governor !== undefined
  return governedBy({ namespace, name: subdomain ?? '' }).some((set) => numbersPod(set.workload, name))
}

type Fault = Omit<Finding, 'at'>

function faultOf(overview: Overview, shape: PodShape, subdomain: string): Fault | undefined {
  const service = overview.service(shape.namespace, subdomain)
  const gone = 'does not exist'
  if (service === undefined || service.object.type === 'ExternalName') {
    const found = `but there is no headless Service '${subdomain}' in its namespace`
    return { found, effect: gone, remedy: `add it, with clusterIP: None and a selector that the Pod matches` }
  }
  if (overview.suppliesOf(service).length > 0) return undefined
  if (!overview.selectedBy(service).includes(shape)) {
    const { selector } = service
    const differing =
      selector === undefined ? [] : unmatched(shape, selector).map(([key]) => labelOf(shape.labels, key))
    const found =
      selector === undefined
        ? 'a Service without a selector or EndpointSlices'
        : `a Service that selects ${pairsOf(selector)}, but it has ${listed(differing)}`
    return { found, effect: gone, remedy: 'make its labels and the selector of the Service agree' }
  }
  if (service.object.headless) return undefined
  const found = 'a Service that is not headless'
  return {
    found,
    effect: 'exists here and in CoreDNS, but not with other DNS providers',
    remedy: 'make the Service headless (clusterIP: None)',
  }
}
