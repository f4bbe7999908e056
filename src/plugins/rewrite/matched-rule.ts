import { ValueSyntaxError } from '../../corefile/errors.ts'
import { normalized, type Pattern, patternKindOf, patternOf } from './pattern.ts'

/**
 * Reads `[exact|prefix|suffix|substring|regex] NAME`, as rules have it that name what they hold for.
 *
 * @param what names the rule in messages
 * @throws ValueSyntaxError in CoreDNS's words
 */
export function parseMatch(what: string, words: readonly string[]): Pattern {
  const [word = '', name = ''] = words.length === 1 ? ['exact', ...words] : words
  const kind = patternKindOf(word)
  if (kind === undefined) {
    throw new ValueSyntaxError(`${what} rule supports only exact, prefix, suffix, substring, and regex name matching`)
  }
  return patternOf(kind, kind === 'regex' ? name : normalized(name), {
    tooLong: `regex pattern too long in a ${what} rule`,
    invalid: (source) => `invalid regex pattern in a ${what} rule: ${source}`,
  })
}
