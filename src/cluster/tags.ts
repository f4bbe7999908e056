import { changedEndpoints } from './endpoints.ts'
import type { Address, ClusterObject, EndpointSlice } from './model.ts'

/**
 * What an answer was made from, and what a change touches, under one name.
 *
 * An answer that carries a tag is given no longer once a change names it. What does not exist has its tag too, so
 * that "no such Service" ends with the Service's first moment.
 */
export type Tag = string

/** A Namespace, there or not. */
export const namespaceTag = (name: string): Tag => `ns:${name}`
/** A Service, there or not, with all of its EndpointSlices. */
export const serviceTag = (namespace: string, name: string): Tag => `svc:${namespace}/${name}`
/** A ServiceImport, there or not, with all of its EndpointSlices. */
export const importTag = (namespace: string, name: string): Tag => `mcs:${namespace}/${name}`
/** Whatever has this address: Services, endpoints, Pods. */
export const addressTag = (address: Address): Tag => `ip:${address}`
/** Anything at all: for an answer that tells of the cluster as a whole, such as its serial. */
export const anyTag: Tag = 'any'

/**
 * Every tag that a change from one to the other touches; undefined: there was none, or is none any more.
 *
 * An address is touched only where its own endpoint has changed: of a slice of a hundred that is most often one.
 */
export function tagsOfChange(before: ClusterObject | undefined, after: ClusterObject | undefined): readonly Tag[] {
  if (before?.kind === 'EndpointSlice' && after?.kind === 'EndpointSlice') {
    const touched = changedEndpoints(before, after).flatMap(({ addresses }) => addresses)
    return [...ownersOf(before), ...ownersOf(after), ...touched.map(addressTag)]
  }
  return [...tagsOf(before), ...tagsOf(after)]
}

/** Every tag of what a look-up may read of this object: a Pod is only looked up by its address, a ServiceImport by its name. */
function tagsOf(object: ClusterObject | undefined): readonly Tag[] {
  if (object === undefined) return []
  switch (object.kind) {
    case 'Namespace':
      return [namespaceTag(object.name)]
    case 'Service':
      return [
        serviceTag(object.namespace, object.name),
        ...[...object.clusterIPs, ...object.externalIPs].map(addressTag),
      ]
    case 'EndpointSlice':
      return [...ownersOf(object), ...object.endpoints.flatMap((endpoint) => endpoint.addresses).map(addressTag)]
    case 'Pod':
      return object.podIPs.map(addressTag)
    case 'ServiceImport':
      return [importTag(object.namespace, object.name)]
    default:
      return object satisfies never
  }
}

/** The Service and the ServiceImport that a slice belongs to. */
function ownersOf({ namespace, serviceName, importName }: EndpointSlice): readonly Tag[] {
  return [
    ...(serviceName === undefined ? [] : [serviceTag(namespace, serviceName)]),
    ...(importName === undefined ? [] : [importTag(namespace, importName)]),
  ]
}
