import { serviceNameLabel } from '../labels.ts'
import type { EndpointSlice } from '../model.ts'
import { type Family, families, familyOf } from './addresses.ts'
import type { EndpointsDraft, SubsetDraft } from './drafts.ts'
import type { SliceNames } from './slice-names.ts'

const managedByLabel = 'endpointslice.kubernetes.io/managed-by'

/** An Endpoints object with this label set to true is left alone (discovery/v1 LabelSkipMirror). */
const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror'

/** The EndpointSlices that the EndpointSliceMirroring controller makes of Endpoints: one for each subset and family. */
export function slicesOfEndpoints(endpoints: EndpointsDraft, names: SliceNames): EndpointSlice[] {
  if (endpoints.labels[skipMirrorLabel] === 'true') return []
  return endpoints.subsets.flatMap((subset, index) =>
    families.flatMap((family) => mirrorSubset(endpoints, subset, { family, index, names })),
  )
}

interface MirrorOptions {
  readonly family: Family
  /** The subset's place among its like. */
  readonly index: number
  readonly names: SliceNames
}

function mirrorSubset(
  endpoints: EndpointsDraft,
  subset: SubsetDraft,
  { family, index, names }: MirrorOptions,
): EndpointSlice[] {
  const { namespace, name: serviceName } = endpoints
  const ofFamily = subset.endpoints.filter(({ addresses }) => addresses.some((address) => familyOf(address) === family))
  if (ofFamily.length === 0) return []
  return [
    {
      kind: 'EndpointSlice',
      namespace,
      name: names.name(namespace, serviceName, `${family} ${index}`),
      labels: {
        ...endpoints.labels,
        [serviceNameLabel]: serviceName,
        [managedByLabel]: 'endpointslicemirroring-controller.k8s.io',
      },
      serviceName,
      addressType: family,
      endpoints: ofFamily,
      ports: subset.ports,
    },
  ]
}
