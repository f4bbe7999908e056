import { apiVersionOf, type Resource, resources } from './resources.ts'

/**
 * What a path of discovery answers; undefined for one that is none.
 *
 * API concepts, Discovery API, in its unaggregated form: `/api`, `/apis`, and the resources of one group and version.
 */
export function discover(path: string, serviceImports: boolean): object | undefined {
  const served = resources.filter(({ isCustom }) => serviceImports || !isCustom)
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] }
  if (path === '/apis') return groups(served)
  const groupVersion = path.replace(/^\/apis?\//, '')
  const members = served.filter((resource) => pathOf(resource) === path)
  if (members.length === 0) return undefined
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: members.map(describe) }
}

function groups(served: readonly Resource[]): object {
  const named = served.filter(({ group }) => group !== '')
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: named.map((resource) => {
      const version = { groupVersion: apiVersionOf(resource), version: resource.version }
      return { name: resource.group, versions: [version], preferredVersion: version }
    }),
  }
}

function pathOf(resource: Resource): string {
  return `${resource.group === '' ? '/api' : '/apis'}/${apiVersionOf(resource)}`
}

function describe({ name, kind, isNamespaced }: Resource): object {
  const verbs = ['create', 'delete', 'get', 'list', 'update', 'watch']
  return { name, singularName: kind.toLowerCase(), namespaced: isNamespaced, kind, verbs }
}
