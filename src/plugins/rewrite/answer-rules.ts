import { ValueSyntaxError } from '../../corefile/errors.ts'
import type { Answer } from '../../plugin/handler.ts'
import { messageOf } from '../../util/errors.ts'
import { compileWithGroups, normalized, type Pattern, regexPattern } from './pattern.ts'
import { mapRecords, type Rename, renameOwner, renameTargets } from './records.ts'

/** What stands behind the names of a rule: `answer auto`, `answer name FROM TO`, `answer value FROM TO`. */
export interface AnswerRules {
  readonly isAuto: boolean
  readonly rules: readonly ((answer: Answer) => Answer)[]
}

/** Gives names of the answer back what was asked, as owners and as targets. */
export function leadBack(answer: Answer, rename: Rename): Answer {
  return mapRecords(answer, (rrset) => renameTargets(renameOwner(rrset, rename), rename))
}

/**
 * @param kind of the rule, for messages
 * @throws ValueSyntaxError in CoreDNS's words
 */
export function parseAnswerRules(kind: string, words: readonly string[]): AnswerRules {
  if (words.length < 2) throw new ValueSyntaxError(`invalid arguments for ${kind} rule`)
  if (words[0] !== 'answer') {
    throw new ValueSyntaxError(`exceeded the number of arguments for a non-answer rule argument for ${kind} rule`)
  }
  const rules: AnswerRule[] = []
  for (let rest = words; rest.length > 0; ) {
    const { rule, read } = readAnswerRule(kind, rest)
    rules.push(rule)
    rest = rest.slice(read)
  }
  const isAuto = rules.some(({ part }) => part === 'auto')
  if (isAuto && rules.some(({ part }) => part === 'name')) {
    throw new ValueSyntaxError('auto name answer rule cannot be combined with explicit name anwer rules')
  }
  return { isAuto, rules: rules.flatMap(({ apply }) => apply ?? []) }
}

interface AnswerRule {
  readonly part: 'auto' | 'name' | 'value'
  /** What `auto` does is the rule's affair. */
  readonly apply?: (answer: Answer) => Answer
}

/** One rule, and how many words it has: the first of them may be `answer`. */
function readAnswerRule(kind: string, words: readonly string[]): { rule: AnswerRule; read: number } {
  const start = words[0] === 'answer' ? 1 : 0
  const part = words[start]
  if (part === undefined) throw new ValueSyntaxError(`type missing for answer rule for ${kind} rule`)
  if (part === 'auto') return { rule: { part }, read: start + 1 }
  if (part !== 'name' && part !== 'value') {
    throw new ValueSyntaxError(`invalid type ${JSON.stringify(part)} for answer rule for ${kind} rule`)
  }
  const [from, to] = words.slice(start + 1)
  const where = `${part} answer rule for ${kind} rule`
  if (from === undefined || to === undefined) throw new ValueSyntaxError(`${where}: 2 arguments required`)
  const rename = renaming(compilePair(from, to, where), normalized(to))
  const apply = (answer: Answer) =>
    mapRecords(answer, (rrset) => (part === 'name' ? renameOwner(rrset, rename) : renameTargets(rrset, rename)))
  return { rule: { part, apply }, read: start + 3 }
}

function compilePair(from: string, to: string, where: string): Pattern {
  try {
    return regexPattern(compileWithGroups(from, to))
  } catch (error) {
    if (!(error instanceof ValueSyntaxError)) throw error
    throw new ValueSyntaxError(`${where}: ${messageOf(error)}`, { cause: error })
  }
}

function renaming(pattern: Pattern, to: string): Rename {
  return (name) => pattern.replace(name, to)
}
