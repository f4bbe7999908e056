import type { Endpoint, EndpointSlice } from './model.ts'

/**
 * The slice with those of its endpoints that were the same before as they were then: the very objects.
 *
 * Most changes of a slice are of one endpoint in a hundred. What is shared is not garbage, and is equal at a glance.
 */
export function shareEndpoints(before: EndpointSlice, slice: EndpointSlice): EndpointSlice {
  let elsewhere: ReadonlyMap<string, Endpoint> | undefined
  const endpoints = slice.endpoints.map((endpoint, index) => {
    const there = before.endpoints[index] // most stay where they were
    if (there !== undefined && isSameEndpoint(there, endpoint)) return there
    elsewhere ??= byFirstAddress(before.endpoints)
    const same = elsewhere.get(firstAddress(endpoint))
    return same !== undefined && isSameEndpoint(same, endpoint) ? same : endpoint
  })
  return { ...slice, endpoints }
}

/**
 * The endpoints, before and after, that are not the same in both slices.
 *
 * All of them where the slice itself means something else by now; and of those with an address that stands there twice, all.
 */
export function changedEndpoints(before: EndpointSlice, after: EndpointSlice): readonly Endpoint[] {
  const [left, right] = [new Set(before.endpoints), new Set(after.endpoints)]
  const isDistinct = left.size === before.endpoints.length && right.size === after.endpoints.length
  if (!isDistinct || !belongAlike(before, after)) return [...before.endpoints, ...after.endpoints]
  return unlike(
    before.endpoints.filter((endpoint) => !right.has(endpoint)),
    after.endpoints.filter((endpoint) => !left.has(endpoint)),
  )
}

/** Of endpoints that are not shared those that are not equal to one on the other side. */
function unlike(gone: readonly Endpoint[], come: readonly Endpoint[]): readonly Endpoint[] {
  const [left, right] = [byFirstAddress(gone), byFirstAddress(come)]
  if (left.size !== gone.length || right.size !== come.length) return [...gone, ...come]
  const isChanged = (endpoint: Endpoint): boolean => {
    const [one, other] = [left.get(firstAddress(endpoint)), right.get(firstAddress(endpoint))]
    return one === undefined || other === undefined || !isSameEndpoint(one, other)
  }
  return [...gone.filter(isChanged), ...come.filter(isChanged)]
}

function byFirstAddress(endpoints: readonly Endpoint[]): Map<string, Endpoint> {
  return new Map(endpoints.map((endpoint) => [firstAddress(endpoint), endpoint]))
}

/** An endpoint has one at least. */
function firstAddress({ addresses }: Endpoint): string {
  return addresses[0] ?? ''
}

/** Whether all that an address is known by is the same, but for the endpoint itself: ports are none of it. */
function belongAlike(left: EndpointSlice, right: EndpointSlice): boolean {
  return (
    left.serviceName === right.serviceName &&
    left.importName === right.importName &&
    left.clusterId === right.clusterId &&
    left.addressType === right.addressType &&
    sameEntries(left.labels, right.labels)
  )
}

/** An endpoint, or one that is not finished: what it lacks may be there, and undefined. */
export type EndpointFields = { readonly [Field in keyof Endpoint]: Endpoint[Field] | undefined } & Pick<
  Endpoint,
  'addresses' | 'ready' | 'serving' | 'terminating'
>

/** Field by field: a general comparison takes twenty times as long. */
export function isSameEndpoint(left: Endpoint, right: EndpointFields): boolean {
  return (
    left === right ||
    (left.ready === right.ready &&
      left.serving === right.serving &&
      left.terminating === right.terminating &&
      left.hostname === right.hostname &&
      left.nodeName === right.nodeName &&
      left.zone === right.zone &&
      left.targetName === right.targetName &&
      left.addresses.length === right.addresses.length &&
      left.addresses.every((address, index) => address === right.addresses[index]))
  )
}

function sameEntries(left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key])
}
