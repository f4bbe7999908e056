import { formatProblem } from '../../../src/cluster/manifests/errors.ts'
import { type LoadOptions, loadManifests } from '../../../src/cluster/manifests/read.ts'
import { type ClusterObject, type Kind, keyOf, type ObjectOf } from '../../../src/cluster/model.ts'

/** The texts of syntaxes in messages. */
export const expected = {
  label: "a DNS label: up to 63 of a-z, 0-9 and '-', no '-' at its ends",
  serviceName: "a DNS label that begins with a letter: up to 63 of a-z, 0-9 and '-', no '-' at its end",
  name: "a DNS name in lower case: up to 253 of a-z, 0-9, '-' and '.'",
  portName: "a port name: up to 15 of a-z, 0-9 and single '-' between them, with a letter among them",
  port: 'a number from 1 to 65535',
} as const

/** An object named `web`; `body` begins on line 4, column 1. */
export function object(kind: string, body = '', apiVersion = 'v1'): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: web }\n${body}\n`
}

/** A Service named `web`; its spec begins on line 5, column 3. */
export function service(...spec: string[]): string {
  return object('Service', `spec:\n${spec.map((line) => `  ${line}`).join('\n')}`)
}

export function slice(...body: string[]): string {
  return object('EndpointSlice', body.join('\n'), 'discovery.k8s.io/v1')
}

/** A ServiceImport named `web`; its spec begins on line 5, column 3. */
export function serviceImport(...spec: string[]): string {
  const body = `spec:\n${spec.map((line) => `  ${line}`).join('\n')}`
  return object('ServiceImport', body, 'multicluster.x-k8s.io/v1alpha1')
}

export function endpoints(...body: string[]): string {
  return object('Endpoints', body.join('\n'))
}

export function pod(...body: string[]): string {
  return object('Pod', body.join('\n'))
}

/** The same object by another name. */
export function named(name: string, text: string): string {
  return text.replace('name: web', `name: ${name}`)
}

export function documents(...texts: string[]): string {
  return texts.join('---\n')
}

/** Problems of one text, without the file's name. */
export function problemsOf(text: string, options: LoadOptions = {}): string[] {
  return loadManifests([{ file: 'm', text }], options).problems.map((problem) => formatProblem(problem).slice(2))
}

/** The cluster of texts that must be good. */
export function clusterOf(texts: string | readonly string[], options: LoadOptions = {}): Cluster {
  const files = [texts].flat().map((text, index) => ({ file: `${index}.yaml`, text }))
  const { objects, problems } = loadManifests(files, options)
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'))
  return new Cluster(objects)
}

/** Objects with look-ups by kind. */
export class Cluster {
  readonly objects: readonly ClusterObject[]

  constructor(objects: readonly ClusterObject[]) {
    this.objects = objects
  }

  all<K extends Kind>(kind: K): ObjectOf<K>[] {
    // The filter leaves objects of this kind only, which the compiler cannot see through K.
    return this.objects.filter((object) => object.kind === kind) as ObjectOf<K>[]
  }

  /** @param key `namespace/name`; the namespace may be left out if it is `default` */
  get<K extends Kind>(kind: K, key: string): ObjectOf<K> {
    const found = this.all(kind).find((object) => keyOf(object) === key || keyOf(object) === `default/${key}`)
    if (found === undefined) throw new Error(`no ${kind} ${key}`)
    return found
  }

  slicesOf(service: string): ObjectOf<'EndpointSlice'>[] {
    return this.all('EndpointSlice').filter(({ serviceName }) => serviceName === service)
  }
}
