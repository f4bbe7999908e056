import { noBlock } from '../../corefile/directive-reader.ts'
import { ValueSyntaxError, withPosition } from '../../corefile/errors.ts'
import type { Directive } from '../../corefile/model.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import { parseCnameRule } from './cname-rule.ts'
import { parseEdns0Rule } from './edns0-rule.ts'
import { parseNameRule } from './name-rule.ts'
import { parseClassRule, parseTypeRule } from './question-rules.ts'
import { parseRcodeRule } from './rcode-rule.ts'
import { rewrite } from './rewrite.ts'
import type { OrderedRule, Rule } from './rule.ts'
import { parseTtlRule } from './ttl-rule.ts'

/** `rewrite [continue|stop] FIELD …`, or all of it but one word in braces; each occurrence is one rule. */
export const setupRewrite: Setup = (occurrences, context) => {
  const rules = occurrences.map((directive) => {
    const words = wordsOf(directive)
    return withPosition(directive, () => parseRule(words, context))
  })
  return { handler: rewrite(rules) }
}

/** Lines mean nothing in the block. */
function wordsOf(directive: Directive): string[] {
  const { args, body = [] } = directive
  if (args.length > 1) noBlock(directive)
  return [...args, ...body.flat()].map(({ text }) => text)
}

type Parser = (words: readonly string[], context: SetupContext) => Rule

const parsers: Readonly<Record<string, Parser>> = {
  name: parseNameRule,
  class: parseClassRule,
  type: parseTypeRule,
  edns0: (words, { offers }) => parseEdns0Rule(words, offers),
  ttl: parseTtlRule,
  cname: (words, { resolve }) => parseCnameRule(words, resolve),
  rcode: parseRcodeRule,
  answer: () => {
    throw new ValueSyntaxError('response rewrites must begin with a name rule')
  },
}

/** @throws ValueSyntaxError in CoreDNS's words */
function parseRule(words: readonly string[], context: SetupContext): OrderedRule {
  const [first] = words
  if (first === undefined) throw new ValueSyntaxError('no rule type specified for rewrite')
  const mode = first.toLowerCase()
  const isMode = mode === 'stop' || mode === 'continue'
  const [word, ...rest] = isMode ? words.slice(1) : words
  if (word === undefined) throw new ValueSyntaxError(`${mode} rule must begin with a rule type`)
  const field = word.toLowerCase()
  const parse = Object.hasOwn(parsers, field) ? parsers[field] : undefined
  if (parse === undefined) throw new ValueSyntaxError(`invalid rule type ${JSON.stringify(first)}`)
  return { mode: isMode ? mode : 'stop', rule: parse(rest, context) }
}
