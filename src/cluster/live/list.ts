import type { ApiClient } from './client.ts'
import { ApiError } from './errors.ts'
import { type Json, recordOf, stringOf } from './json.ts'
import { ListItems } from './list-items.ts'
import type { WatchedResource } from './resources.ts'

/**
 * Objects of a page: of 10,000 Services there are four, and the limits of requests a second are not met by one start.
 *
 * A page is read as it comes, so that its size is no matter here; for the API server it is small beside the whole lists that
 * informers ask for (client-go asks for 500 where it pages, and mostly does not).
 */
const pageSize = '2500'

/** A server that sends nothing of a list for so long is given up; it prepares a page in far less. */
const silence = () => 30_000

export interface ListOptions {
  readonly signal: AbortSignal
  /** What came before, if anything did, is void: the list begins. */
  readonly onBegin: () => void
  readonly onItem: (item: Json) => void
}

/**
 * Reads all objects of a resource, page by page, as they are now.
 *
 * A list whose continue token expires (410: it took longer than the server remembers) begins again, without pages: it
 * comes in pieces all the same, and each item is dealt with as it comes.
 *
 * @returns the resourceVersion of it all
 * @throws ApiError
 */
export async function listPages(client: ApiClient, resource: WatchedResource, options: ListOptions): Promise<string> {
  try {
    return await readPages(client, resource, { limit: pageSize }, options)
  } catch (error) {
    if (!(error instanceof ApiError && error.isExpired)) throw error
    return await readPages(client, resource, {}, options)
  }
}

async function readPages(
  client: ApiClient,
  resource: WatchedResource,
  limit: Readonly<Record<string, string>>,
  options: ListOptions,
): Promise<string> {
  options.onBegin()
  let page = await readPage(client, resource, limit, options)
  while (page.next !== '') page = await readPage(client, resource, { ...limit, continue: page.next }, options)
  return page.version
}

async function readPage(
  client: ApiClient,
  { path, selectors }: WatchedResource,
  paging: Readonly<Record<string, string>>,
  { signal, onItem }: ListOptions,
): Promise<{ readonly version: string; readonly next: string }> {
  const items = new ListItems((octets) => onItem(recordOf(parse(octets.toString('utf8'), 'an object'))))
  const query = { ...selectors, ...paging }
  await client.read({ path, query, verb: 'list', signal, silence }, (octets) => items.add(octets))
  const metadata = recordOf(recordOf(parse(items.frame(), 'a list')).metadata)
  const version = stringOf(metadata.resourceVersion)
  if (version === undefined) throw new ApiError('found a list without a resourceVersion')
  return { version, next: stringOf(metadata.continue) ?? '' }
}

function parse(text: string, expected: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError(`found what is no JSON, expected ${expected}`, { cause: error })
  }
}
