import { basename, dirname, join, parse, sep } from 'node:path'
import { ValueSyntaxError } from './errors.ts'
import type { CorefileIo } from './io.ts'

export function hasWildcard(pattern: string): boolean {
  return /[*?[\]]/.test(pattern)
}

/**
 * The paths that match a pattern, in lexical order.
 *
 * `*` and `?` match dot files too, but no separator, and may stand in any part of the path. Each may be there once:
 * many in one pattern take exponential time to match.
 *
 * @param pattern an absolute path
 * @throws ValueSyntaxError more wildcards than may be, or a `[` range, which CoreDNS has none of
 */
export function expandGlob(pattern: string, io: CorefileIo): readonly string[] {
  checkWildcards(pattern)
  const { root } = parse(pattern)
  let paths = [root]
  for (const part of pattern.slice(root.length).split(sep)) {
    paths = paths.flatMap((directory) => entriesLike(part, directory, io))
  }
  return paths.filter((path) => io.list(dirname(path)).includes(basename(path)))
}

function checkWildcards(pattern: string): void {
  const count = (wildcard: string) => pattern.split(wildcard).length - 1
  if (count('*') > 1 || count('?') > 1 || (pattern.includes('[') && pattern.includes(']'))) {
    throw new ValueSyntaxError(`Glob pattern may only contain one wildcard (*), but has others: ${pattern}`)
  }
}

function entriesLike(part: string, directory: string, io: CorefileIo): string[] {
  if (!hasWildcard(part)) return [join(directory, part)]
  const matcher = new RegExp(`^${[...part].map(characterPattern).join('')}$`, 'su')
  const names = io.list(directory).filter((name) => matcher.test(name))
  return names.sort().map((name) => join(directory, name))
}

function characterPattern(character: string): string {
  if (character === '*') return '.*'
  return character === '?' ? '.' : character.replace(/[\\^$.+()[\]{}|/]/, String.raw`\$&`)
}
