import type { Steps } from '../../util/steps.ts'
import type { EndpointSlice } from '../model.ts'
import { type Draft, draftKey } from './drafts.ts'
import { type PlacedPod, slicesOfPods } from './endpoints-controller.ts'
import { slicesOfEndpoints } from './mirror.ts'
import { SliceNames } from './slice-names.ts'

/**
 * EndpointSlices as written, then those of Endpoints, then those of Services with a selector that have neither.
 *
 * A dump of a cluster holds Endpoints beside the slices made of them: written slices stand in for Endpoints. Endpoints
 * without a Service are left alone (EndpointSliceMirroring controller), and so is type ExternalName.
 */
export function* endpointSlices(drafts: readonly Draft[], pods: readonly PlacedPod[]): Steps<EndpointSlice[]> {
  const written = drafts.filter((draft) => draft.kind === 'EndpointSlice').map(({ object }) => object)
  const endpoints = drafts.filter((draft) => draft.kind === 'Endpoints')
  const services = drafts
    .filter((draft) => draft.kind === 'Service')
    .filter(({ object }) => object.type !== 'ExternalName')

  const selecting = services.filter(({ selector }) => selector !== undefined)
  if (endpoints.length + selecting.length === 0) return written

  const names = new SliceNames(written.map(draftKey))
  const sliced = new Set(written.map(({ namespace, serviceName }) => `${namespace}/${serviceName ?? ''}`))
  const served = new Set(services.map(draftKey))
  const supplied = new Set([...sliced, ...endpoints.map(draftKey)])
  const mirrored = endpoints.filter((draft) => served.has(draftKey(draft)) && !sliced.has(draftKey(draft)))
  const unsupplied = selecting.filter((draft) => !supplied.has(draftKey(draft)))
  const podsOf = Map.groupBy(pods, ({ draft }) => draft.namespace)
  const slices = [...written, ...mirrored.flatMap((draft) => slicesOfEndpoints(draft, names))]
  for (const draft of unsupplied) {
    slices.push(...slicesOfPods(draft, podsOf.get(draft.namespace) ?? [], names))
    yield
  }
  return slices
}
