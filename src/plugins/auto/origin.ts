import type { Regex } from '../../util/regex.ts'
import type { AutoConfig } from './config.ts'

/**
 * The zone that a file is of by its name, as text; undefined: it is no zone file.
 *
 * The pattern matches anywhere in the name, as in CoreDNS.
 */
export function originOf(
  name: string,
  { pattern, template }: Pick<AutoConfig, 'pattern' | 'template'>,
): string | undefined {
  const groups = pattern.match(name)
  if (groups === undefined) return undefined
  const text = expand(template.replaceAll('{', '${'), pattern, groups) // as CoreDNS makes Go's form of it
  return text === '' ? undefined : text
}

/** Go's `regexp.Expand`: `$1`, `${1}`, `$name`, `${name}`, `$$`; a group that is not there is empty, any other `$` is itself. */
function expand(template: string, { groupNames }: Regex, groups: readonly string[]): string {
  return template.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare
    if (name === undefined) return whole.slice(1)
    const index = /^\d+$/.test(name) ? Number(name) : groupNames.indexOf(name)
    return groups[index] ?? ''
  })
}
