import { matches, parseSelector, type Selector } from '../../../src/cluster/selector.ts'
import type { ApiObject } from './objects.ts'
import type { Target } from './resources.ts'
import { badRequest, invalidListOptions } from './status.ts'

/** How the server treats `sendInitialEvents`: see `validateWatch`. */
export type StreamingLists = 'served' | 'forbidden' | 'unknown' | 'ignored'

/** The query of a list or a watch: metav1.ListOptions. */
export interface ListOptions {
  readonly isWatch: boolean
  /** 0: all. */
  readonly limit: number
  readonly continueToken: string
  /** Undefined: unset. */
  readonly version: number | undefined
  readonly versionMatch: string
  readonly sendInitialEvents: boolean | undefined
  readonly allowWatchBookmarks: boolean
  /** 0: no end. */
  readonly timeoutSeconds: number
  /** Whether a selector chooses; a namespace alone does not count as one. */
  readonly isSelective: boolean
  /** Whether the path or a selector leaves out anything. */
  readonly isPartial: boolean
  readonly selects: (object: ApiObject) => boolean
}

/** @throws StatusError 400 for what is no value, 422 for what does not go together */
export function parseListOptions(query: URLSearchParams, target: Target, streaming: StreamingLists): ListOptions {
  const version = query.get('resourceVersion') ?? ''
  const labels = query.get('labelSelector') ?? ''
  const fields = query.get('fieldSelector') ?? ''
  const initial = query.get('sendInitialEvents')
  const isSelective = labels !== '' || fields !== ''
  const options = {
    isWatch: isWatch(query),
    limit: count(query, 'limit'),
    continueToken: query.get('continue') ?? '',
    version: version === '' ? undefined : parseVersion(version),
    versionMatch: query.get('resourceVersionMatch') ?? '',
    sendInitialEvents: initial === null ? undefined : isTrue(initial),
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeoutSeconds: count(query, 'timeoutSeconds'),
    isSelective,
    isPartial: isSelective || scopeOf(target) !== '',
    selects: everyOf(parseLabels(labels), parseFields(fields), parseFields(scopeOf(target))),
  }
  if (!options.isWatch) return validateList(options)
  return streaming === 'ignored'
    ? { ...options, sendInitialEvents: undefined, versionMatch: '' }
    : validateWatch(options, streaming)
}

/** Also a request for one object can watch: it is a watch of its collection by name. */
export function isWatch(query: URLSearchParams): boolean {
  return isTrue(query.get('watch'))
}

/** Convert_Slice_string_To_bool of apimachinery, pkg/runtime/conversion.go: whatever is not false is true. */
function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false'
}

function count(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? ''
  if (text !== '' && !/^-?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`)
  }
  return Math.max(0, Number(text))
}

/** storage/api_object_versioner.go, ParseResourceVersion. */
function parseVersion(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw invalidVersion(text)
}

function invalidVersion(text: string) {
  return badRequest(`resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`)
}

type Selects = (object: ApiObject) => boolean

function everyOf(...parts: readonly Selects[]): Selects {
  return (object) => parts.every((part) => part(object))
}

function parseLabels(text: string): Selects {
  let selector: Selector
  try {
    selector = parseSelector(text)
  } catch (error) {
    throw badRequest(`unable to parse requirement: ${(error as Error).message}`) // SelectorSyntaxError is all it throws
  }
  return ({ metadata }) => matches(selector, metadata.labels ?? {})
}

/** Other fields of Pods and Services that the real server knows are not among these. */
function parseFields(text: string): Selects {
  const parts = text.split(',').filter((part) => part !== '')
  return everyOf(
    ...parts.map((part): Selects => {
      const [, field = '', operator, value = ''] = /^(.*?)(!=|==|=)(.*)$/.exec(part) ?? []
      if (operator === undefined) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`)
      if (field !== 'metadata.name' && field !== 'metadata.namespace') {
        throw badRequest(`field label not supported: ${field}`)
      }
      const key = field === 'metadata.name' ? 'name' : 'namespace'
      return ({ metadata }) => ((metadata[key] ?? '') === value) === (operator !== '!=')
    }),
  )
}

function scopeOf({ namespace, name }: Target): string {
  const parts = { 'metadata.namespace': namespace, 'metadata.name': name }
  return Object.entries(parts)
    .flatMap(([field, value]) => (value === undefined ? [] : `${field}=${value}`))
    .join()
}

/** apimachinery, pkg/apis/meta/internalversion/validation/validation.go, ValidateListOptions. */
function validateList(options: ListOptions): ListOptions {
  const { versionMatch, version, continueToken } = options
  const field = 'resourceVersionMatch'
  const causes: { field: string; message: string }[] = []
  if (versionMatch !== '') {
    if (version === undefined)
      causes.push({ field, message: `${field} is forbidden unless resourceVersion is provided` })
    if (continueToken !== '') causes.push({ field, message: `${field} is forbidden when continue is provided` })
    if (!['Exact', 'NotOlderThan'].includes(versionMatch)) causes.push({ field, message: `no such ${field}` })
    if (versionMatch === 'Exact' && version === 0) {
      causes.push({ field, message: `${field} "exact" is forbidden for resourceVersion "0"` })
    }
  }
  if (options.sendInitialEvents !== undefined) {
    causes.push({ field: 'sendInitialEvents', message: 'sendInitialEvents is forbidden for list' })
  }
  if (causes.length > 0) throw invalidListOptions(causes)
  return options
}

/**
 * The same file, validateWatchOptions.
 *
 * - `served`: the feature gate WatchList is on, as it is since 1.32 but for 1.33 (KEP-3157)
 * - `forbidden`: it is off: since 1.27, in 1.33, and in aggregated API servers
 * - `unknown`: 1.19 to 1.26, which do not know `sendInitialEvents`, but know no `resourceVersionMatch` for a watch
 * - `ignored`, which never gets here: before 1.19, both are unknown parameters of the query
 */
function validateWatch(options: ListOptions, streaming: StreamingLists): ListOptions {
  const { versionMatch, sendInitialEvents } = options
  const field = 'resourceVersionMatch'
  const causes: { field: string; message: string }[] = []
  if (streaming === 'unknown') {
    if (versionMatch !== '') causes.push({ field, message: `${field} is forbidden for watch` })
  } else if (sendInitialEvents !== undefined) {
    if (versionMatch !== 'NotOlderThan') {
      causes.push({ field, message: `sendInitialEvents requires setting ${field} to NotOlderThan` })
    }
    if (streaming === 'forbidden') {
      const message = 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled'
      causes.push({ field: 'sendInitialEvents', message })
    }
  } else if (versionMatch !== '') {
    causes.push({ field, message: `${field} is forbidden for watch unless sendInitialEvents is provided` })
  }
  if (causes.length > 0) throw invalidListOptions(causes)
  return streaming === 'unknown' ? { ...options, sendInitialEvents: undefined } : options
}
