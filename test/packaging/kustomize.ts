import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** An object of the Kubernetes API. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/** As much of kustomize as `deploy/` uses: what else may stand in such a file is refused. */
interface Kustomization {
  readonly apiVersion: string
  readonly kind: string
  readonly resources?: readonly string[]
  readonly components?: readonly string[]
  readonly patches?: readonly {
    readonly path: string
    readonly target: { readonly kind: string; readonly name: string }
  }[]
  readonly configMapGenerator?: readonly {
    readonly name: string
    readonly namespace: string
    readonly behavior?: 'replace'
    readonly files: readonly string[]
  }[]
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[]
}

/** One step of RFC 6902. */
interface Operation {
  readonly op: string
  readonly path: string
  readonly value: unknown
}

const known = ['apiVersion', 'kind', 'resources', 'components', 'patches', 'configMapGenerator', 'images']

/**
 * What `kubectl kustomize FOLDER` prints, but for the order and the hashes behind the names of ConfigMaps.
 *
 * @throws Error for a path, a patch's target or a ConfigMap to replace that is not there
 */
export function buildKustomization(folder: string): Manifest[] {
  const { resources = [], ...rest } = readKustomization(folder)
  const manifests = resources.flatMap((path) => {
    const full = join(folder, path)
    return statSync(full).isDirectory() ? buildKustomization(full) : readManifests(full)
  })
  return transform(folder, rest, manifests)
}

/** The one object of a kind. */
export function onlyOf(manifests: readonly Manifest[], kind: string): Manifest {
  const [found, another] = manifests.filter((manifest) => manifest.kind === kind)
  if (found === undefined || another !== undefined) throw new Error(`expected one ${kind}`)
  return found
}

/** The files that a kustomization names, folders left out, from its own folder. */
export function filesNamedIn(folder: string): string[] {
  const { resources = [], patches = [], configMapGenerator = [] } = readKustomization(folder)
  const files = resources.filter((path) => statSync(join(folder, path)).isFile())
  return [...files, ...patches.map(({ path }) => path), ...configMapGenerator.flatMap((each) => each.files)]
}

/** All folders at or below this one that have a kustomization. */
export function kustomizationsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path) === 'kustomization.yaml')
    .map((path) => join(folder, path, '..'))
    .sort()
}

function readKustomization(folder: string): Kustomization {
  const path = join(folder, 'kustomization.yaml')
  const kustomization = parse(readFileSync(path, 'utf8')) as Kustomization
  const other = Object.keys(kustomization).filter((field) => !known.includes(field))
  if (other.length > 0) throw new Error(`${path}: the tests do not know what ${other.join(', ')} does`)
  return kustomization
}

function readManifests(path: string): Manifest[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as Manifest)
}

function transform(folder: string, kustomization: Kustomization, manifests: readonly Manifest[]): Manifest[] {
  const { components = [], patches = [], configMapGenerator = [], images = [] } = kustomization
  let result = [...manifests]
  for (const { name, namespace, behavior, files } of configMapGenerator) {
    const data = Object.fromEntries(files.map((file) => [basename(file), readFileSync(join(folder, file), 'utf8')]))
    const isNamesake = ({ kind, metadata }: Manifest) =>
      kind === 'ConfigMap' && metadata.name === name && metadata.namespace === namespace
    if (result.some(isNamesake) !== (behavior === 'replace')) throw new Error(`${folder}: ConfigMap ${name}`)
    const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
    result = [...result.filter((each) => !isNamesake(each)), made]
  }
  for (const component of components) {
    result = transform(join(folder, component), readKustomization(join(folder, component)), result)
  }
  for (const { path, target } of patches) {
    const index = result.findIndex(({ kind, metadata }) => kind === target.kind && metadata.name === target.name)
    const found = result[index]
    if (found === undefined) throw new Error(`${folder}/${path}: there is no ${target.kind} ${target.name}`)
    const operations = parse(readFileSync(join(folder, path), 'utf8')) as Operation[]
    result[index] = operations.reduce(patched, found)
  }
  for (const image of images) result = result.map((manifest) => withImage(manifest, image))
  return result
}

/** `name:tag` becomes `newName:newTag`, in the containers of a Deployment. */
function withImage(manifest: Manifest, image: { name: string; newName: string; newTag: string }): Manifest {
  if (manifest.kind !== 'Deployment') return manifest
  const copy = structuredClone(manifest)
  const { spec } = copy as unknown as { spec: { template: { spec: { containers: { image: string }[] } } } }
  for (const container of spec.template.spec.containers) {
    const [name] = container.image.split(/:(?=[^/]*$)/)
    if (name === image.name) container.image = `${image.newName}:${image.newTag}`
  }
  return copy
}

function patched(manifest: Manifest, { op, path, value }: Operation): Manifest {
  const copy = structuredClone(manifest)
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = keys.pop() ?? ''
  const holder = keys.reduce<unknown>((node, key) => (isHolder(node) ? node[key] : undefined), copy)
  if (!isHolder(holder)) throw new Error(`there is no ${path} to ${op}`)
  if (op === 'add' && Array.isArray(holder) && last === '-') holder.push(value)
  else if (op === 'add' && !Array.isArray(holder)) holder[last] = value
  else if (op === 'replace' && last in holder) holder[last] = value
  else throw new Error(`cannot ${op} ${path}`)
  return copy
}

/** An array counts: its keys are its indexes. */
function isHolder(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null
}
