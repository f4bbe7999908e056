/** What of the API there is, as `kubectl api-resources` has it. */
export interface Resource {
  readonly name: ResourceName
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly isNamespaced: boolean
  /**
   * Whether a CustomResourceDefinition makes it.
   *
   * Items of a list carry kind and apiVersion then: such objects are kept unstructured, and are written as they are
   * (apimachinery, pkg/apis/meta/v1/unstructured). Items of built-in kinds leave both out.
   */
  readonly isCustom: boolean
  /** Fields that the zero value of its Go type is written with, as in the object of a bookmark. */
  readonly blank: Readonly<Record<string, unknown>>
}

export type ResourceName = 'services' | 'namespaces' | 'pods' | 'endpointslices' | 'serviceimports'

export const resources: readonly Resource[] = [
  core('services', 'Service', { spec: {}, status: { loadBalancer: {} } }),
  { ...core('namespaces', 'Namespace', { spec: {}, status: {} }), isNamespaced: false },
  core('pods', 'Pod', { spec: { containers: null }, status: {} }),
  {
    ...core('endpointslices', 'EndpointSlice', { addressType: '', endpoints: null, ports: null }),
    group: 'discovery.k8s.io',
  },
  {
    ...core('serviceimports', 'ServiceImport', {}),
    group: 'multicluster.x-k8s.io',
    version: 'v1alpha1',
    isCustom: true,
  },
]

/** What a path names: all namespaces where there is none, the whole collection where there is no name. */
export interface Target {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string | undefined
}

/** `/api/v1/…` and `/apis/GROUP/VERSION/…`; undefined where no such resource is known. */
export function parsePath(path: string): Target | undefined {
  const words = path.split('/').slice(1) // no name of the API has anything that a URL would have to escape
  const [group, version, ...rest] = words[0] === 'api' ? ['', ...words.slice(1)] : words.slice(1)
  if (words[0] !== 'api' && words[0] !== 'apis') return undefined
  const known = resources.filter((each) => each.group === group && each.version === version)
  const named = (name: string | undefined) => known.find((each) => each.name === name)

  // A Namespace is an object itself, and what others are in.
  if (rest[0] === 'namespaces' && rest.length > 2) {
    const resource = named(rest[2])
    if (resource?.isNamespaced !== true || rest.length > 4) return undefined
    return { resource, namespace: rest[1], name: rest[3] }
  }
  const resource = named(rest[0])
  if (resource === undefined || rest.length > 2 || (rest.length === 2 && resource.isNamespaced)) return undefined
  return { resource, namespace: undefined, name: rest[1] }
}

/** @throws Error for a kind that the double does not have */
export function resourceOfKind(kind: string): Resource {
  const resource = resources.find((each) => each.kind === kind)
  if (resource === undefined) throw new Error(`the double of the API server has no kind ${kind}`)
  return resource
}

/** `v1`, `discovery.k8s.io/v1`. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`
}

/** `services`, `endpointslices.discovery.k8s.io`: GroupResource.String() of apimachinery. */
export function qualifiedName({ name, group }: Resource): string {
  return group === '' ? name : `${name}.${group}`
}

function core(name: ResourceName, kind: string, blank: Resource['blank']): Resource {
  return { name, group: '', version: 'v1', kind, isNamespaced: true, isCustom: false, blank }
}
