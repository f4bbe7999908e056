import type { ListOptions } from './list-options.ts'
import type { ObjectStore } from './object-store.ts'
import { itemTail, type StoredObject } from './objects.ts'
import { apiVersionOf, type Resource } from './resources.ts'
import { badRequest, expired, tooLargeVersion } from './status.ts'

/**
 * The octets of a list.
 *
 * All pages show the state that the first page is of: API concepts, Retrieving large results sets in chunks.
 *
 * @throws StatusError 410 where that state is no longer known, 504 where it is still to come
 */
export function listBody(store: ObjectStore, resource: Resource, options: ListOptions): Buffer {
  const { version, after } = options.continueToken === '' ? firstPage(store, options) : nextPage(store, options)
  const chosen = choose(store.list(resource.name, version), after, options)
  // The watch cache gives all of it to whoever asks for any version: storage/cacher/cacher.go, computeListLimit.
  const limit = options.limit === 0 || options.version === 0 ? chosen.length : options.limit
  const page = chosen.slice(0, limit)
  const rest = chosen.length - page.length
  const last = page.at(-1)
  const metadata = {
    resourceVersion: String(version),
    ...(rest > 0 && last !== undefined && { continue: encodeContinue(version, `${last.key}\0`) }),
    // How many are left is not known where not all are chosen: ListMeta, remainingItemCount.
    ...(rest > 0 && !options.isSelective && { remainingItemCount: rest }),
  }
  const head = { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata }
  return joined(head, page)
}

/** Copied together of what is there: ten thousand objects are not written anew for each list. */
function joined(head: object, page: readonly StoredObject[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`${JSON.stringify(head).slice(0, -1)},"items":[`)]
  page.forEach((object, index) => {
    parts.push(index === 0 ? opening : next, itemTail(object))
  })
  parts.push(closing)
  return Buffer.concat(parts)
}

const opening = Buffer.from('{')
const next = Buffer.from(',{')
const closing = Buffer.from(']}\n')

function choose(objects: readonly StoredObject[], after: string, options: ListOptions): readonly StoredObject[] {
  const later = after === '' ? objects : objects.filter(({ key }) => key >= after)
  return options.isPartial ? later.filter(({ object }) => options.selects(object)) : later
}

interface Page {
  readonly version: number
  /** The key that it begins at. */
  readonly after: string
}

/** API concepts, Resource versions, Semantics for get and list. */
function firstPage(store: ObjectStore, { version = 0, versionMatch, limit }: ListOptions): Page {
  // The real one waits three seconds for it: storage/cacher/watch_cache.go, blockTimeout.
  if (version > store.version) throw tooLargeVersion(version, store.version)
  // A limit, a version and no match are an exact match for reasons of history: the same table.
  const isExact = versionMatch === 'Exact' || (versionMatch === '' && limit > 0 && version > 0)
  if (!isExact) return { version: store.version, after: '' }
  // storage/etcd3/errors.go.
  if (version < store.floor) throw expired('The resourceVersion for the provided list is too old.')
  return { version, after: '' }
}

function nextPage(store: ObjectStore, { continueToken, version }: ListOptions): Page {
  if (version !== undefined && version !== 0) {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  const { rv, start } = decodeContinue(continueToken)
  // From the token of an expired one: the rest as it is now.
  if (rv < 0) return { version: store.version, after: start }
  if (rv < store.floor) throw expired(inconsistent, encodeContinue(-1, start))
  return { version: rv, after: start }
}

/** storage/etcd3/errors.go, inconsistentContinue. */
const inconsistent =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.'

/** storage/continue.go: opaque to clients. */
function encodeContinue(rv: number, start: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start })).toString('base64url')
}

function decodeContinue(token: string): { rv: number; start: string } {
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Record<string, unknown>
    if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && rv !== 0 && typeof start === 'string') return { rv, start }
  } catch {
    // Told below: what it is that is wrong with it is of no use to anyone.
  }
  throw badRequest('invalid continue token: continue key is not valid')
}
