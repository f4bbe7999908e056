import { ValueSyntaxError } from '../../corefile/errors.ts'
import { isSubdomain, type Name, root, tryParseName } from '../../dns/name.ts'
import type { Answer } from '../../plugin/handler.ts'
import { type AnswerRules, leadBack, parseAnswerRules } from './answer-rules.ts'
import {
  compileWithGroups,
  normalized,
  type Pattern,
  type PatternKind,
  patternKindOf,
  regexPattern,
  suffix,
  textPatterns,
} from './pattern.ts'
import type { Rename } from './records.ts'
import type { Rule } from './rule.ts'

/**
 * Reads `[exact|prefix|suffix|substring|regex] FROM TO [answer …]`.
 *
 * @throws ValueSyntaxError in CoreDNS's words
 */
export function parseNameRule(words: readonly string[]): Rule {
  if (words.length < 2) throw new ValueSyntaxError('too few arguments for a name rule')
  const [word = '', from = '', target = '', ...more] = words.length === 2 ? ['exact', ...words] : words
  const answers = more.length === 0 ? { isAuto: false, rules: [] } : parseAnswerRules(word.toLowerCase(), more)
  const kind = patternKindOf(word)
  if (kind === undefined) {
    const kinds = 'exact, prefix, suffix, substring, and regex'
    throw new ValueSyntaxError(`name rule supports only ${kinds} name matching, received: ${word.toLowerCase()}`)
  }
  const to = normalized(target)
  const pattern = namePattern(kind, from, target)
  const back = backOf(kind, answers.isAuto, { from: normalized(from), to })
  return nameRule({ pattern, to, back, answers: answers.rules })
}

function namePattern(kind: PatternKind, from: string, to: string): Pattern {
  if (kind === 'regex') return regexPattern(compileWithGroups(from, to))
  if (kind === 'exact') compileWithGroups(normalized(to), normalized(from)) // CoreDNS has this check, the wrong way round
  return textPatterns[kind](normalized(from))
}

/** What leads names in the answer back to what was asked: the names of each query, or one text for all. */
type Back = 'none' | 'concrete' | Rename

function backOf(kind: PatternKind, isAuto: boolean, { from, to }: { from: string; to: string }): Back {
  if (kind === 'exact') return 'concrete'
  if (!isAuto) return 'none'
  if (kind !== 'suffix') return 'concrete'
  const ending = suffix(to)
  return (name) => ending.replace(name, from)
}

interface NameRule {
  readonly pattern: Pattern
  readonly to: string
  readonly back: Back
  readonly answers: AnswerRules['rules']
}

function nameRule({ pattern, to, back, answers }: NameRule): Rule {
  // Those that the directive names stand behind the one that leads back, and so are applied before it.
  const explicitly = (answer: Answer): Answer => answers.reduceRight((changed, rule) => rule(changed), answer)
  return {
    rewrite({ qname }) {
      const name = pattern.replace(qname, to)
      if (name === undefined) return undefined
      const rename = back === 'concrete' ? remap(tryParseName(name), qname) : back
      if (rename !== 'none') return { name, response: (answer) => leadBack(explicitly(answer), rename) }
      return answers.length === 0 ? { name } : { name, response: explicitly }
    },
  }
}

/** The one name for the other, and what lies below likewise. */
function remap(from: Name | undefined, to: Name): Rename {
  return (name) => {
    if (name === from) return to
    if (from === undefined || from === root || !isSubdomain(name, from)) return undefined
    return name.slice(0, name.length - from.length) + to
  }
}
