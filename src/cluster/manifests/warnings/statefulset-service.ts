import { nearest } from '../../../util/nearest.ts'
import type { ServiceDraft } from '../drafts.ts'
import type { Finding } from './finding.ts'
import type { GovernedShape, Overview } from './overview.ts'
import { firstNumbered, isSelected, unmatched } from './pod-shape.ts'
import { labelOf, listed, pairsOf, serviceNameIn } from './words.ts'

/** StatefulSets whose serviceName names no Service of their namespace, or that have none. */
export function statefulSetServiceMissing(overview: Overview): Finding[] {
  return overview.governed.flatMap((set) => {
    const { name: wanted, at } = set.workload.governor
    if (wanted !== undefined && overview.service(set.namespace, wanted) !== undefined) return []
    const found =
      wanted === undefined
        ? `${set.title} has no serviceName`
        : `${set.title} has serviceName '${wanted}', and there is no such Service in its namespace`
    const effect =
      wanted === undefined ? 'its Pods have no names' : `${podNameUnder(overview, set, wanted)} does not exist`
    return [{ at, found, effect, remedy: remedyForMissing(overview, set, wanted) }]
  })
}

function remedyForMissing(overview: Overview, set: GovernedShape, wanted: string | undefined): string {
  const fitting = fittingService(overview, set)
  if (fitting !== undefined) return `name Service '${fitting.name}', which is headless and selects its Pods`
  const names = overview.servicesOf(set.namespace).map(({ name }) => name)
  const meant = wanted === undefined ? undefined : nearest(wanted, names)
  if (meant !== undefined) return `did you mean '${meant}'?`
  return `add a headless Service${wanted === undefined ? '' : ` '${wanted}'`} that selects its Pods, and name it`
}

/** StatefulSets whose Service has an address of its own, or is an alias. */
export function statefulSetServiceNotHeadless(overview: Overview): Finding[] {
  return overview.governed.flatMap((set) => {
    const service = governorOf(overview, set)
    if (service === undefined || service.object.headless) return []
    const { type } = service.object
    const effect = `${serviceNameIn(overview.naming, service)} ${effectOf(overview, set, service)}`
    const fitting = fittingService(overview, set)
    const remedy =
      fitting === undefined
        ? 'make it headless (clusterIP: None), or name another Service that is'
        : `name Service '${fitting.name}', which is headless and selects its Pods`
    const found = `${set.title} has serviceName '${service.name}', a Service of type ${type} that is not headless`
    return [{ at: set.workload.governor.at, found, effect, remedy }]
  })
}

/** What becomes of the name of a Service that is not headless, and of that of a Pod under it. */
function effectOf(overview: Overview, set: GovernedShape, service: ServiceDraft): string {
  const pod = podNameUnder(overview, set, service.name)
  if (service.object.type === 'ExternalName') return `is an alias, and ${pod} does not exist`
  const leads = 'is one address instead of those of the Pods'
  if (!overview.selectedBy(service).includes(set)) return leads
  return `${leads}, and ${pod} exists here and in CoreDNS, but not with other DNS providers`
}

/** StatefulSets whose Service selects others' Pods; slices that are written decide for themselves. */
export function statefulSetServiceSelectsOtherPods(overview: Overview): Finding[] {
  return overview.governed.flatMap((set) => {
    const service = governorOf(overview, set)
    if (service === undefined || service.object.type === 'ExternalName') return []
    if (overview.suppliesOf(service).length > 0 || overview.selectedBy(service).includes(set)) return []
    const found = `${set.title} has serviceName '${service.name}', ${whatItSelects(set, service)}`
    const effect = `${podNameUnder(overview, set, service.name)} does not exist`
    const remedy = `give the Service a selector that the Pods match${haveLabels(set)}`
    return [{ at: set.workload.governor.at, found, effect, remedy }]
  })
}

function whatItSelects(set: GovernedShape, { selector }: ServiceDraft): string {
  if (selector === undefined) return 'a Service without a selector or EndpointSlices'
  const differing = unmatched(set, selector).map(([key]) => labelOf(set.labels, key))
  return `a Service that selects ${pairsOf(selector)}, but its template has ${listed(differing)}`
}

function haveLabels({ labels }: GovernedShape): string {
  return Object.keys(labels).length === 0 ? '' : `: they have ${pairsOf(labels)}`
}

function governorOf(overview: Overview, { namespace, workload }: GovernedShape): ServiceDraft | undefined {
  const { name } = workload.governor
  return name === undefined ? undefined : overview.service(namespace, name)
}

/** A Service that would do. */
function fittingService(overview: Overview, set: GovernedShape): ServiceDraft | undefined {
  return overview
    .servicesOf(set.namespace)
    .find(({ object, selector }) => object.headless && selector !== undefined && isSelected(set, selector))
}

function podNameUnder({ naming }: Overview, { namespace, workload }: GovernedShape, serviceName: string): string {
  return serviceNameIn(naming, { namespace, name: serviceName }, firstNumbered(workload))
}
