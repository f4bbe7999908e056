import { ValueSyntaxError } from '../../corefile/errors.ts'
import { RCODE, type Rcode, rcodeOf } from '../../dns/iana.ts'
import type { Answer } from '../../plugin/handler.ts'
import { parseMatch } from './matched-rule.ts'
import { rcodeRewritten } from './reasons.ts'
import type { Rule } from './rule.ts'

/**
 * Reads `[exact|prefix|suffix|substring|regex] NAME FROM TO`, where FROM and TO are codes by number or name.
 *
 * @throws ValueSyntaxError in CoreDNS's words
 */
export function parseRcodeRule(words: readonly string[]): Rule {
  if (words.length < 3) throw new ValueSyntaxError(`too few (${words.length}) arguments for a rcode rule`)
  const [old = '', changed = ''] = words.length > 4 ? [] : words.slice(-2)
  const from = readRcode('matching', old)
  const to = readRcode('replacement', changed)
  const pattern = parseMatch('rcode', words.slice(0, -2))
  const response = (answer: Answer): Answer => (answer.rcode === from ? withRcode(answer, to) : answer)
  return { rewrite: ({ qname }) => (pattern.matches(qname) ? { response } : undefined) }
}

function withRcode(answer: Answer, rcode: Rcode): Answer {
  return { ...answer, rcode, trace: [...(answer.trace ?? []), rcodeRewritten({ from: answer.rcode, to: rcode })] }
}

/** CoreDNS's other names of codes. */
const aliases: Readonly<Record<string, Rcode>> = { BADSIG: 'BADVERS', NOTIMPL: 'NOTIMP' }

function readRcode(what: string, text: string): Rcode {
  const name = text.toUpperCase()
  const rcode = /^\d+$/.test(text) ? rcodeOf(Number(text)) : (rcodeNamed(name) ?? aliases[name])
  if (rcode === undefined) throw new ValueSyntaxError(`invalid ${what} RCODE '${text}' for a rcode rule`)
  return rcode
}

function rcodeNamed(name: string): Rcode | undefined {
  return Object.hasOwn(RCODE, name) ? (name as Rcode) : undefined // hasOwn has just shown it is a key
}
