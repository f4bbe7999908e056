import type { ApiClient } from './client.ts'
import { ApiError, statusError } from './errors.ts'
import { type Json, recordOf, stringOf } from './json.ts'
import { LineSplitter } from './lines.ts'
import type { WatchedResource } from './resources.ts'

export interface WatchEvents {
  /** The server lets us watch. */
  onOpen(): void
  /** The server has said something that is no error. */
  onHeard(): void
  onChange(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Json): void
  /** All up to here has come: from here a later watch can go on. */
  onVersion(version: string): void
  /** All that there was when the watch began has come: once, of a watch that began with everything. */
  onInitialEnd(version: string): void
}

export interface WatchOptions {
  /** The resourceVersion behind which events begin; undefined: with all there is (a streaming list, KEP-3157). */
  readonly from: string | undefined
  readonly signal: AbortSignal
  readonly random: () => number
  readonly events: WatchEvents
}

/** The server ends a watch after 5 to 10 minutes, as client-go has it: so load wanders to API servers that come back. */
const leastTimeoutSeconds = 300

/** Bookmarks come each minute, give or take a quarter: a server that is silent for longer is not there any more. */
const silenceMs = 90_000

/** A streaming list that pauses for so long is none: the server does not know them. */
const initialSilenceMs = 10_000

const initialEventsEnd = 'k8s.io/initial-events-end'

/**
 * Watches a resource until the server ends it (API concepts, "Efficient detection of changes").
 *
 * @throws ApiError for an ERROR event, a line that cannot be read, a connection that fails; the signal's reason
 */
export async function watch(client: ApiClient, resource: WatchedResource, options: WatchOptions): Promise<void> {
  const { from, signal, random, events } = options
  const timeoutSeconds = Math.round(leastTimeoutSeconds * (1 + random()))
  const start =
    from === undefined
      ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', resourceVersion: '' }
      : { resourceVersion: from }
  const query = {
    ...resource.selectors,
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(timeoutSeconds),
    ...start,
  }
  let isInitial = from === undefined
  const lines = new LineSplitter((line) => {
    if (line.length === 0) return
    isInitial = takeEvent(parseEvent(line), events, isInitial)
  })
  const silence = () => (isInitial ? initialSilenceMs : silenceMs)
  await client.read(
    { path: resource.path, query, verb: 'watch', signal, silence, onOpen: () => events.onOpen() },
    (octets) => lines.add(octets),
  )
  if (isInitial) throw new ApiError('the list ended before it was whole')
}

/** @returns whether the initial events are still coming */
function takeEvent({ type, object }: WatchEvent, events: WatchEvents, isInitial: boolean): boolean {
  const metadata = recordOf(object.metadata)
  const version = stringOf(metadata.resourceVersion) ?? ''
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      events.onHeard()
      events.onChange(type, object)
      break
    case 'BOOKMARK':
      events.onHeard()
      if (isInitial) return endInitial(metadata, version, events)
      break
    case 'ERROR':
      throw statusError(object)
    default:
      throw new ApiError(`found an event of type '${type}', expected ADDED, MODIFIED, DELETED, BOOKMARK or ERROR`)
  }
  // Initial events are in no order: none of their versions is one to go on from.
  if (!isInitial && version !== '') events.onVersion(version)
  return isInitial
}

/** A bookmark that is not the end's comes from a server that does not know of initial events. */
function endInitial(metadata: Json, version: string, events: WatchEvents): false {
  if (recordOf(metadata.annotations)[initialEventsEnd] !== 'true') {
    throw new ApiError('found no end of the initial events', { isSilence: true })
  }
  events.onInitialEnd(version)
  return false
}

interface WatchEvent {
  readonly type: string
  readonly object: Json
}

function parseEvent(line: Buffer): WatchEvent {
  const text = line.toString('utf8')
  try {
    const { type, object } = recordOf(JSON.parse(text))
    return { type: stringOf(type) ?? '', object: recordOf(object) }
  } catch (error) {
    throw new ApiError(`found a line that is no JSON: ${JSON.stringify(text.slice(0, 60))}`, { cause: error })
  }
}
