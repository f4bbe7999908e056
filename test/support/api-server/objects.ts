import { apiVersionOf, type Resource } from './resources.ts'

/** An object as the API has it in JSON. */
export interface ApiObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: unknown
}

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly creationTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

/** What names an object; every object names itself. */
export interface ObjectRef {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

/** An object at one version, with its octets: it is written once, however often it is sent. */
export interface StoredObject {
  readonly resource: Resource
  /** `NAMESPACE/NAME`, or the name alone: lists are in its order, as in etcd. */
  readonly key: string
  readonly version: number
  readonly object: ApiObject
  /** With kind and apiVersion in front. */
  readonly octets: Buffer
}

/** @param version what its metadata.resourceVersion shall be */
export function storeObject(resource: Resource, object: ApiObject, version: number): StoredObject {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object
  const stamped: ApiObject = {
    ...headOf(resource),
    metadata: { ...metadata, resourceVersion: String(version) },
    ...rest,
  }
  return {
    resource,
    key: keyOf(metadata),
    version,
    object: stamped,
    octets: Buffer.from(JSON.stringify(stamped)),
  }
}

export function keyOf({ namespace, name }: ObjectRef['metadata']): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

/** Octets of an object as an item of a list, without the `{` that it begins with. */
export function itemTail({ resource, octets }: StoredObject): Buffer {
  return octets.subarray(resource.isCustom ? 1 : JSON.stringify(headOf(resource)).length)
}

/** Kind and apiVersion in the order that the real server writes them in. */
export function headOf(resource: Resource): { kind: string; apiVersion: string } {
  return { kind: resource.kind, apiVersion: apiVersionOf(resource) }
}
