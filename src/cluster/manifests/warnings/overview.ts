import type { Labels } from '../../model.ts'
import {
  type Draft,
  draftKey,
  type EndpointsDraft,
  type ServiceDraft,
  type SliceDraft,
  type WorkloadDraft,
} from '../drafts.ts'
import { isAddedLabel, isSelected, type PodShape, shapeOfPod, shapeOfWorkload } from './pod-shape.ts'

/** How names are made of objects, as far as the configuration decides that. */
export interface Naming {
  /** Where Services are found, without its last dot. */
  readonly zone: string
  /** An endpoint without a hostname is called after its Pod. */
  readonly endpointPodNames: boolean
}

export const defaultNaming: Naming = { zone: 'cluster.local', endpointPodNames: false }

/** All drafts, with the look-ups that checks need. */
export interface Overview {
  readonly naming: Naming
  readonly services: readonly ServiceDraft[]
  /** Pods, then workloads. */
  readonly shapes: readonly PodShape[]
  /** StatefulSets. */
  readonly governed: readonly GovernedShape[]
  service(namespace: string, name: string): ServiceDraft | undefined
  servicesOf(namespace: string): readonly ServiceDraft[]
  shapesOf(namespace: string): readonly PodShape[]
  /** The StatefulSets that name this Service, there or not. */
  governedBy(service: { readonly namespace: string; readonly name: string }): readonly GovernedShape[]
  /** What a Service selects; none where it has no selector, or is an alias. */
  selectedBy(service: ServiceDraft): readonly PodShape[]
  /** EndpointSlices and Endpoints that are written: where there are any, nothing is made of Pods. */
  suppliesOf(service: ServiceDraft): readonly (SliceDraft | EndpointsDraft)[]
}

/** A workload whose Pods get their names from a Service. */
export type GovernedShape = PodShape & { readonly workload: WorkloadDraft & Required<Pick<WorkloadDraft, 'governor'>> }

/** Look-ups take as long as what they give: no check goes through all Pods for each Service. */
export function overviewOf(drafts: readonly Draft[], workloads: readonly WorkloadDraft[], naming: Naming): Overview {
  const services = drafts.filter((draft) => draft.kind === 'Service')
  const byKey = new Map(services.map((service) => [draftKey(service), service]))
  const servicesOf = Map.groupBy(services, ({ namespace }) => namespace)
  const pods = drafts.filter((draft) => draft.kind === 'Pod')
  const shapes = [...pods.map(shapeOfPod), ...workloads.map(shapeOfWorkload)]
  const shapesOf = Map.groupBy(shapes, ({ namespace }) => namespace)
  const governed = shapes.filter(isGoverned)
  const governedBy = Map.groupBy(governed, ({ namespace, workload }) =>
    draftKey({ namespace, name: workload.governor.name ?? '' }),
  )
  const supplies = Map.groupBy(drafts.filter(isSupply), suppliedKey)
  const select = selection(shapes, shapesOf)
  return {
    naming,
    services,
    shapes,
    governed,
    service: (namespace, name) => byKey.get(draftKey({ namespace, name })),
    servicesOf: (namespace) => servicesOf.get(namespace) ?? [],
    shapesOf: (namespace) => shapesOf.get(namespace) ?? [],
    governedBy: (service) => governedBy.get(draftKey(service)) ?? [],
    selectedBy: select,
    suppliesOf: (service) => supplies.get(draftKey(service)) ?? [],
  }
}

function isGoverned(shape: PodShape): shape is GovernedShape {
  return shape.workload?.governor !== undefined
}

function isSupply(draft: Draft): draft is SliceDraft | EndpointsDraft {
  return draft.kind === 'Endpoints' || (draft.kind === 'EndpointSlice' && draft.object.serviceName !== undefined)
}

function suppliedKey(draft: SliceDraft | EndpointsDraft): string {
  if (draft.kind === 'Endpoints') return draftKey(draft)
  return draftKey({ namespace: draft.namespace, name: draft.object.serviceName ?? '' })
}

/** Finds what a Service selects by the rarest pair of its selector, and remembers it. */
function selection(shapes: readonly PodShape[], shapesOf: ReadonlyMap<string, readonly PodShape[]>) {
  const byLabel = new Map<string, PodShape[]>()
  for (const shape of shapes) {
    for (const [key, value] of Object.entries(shape.labels)) {
      const label = labelIn(shape.namespace, key, value)
      const holders = byLabel.get(label)
      if (holders === undefined) byLabel.set(label, [shape])
      else holders.push(shape)
    }
  }
  const candidates = (namespace: string, selector: Labels): readonly PodShape[] => {
    const [rarest] = Object.entries(selector)
      .filter(([key]) => !isAddedLabel(key))
      .map(([key, value]) => byLabel.get(labelIn(namespace, key, value)) ?? [])
      .sort((left, right) => left.length - right.length)
    return rarest ?? shapesOf.get(namespace) ?? []
  }
  const known = new Map<ServiceDraft, readonly PodShape[]>()
  return (service: ServiceDraft): readonly PodShape[] => {
    const { namespace, selector, object } = service
    if (selector === undefined || object.type === 'ExternalName') return []
    const selected =
      known.get(service) ?? candidates(namespace, selector).filter((shape) => isSelected(shape, selector))
    known.set(service, selected)
    return selected
  }
}

function labelIn(namespace: string, key: string, value: string): string {
  return `${namespace} ${key}=${value}`
}
