/** Words that several warnings use. */
import type { Labels } from '../../model.ts'
import type { Naming } from './overview.ts'

/** The name that a Service has in DNS, or that an endpoint has under it. */
export function serviceNameIn(
  { zone }: Naming,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  ...below: readonly string[]
): string {
  return [...below, name, namespace, 'svc', zone].join('.')
}

/** `app=web,tier=front`, as kubectl writes a selector. */
export function pairsOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** What a label is where another was looked for: `app=web`, or `no app`. */
export function labelOf(labels: Labels, key: string): string {
  return Object.hasOwn(labels, key) ? `${key}=${labels[key]}` : `no ${key}`
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(words: readonly string[]): string {
  const [first = '', second, ...rest] = words
  if (second === undefined) return first
  return rest.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${rest.length} more`
}
