import { type Name, tryParseName } from '../../dns/name.ts'

/**
 * The search path of a resolv.conf(5): the last line of `search` or `domain` counts.
 *
 * What is no name in it is left out.
 */
export function readSearchPath(text: string): Name[] {
  let search: readonly string[] = []
  for (const line of text.split('\n')) {
    const [keyword, ...names] = line.trim().split(/\s+/)
    if (keyword === 'search') search = names
    if (keyword === 'domain') search = names.slice(0, 1)
  }
  return search.flatMap((name) => tryParseName(name) ?? [])
}
