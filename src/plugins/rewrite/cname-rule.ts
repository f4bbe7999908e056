import { ValueSyntaxError } from '../../corefile/errors.ts'
import { lowerCase, type Name, tryParseName } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { type Answer, bothValid, type Next, type Query, type RecordsAnswer, unpack } from '../../plugin/handler.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import {
  compilePattern,
  normalized,
  type Pattern,
  type PatternKind,
  patternKindOf,
  regexPattern,
  textPatterns,
} from './pattern.ts'
import { targetRewritten } from './reasons.ts'
import type { Rule } from './rule.ts'

/** Names that may lead to one another: what CoreDNS's look-ups go through at most. */
const maximumAliases = 8

/**
 * Reads `[exact|prefix|suffix|substring|regex] FROM TO`.
 *
 * @param resolve asks the server itself for the new target
 * @throws ValueSyntaxError in CoreDNS's words
 */
export function parseCnameRule(words: readonly string[], resolve: Next): Rule {
  if (words.length < 2 || words.length > 3) {
    throw new ValueSyntaxError(`too few (${words.length}) arguments for a cname rule`)
  }
  const [word = '', from = '', to = ''] = words.length === 2 ? ['exact', ...words] : words
  const kind = patternKindOf(word)
  if (kind === undefined) throw new ValueSyntaxError(`unknown cname rewrite type: ${word.toLowerCase()}`)
  const pattern = targetPattern(kind, from)
  const target = kind === 'exact' ? normalized(to) : lowerCase(to)
  if (from === '' || to === '') return { rewrite: () => undefined }
  const response = (answer: Answer, asked: Query) =>
    redirect(answer, asked, { resolve, retarget: (name) => pattern.replace(name, target) })
  return { rewrite: () => ({ response }) }
}

function targetPattern(kind: PatternKind, from: string): Pattern {
  if (kind === 'exact') return textPatterns.exact(normalized(from))
  if (kind !== 'regex') return textPatterns[kind](lowerCase(from))
  const invalid = (_: string, problem: string) => `invalid cname rewrite regex pattern: ${problem}`
  // CoreDNS puts the expression in lower case, which makes another one of `\S`.
  return regexPattern(compilePattern(from, { tooLong: 'regex pattern too long in a cname rule', invalid }, true))
}

interface Redirection {
  readonly resolve: Next
  readonly retarget: (name: Name) => string | undefined
}

/** The first CNAME with such a target leads elsewhere, and what follows it is asked for anew. */
function redirect(answer: Answer, asked: Query, { resolve, retarget }: Redirection): MaybePromise<Answer> {
  const records = unpack(answer)
  const aliases = records.answer.filter((rrset) => rrset.type === 'CNAME')
  for (const [index, { rdata }] of aliases.entries()) {
    const [{ target: from } = {}] = rdata
    const to = from && tryParseName(retarget(from) ?? '..')
    if (from === undefined || to === undefined) continue
    const via = [...asked.via, asked.qname]
    if (via.length > maximumAliases || via.includes(to)) return answer
    const kept = aliases.map((rrset, place) => (place === index ? { ...rrset, rdata: [{ target: to }] } : rrset))
    const resolved = resolve({ ...asked, qname: to, spelling: to, via })
    return mapMaybe(resolved, (found) =>
      followed(records, kept.slice(0, index + 1), { from, to, found: unpack(found) }),
    )
  }
  return answer
}

function followed(
  { isTruncated: _, ...answer }: RecordsAnswer,
  aliases: readonly RRset[],
  { from, to, found }: { from: Name; to: Name; found: RecordsAnswer },
): Answer {
  const trace = [...(answer.trace ?? []), targetRewritten({ from, to }), ...(found.trace ?? [])]
  return {
    ...answer,
    rcode: found.rcode, // RFC 6604 section 3: that of the last name
    ...(found.isTruncated === true && { isTruncated: true }),
    answer: [...aliases, ...found.answer],
    authority: found.authority,
    validity: bothValid(answer.validity, found.validity),
    trace,
  }
}
