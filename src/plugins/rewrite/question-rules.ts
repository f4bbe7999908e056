import { ValueSyntaxError } from '../../corefile/errors.ts'
import { CLASS, typeCode } from '../../dns/iana.ts'
import type { Rule } from './rule.ts'

/** Reads `FROM TO`, two types. */
export function parseTypeRule(words: readonly string[]): Rule {
  const [from, qtype] = twoCodes('type', words, typeCode)
  return { rewrite: (query) => (query.qtype === from ? { changes: { qtype } } : undefined) }
}

/** Reads `FROM TO`, two classes. */
export function parseClassRule(words: readonly string[]): Rule {
  const [from, qclass] = twoCodes('class', words, classCode)
  return { rewrite: (query) => (query.qclass === from ? { changes: { qclass } } : undefined) }
}

/** @throws ValueSyntaxError in CoreDNS's words */
function twoCodes(
  what: string,
  words: readonly string[],
  codeOf: (word: string) => number | undefined,
): [from: number, to: number] {
  const [from, to, ...more] = words
  if (from === undefined || to === undefined || more.length > 0) {
    throw new ValueSyntaxError(`${what} rules must have exactly two arguments`)
  }
  const read = (word: string): number => {
    const code = codeOf(word)
    if (code === undefined) throw new ValueSyntaxError(`invalid ${what} ${JSON.stringify(word.toUpperCase())}`)
    return code
  }
  return [read(from), read(to)]
}

function classCode(word: string): number | undefined {
  return new Map<string, number>(Object.entries(CLASS)).get(word.toUpperCase())
}
