import { type ClusterObject, keyOf, kinds, type Namespace, type Pod } from '../model.ts'
import { titleOf } from './check.ts'
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
 */
export function fillIn(drafts: readonly Draft[], ranges: Ranges, report: Report): ClusterObject[] {
  const sorted = [...drafts].sort((left, right) => compare(titleOf(left), titleOf(right)))
  const pool = new AddressPool(ranges, claimedAddresses(sorted), report)
  const services = placeServices(sorted, pool)
  const pods = placePods(sorted, pool)
  const imports = sorted.filter((draft) => draft.kind === 'ServiceImport').map(({ object }) => object)
  const objects = [...services, ...pods.map(podObject), ...endpointSlices(sorted, pods), ...imports]
  return sortObjects([...objects, ...namespaces(sorted, objects)])
}

function podObject({ draft: { namespace, name, labels }, podIPs }: PlacedPod): Pod {
  return { kind: 'Pod', namespace, name, labels, podIPs }
}

/** Those written, `default`, and each that an object lives in. */
function namespaces(drafts: readonly Draft[], objects: readonly Exclude<ClusterObject, Namespace>[]): Namespace[] {
  const written = drafts.filter((draft) => draft.kind === 'Namespace').map(({ object }) => object)
  const known = new Set(written.map(({ name }) => name))
  const needed = new Set([defaultNamespace, ...objects.map(({ namespace }) => namespace)])
  const implied = [...needed].filter((name) => !known.has(name))
  return [...written, ...implied.map((name) => namespaceObject({ name, labels: {} }))]
}

function sortObjects(objects: readonly ClusterObject[]): ClusterObject[] {
  const rank = (object: ClusterObject) => kinds.indexOf(object.kind)
  return [...objects].sort((left, right) => rank(left) - rank(right) || compare(keyOf(left), keyOf(right)))
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
