import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { ObjectStore } from './object-store.ts'
import type { ApiObject } from './objects.ts'
import { headOf } from './objects.ts'
import type { Resource, Target } from './resources.ts'
import { alreadyExists, badRequest, conflict, methodNotAllowed, notFound } from './status.ts'

/** What a change answers. */
export interface Changed {
  readonly code: number
  readonly body: Buffer
}

/**
 * POST, PUT and DELETE: API concepts, Resource URIs and their verbs.
 *
 * @throws StatusError 400, 404, 405, 409
 */
export async function change(store: ObjectStore, request: IncomingMessage, target: Target): Promise<Changed> {
  const { resource, name } = target
  if (request.method === 'DELETE' && name !== undefined) return remove(store, target, name)
  if (request.method === 'POST' && name === undefined) {
    const object = readObject(await text(request), target)
    if (object.metadata.resourceVersion !== undefined) {
      throw badRequest('resourceVersion should not be set on objects to be created') // storage/errors.go
    }
    if (store.get(object) !== undefined) throw alreadyExists(resource, object.metadata.name)
    const metadata = { ...object.metadata, uid: randomUUID() }
    return { code: 201, body: store.put({ ...object, metadata }).octets }
  }
  if (request.method === 'PUT' && name !== undefined) {
    return replace(store, resource, readObject(await text(request), target))
  }
  throw methodNotAllowed()
}

/** API conventions, Concurrency Control and Consistency: a version that is sent has to be the last one. */
function replace(store: ObjectStore, resource: Resource, object: ApiObject): Changed {
  const { name, resourceVersion } = object.metadata
  const known = store.get(object)
  if (known === undefined) throw notFound(resource, name)
  if (resourceVersion !== undefined && resourceVersion !== String(known.version)) throw conflict(resource, name)
  return { code: 200, body: store.put(object).octets }
}

function remove(store: ObjectStore, target: Target, name: string): Changed {
  const { resource, namespace } = target
  const gone = store.remove({ kind: resource.kind, metadata: { name, ...(namespace !== undefined && { namespace }) } })
  if (gone === undefined) throw notFound(resource, name)
  const { name: kind, group } = resource
  const details = { name, ...(group !== '' && { group }), kind, uid: gone.object.metadata.uid }
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
  return { code: 200, body: Buffer.from(JSON.stringify(status)) }
}

/** Kind, apiVersion and namespace may be left out, where the path has them. */
function readObject(body: string, { resource, namespace, name }: Target): ApiObject {
  let object: Partial<ApiObject>
  try {
    object = JSON.parse(body) as Partial<ApiObject> // checked below as far as we rely on it
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: ${(error as Error).message}`)
  }
  const metadata = { ...object.metadata, ...(namespace !== undefined && { namespace }) }
  const given = metadata.name ?? name
  if (typeof given !== 'string') throw badRequest('name is required')
  if (name !== undefined && given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
  }
  if (resource.isNamespaced && metadata.namespace === undefined) throw badRequest('namespace is required')
  return { ...object, ...headOf(resource), metadata: { ...metadata, name: given } }
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer) // no encoding is set
  return Buffer.concat(parts).toString()
}
