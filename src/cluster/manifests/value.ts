import type { Place } from './errors.ts'

/** What a YAML or JSON document holds, each part with its place. */
export type Value =
  | { readonly kind: 'map'; readonly at: Place; readonly entries: ReadonlyMap<string, Value> }
  | { readonly kind: 'list'; readonly at: Place; readonly items: readonly Value[] }
  | { readonly kind: 'string'; readonly at: Place; readonly text: string }
  | { readonly kind: 'number'; readonly at: Place; readonly number: number; readonly source: string }
  | { readonly kind: 'boolean'; readonly at: Place; readonly boolean: boolean; readonly source: string }
  | { readonly kind: 'null'; readonly at: Place }

/** Far more than any Kubernetes object has; what is nested deeper is no manifest. */
export const maxDepth = 100

const longestQuote = 60

/** The words for a value in `found …`; nothing at all counts as null does. */
export function describe(value: Value | undefined): string {
  switch (value?.kind) {
    case undefined:
    case 'null':
      return 'nothing'
    case 'map':
      return 'a map'
    case 'list':
      return 'a list'
    case 'string':
      return quote(value.text)
    case 'number':
      return `the number ${value.source}`
    case 'boolean':
      return `the boolean ${value.source}`
    default:
      return value satisfies never
  }
}

/** Text between quotes, cut where it is long, its control characters escaped: fit for one line of a log. */
export function quote(text: string): string {
  const cut = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text
  return `'${JSON.stringify(cut).slice(1, -1).replaceAll('\\"', '"')}'`
}
