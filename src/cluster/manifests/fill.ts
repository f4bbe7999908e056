import type { Steps } from '../../util/steps.ts'
import type { ClusterObject, Namespace, Pod } from '../model.ts'
import type { Draft } from './drafts.ts'
import type { PlacedPod } from './endpoints-controller.ts'
import type { Report } from './errors.ts'
import { AddressPool, claimedAddresses, placePods, placeServices, type Ranges } from './fill-addresses.ts'
import { endpointSlices } from './fill-slices.ts'
import { namespaceObject } from './kinds/namespace.ts'
import { defaultNamespace } from './metadata.ts'

/**
 * Makes the cluster: adds what an API server, the endpoints controllers and a network plugin would.
 *
 * The result, in sorted order, depends on the drafts alone, and not on their order. What finds no address is reported.
 * An object to which nothing is added is the draft's own, the same one each time.
 *
 * @param drafts cost least where long runs of them are in the order of `compareDrafts`
 */
export function* fillIn(drafts: readonly Draft[], ranges: Ranges, report: Report): Steps<ClusterObject[]> {
  const sorted = [...drafts].sort(compareDrafts)
  yield
  const pool = new AddressPool(ranges, () => claimedAddresses(sorted), report)
  const services = placeServices(sorted, pool)
  yield
  const pods = placePods(sorted, pool)
  yield
  const slices = (yield* endpointSlices(sorted, pods)).sort(compareKeys)
  yield
  const imports = sorted.filter((draft) => draft.kind === 'ServiceImport').map(({ object }) => object)
  const objects = [...services, ...slices, ...pods.map(podObject), ...imports]
  return [...namespaces(sorted, objects).sort(compareKeys), ...objects]
}

/** By kind, then by key. */
export function compareDrafts(left: Draft, right: Draft): number {
  return compare(left.kind, right.kind) || compareKeys(left, right)
}

function podObject({ draft: { object }, podIPs }: PlacedPod): Pod {
  return podIPs === object.podIPs ? object : { ...object, podIPs }
}

/** Those written, `default`, and each that an object lives in. */
function namespaces(drafts: readonly Draft[], objects: readonly Exclude<ClusterObject, Namespace>[]): Namespace[] {
  const written = drafts.filter((draft) => draft.kind === 'Namespace').map(({ object }) => object)
  const known = new Set(written.map(({ name }) => name))
  const needed = new Set([defaultNamespace])
  for (const { namespace } of objects) needed.add(namespace)
  const implied = [...needed].filter((name) => !known.has(name))
  return [...written, ...implied.map((name) => namespaceObject({ name, labels: {} }))]
}

interface Named {
  readonly namespace?: string
  readonly name: string
}

/** By `namespace/name`, which most often need not be put together. */
function compareKeys(left: Named, right: Named): number {
  if (left.namespace === right.namespace) return compare(left.name, right.name)
  return compare(`${left.namespace}/${left.name}`, `${right.namespace}/${right.name}`)
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
